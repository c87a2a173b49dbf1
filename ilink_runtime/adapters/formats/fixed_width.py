"""Fixed width: a value stands between two columns of a line; a record may have several lines.

`columns: {surname: 6-44, number: 2/1-9}` counts from 1, the line first where there are several.
What no column names is kept under its position, so that it comes back.

`check_digits: {birth_check: birth}` names the columns over which a check digit counts (ICAO 9303): a
wrong one is a trouble, a right one says nothing, and it is made when a record is written.
`continues: {number: optional}` says where a value that is too long for its columns goes on: its check
digit is then the pad, and stands behind its last part (ICAO 9303 part 5, note j).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ilink_runtime.adapters.formats.entries import Entry, Source, Spec, Unreadable, encoded, lines
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.machine_readable import digit

#: What a check digit can be counted over.
_CHECKED = re.compile("[A-Z0-9]*")


@dataclass(frozen=True, slots=True)
class Column:
    """Where a value stands: its line from 0, and its first and last character."""

    name: str
    line: int
    start: int
    end: int


def columns(spec: Spec) -> list[Column]:
    """The columns of a format. ValueError for one that is no range."""
    found = []
    for name, said in spec.columns.items():
        line, _, span = said.rpartition("/")
        first, _, last = span.partition("-")
        found.append(Column(name, int(line or 1) - 1, int(first) - 1, int(last or first)))
    return found


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """A record every so many lines; blank lines between records say nothing."""
    places = columns(spec)
    count = max(column.line for column in places) + 1
    held: list[str] = []
    begins = 0
    broken: Trouble | None = None
    for number, line in lines(source, spec.encoding):
        if isinstance(line, str) and not line.strip() and not held:
            continue
        begins = begins if held else number
        broken = line if isinstance(line, Trouble) else broken
        held.append("" if isinstance(line, Trouble) else line)
        if len(held) == count:
            yield _entry(begins, held, places, spec) if broken is None else Entry(begins, trouble=broken)
            held, broken = [], None
    if held:
        yield Entry(begins, trouble=Trouble("record_ends", "", f"{len(held)}/{count}"))


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """The lines of records; a value that is too long for its columns is refused."""
    places = columns(spec)
    pad = spec.option("pad", " ")
    widths = [int(width) for width in spec.option("width").split("\n") if width]
    for record in records:
        rows = [[pad] * _width(places, line, widths) for line in range(max(c.line for c in places) + 1)]
        record = _continued(record, places, spec, pad)
        for column in [*places, *_kept(record)]:
            value = str(record.get(column.name) or "")
            if len(value) > column.end - column.start:
                raise Unreadable(0, "no_room", column.name, column.end - column.start)
            rows[column.line][column.start : column.start + len(value)] = value
        for name, said in spec.check_digits.items():
            if name not in record:
                by_name = {column.name: column for column in places}
                column = by_name[name]
                parts = (
                    rows[by_name[part].line][by_name[part].start : by_name[part].end] for part in said.split()
                )
                rows[column.line][column.start] = _digit("".join("".join(part) for part in parts), pad)
        ending = spec.option("line_end", "\n").replace("crlf", "\r\n")
        yield encoded("".join("".join(row) + ending for row in rows), spec.encoding)


def _entry(begins: int, held: list[str], places: list[Column], spec: Spec) -> Entry:
    widths = [int(width) for width in spec.option("width").split("\n") if width]
    for index, line in enumerate(held):
        want = _width(places, index, widths)
        if len(line) > want or (widths and len(line) != want):
            return Entry(begins, trouble=Trouble("wrong_width", f"{index + 1}", f"{len(line)}/{want}"))
    pad = spec.option("pad", " ")
    raw = {column.name: held[column.line][column.start : column.end] for column in places}
    tree = {name: text.rstrip(pad) for name, text in raw.items()}
    if (wrong := _checked(raw, tree, spec, pad)) is not None:
        return Entry(begins, trouble=wrong)
    for index, line in enumerate(held):
        covered = [column for column in places if column.line == index]
        for start, end in _gaps(covered, len(line)):
            if text := line[start:end].rstrip(pad):
                tree[f"@{index + 1}/{start + 1}-{end}"] = text
    return Entry(begins, {name: text for name, text in tree.items() if text})


def _checked(raw: dict[str, str], tree: Tree, spec: Spec, pad: str) -> Trouble | None:
    """Takes right check digits out of a record and joins what goes on elsewhere; the first wrong one."""
    for name, said in spec.check_digits.items():
        text = "".join(raw[part] for part in said.split())
        if not _CHECKED.fullmatch(text.replace(pad, "0")):
            return Trouble("wrong_check_digit", name, text)
        tree.pop(name)
        on = spec.continues.get(said)
        if on is not None and raw[name] == pad and tree[said] and tree.get(on):
            rest, _, more = str(tree[on]).partition(pad)
            text, tree[on] = text + rest[:-1], more.strip(pad)
            tree[said] = text
            if rest[-1] != _digit(text, pad):
                return Trouble("wrong_check_digit", on, rest)
        elif raw[name] == pad and not text.strip(pad):
            tree[name] = pad  # nothing was counted: the pad and 0 are both right
        elif raw[name] != _digit(text, pad):
            return Trouble("wrong_check_digit", name, raw[name])
    return None


def _continued(record: Tree, places: list[Column], spec: Spec, pad: str) -> Tree:
    """A record whose values that are too long go on where the format says."""
    for name, on in spec.continues.items():
        value = str(record.get(name) or "")
        room = next(column.end - column.start for column in places if column.name == name)
        if len(value) > room:
            more = str(record.get(on) or "")
            rest = value[room:] + _digit(value, pad) + (f"{pad}{more}" if more else "")
            check = next(check for check, said in spec.check_digits.items() if said == name)
            record = {**record, name: value[:room], on: rest, check: pad}
    return record


def _digit(text: str, pad: str) -> str:
    if not _CHECKED.fullmatch(text.replace(pad, "0")):
        raise Unreadable(0, "not_in_format", value=text.strip(pad))
    return digit(text.replace(pad, "<"))


def _width(places: list[Column], line: int, widths: list[int]) -> int:
    if widths:
        return widths[min(line, len(widths) - 1)]
    return max((column.end for column in places if column.line == line), default=0)


def _gaps(covered: list[Column], length: int) -> Iterator[tuple[int, int]]:
    start = 0
    for column in sorted(covered, key=lambda column: column.start):
        if column.start > start:
            yield start, column.start
        start = max(start, column.end)
    if start < length:
        yield start, length


def _kept(record: Tree) -> list[Column]:
    """The columns of what no column names, from the positions under which it is kept."""
    spans = {name: name[1:] for name in record if name.startswith("@")}
    return columns(Spec("fixed", columns=spans))
