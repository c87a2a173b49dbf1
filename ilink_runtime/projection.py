"""The rows of a message in the generated tables: a Person anywhere in any message is a row of `person`.

The revision is the record of what a bureau said; these rows are for asking, and can be made again
from it. So a value that a column cannot hold becomes NULL here, and is refused nowhere. No value is
checked against the standard: a message recorded under an older version is projected too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, ForeignKeyConstraint, Integer, MetaData, String, Table, Text

from ilink_runtime import database
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import COLUMN_TYPES, Statement
from ilink_runtime.values import Object, Walked

Row = tuple[Any, ...]


def metadata(bundle: Bundle) -> MetaData:
    """The hand-written tables and those of a standard, joined by their foreign keys."""
    return _of(bundle).metadata


def tables(bundle: Bundle) -> dict[str, Table]:
    """The generated tables of a standard by name."""
    return _of(bundle).tables


def write(connection: Connection, bundle: Bundle, message_id: str, met: Walked) -> None:
    """Adds the rows of a message."""
    projection = _of(bundle)
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for part in met:
        if isinstance(part, Object):
            for name, row in projection.rows(part):
                rows[name].append((message_id, *row))
    with database.pipeline(connection):
        for name, statement in projection.inserts.items():
            if name in rows:
                statement.run_many(connection, rows[name])


def erase(connection: Connection, bundle: Bundle, message_id: str) -> None:
    """Removes the rows of a message; those of lists go with their objects."""
    with database.pipeline(connection):
        for statement in _of(bundle).deletes:
            statement.run(connection, (message_id,))


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a value goes: a slot of an object, and what makes a column's value of it."""

    slot: str
    fit: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ClassRows:
    """How an object of a class becomes rows: one of its own table, some of its lists."""

    table: str
    cells: tuple[Cell, ...]
    lists: tuple[tuple[str, Cell], ...]


class Projection:
    """Everything that can be made ready before the first message of a standard comes."""

    def __init__(self, bundle: Bundle) -> None:
        objects = [node for node in bundle.tables if "slot" not in node]
        lists = [node for node in bundle.tables if "slot" in node]
        self.metadata = MetaData()
        for table in database.metadata.tables.values():
            table.to_metadata(self.metadata)
        home = {node["class"]: node["name"] for node in objects}
        self.tables = {node["name"]: self._object_table(node) for node in objects}
        self.tables |= {node["name"]: self._list_table(node, home[node["class"]]) for node in lists}
        self.inserts = {name: database.insert(table) for name, table in self.tables.items()}
        self.deletes = [Statement(f'DELETE FROM "{node["name"]}" WHERE "message_id" = ?') for node in objects]
        self._classes = {
            node["class"]: ClassRows(
                node["name"],
                tuple(Cell(column["slot"], FITTING[column["type"]]) for column in node["columns"]),
                tuple(
                    (other["name"], Cell(other["slot"], FITTING[other["columns"][0]["type"]]))
                    for other in lists
                    if other["class"] == node["class"]
                ),
            )
            for node in objects
        }

    def rows(self, part: Object) -> Iterator[tuple[str, Row]]:
        """The row of an object and those of its lists, each with the name of its table."""
        plan, value = self._classes[part.place.name], part.value
        yield plan.table, (part.path, part.position, *[cell.fit(value.get(cell.slot)) for cell in plan.cells])
        for table, cell in plan.lists:
            for number, member in enumerate(_members(value.get(cell.slot))):
                yield table, (part.path, number, cell.fit(member))

    def _object_table(self, node: Mapping[str, Any]) -> Table:
        return Table(
            node["name"],
            self.metadata,
            Column("message_id", String(32), primary_key=True),
            Column("path", Text, primary_key=True),
            Column("position", Integer, nullable=False),
            *(_column(column) for column in node["columns"]),
            ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
            sqlite_with_rowid=False,
        )

    def _list_table(self, node: Mapping[str, Any], home: str) -> Table:
        return Table(
            node["name"],
            self.metadata,
            Column("message_id", String(32), primary_key=True),
            Column("path", Text, primary_key=True),
            Column("position", Integer, primary_key=True, autoincrement=False),
            *(_column(column) for column in node["columns"]),
            ForeignKeyConstraint(
                ["message_id", "path"], [f"{home}.message_id", f"{home}.path"], ondelete="CASCADE"
            ),
            sqlite_with_rowid=False,
        )


def _column(node: Mapping[str, Any]) -> Column[Any]:
    return Column(node["name"], COLUMN_TYPES[node["type"]], nullable=True)


def _members(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _integer(value: Any) -> int | None:
    """178.0 is the integer 178; what 64 bits do not hold stays in the revision alone."""
    number = _float(value)
    if number is None or not number.is_integer() or not -(2**63) <= int(value) < 2**63:
        return None
    return int(value)


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def fit_date(value: Any) -> str | None:
    """A day of the calendar as a date column takes it, in either database; else None."""
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


#: What makes a column's value of a JSON value, by the column's type.
FITTING: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "date": fit_date,
}


@lru_cache(maxsize=4)
def _of(bundle: Bundle) -> Projection:
    """The projection of a bundle, kept while the bundle is in use; bundles are compared by identity."""
    return Projection(bundle)
