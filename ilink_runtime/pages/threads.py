"""What connects a message with others: a table, and the same drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from ilink_runtime.pages.desk import Desk
from ilink_runtime.pages.opened import Opened, open_message
from ilink_runtime.threads import Thread

router = APIRouter()

WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 960, 48, 260, 32
#: A drawing of more than this says nothing; the table says it all.
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the drawing."""

    x: int
    y: int
    text: str
    css: str
    direction: str
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes; a weak thread is dashed."""

    x1: int
    y1: int
    x2: int
    y2: int
    weak: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """This message, the values it shares, and the messages it shares them with."""

    width: int
    height: int
    nodes: list[Node]
    lines: list[Line]


@router.get("/threads/{reference}")
async def threads(request: Request, reference: str) -> Response:
    """The threads of a message."""
    opened = await open_message(request, reference, "threads")
    found = await opened.threads()
    return opened.page("threads.html", threads=found, chart=chart(opened, found))


def chart(opened: Opened, threads: Sequence[Thread]) -> Chart | None:
    """Three columns in the direction of the page; hubs only in the table."""
    drawn = [thread for thread in threads if not thread.hub]
    others = list({other.hit.reference: other.hit for thread in drawn for other in thread.others}.values())
    if not drawn or sum(len(thread.others) for thread in drawn) > MOST_LINES:
        return None
    desk = opened.desk
    height = max(len(drawn), len(others)) * ROW + ROW // 2
    middles = {
        "here": [height // 2],
        "threads": _spread(len(drawn), height),
        "others": _spread(len(others), height),
    }
    own = str(opened.stored.envelope["headline"] or opened.reference)
    nodes = [_node(desk, 0, middles["here"][0], own, "node-message")]
    lines = []
    place = {hit.reference: middles["others"][number] for number, hit in enumerate(others)}
    for thread, middle in zip(drawn, middles["threads"], strict=True):
        nodes.append(_node(desk, 1, middle, thread.canonical, "node-thread", "ltr"))
        weak = thread.strength == "weak"
        lines.append(_line(desk, 0, middles["here"][0], middle, weak))
        lines.extend(_line(desk, 1, middle, place[other.hit.reference], weak) for other in thread.others)
    nodes.extend(
        _node(desk, 2, place[hit.reference], desk.called(hit), f"node-message type-{hit.type}")
        for hit in others
    )
    return Chart(WIDTH, height, nodes, lines)


def _spread(number: int, height: int) -> list[int]:
    """The middles of so many boxes, evenly down the drawing."""
    return [height * (2 * place + 1) // (2 * number) for place in range(number)]


def _left(desk: Desk, column: int) -> int:
    """The left edge of a column; in a language written from the right the columns are mirrored."""
    gap = (WIDTH - 3 * BOX_WIDTH) // 2
    place = 2 - column if desk.direction == "rtl" else column
    return place * (BOX_WIDTH + gap)


def _node(desk: Desk, column: int, middle: int, text: str, css: str, direction: str = "") -> Node:
    short = text if len(text) <= 28 else text[:27] + "…"
    return Node(_left(desk, column), middle - BOX_HEIGHT // 2, short, css, direction or desk.direction)


def _line(desk: Desk, column: int, middle: int, next_middle: int, weak: bool) -> Line:
    near, far = _left(desk, column), _left(desk, column + 1)
    x1, x2 = (near, far + BOX_WIDTH) if desk.direction == "rtl" else (near + BOX_WIDTH, far)
    return Line(x1, middle, x2, next_middle, weak)
