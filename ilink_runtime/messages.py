"""Messages as they stand in the database, as a reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, select

from ilink_runtime import access, database, restriction, search
from ilink_runtime.access import Reader
from ilink_runtime.envelope import AUDIENCE, COLUMNS
from ilink_runtime.problems import Problem


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told of a message as it now stands."""

    reference: str
    version: int
    status: str
    etag: str
    message_id: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as a reader may see it; instants and days of the envelope are text."""

    id: str
    envelope: dict[str, Any]
    message: dict[str, Any]
    etag: str
    audience: dict[str, list[str]]


def find(connection: Connection, reader: Reader, reference: str) -> Stored | None:
    """A message with its current version, if there is one that the reader may see."""
    return next(_stored(connection, reader, database.message.c.reference == reference), None)


def find_all(connection: Connection, reader: Reader, references: Collection[str]) -> dict[str, Stored]:
    """Of some messages those that the reader may see, by their reference."""
    found = _stored(connection, reader, database.message.c.reference.in_(references))
    return {stored.envelope["reference"]: stored for stored in found}


def locked(connection: Connection, reader: Reader, reference: str) -> Stored:
    lock(connection, reader, reference)
    stored = find(connection, reader, reference)
    if stored is None:
        raise Problem(404, "not_found")
    return stored


def lock(connection: Connection, reader: Reader, reference: str) -> None:
    message = database.message
    connection.execute(
        select(message.c.id).where(message.c.reference == reference, access.visible(reader)).with_for_update()
    )


def requests(connection: Connection, reader: Reader, reference: str) -> list[search.Hit]:
    """The requests about a message that the reader may see, the newest first."""
    message = database.message
    rows = connection.execute(
        select(*search.HIT_COLUMNS)
        .where(message.c.concerns == reference, access.visible(reader))
        .order_by(message.c.recorded_at.desc(), message.c.reference)
    )
    return [search.hit(reader, tuple(row)) for row in rows]


def sent_with(connection: Connection, reader: Reader, key: str) -> str | None:
    """The reference of what the reader's bureau recorded with that idempotency key."""
    message, claim = database.message, database.idempotency
    return connection.scalar(
        select(message.c.reference)
        .join(claim, claim.c.message_id == message.c.id)
        .where(claim.c.bureau == reader.bureau, claim.c.key == key, access.visible(reader))
    )


def canonical(message: Mapping[str, Any]) -> bytes:
    """The one spelling of a message that is stored and hashed."""
    return orjson.dumps(message, option=orjson.OPT_SORT_KEYS)


def entity_tag(version: int, status: str, body: bytes) -> str:
    """The entity tag of a version in a status: of the body that its reader sees, and of nothing else."""
    return f'"{version}-{status}-{sha256(body).hexdigest()[:12]}"'


def audience_of(connection: Connection, message_id: str) -> dict[str, list[str]]:
    table = database.audience
    parts: dict[str, list[str]] = {part: [] for part in AUDIENCE}
    for part, bureau in connection.execute(
        select(table.c.part, table.c.bureau).where(table.c.message_id == message_id).order_by(table.c.bureau)
    ):
        parts[part].append(bureau)
    return parts


def _stored(connection: Connection, reader: Reader, wanted: ColumnElement[bool]) -> Iterator[Stored]:
    message, revision = database.message, database.revision
    rows = connection.execute(
        select(message, revision.c.body)
        .join(revision, and_(revision.c.message_id == message.c.id, revision.c.version == message.c.version))
        .where(wanted, access.visible(reader))
    )
    for row in rows.mappings().all():
        envelope = {column.name: _plain(row[column.name]) for column in COLUMNS}
        seen = restriction.redacted(orjson.loads(row["body"]), reader, envelope["owner"])
        yield Stored(
            row["id"],
            envelope,
            seen,
            entity_tag(envelope["version"], envelope["status"], canonical(seen)),
            audience_of(connection, row["id"]),
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
