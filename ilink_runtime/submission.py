"""The life of a message: its owner records, amends, deletes; the General Secretariat publishes or returns.

Everything of one step is written in the caller's transaction or not at all. The owner comes from
the reader, never from the message. The caller has validated the message.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, and_, select, update

from ilink_runtime import access, audit, database, projection, search, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement, now
from ilink_runtime.envelope import AUDIENCE, COLUMNS
from ilink_runtime.problems import Problem
from ilink_runtime.values import walk

#: Crockford's base 32: no letter that is read as a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_insert_message = database.insert(database.message)
_insert_revision = database.insert(database.revision)
_insert_audience = database.insert(database.audience)
_insert_outbox = database.insert(database.outbox, without=("id",))
_claim_key = database.insert(database.idempotency, suffix="ON CONFLICT DO NOTHING")
_reference_taken = Statement(
    "SELECT 1 FROM message WHERE reference = ? UNION ALL SELECT 1 FROM tombstone WHERE reference = ?"
)
_AMENDED = [c.name for c in COLUMNS if c.name not in ("reference", "type", "owner", "recorded_at")]
_amend_message = Statement(f"UPDATE message SET {', '.join(f'{name} = ?' for name in _AMENDED)} WHERE id = ?")
_delete_message = Statement("DELETE FROM message WHERE id = ?")
_delete_audience = Statement("DELETE FROM audience WHERE message_id = ?")

#: The envelope's columns that are read from the message: name, place, and what makes a value of it.
_SOURCES = [
    (column.name, tuple(column.source.split("/")[1:]), projection.FITTING[column.type])
    for column in COLUMNS
    if column.source
]
_AUDIENCE = [(part, tuple(pointer.split("/")[1:])) for part, pointer in AUDIENCE.items()]


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


def record(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    message: Mapping[str, Any],
    *,
    key: str | None = None,
    message_type: str | None = None,
) -> Receipt:
    """Stores a new message; the same message with the same key again gives the same receipt."""
    if not reader.may_write:
        raise Problem(403, "scope")
    kind = type_of(bundle, message, message_type)
    body = canonical(message)
    status, at, message_id = _first_status(bundle, kind), now(), database.message_id()
    reference = _new_reference(connection)
    envelope = {
        "reference": reference,
        "type": kind,
        "owner": reader.bureau,
        "status": status,
        "version": 1,
        "standard_version": bundle.version,
        "headline": search.headline(bundle, kind, message),
        "recorded_at": at,
        "updated_at": at,
        **_from_message(message),
    }
    _insert_message.run(connection, (message_id, *[envelope.get(column.name) for column in COLUMNS]))
    if key is not None:
        if not 0 < len(key) <= 255:
            raise Problem(422, "invalid", "An idempotency key has 1 to 255 characters.")
        claim = (reader.bureau, key, sha256(body).hexdigest(), message_id, 1, at)
        if _claim_key.run(connection, claim).rowcount == 0:
            _delete_message.run(connection, (message_id,))
            return _replay(connection, reader, key, body)
    receipt = Receipt(reference, 1, status, entity_tag(1, status, body), message_id)
    _write_parts(connection, bundle, reader, receipt, kind, message, body, at)
    _conclude(connection, reader, "record", "recorded", receipt, kind, at)
    return receipt


def amend(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    reference: str,
    message: Mapping[str, Any],
    etag: str,
    *,
    message_type: str | None = None,
) -> Receipt:
    """Stores a new version of a message under its reference; a notice awaits review again."""
    stored = _to_change(connection, reader, reference, etag)
    kind = type_of(bundle, message, message_type)
    if kind != stored.envelope["type"]:
        raise Problem(409, "conflict", "A message keeps its type; send a new one.")
    body, at = canonical(message), now()
    version, status = stored.envelope["version"] + 1, _first_status(bundle, kind)
    changed = {
        "status": status,
        "version": version,
        "standard_version": bundle.version,
        "headline": search.headline(bundle, kind, message),
        "updated_at": at,
        **_from_message(message),
    }
    _amend_message.run(connection, (*[changed.get(name) for name in _AMENDED], stored.id))
    projection.erase(connection, bundle, stored.id)
    threads.erase(connection, stored.id)
    _delete_audience.run(connection, (stored.id,))
    receipt = Receipt(reference, version, status, entity_tag(version, status, body), stored.id)
    _write_parts(connection, bundle, reader, receipt, kind, message, body, at)
    _conclude(connection, reader, "amend", "amended", receipt, kind, at)
    return receipt


def delete(connection: Connection, reader: Reader, reference: str, etag: str) -> None:
    """Removes a message with all its versions, drafts and index entries; a tombstone without data stays."""
    stored = _to_change(connection, reader, reference, etag)
    kind, at = stored.envelope["type"], now()
    threads.erase(connection, stored.id)
    search.erase(connection, stored.id)
    _delete_message.run(connection, (stored.id,))
    connection.execute(
        database.tombstone.insert().values(
            reference=reference,
            type=kind,
            owner=reader.bureau,
            deleted_at=at,
            versions=stored.envelope["version"],
        )
    )
    seen_by = {"owner": reader.bureau, "status": stored.envelope["status"], "parts": stored.audience}
    audit.note(connection, reader, "delete", reference, type=kind, version=stored.envelope["version"])
    _announce(connection, at, "deleted", reference, stored.id, orjson.dumps(seen_by).decode())


def publish(connection: Connection, bundle: Bundle, reader: Reader, reference: str, etag: str) -> Receipt:
    """Publishes a notice that awaits it; the caller has validated it at the level of publication."""
    stored = _to_review(connection, reader, reference, etag)
    if bundle.messages[stored.envelope["type"]]["routing"] != "publication":
        raise Problem(409, "not_reviewable")
    return _reviewed(connection, reader, stored, "publish", "published", published_at=now())


def send_back(connection: Connection, reader: Reader, reference: str, etag: str, reason: str) -> Receipt:
    """Returns a notice to its owner with the reason; only the owner still sees it."""
    if not reason.strip():
        raise Problem(422, "invalid", "Say why the notice is returned.")
    stored = _to_review(connection, reader, reference, etag)
    return _reviewed(connection, reader, stored, "return", "returned", returned_reason=reason.strip())


def find(connection: Connection, reader: Reader, reference: str) -> Stored | None:
    """A message with its current version, if there is one that the reader may see."""
    message, revision = database.message, database.revision
    row = (
        connection.execute(
            select(message, revision.c.body)
            .join(
                revision, and_(revision.c.message_id == message.c.id, revision.c.version == message.c.version)
            )
            .where(message.c.reference == reference, access.visible(reader))
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    envelope = {column.name: _plain(row[column.name]) for column in COLUMNS}
    return Stored(
        row["id"],
        envelope,
        orjson.loads(row["body"]),
        entity_tag(envelope["version"], envelope["status"], row["body"].encode()),
        _audience_of(connection, row["id"]),
    )


def sent_with(connection: Connection, reader: Reader, key: str) -> str | None:
    """The reference of what the reader's bureau recorded with that idempotency key."""
    message, claim = database.message, database.idempotency
    return connection.scalar(
        select(message.c.reference)
        .join(claim, claim.c.message_id == message.c.id)
        .where(claim.c.bureau == reader.bureau, claim.c.key == key)
    )


