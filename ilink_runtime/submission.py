"""The life of a message: its owner records, amends, deletes; the General Secretariat publishes or returns.

A request bears on another message: it adds to it, keeps it longer, sets it aside or ends it.

Everything of one step is written in the caller's transaction or not at all. The owner comes from
the reader, never from the message. The caller has validated the message.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from ilink_runtime import (
    access,
    audit,
    database,
    effects,
    files,
    retention,
    search,
    threads,
)
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement, now
from ilink_runtime.envelope import COLUMNS, ENDED, REVIEW_DATE, SET_ASIDE
from ilink_runtime.messages import Receipt, Stored, canonical, entity_tag, find, lock, locked
from ilink_runtime.objections import objections
from ilink_runtime.outbox import News, announce, followed, sight
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.revision import as_listed, from_message, write_parts, write_version
from ilink_runtime.validation import Fault

#: Crockford's base 32: no letter that is read as a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: In which status a message begins, by the routing of its type.
_FIRST_STATUS = {"publication": "processing", "direct": "sent", "record": "recorded", "query": "recorded"}

_insert_message = database.insert(database.message)
_insert_step = database.insert(database.step, without=("id",))
_claim_key = database.insert(database.idempotency, suffix="ON CONFLICT DO NOTHING")
_reference_taken = Statement(
    "SELECT 1 FROM message WHERE reference = ? UNION ALL SELECT 1 FROM tombstone WHERE reference = ?"
)
_insert_tombstone = database.insert(database.tombstone)
_delete_message = Statement("DELETE FROM message WHERE id = ?")


def record(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    message: dict[str, Any],
    *,
    key: str | None = None,
    message_type: str | None = None,
) -> Receipt:
    """Stores a new message; the same message with the same key again gives the same receipt."""
    if not reader.may_write:
        raise Problem(403, "scope")
    kind = type_of(bundle, message, message_type)
    body, at, message_id = canonical(message), now(), database.message_id()
    status, reference = _first_status(bundle, kind), _new_reference(connection)
    target = _target(connection, bundle, reader, kind, message)
    taken = from_message(message)
    envelope = {
        "reference": reference,
        "type": kind,
        "owner": reader.bureau,
        "status": status,
        "version": 1,
        "standard_version": bundle.version,
        "recorded_at": at,
        "updated_at": at,
        "concerns": target and target.envelope["reference"],
        "expires_at": retention.last_day(bundle, kind, at, taken[REVIEW_DATE]),
        **taken,
        **as_listed(bundle, kind, message),
    }
    _insert_message.run(connection, (message_id, *[envelope.get(column.name) for column in COLUMNS]))
    if key is not None:
        if not 0 < len(key) <= 255:
            raise Problem(422, "invalid", "An idempotency key has 1 to 255 characters.")
        claim = (reader.bureau, key, sha256(body).hexdigest(), message_id, 1, at)
        if _claim_key.run(connection, claim).rowcount == 0:
            _delete_message.run(connection, (message_id,))
            return _replay(connection, reader, key, body)
    _must_stand(kind, objections(bundle, reader, kind, message, target, None, retention.today()))
    receipt = Receipt(reference, 1, status, entity_tag(1, status, body), message_id)
    news = [News("recorded", reference, message_id)]
    if target is not None and status != "processing":
        news += _bear(connection, bundle, reader, target, kind, message, reference, at)
    write_parts(connection, bundle, reader, receipt, kind, message, body, at)
    audit.note(connection, reader, "record", reference, type=kind, version=1)
    announce(connection, at, news)
    return receipt


def amend(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    reference: str,
    message: dict[str, Any],
    etag: str,
    *,
    message_type: str | None = None,
) -> Receipt:
    """Stores a new version of a message under its reference; a notice awaits review again."""
    stored = _to_change(connection, reader, reference, etag)
    kind, at = type_of(bundle, message, message_type), now()
    if kind != stored.envelope["type"]:
        raise Problem(409, "conflict", _("A message keeps its type; send a new one."))
    if is_past(bundle, stored):
        raise Problem(409, "conflict", _("This has taken effect or has ended; send a new message."))
    target = _target(connection, bundle, reader, kind, message)
    _must_stand(kind, objections(bundle, reader, kind, message, target, stored, retention.today()))
    news = [News("amended", reference, stored.id, sight(connection, stored)), *followed(connection, stored)]
    aside = stored.envelope["status"] == "suspended"
    status = "suspended" if aside else _first_status(bundle, kind)
    envelope = {
        "status": status,
        "standard_version": bundle.version,
        "published_at": None,
        "returned_reason": None,
    }
    receipt = write_version(connection, bundle, reader, stored, message, envelope, at)
    audit.note(connection, reader, "amend", reference, type=kind, version=receipt.version)
    announce(connection, at, news)
    return receipt


def delete(connection: Connection, reader: Reader, reference: str, etag: str) -> None:
    """Removes a message with its versions, drafts, files, index entries; a tombstone without data stays.

    What its owner added to it goes too (RPD-48).
    """
    _remove(connection, reader, _to_change(connection, reader, reference, etag), "delete")


def publish(connection: Connection, bundle: Bundle, reader: Reader, reference: str, etag: str) -> Receipt:
    """Publishes a notice that awaits it, or accepts a request; the caller has validated it at that level."""
    stored = _to_review(connection, reader, reference, etag)
    kind, at = stored.envelope["type"], now()
    if bundle.messages[kind]["routing"] != "publication":
        raise Problem(409, "not_reviewable")
    if effects.of(bundle, kind) == "none":
        return _turned(connection, reader, stored, "publish", "published", at, published_at=at)
    target = _target(connection, bundle, reader, kind, stored.message)
    hindering = list(effects.faults(bundle, reader, kind, stored.message, target, retention.today()))
    if target is None or hindering:
        detail = _("The message that it concerns is gone, or can no longer be changed by this.")
        raise Problem(409, "conflict", detail, hindering, message_type=kind)
    news = _bear(connection, bundle, reader, target, kind, stored.message, reference, at)
    return _turned(connection, reader, stored, "publish", "accepted", at, news, published_at=at)


def send_back(connection: Connection, reader: Reader, reference: str, etag: str, reason: str) -> Receipt:
    """Returns a notice to its owner with the reason; only the owner still sees it."""
    if not reason.strip():
        raise Problem(422, "invalid", "Say why the notice is returned.")
    stored = _to_review(connection, reader, reference, etag)
    return _turned(connection, reader, stored, "return", "returned", now(), returned_reason=reason.strip())


def resume(connection: Connection, bundle: Bundle, reader: Reader, reference: str, etag: str) -> Receipt:
    """Takes up a message again that its owner had set aside; it stands as it stood before."""
    stored = _to_change(connection, reader, reference, etag)
    if stored.envelope["status"] != "suspended":
        raise Problem(409, "conflict", _("This message is not set aside."))
    status = (
        "published" if stored.envelope["published_at"] else _first_status(bundle, stored.envelope["type"])
    )
    return _turned(connection, reader, stored, "resume", status, now(), kind="resumed", suspended_until=None)


def withdraw(connection: Connection, bundle: Bundle, reader: Reader, reference: str) -> Receipt:
    """Withdraws one's own message without a request of its own: the country took back what it sent."""
    stored = locked(connection, reader, reference)
    if not access.may_change(reader, stored.envelope["owner"]):
        raise Problem(403, "scope" if stored.envelope["owner"] == reader.bureau else "not_yours")
    if not effects.can_bear(bundle, "withdraw", stored.envelope["type"], stored.envelope["status"]):
        raise Problem(409, "conflict", _("This has taken effect or has ended; it cannot be withdrawn."))
    return _turned(connection, reader, stored, "withdraw", "withdrawn", now(), suspended_until=None)


