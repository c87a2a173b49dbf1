"""What is written of each version of a message, and how lists call it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from ilink_runtime import database, effects, files, projection, restriction, retention, search, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement
from ilink_runtime.envelope import AUDIENCE, COLUMNS, REVIEW_DATE, code
from ilink_runtime.headline import headline, withheld
from ilink_runtime.messages import Receipt, Stored, canonical, entity_tag
from ilink_runtime.values import walk

_insert_revision = database.insert(database.revision)
_insert_audience = database.insert(database.audience)
_AMENDED = [c.name for c in COLUMNS if c.name not in ("reference", "type", "owner", "recorded_at")]
_amend_message = Statement(f"UPDATE message SET {', '.join(f'{name} = ?' for name in _AMENDED)} WHERE id = ?")
_delete_audience = Statement("DELETE FROM audience WHERE message_id = ?")

#: The envelope's columns that are read from the message: name, place, and what makes a value of it.
_SOURCES = [
    (column.name, tuple(column.source.split("/")[1:]), projection.FITTING[column.type])
    for column in COLUMNS
    if column.source
]
_AUDIENCE = [(part, tuple(pointer.split("/")[1:])) for part, pointer in AUDIENCE.items()]


def as_listed(bundle: Bundle, message_type: str, message: dict[str, Any]) -> dict[str, Any]:
    """The columns of `message` that say what a list calls it."""
    seen_by_all = restriction.open_part(message)
    hidden = withheld(bundle, message_type, message, seen_by_all)
    return {
        "headline": headline(bundle, message_type, seen_by_all),
        "withheld": hidden and hidden.reason,
        "withheld_until": hidden and hidden.until and hidden.until.isoformat(),
    }


def from_message(message: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fit(_at(message, tokens)) for name, tokens, fit in _SOURCES}


def write_parts(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    receipt: Receipt,
    message_type: str,
    message: dict[str, Any],
    body: bytes,
    at: str,
) -> None:
    """All that follows from a message: its audience, its revision, rows, identifiers and search text."""
    message_id = receipt.message_id
    audience = _audience_rows(message_id, message)
    if effects.is_private(bundle, message_type):
        own = (message_id, "restricted_to", reader.bureau)
        audience = [own, *(row for row in audience if row[1] == "hidden_from_entities")]
    _insert_audience.run_many(connection, audience)
    _insert_revision.run(
        connection, (message_id, receipt.version, body.decode(), reader.actor, reader.bureau, at)
    )
    met = walk(bundle, message_type, message)
    seen_by_all = restriction.open_part(message)
    found = met if seen_by_all is message else walk(bundle, message_type, seen_by_all)
    projection.write(connection, bundle, message_id, met)
    if not bundle.is_query(message_type):  # a question is no data: nobody finds it, nothing links to it
        threads.write(connection, message_id, found)
        search.write(connection, message_id, found)
    files.tie(connection, message_id, met)


def write_version(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    stored: Stored,
    message: dict[str, Any],
    envelope: Mapping[str, Any],
    at: str,
) -> Receipt:
    """Writes the next version of a message; the rest of its envelope stays as it is."""
    kind, body, taken = stored.envelope["type"], canonical(message), from_message(message)
    known = {
        **stored.envelope,
        "version": stored.envelope["version"] + 1,
        "updated_at": at,
        **taken,
        **as_listed(bundle, kind, message),
        **envelope,
    }
    since = known["extended_at"] or known["recorded_at"]
    known["expires_at"] = retention.last_day(bundle, kind, since, taken[REVIEW_DATE])
    _amend_message.run(connection, (*[known[name] for name in _AMENDED], stored.id))
    projection.erase(connection, bundle, stored.id)
    threads.erase(connection, stored.id)
    _delete_audience.run(connection, (stored.id,))
    untied = files.untie(connection, stored.id)
    version, status = known["version"], known["status"]
    receipt = Receipt(known["reference"], version, status, entity_tag(version, status, body), stored.id)
    write_parts(connection, bundle, reader, receipt, kind, message, body, at)
    files.release(connection, known["owner"], untied)
    return receipt


def _audience_rows(message_id: str, message: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Who may see it."""
    rows: dict[tuple[str, str, str], None] = {}
    for part, tokens in _AUDIENCE:
        for bureau in _at(message, tokens) or ():
            rows[message_id, part, code(bureau)[: database.AUDIENCE_WIDTH]] = None
    return list(rows)


def _at(message: Mapping[str, Any], tokens: tuple[str, ...]) -> Any:
    value: Any = message
    for token in tokens:
        value = value.get(token) if isinstance(value, Mapping) else None
    return value