def canonical(message: Mapping[str, Any]) -> bytes:
    """The one spelling of a message that is stored and hashed."""
    return orjson.dumps(message, option=orjson.OPT_SORT_KEYS)


def entity_tag(version: int, status: str, body: bytes) -> str:
    """The entity tag of a version in a status."""
    return f'"{version}-{status}-{sha256(body).hexdigest()[:12]}"'


def type_of(bundle: Bundle, message: Mapping[str, Any], given: str | None = None) -> str:
    """The message type that a message names, or that it was sent as."""
    for name in (given, message.get("message_type"), message.get("type")):
        if isinstance(name, str) and name in bundle.messages:
            return name
    raise Problem(422, "invalid", "The message does not say which type it has.")


#: The status of a message that was just sent, by the way it goes.
_FIRST_STATUS = {"publication": "processing", "direct": "sent", "record": "recorded", "query": "recorded"}


def _first_status(bundle: Bundle, message_type: str) -> str:
    return _FIRST_STATUS[bundle.messages[message_type]["routing"]]


def _new_reference(connection: Connection) -> str:
    """A reference that nobody can guess, nor count messages by."""
    while True:
        drawn = "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(8))
        reference = f"{datetime.now(UTC).year}-{drawn}"
        if _reference_taken.run(connection, (reference, reference)).fetchone() is None:
            return reference


def _from_message(message: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fit(_at(message, tokens)) for name, tokens, fit in _SOURCES}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _at(message: Mapping[str, Any], tokens: tuple[str, ...]) -> Any:
    value: Any = message
    for token in tokens:
        value = value.get(token) if isinstance(value, Mapping) else None
    return value