def lapse(connection: Connection, reader: Reader, reference: str) -> None:
    """Withdraws a message whose suspension ran out (RPD-81); the reader acts for its owner."""
    stored = locked(connection, reader, reference)
    _turned(connection, reader, stored, "lapse", "withdrawn", now(), suspended_until=None)


def expire(connection: Connection, reader: Reader, reference: str) -> None:
    """Removes a message whose time ran out, as its owner would (RPD-51); the reader acts for its owner."""
    _remove(connection, reader, locked(connection, reader, reference), "expire")


def hindrances(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    message: Mapping[str, Any],
    message_type: str,
    amended: str | None = None,
) -> list[Fault]:
    """What the schema cannot say against a message before it is sent; `amended` is the one it changes."""
    target = _target(connection, bundle, reader, message_type, message, locking=False)
    stored = find(connection, reader, amended) if amended else None
    return objections(bundle, reader, message_type, message, target, stored, retention.today())


def is_past(bundle: Bundle, stored: Stored) -> bool:
    """Whether a message can no longer be changed: it has ended, or is a request that has taken effect."""
    envelope = stored.envelope
    if effects.of(bundle, envelope["type"]) in ("none", "add"):
        return envelope["status"] in ENDED
    return envelope["status"] not in ("processing", "returned")


