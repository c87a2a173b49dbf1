"""Makes a database fit the standard: adds what is missing, and makes rows anew where their making changed.

Only additions: a generated table or column that the standard no longer has stays, and is reported.
A column whose type changed is made anew, for its values come from the revisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    Index,
    Inspector,
    Integer,
    String,
    Table,
    and_,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.schema import CreateColumn, CreateIndex
from sqlalchemy.types import TypeEngine

from ilink_runtime import database, projection, restriction, retention, revision, search, threads
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement, now
from ilink_runtime.envelope import REVIEW_DATE
from ilink_runtime.projection import fit_date
from ilink_runtime.values import walk

#: To be raised when the runtime itself makes other rows, canonical forms or search text of the same message.
TREATMENT = 2
BATCH = 200

_relist = Statement("UPDATE message SET headline = ?, withheld = ?, withheld_until = ? WHERE id = ?")
_set_last_day = Statement("UPDATE message SET expires_at = ? WHERE id = ?")


@dataclass(frozen=True, slots=True)
class Differences:
    """In what a database differs from what the runtime and a standard need."""

    tables: tuple[Table, ...] = ()
    columns: tuple[Column[Any], ...] = ()
    retyped: tuple[Column[Any], ...] = ()
    widened: tuple[Column[Any], ...] = ()
    indexes: tuple[Index, ...] = ()
    left: tuple[str, ...] = ()  # in the database, no longer in the standard
    treatment: bool = False  # rows, identifiers or search text are made otherwise now

    @property
    def outdated(self) -> bool:
        """Whether the database has to be upgraded before it is served."""
        return bool(
            self.tables or self.columns or self.retyped or self.widened or self.indexes or self.treatment
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What an upgrade did: what it added, what it left in place, how many messages it projected anew."""

    added: tuple[str, ...]
    left: tuple[str, ...]
    projected: int
    unknown: tuple[str, ...] = ()  # message types that the standard no longer has


def check(engine: Engine, bundle: Bundle) -> Literal["empty", "current", "outdated"]:
    """How a database stands to the runtime and the standard."""
    if not inspect(engine).has_table("message"):
        return "empty"
    return "outdated" if differences(engine, bundle).outdated else "current"


def create(engine: Engine, bundle: Bundle) -> None:
    """Makes all tables in an empty database."""
    with engine.begin() as connection:
        projection.metadata(bundle).create_all(connection)
        search.prepare(connection)
        _remember(connection, bundle)


def differences(engine: Engine, bundle: Bundle) -> Differences:
    """Compares a database with what the runtime and a standard need."""
    with engine.connect() as connection:
        found = inspect(connection)
        names = set(found.get_table_names())
        wanted = projection.metadata(bundle).sorted_tables
        present = [table for table in wanted if table.name in names]
        stored = _treatment_stored(connection, bundle) if "standard" in names else None
        return Differences(
            tables=tuple(table for table in wanted if table.name not in names),
            columns=tuple(column for table in present for column in _missing_columns(found, table)),
            retyped=tuple(column for table in present for column in _retyped(found, bundle, table)),
            widened=tuple(column for table in present for column in _narrow(found, table)),
            indexes=tuple(index for table in present for index in _missing_indexes(found, table)),
            left=tuple(_left(found, bundle, names)),
            treatment=stored != treatment(bundle),
        )


def upgrade(engine: Engine, bundle: Bundle) -> Report:
    """Brings a filled database up to the standard; broken off, it can be run again."""
    found = differences(engine, bundle)
    if not found.outdated:
        return Report((), found.left, 0)
    with engine.begin() as connection:
        added = [*_apply(connection, bundle, found)]
        search.prepare(connection)
    projected, unknown = project_anew(engine, bundle)
    with engine.begin() as connection:
        _remember(connection, bundle)
    return Report(tuple(added), found.left, projected, unknown)


def project_anew(engine: Engine, bundle: Bundle) -> tuple[int, tuple[str, ...]]:
    """Makes the rows, identifiers, search text and last days of all messages anew, in batches."""
    count, after = 0, ""
    unknown: set[str] = set()
    while True:
        with engine.begin() as connection:
            rows = _bodies(connection, after)
            for row in rows:
                if row.type not in bundle.messages:
                    unknown.add(row.type)
                    continue
                body = orjson.loads(row.body)
                _project(connection, bundle, row.id, row.type, body)
                since = row.extended_at or row.recorded_at
                last = retention.last_day(bundle, row.type, since, fit_date(body.get(REVIEW_DATE)))
                _set_last_day.run(connection, (last, row.id))
                count += 1
        if not rows:
            return count, tuple(sorted(unknown))
        after = rows[-1].id


