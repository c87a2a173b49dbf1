"""Searching: a box, the reasons of each hit, filters."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ilink_runtime import audit, search
from ilink_runtime.pages.desk import at_own_desk
from ilink_runtime.search import Query

router = APIRouter()

LIMIT = 25


@router.get("/search")
async def results(request: Request) -> Response:
    """The messages that fit what was asked."""
    desk, officer = await at_own_desk(request)
    query = asked(request, text=request.query_params.get("q", ""))
    found = await desk.store.aread(lambda c: search.find(c, desk.bundle, officer.reader, query))
    if query.text:
        await desk.store.awrite(
            lambda c: audit.note(c, officer.reader, "search", text=query.text, total=found.total)
        )
    return desk.page("search.html", results=found, query=query, limit=query.limit, offset=query.offset)


def asked(request: Request, text: str) -> Query:
    """The question in an address."""
    given = request.query_params
    offset = given.get("offset", "")
    return Query(
        text=text,
        type=given.get("type") or None,
        owner=given.get("owner") or None,
        status=given.get("status") or None,
        limit=LIMIT,
        offset=int(offset) if offset.isascii() and offset.isdigit() and len(offset) < 9 else 0,
    )