def _audience_rows(
    bundle: Bundle, message_type: str, owner: str, message_id: str, message: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    """Who may see it; a query only its owner.

    A code is compared in capitals, so that hidden from `fr` is hidden from FR.
    """
    if bundle.is_query(message_type):
        return [(message_id, "restricted_to", owner)]
    rows: dict[tuple[str, str, str], None] = {}
    for part, tokens in _AUDIENCE:
        for bureau in _at(message, tokens) or ():
            rows[message_id, part, str(bureau).strip().upper()[: database.AUDIENCE_WIDTH]] = None
    return list(rows)


def _audience_of(connection: Connection, message_id: str) -> dict[str, list[str]]:
    table = database.audience
    parts: dict[str, list[str]] = {part: [] for part in AUDIENCE}
    for part, bureau in connection.execute(
        select(table.c.part, table.c.bureau).where(table.c.message_id == message_id).order_by(table.c.bureau)
    ):
        parts[part].append(bureau)
    return parts


def _write_parts(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    receipt: Receipt,
    message_type: str,
    message: Mapping[str, Any],
    body: bytes,
    at: str,
) -> None:
    """All that follows from a message: its audience, its revision, rows, identifiers and search text."""
    message_id = receipt.message_id
    _insert_audience.run_many(
        connection, _audience_rows(bundle, message_type, reader.bureau, message_id, message)
    )
    _insert_revision.run(
        connection, (message_id, receipt.version, body.decode(), reader.actor, reader.bureau, at)
    )
    met = walk(bundle, message_type, message)
    projection.write(connection, bundle, message_id, met)
    if not bundle.is_query(message_type):  # a question is no data: nobody finds it, nothing links to it
        threads.write(connection, message_id, met)
        search.write(connection, message_id, met)


def _conclude(
    connection: Connection,
    reader: Reader,
    action: str,
    news: str,
    receipt: Receipt,
    message_type: str,
    at: str,
) -> None:
    audit.note(connection, reader, action, receipt.reference, type=message_type, version=receipt.version)
    _announce(connection, at, news, receipt.reference, receipt.message_id)


def _announce(
    connection: Connection, at: str, news: str, reference: str, message_id: str, seen_by: str | None = None
) -> None:
    """Puts news in the outbox, as the last thing: on PostgreSQL its numbers must follow the commits."""
    if connection.dialect.name == "postgresql":
        database.cursor(connection).execute("SELECT pg_advisory_xact_lock(hashtext('ilink outbox'))")
    _insert_outbox.run(connection, (at, news, reference, message_id, seen_by))


def _replay(connection: Connection, reader: Reader, key: str, body: bytes) -> Receipt:
    """The receipt of the request that came first with this key."""
    message, claim = database.message, database.idempotency
    row = connection.execute(
        select(claim.c.request_hash, claim.c.version, message.c.id, message.c.reference, message.c.status)
        .join(message, message.c.id == claim.c.message_id)
        .where(claim.c.bureau == reader.bureau, claim.c.key == key)
    ).one()
    if row.request_hash != sha256(body).hexdigest():
        raise Problem(422, "key_reused", "This idempotency key came with another message.")
    return Receipt(
        row.reference, row.version, row.status, entity_tag(row.version, row.status, body), row.id, True
    )


def _to_change(connection: Connection, reader: Reader, reference: str, given: str) -> Stored:
    """The message that its owner wants to change, locked; what hinders him as a Problem."""
    stored = _locked(connection, reader, reference)
    if not access.may_change(reader, stored.envelope["owner"]):
        raise Problem(403, "not_yours" if stored.envelope["owner"] != reader.bureau else "scope")
    _must_match(stored, given)
    return stored


def _to_review(connection: Connection, reader: Reader, reference: str, given: str) -> Stored:
    """The notice that the General Secretariat decides on, locked; what hinders it as a Problem."""
    stored = _locked(connection, reader, reference)
    if not access.may_review(reader):
        raise Problem(403, "scope")
    _must_match(stored, given)
    if stored.envelope["status"] != "processing":
        raise Problem(409, "not_reviewable")
    return stored


def _locked(connection: Connection, reader: Reader, reference: str) -> Stored:
    message = database.message
    connection.execute(
        select(message.c.id).where(message.c.reference == reference, access.visible(reader)).with_for_update()
    )
    stored = find(connection, reader, reference)
    if stored is None:
        raise Problem(404, "not_found")
    return stored


def _must_match(stored: Stored, given: str) -> None:
    if not given:
        raise Problem(428, "precondition_required")
    if given != stored.etag:
        raise Problem(412, "stale")


def _reviewed(
    connection: Connection, reader: Reader, stored: Stored, action: str, status: str, **more: str
) -> Receipt:
    at, version = now(), stored.envelope["version"]
    connection.execute(
        update(database.message)
        .where(database.message.c.id == stored.id)
        .values(status=status, updated_at=at, **more)
    )
    receipt = Receipt(
        stored.envelope["reference"],
        version,
        status,
        entity_tag(version, status, canonical(stored.message)),
        stored.id,
    )
    _conclude(connection, reader, action, status, receipt, stored.envelope["type"], at)
    return receipt
