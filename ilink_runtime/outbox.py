"""News of messages, for the outbox: what became of one, and who is to hear of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from ilink_runtime import database
from ilink_runtime.messages import Stored, audience_of

_insert_outbox = database.insert(database.outbox, without=("id",))
#: What stands for a message that is no more.
_GONE = {"owner": "", "status": "deleted"}


@dataclass(frozen=True, slots=True)
class News:
    """News for the outbox; `seen_by` is who could see the message before, if any may lose sight of it."""

    kind: str
    reference: str
    message_id: str
    seen_by: str | None = None


def sight(connection: Connection, stored: Stored) -> str:
    """Who can see a message, as `access.could_see` takes it."""
    sight = _seen(stored.envelope, stored.audience)
    if stored.envelope["concerns"]:
        sight["concerned"] = _concerned(connection, stored.envelope["concerns"])
    return orjson.dumps(sight).decode()


def followed(connection: Connection, stored: Stored) -> list[News]:
    """That the requests about a message may have gone out of sight with it, or come back into it."""
    message, concerned = database.message, _seen(stored.envelope, stored.audience)
    rows = connection.execute(select(message).where(message.c.concerns == stored.envelope["reference"]))
    return [
        News("removed", row["reference"], row["id"], orjson.dumps(sight).decode())
        for row in map(dict, rows.mappings().all())
        for sight in [_seen(row, audience_of(connection, row["id"])) | {"concerned": concerned}]
    ]


def announce(connection: Connection, at: str, news: list[News]) -> None:
    """Puts news in the outbox, as the last thing: on PostgreSQL its numbers must follow the commits."""
    if connection.dialect.name == "postgresql":
        database.cursor(connection).execute("SELECT pg_advisory_xact_lock(hashtext('ilink outbox'))")
    rows = [(at, one.kind, one.reference, one.message_id, one.seen_by) for one in news]
    _insert_outbox.run_many(connection, rows)


def _seen(envelope: Mapping[str, Any], parts: dict[str, list[str]]) -> dict[str, Any]:
    return {"owner": envelope["owner"], "status": envelope["status"], "parts": parts}


def _concerned(connection: Connection, reference: str) -> dict[str, Any]:
    """Who can see the message that a request concerns; once that is gone, nobody."""
    message = database.message
    row = connection.execute(select(message).where(message.c.reference == reference)).mappings().first()
    return _seen(dict(row), audience_of(connection, row["id"])) if row else _seen(_GONE, {})
