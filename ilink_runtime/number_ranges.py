"""Ranges of numbers: one record of a thousand stolen blank passports is found by any number among them.

A range is a row of `number_range`. The numbers of a range have the same letters before their last
digits, and as many digits; so they are compared as texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, func

from ilink_runtime import database
from ilink_runtime.canonical import counted
from ilink_runtime.database import Statement
from ilink_runtime.values import Object, Walked

_DIGITS = "0123456789"

_insert = database.insert(database.number_range, suffix="ON CONFLICT DO NOTHING")
_ERASE = Statement("DELETE FROM number_range WHERE message_id = ?")


def write(connection: Connection, message_id: str, met: Walked) -> None:
    """Notes the ranges of a message."""
    _insert.run_many(connection, [(message_id, *row) for row in ranges(met)])


def erase(connection: Connection, message_id: str) -> None:
    """Forgets the ranges of a message."""
    _ERASE.run(connection, (message_id,))


def ranges(met: Walked) -> Iterator[tuple[str, str, str, int, str, str]]:
    """Path, kind, prefix, width, lowest and highest digits of every range in a message."""
    for part in met:
        if not isinstance(part, Object) or part.place.number_range is None:
            continue
        first, last = part.place.number_range
        begin, end = counted(part.value.get(first) or ""), counted(part.value.get(last) or "")
        if begin is not None and end is not None and begin[0] == end[0] and len(begin[1]) == len(end[1]):
            kind = part.place.slots[first].range
            yield f"{part.path}/{first}", kind, begin[0], len(begin[1]), begin[1], end[1]


def holding(met: Walked, kind: str, canonical: str) -> Iterator[str]:
    """The paths of the ranges in a message in which a number of a kind lies."""
    number = counted(canonical)
    for path, of_kind, prefix, width, low, high in ranges(met):
        alike = number is not None and (of_kind, prefix, width) == (kind, number[0], len(number[1]))
        if number is not None and alike and low <= number[1] <= high:
            yield path


def holds(kind: ColumnElement[str] | str, canonical: ColumnElement[str]) -> ColumnElement[bool]:
    """The SQL predicate over `number_range` for the ranges in which a number of a kind lies."""
    row = database.number_range.c
    prefix = func.rtrim(canonical, _DIGITS)
    digits = func.substr(canonical, func.length(prefix) + 1)
    return and_(
        row.kind == kind,
        row.prefix == prefix,
        row.width == func.length(digits),
        row.low <= digits,
        row.high >= digits,
    )
