"""CSV: a line of names, then a record a line (RFC 4180, with the country's own delimiter).

`missing: references` says that letters which the encoding lacks stand as `&#1633;`, as browsers send them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from ilink_runtime.adapters.formats.entries import (
    LONGEST,
    Entry,
    Source,
    Spec,
    Unreadable,
    dereferenced,
    encoded,
    lines,
)
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree

csv.field_size_limit(LONGEST)


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """A record a line; a value may hold line breaks when it stands in quotes."""
    troubles: list[tuple[int, Trouble]] = []
    numbers = [0]

    def texts() -> Iterator[str]:
        for number, line in lines(source, spec.encoding):
            numbers[0] = number
            if isinstance(line, Trouble):
                troubles.append((number, line))
                continue
            yield f"{dereferenced(line, spec.encoding) if _references(spec) else line}\n"

    rows = csv.reader(texts(), delimiter=_delimiter(spec), quotechar=spec.option("quote", '"'), strict=True)
    names = list(spec.columns) or None
    while True:
        begins = numbers[0] + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield Entry(begins, trouble=Trouble("not_csv", "", str(error)))
            continue
        while troubles:
            number, trouble = troubles.pop(0)
            yield Entry(number, trouble=trouble)
        if row is None:
            return
        if names is None:
            names = _names(row, begins)
        elif row and not (len(row) == 1 and not row[0] and len(names) > 1):
            yield _entry(begins, names, row)


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """The line of names, those of the rules first, then the records."""
    names: list[str] | None = list(spec.columns) or None
    headless = names is not None
    for record in records:
        if names is None:
            known = [place[0] for place in spec.order]
            names = [*known, *(name for name in record if name not in known)]
        elif extra := [name for name in record if name not in names]:
            raise Unreadable(0, "unknown_column", value=extra[0])
        if not headless:
            yield _line(names, spec)
            headless = True
        yield _line([str(record.get(name) or "") for name in names], spec)


def _names(row: list[str], line: int) -> list[str]:
    names = [name.strip() for name in row]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Unreadable(line, "column_twice", value=sorted(twice)[0])
    return names


def _entry(line: int, names: list[str], row: list[str]) -> Entry:
    if len(row) != len(names):
        return Entry(line, trouble=Trouble("wrong_columns", "", f"{len(row)}/{len(names)}"))
    return Entry(line, dict(zip(names, row, strict=True)))


def _line(values: list[str], spec: Spec) -> bytes:
    text = io.StringIO()
    csv.writer(
        text, delimiter=_delimiter(spec), quotechar=spec.option("quote", '"'), lineterminator="\r\n"
    ).writerow(values)
    return encoded(text.getvalue(), spec.encoding, references=_references(spec))


def _references(spec: Spec) -> bool:
    return spec.option("missing") == "references"


def _delimiter(spec: Spec) -> str:
    said = spec.option("delimiter", ",")
    return "\t" if said == "tab" else said