def treatment(bundle: Bundle) -> str:
    """A hash of all that shapes rows, identifiers, search text and last days; labels and forms do not."""
    classes = {
        name: [
            node["ancestors"],
            node["thread"],
            node["canonical"],
            node.get("innocent", False),
            node.get("number_range"),
            [
                [
                    *(slot["name"], slot["kind"], slot["range"], slot["multivalued"]),
                    *(slot.get("masked_under_age"), *slot.get("classes", ())),
                ]
                for slot in node["slots"]
            ],
        ]
        for name, node in bundle.standard["classes"].items()
    }
    types = {
        name: [node["canonical"], node["thread"], node["search"]]
        for name, node in bundle.standard["types"].items()
    }
    masked = {name: sorted(codes) for name, codes in bundle.masked_codes.items()}
    heads = {name: node["headline"] for name, node in bundle.messages.items()}
    kept = {name: node.get("retention") for name, node in bundle.messages.items()}
    parts = [TREATMENT, classes, types, kept, list(bundle.tables), masked, heads]
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _project(
    connection: Connection, bundle: Bundle, message_id: str, message_type: str, message: dict[str, Any]
) -> None:
    found = walk(bundle, message_type, restriction.open_part(message))
    projection.erase(connection, bundle, message_id)
    projection.write(connection, bundle, message_id, walk(bundle, message_type, message))
    threads.erase(connection, message_id)
    if not bundle.is_query(message_type):
        threads.write(connection, message_id, found)
        search.write(connection, message_id, found)
    _relist.run(connection, (*revision.as_listed(bundle, message_type, message).values(), message_id))


def _bodies(connection: Connection, after: str) -> list[Any]:
    message, revision = database.message, database.revision
    current = and_(revision.c.message_id == message.c.id, revision.c.version == message.c.version)
    return list(
        connection.execute(
            select(
                message.c.id, message.c.type, message.c.recorded_at, message.c.extended_at, revision.c.body
            )
            .join(revision, current)
            .where(message.c.id > after)
            .order_by(message.c.id)
            .limit(BATCH)
        )
    )


def _apply(connection: Connection, bundle: Bundle, found: Differences) -> Iterator[str]:
    """Adds what is missing; says what."""
    projection.metadata(bundle).create_all(connection, tables=list(found.tables))
    yield from (table.name for table in found.tables)
    for column in found.retyped:
        _drop(connection, column)
    for column in (*found.retyped, *found.columns):
        written = CreateColumn(column).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f'ALTER TABLE "{column.table.name}" ADD COLUMN {written}')
        yield f"{column.table.name}.{column.name}"
    for column in found.widened:
        holder, wider = column.table.name, column.type.compile(connection.dialect)
        connection.exec_driver_sql(f'ALTER TABLE "{holder}" ALTER COLUMN "{column.name}" TYPE {wider}')
        yield f"{holder}.{column.name}"
    present = set(inspect(connection).get_table_names())
    for table in projection.metadata(bundle).sorted_tables:
        if table.name in present:
            for index in _missing_indexes(inspect(connection), table):
                connection.execute(CreateIndex(index))
                yield str(index.name)


def _drop(connection: Connection, column: Column[Any]) -> None:
    for index in inspect(connection).get_indexes(column.table.name):
        if column.name in index["column_names"]:
            connection.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
    connection.exec_driver_sql(f'ALTER TABLE "{column.table.name}" DROP COLUMN "{column.name}"')


def _missing_columns(found: Inspector, table: Table) -> list[Column[Any]]:
    names = {column["name"] for column in found.get_columns(table.name)}
    return [column for column in table.columns if column.name not in names]


def _missing_indexes(found: Inspector, table: Table) -> list[Index]:
    names = {index["name"] for index in found.get_indexes(table.name)}
    wanted = sorted(table.indexes, key=lambda index: str(index.name))
    return [index for index in wanted if index.name not in names]


def _retyped(found: Inspector, bundle: Bundle, table: Table) -> list[Column[Any]]:
    if table.name not in projection.tables(bundle):
        return []
    types = {column["name"]: column["type"] for column in found.get_columns(table.name)}
    return [
        column
        for column in table.columns
        if column.name in types and _family(types[column.name]) != _family(column.type)
    ]


def _narrow(found: Inspector, table: Table) -> list[Column[Any]]:
    """Columns for shorter texts than are stored now; SQLite holds nobody to a length."""
    if found.dialect.name == "sqlite":
        return []
    lengths = {
        column["name"]: getattr(column["type"], "length", None) for column in found.get_columns(table.name)
    }
    return [
        column
        for column in table.columns
        if isinstance(column.type, String)
        and (length := lengths.get(column.name)) is not None
        and length < (column.type.length or 0)
    ]


def _family(kind: TypeEngine[Any]) -> type[TypeEngine[Any]] | None:
    """What two types of different databases have in common; None is text."""
    return next((family for family in (Boolean, Date, Float, Integer) if isinstance(kind, family)), None)


def _left(found: Inspector, bundle: Bundle, names: set[str]) -> Iterator[str]:
    """What the standard no longer has: generated tables, known by their key, and columns of them."""
    wanted = projection.metadata(bundle).tables
    for name in sorted(names):
        columns = [column["name"] for column in found.get_columns(name)]
        if name not in wanted:
            if {"message_id", "path", "position"} <= set(columns):
                yield name
        elif name in projection.tables(bundle):
            yield from (f"{name}.{column}" for column in columns if column not in wanted[name].columns)


def _treatment_stored(connection: Connection, bundle: Bundle) -> str | None:
    table = database.standard
    return connection.scalar(select(table.c.treatment).where(table.c.name == bundle.standard["name"]))


def _remember(connection: Connection, bundle: Bundle) -> None:
    table, name = database.standard, bundle.standard["name"]
    connection.execute(delete(table).where(table.c.name == name))
    connection.execute(
        insert(table).values(name=name, version=bundle.version, treatment=treatment(bundle), at=now())
    )
