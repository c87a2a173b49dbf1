"""A drawing of boxes in columns with lines between them; laid out here, drawn by `chart.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 960, 48, 260, 32
#: A longer text does not fit its box.
LONGEST = 28


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a column; `direction` is that of its text, empty for that of the page."""

    text: str
    css: str
    direction: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    """A line from a box to one of the next column; a weak one is dashed."""

    column: int
    start: int
    end: int
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A box at its place."""

    box: Box
    x: int
    y: int
    text: str
    direction: str
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes."""

    x1: int
    y1: int
    x2: int
    y2: int
    weak: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing."""

    width: int
    height: int
    nodes: list[Node]
    lines: list[Line]


def draw(columns: Sequence[Sequence[Box]], joins: Sequence[Join], direction: str) -> Chart:
    """Lays out three columns; in a language written from the right they are mirrored."""
    height = max(map(len, columns)) * ROW + ROW // 2
    middles = [_spread(len(column), height) for column in columns]
    nodes = [
        Node(
            box,
            _left(number, direction),
            middle - BOX_HEIGHT // 2,
            _short(box.text),
            box.direction or direction,
        )
        for number, column in enumerate(columns)
        for box, middle in zip(column, middles[number], strict=True)
    ]
    lines = []
    for join in joins:
        near, far = _left(join.column, direction), _left(join.column + 1, direction)
        x1, x2 = (near, far + BOX_WIDTH) if direction == "rtl" else (near + BOX_WIDTH, far)
        start, end = middles[join.column][join.start], middles[join.column + 1][join.end]
        lines.append(Line(x1, start, x2, end, join.weak))
    return Chart(WIDTH, height, nodes, lines)


def _spread(number: int, height: int) -> list[int]:
    """The middles of so many boxes, evenly down the drawing."""
    return [height * (2 * place + 1) // (2 * number) for place in range(number)]


def _left(column: int, direction: str) -> int:
    """The left edge of a column."""
    gap = (WIDTH - 3 * BOX_WIDTH) // 2
    return (2 - column if direction == "rtl" else column) * (BOX_WIDTH + gap)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
