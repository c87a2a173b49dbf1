"""Copies of one's messages that bureaus are to remove, until they say that they did."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ilink_runtime import audit, removals
from ilink_runtime.pages.desk import at_own_desk
from ilink_runtime.pages.search import asked
from ilink_runtime.removals import State

router = APIRouter()


@router.get("/removals")
async def listing(request: Request) -> Response:
    """The removals that nobody confirmed, or those that somebody did."""
    desk, officer = await at_own_desk(request)
    state: State = "confirmed" if request.query_params.get("state") == "confirmed" else "unconfirmed"
    page = asked(request, text="")
    total, found = await desk.store.aread(
        lambda c: removals.listing(c, officer.reader, state, page.limit, page.offset)
    )
    await desk.store.awrite(lambda c: audit.note(c, officer.reader, "removals", hits=total))
    return desk.page(
        "removals.html", state=state, removals=found, total=total, limit=page.limit, offset=page.offset
    )
