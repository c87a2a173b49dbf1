"""The first page: what the officer may see, the newest first, and what he can write."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ilink_runtime import drafts, removals, retention, search, sweep
from ilink_runtime.pages.desk import at_desk
from ilink_runtime.pages.entrance import sign_in_page
from ilink_runtime.pages.search import asked

router = APIRouter()

#: So many of the messages that end soon stand above the others.
MOST_ENDINGS = 5


@router.get("/")
async def feed(request: Request) -> Response:
    """The newest messages; for somebody not signed in, the sign-in page."""
    desk = await at_desk(request)
    officer = desk.officer
    if officer is None:
        return sign_in_page(desk)
    query = asked(request, text="")
    results = await desk.store.aread(lambda c: search.find(c, desk.bundle, officer.reader, query))
    until = retention.after(retention.today(), retention.NOTICE)
    ending, endings = await desk.store.aread(
        lambda c: sweep.endings(c, desk.bundle, officer.reader, until, MOST_ENDINGS)
    )
    return desk.page(
        "feed.html",
        results=results,
        query=query,
        limit=query.limit,
        offset=query.offset,
        drafts=await desk.store.aread(lambda c: drafts.number(c, officer.reader)),
        waiting=await desk.store.aread(lambda c: search.waiting(c, officer.reader)),
        removals=await desk.store.aread(lambda c: removals.unconfirmed(c, officer.reader)),
        ending=ending,
        endings=endings,
    )