def type_of(bundle: Bundle, message: Mapping[str, Any], given: str | None = None) -> str:
    """The message type that a message names, or that it was sent as."""
    for name in (given, message.get("message_type"), message.get("type")):
        if isinstance(name, str) and name in bundle.messages:
            return name
    raise Problem(422, "invalid", "The message does not say which type it has.")


def _first_status(bundle: Bundle, message_type: str) -> str:
    return _FIRST_STATUS[bundle.messages[message_type]["routing"]]


def _must_stand(message_type: str, found: list[Fault]) -> None:
    if found:
        raise Problem(422, "invalid", faults=found, message_type=message_type)


def _target(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    message_type: str,
    message: Mapping[str, Any],
    *,
    locking: bool = True,
) -> Stored | None:
    """The message that a request concerns, if it is a request and its sender sees that message."""
    reference = message.get(effects.CONCERNS[1:])
    if effects.of(bundle, message_type) == "none" or not isinstance(reference, str):
        return None
    if not (reference.isascii() and reference.isprintable()):
        return None
    if locking:
        lock(connection, reader, reference)
    return find(connection, reader, reference)


def _new_reference(connection: Connection) -> str:
    """A reference that nobody can guess, nor count messages by."""
    while True:
        drawn = "".join(ALPHABET[byte % 32] for byte in secrets.token_bytes(8))
        reference = f"{datetime.now(UTC).year}-{drawn}"
        if _reference_taken.run(connection, (reference, reference)).fetchone() is None:
            return reference


def _bear(
    connection: Connection,
    bundle: Bundle,
    reader: Reader,
    target: Stored,
    message_type: str,
    request: Mapping[str, Any],
    reference: str,
    at: str,
) -> list[News]:
    """Lets a request take its effect on the message that it concerns; the news of that, yet to be told."""
    change = effects.change(bundle, message_type, request, at)
    concerned = target.envelope["reference"]
    news = [News(change.news, concerned, target.id, sight(connection, target))]
    if change.status is not None:
        news += [one for one in followed(connection, target) if one.reference != reference]
        _update_message(connection, target, at, status=change.status, **change.envelope)
    if change.fields:
        message = {**whole(connection, target), **change.fields}
        write_version(connection, bundle, reader, target, message, change.envelope, at)
    _insert_step.run(connection, (target.id, at, change.news, reader.actor, reader.bureau, reference))
    audit.note(connection, reader, effects.of(bundle, message_type), concerned, type=target.envelope["type"])
    return news


