"""The audit: who did what to which message, when and for what purpose, and nothing about a person.

It outlives the messages, so no value of a message may enter it: of a text that is not one of a
few words of the system itself, only the length is kept.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection

from ilink_runtime import database
from ilink_runtime.access import Reader
from ilink_runtime.database import now

#: Details whose text is the system's or the standard's own word, never a person's.
PLAIN = frozenset(
    {"adapter", "bureau", "format", "kind", "language", "level", "query", "scopes", "status", "type"}
)

_insert = database.insert(database.audit, without=("id",))


def note(
    connection: Connection, reader: Reader, action: str, reference: str | None = None, **detail: Any
) -> None:
    """Adds an entry in the transaction of what it tells of."""
    kept = {name: _bare(name, value) for name, value in detail.items() if value is not None}
    written = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()
    _insert.run(connection, (now(), reader.actor, reader.bureau, action, reader.purpose, reference, written))


def _bare(name: str, value: Any) -> Any:
    if isinstance(value, bool | int | float) or (name in PLAIN and isinstance(value, str)):
        return value
    return {"length": len(value)} if hasattr(value, "__len__") else {}
