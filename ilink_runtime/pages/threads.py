"""What connects a message with others: a table, and the same drawn."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from ilink_runtime.pages.chart import Box, Chart, Join, draw
from ilink_runtime.pages.opened import Opened, open_message
from ilink_runtime.threads import Thread

router = APIRouter()

#: A drawing of more than this says nothing; the table says it all.
MOST_LINES = 40


@router.get("/threads/{reference}")
async def threads(request: Request, reference: str) -> Response:
    """The threads of a message."""
    opened = await open_message(request, reference, "threads")
    found = await opened.threads()
    return opened.page("threads.html", threads=found, chart=chart(opened, found))


def chart(opened: Opened, threads: Sequence[Thread]) -> Chart | None:
    """This message, the values it shares, and the messages it shares them with; hubs only in the table."""
    drawn = [thread for thread in threads if not thread.hub]
    others = list({other.hit.reference: other.hit for thread in drawn for other in thread.others}.values())
    if not drawn or sum(len(thread.others) for thread in drawn) > MOST_LINES:
        return None
    own = str(opened.stored.envelope["headline"] or opened.reference)
    columns = (
        [Box(own, "node-message")],
        [Box(thread.canonical, "node-thread", "ltr") for thread in drawn],
        [Box(opened.desk.called(hit), f"node-message type-{hit.type}") for hit in others],
    )
    place = {hit.reference: number for number, hit in enumerate(others)}
    joins = []
    for number, thread in enumerate(drawn):
        weak = thread.strength == "weak"
        joins.append(Join(0, 0, number, weak))
        joins.extend(Join(1, number, place[other.hit.reference], weak) for other in thread.others)
    return draw(columns, joins, opened.desk.direction)
