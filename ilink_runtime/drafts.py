"""Drafts: what an officer has typed so far. It stays on the server, belongs to his bureau, may be invalid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Connection, Row, Select, false, func, insert, or_, select, true, update
from sqlalchemy import delete as delete_from

from ilink_runtime import database
from ilink_runtime.access import Reader, may_change, visible
from ilink_runtime.database import now
from ilink_runtime.messages import Stored
from ilink_runtime.problems import Problem


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as last saved; `revision` counts the savings, `reference` names the message it amends.

    `profile` is the country in whose form it is written, None for that of the standard.
    """

    id: str
    type: str
    language: str
    body: dict[str, Any]
    revision: int
    standard_version: str
    author: str
    created_at: str
    updated_at: str
    reference: str | None
    message_version: int | None
    profile: str | None


def create(
    connection: Connection,
    reader: Reader,
    type: str,
    language: str,
    body: Mapping[str, Any],
    standard_version: str,
    message: Stored | None = None,
    profile: str | None = None,
) -> Draft:
    """Begins a draft, of a new message or of the next version of one's own."""
    if not reader.may_write:
        raise Problem(403, "scope")
    if message is not None and not may_change(reader, message.envelope["owner"]):
        raise Problem(403, "not_yours")
    at, draft_id = now(), uuid4().hex
    connection.execute(
        insert(database.draft).values(
            id=draft_id,
            bureau=reader.bureau,
            author=reader.actor,
            type=type,
            standard_version=standard_version,
            language=language,
            body=_written(body),
            revision=1,
            message_id=message and message.id,
            message_version=message and message.envelope["version"],
            profile=profile,
            created_at=at,
            updated_at=at,
        )
    )
    return _found(connection, reader, draft_id)


def save(
    connection: Connection, reader: Reader, id: str, body: Mapping[str, Any], language: str, revision: int
) -> Draft:
    """Saves over the revision that the officer has before him; a colleague's later one is not lost."""
    if not reader.may_write:
        raise Problem(403, "scope")
    draft = database.draft
    saved = connection.execute(
        update(draft)
        .where(draft.c.id == id, draft.c.bureau == reader.bureau, draft.c.revision == revision)
        .values(body=_written(body), language=language, revision=revision + 1, updated_at=now())
    )
    found = _found(connection, reader, id)
    if saved.rowcount == 0:
        raise Problem(412, "stale")
    return found


def find(connection: Connection, reader: Reader, id: str) -> Draft | None:
    """A draft of the reader's bureau."""
    row = connection.execute(_drafts(reader).where(database.draft.c.id == id)).first()
    return None if row is None else _draft(row)


def listing(connection: Connection, reader: Reader) -> list[Draft]:
    """The drafts of the reader's bureau, the latest first."""
    latest = database.draft.c.updated_at.desc(), database.draft.c.id
    return [_draft(row) for row in connection.execute(_drafts(reader).order_by(*latest))]


def number(connection: Connection, reader: Reader) -> int:
    """How many drafts the reader's bureau has."""
    return connection.scalar(select(func.count()).select_from(_drafts(reader).subquery())) or 0


def delete(connection: Connection, reader: Reader, id: str) -> None:
    """Throws a draft away."""
    if not reader.may_write:
        raise Problem(403, "scope")
    draft = database.draft
    gone = connection.execute(delete_from(draft).where(draft.c.id == id, draft.c.bureau == reader.bureau))
    if gone.rowcount == 0:
        raise Problem(404, "not_found")


def _drafts(reader: Reader) -> Select[Any]:
    """The drafts that a reader may see; a service sees none unless it writes for its bureau."""
    draft, message = database.draft, database.message
    return (
        select(draft, message.c.reference)
        .outerjoin(message, message.c.id == draft.c.message_id)
        .where(
            draft.c.bureau == reader.bureau,
            or_(draft.c.message_id.is_(None), visible(reader)),
            true() if reader.may_write or not reader.entity else false(),
        )
    )


def _found(connection: Connection, reader: Reader, id: str) -> Draft:
    draft = find(connection, reader, id)
    if draft is None:
        raise Problem(404, "not_found")
    return draft


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        row.id,
        row.type,
        row.language,
        orjson.loads(row.body),
        row.revision,
        row.standard_version,
        row.author,
        row.created_at,
        row.updated_at,
        row.reference,
        row.message_version,
        row.profile,
    )


def _written(body: Mapping[str, Any]) -> str:
    return orjson.dumps(body).decode()
