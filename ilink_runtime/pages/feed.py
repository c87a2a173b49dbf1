"""The first page: what the officer may see, the newest first, and what he can write."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ilink_runtime import search
from ilink_runtime.pages.desk import at_desk
from ilink_runtime.pages.entrance import sign_in_page
from ilink_runtime.pages.search import asked

router = APIRouter()


@router.get("/")
async def feed(request: Request) -> Response:
    """The newest messages; for somebody not signed in, the sign-in page."""
    desk = await at_desk(request)
    officer = desk.officer
    if officer is None:
        return sign_in_page(desk)
    query = asked(request, text="")
    results = await desk.store.aread(lambda c: search.find(c, desk.bundle, officer.reader, query))
    return desk.page("feed.html", results=results, query=query, limit=query.limit, offset=query.offset)