def whole(connection: Connection, stored: Stored) -> dict[str, Any]:
    """What the owner said, of a message that a reader may see only in part."""
    revision = database.revision
    body = select(revision.c.body).where(
        revision.c.message_id == stored.id, revision.c.version == stored.envelope["version"]
    )
    said: dict[str, Any] = orjson.loads(connection.scalar(body) or b"{}")
    return said


def _turned(
    connection: Connection,
    reader: Reader,
    stored: Stored,
    action: str,
    status: str,
    at: str,
    news: list[News] | None = None,
    *,
    kind: str = "",
    **columns: str | None,
) -> Receipt:
    """A message in a new status, noted and told; `kind` is the news of it, else the status itself."""
    reference, version = stored.envelope["reference"], stored.envelope["version"]
    told = [*(news or ()), News(kind or status, reference, stored.id, sight(connection, stored))]
    if status in SET_ASIDE or stored.envelope["status"] in SET_ASIDE:
        told += followed(connection, stored)
    _update_message(connection, stored, at, status=status, **columns)
    _insert_step.run(connection, (stored.id, at, kind or status, reader.actor, reader.bureau, None))
    audit.note(connection, reader, action, reference, type=stored.envelope["type"], version=version)
    announce(connection, at, told)
    etag = entity_tag(version, status, canonical(stored.message))
    return Receipt(reference, version, status, etag, stored.id)


def _remove(connection: Connection, reader: Reader, stored: Stored, action: str) -> None:
    """Removes a message and what its owner added to it; of others' requests only the reference stays."""
    at, message, owner = now(), database.message, stored.envelope["owner"]
    own = select(message.c.reference).where(
        message.c.concerns == stored.envelope["reference"], message.c.owner == owner
    )
    found = [find(connection, reader, reference) for reference in connection.scalars(own).all()]
    going = [*filter(None, found), stored]
    gone_ids = {gone.id for gone in going}
    news = [one for one in followed(connection, stored) if one.message_id not in gone_ids]
    for gone in going:
        envelope = gone.envelope
        news.append(News("deleted", envelope["reference"], gone.id, sight(connection, gone)))
        threads.erase(connection, gone.id)
        search.erase(connection, gone.id)
        untied = files.untie(connection, gone.id)
        _delete_message.run(connection, (gone.id,))
        files.release(connection, owner, untied)
        _insert_tombstone.run(
            connection, (envelope["reference"], envelope["type"], owner, at, envelope["version"])
        )
        audit.note(
            connection,
            reader,
            action,
            envelope["reference"],
            type=envelope["type"],
            version=envelope["version"],
        )
    announce(connection, at, news)


def _update_message(connection: Connection, stored: Stored, at: str, **columns: str | None) -> None:
    table = database.message
    connection.execute(update(table).where(table.c.id == stored.id).values(updated_at=at, **_dated(columns)))


def _dated(columns: Mapping[str, str | None]) -> dict[str, Any]:
    """Columns as SQLAlchemy takes them: a day is a date."""
    days = {column.name for column in COLUMNS if column.type == "date"}
    return {
        name: date.fromisoformat(value) if name in days and value else value
        for name, value in columns.items()
    }


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
    stored = locked(connection, reader, reference)
    if not access.may_change(reader, stored.envelope["owner"]):
        raise Problem(403, "not_yours" if stored.envelope["owner"] != reader.bureau else "scope")
    _must_match(stored, given)
    return stored


def _to_review(connection: Connection, reader: Reader, reference: str, given: str) -> Stored:
    """The notice that the General Secretariat decides on, locked; what hinders it as a Problem."""
    stored = locked(connection, reader, reference)
    if not access.may_review(reader):
        raise Problem(403, "scope")
    _must_match(stored, given)
    if stored.envelope["status"] != "processing":
        raise Problem(409, "not_reviewable")
    return stored


def _must_match(stored: Stored, given: str) -> None:
    if not given:
        raise Problem(428, "precondition_required")
    if given != stored.etag:
        raise Problem(412, "stale")
