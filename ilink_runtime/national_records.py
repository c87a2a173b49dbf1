"""Records of national systems as messages: the national reference is the key.

The same record again changes nothing, a changed one is the next version, one that its country took back
a withdrawal. What an adapter has kept here of a record lies beside its reference, for the owner alone,
and goes with the message. Everything of one record is written in the caller's transaction or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, TypeVar

import orjson
from sqlalchemy import Connection, Row, select, update

from ilink_runtime import database, files, messages, submission
from ilink_runtime.access import Reader
from ilink_runtime.adapters.amending import leave_alone
from ilink_runtime.adapters.places import Filled
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import national_record, now
from ilink_runtime.files import File
from ilink_runtime.levels import Levels
from ilink_runtime.messages import Receipt, Stored
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _

T = TypeVar("T")
Outcome = Literal["created", "unchanged", "amended", "withdrawn"]

#: How long a national reference may be, in characters.
LONGEST_REFERENCE = 200

_claim = database.insert(national_record, suffix="ON CONFLICT DO NOTHING")


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as its bureau sends it: what it became, and what of the message it says (`fills`)."""

    adapter: str
    reference: str
    message_type: str
    message: Tree
    digest: str
    fills: Filled
    recalled: bool = False
    leftovers: Tree | None = None
    files: tuple[tuple[bytes, File], ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a record: its message, and what of that found no place after a change.

    A record that was taken back before it ever came has no message.
    """

    outcome: Outcome
    receipt: Receipt | None
    message: Tree
    homeless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A record that was taken: its message as it stands, and what is kept for its owner."""

    reference: str
    recalled: bool
    taken_at: str
    stored: Stored
    leftovers: Tree


class Rehearsed(Exception):
    """What would have become of records; raised, so that nothing of it stays."""

    def __init__(self, outcomes: Sequence[Taken | Problem]) -> None:
        self.outcomes = tuple(outcomes)
        super().__init__()


def digest(record: Tree, message: Tree) -> str:
    """A hash of a record and of what it became: a better adapter makes the same record another message."""
    said = orjson.dumps([record, message], option=orjson.OPT_SORT_KEYS)
    return sha256(said).hexdigest()


def take(connection: Connection, bundle: Bundle, levels: Levels, reader: Reader, sent: Sent) -> Taken:
    """Records, amends or withdraws the message of a record; Problem with all that stands against it.

    Two who send one reference at a time follow one another: the second finds what the first made.
    """
    if not reader.may_write:
        raise Problem(403, "scope")
    row = _claimed(connection, reader, sent)
    if row is None or row.message_id is None:
        if sent.recalled:
            _forget(connection, reader, sent)
            return Taken("unchanged", None, {})
        return _created(connection, bundle, levels, reader, sent)
    reference = _reference(connection, row.message_id)
    if row.digest == sent.digest and row.recalled == sent.recalled:  # most of a nightly file
        known = messages.find(connection, reader, reference)
        if known is None:
            raise Problem(404, "not_found")
        return Taken("unchanged", _as_it_stands(known), known.message)
    stored = messages.locked(connection, reader, reference)
    if sent.recalled:
        return _withdrawn(connection, bundle, reader, sent, stored)
    if row.recalled:
        return _created(connection, bundle, levels, reader, sent)
    return _amended(connection, bundle, levels, reader, sent, stored)


def recall(connection: Connection, bundle: Bundle, reader: Reader, adapter: str, reference: str) -> Taken:
    """Withdraws the message of a record that its country takes back; Problem `not_found` without one."""
    if not reader.may_write:
        raise Problem(403, "scope")
    row = _locked(connection, reader, adapter, reference)
    if row is None or row.message_id is None:
        raise Problem(404, "not_found")
    stored = messages.locked(connection, reader, _reference(connection, row.message_id))
    if row.recalled:
        return Taken("unchanged", _as_it_stands(stored), stored.message)
    sent = Sent(adapter, reference, stored.envelope["type"], {}, row.digest, {}, recalled=True)
    return _withdrawn(connection, bundle, reader, sent, stored)


def find(connection: Connection, reader: Reader, adapter: str, reference: str) -> Known | None:
    """A record that the reader's bureau sent, if he may see what became of it."""
    row = connection.execute(select(national_record).where(*_key(reader, adapter, reference))).first()
    stored = None
    if row is not None and row.message_id is not None:
        stored = messages.find(connection, reader, _reference(connection, row.message_id))
    if row is None or stored is None:
        return None
    return Known(row.reference, row.recalled, row.taken_at, stored, _kept(reader, row))


def leftovers_of(connection: Connection, reader: Reader, adapter: str, stored: Stored) -> Tree:
    """What is kept here of the record behind a message: for its owner alone, not for his services."""
    row = connection.execute(
        select(national_record).where(
            national_record.c.message_id == stored.id,
            national_record.c.adapter == adapter,
            national_record.c.owner == reader.bureau,
        )
    ).first()
    return {} if row is None else _kept(reader, row)


def rehearse(connection: Connection, works: Sequence[Callable[[Connection], Taken]]) -> None:
    """Does it all, one after the other, and raises Rehearsed with what became of each: nothing stays."""
    outcomes: list[Taken | Problem] = []
    driver = database.cursor(connection)
    for work in works:
        driver.execute("SAVEPOINT rehearsal")
        try:
            outcomes.append(work(connection))
        except Problem as problem:
            driver.execute("ROLLBACK TO SAVEPOINT rehearsal")
            outcomes.append(problem)
        driver.execute("RELEASE SAVEPOINT rehearsal")
    raise Rehearsed(outcomes)


# -- one record ----------------------------------------------------------------------------------


def _created(connection: Connection, bundle: Bundle, levels: Levels, reader: Reader, sent: Sent) -> Taken:
    _judge(connection, bundle, levels, reader, sent.message_type, sent.message)
    _keep_files(connection, reader, sent)
    receipt = submission.record(connection, bundle, reader, sent.message, message_type=sent.message_type)
    _note(connection, reader, sent, message_id=receipt.message_id)
    return Taken("created", receipt, sent.message)


def _amended(
    connection: Connection, bundle: Bundle, levels: Levels, reader: Reader, sent: Sent, stored: Stored
) -> Taken:
    reference = stored.envelope["reference"]
    if submission.is_past(bundle, stored):
        detail = _("This message has ended. To begin anew, recall the record first, then send it again.")
        raise Problem(409, "conflict", detail)
    before = submission.whole(connection, stored)
    message = orjson.loads(orjson.dumps(sent.message))
    homeless = leave_alone(message, before, sent.fills)
    if message == before:
        _note(connection, reader, sent)
        return Taken("unchanged", _as_it_stands(stored), message)
    _judge(connection, bundle, levels, reader, sent.message_type, message, reference)
    _keep_files(connection, reader, sent)
    receipt = submission.amend(
        connection, bundle, reader, reference, message, stored.etag, message_type=sent.message_type
    )
    _note(connection, reader, sent)
    return Taken("amended", receipt, message, tuple(homeless))


def _withdrawn(connection: Connection, bundle: Bundle, reader: Reader, sent: Sent, stored: Stored) -> Taken:
    _note(connection, reader, sent)
    if submission.is_past(bundle, stored):
        return Taken("unchanged", _as_it_stands(stored), stored.message)
    receipt = submission.withdraw(connection, bundle, reader, stored.envelope["reference"])
    return Taken("withdrawn", receipt, stored.message)


def _judge(
    connection: Connection,
    bundle: Bundle,
    levels: Levels,
    reader: Reader,
    message_type: str,
    message: Tree,
    amended: str | None = None,
) -> None:
    """All that stands against a message at once, as the messages API says it."""
    hindering = levels.faults(message_type, message, "record")
    if not hindering:
        return
    known = {fault.path for fault in hindering}
    more = submission.hindrances(connection, bundle, reader, message, message_type, amended)
    hindering += [fault for fault in more if fault.path not in known]
    raise Problem(422, "invalid", faults=hindering, message_type=message_type)


def _keep_files(connection: Connection, reader: Reader, sent: Sent) -> None:
    for content, known in sent.files:
        files.keep(connection, reader, content, known)


# -- its row -------------------------------------------------------------------------------------


def _claimed(connection: Connection, reader: Reader, sent: Sent) -> Row[Any] | None:
    """The row of a reference, locked; None when it is new and now ours."""
    while True:
        values = (reader.bureau, sent.adapter, sent.reference, None, sent.digest, False, None, now())
        if _claim.run(connection, values).rowcount:
            return None
        row = _locked(connection, reader, sent.adapter, sent.reference)
        if row is not None:  # else its message was deleted in this moment
            return row


def _locked(connection: Connection, reader: Reader, adapter: str, reference: str) -> Row[Any] | None:
    return connection.execute(
        select(national_record).where(*_key(reader, adapter, reference)).with_for_update()
    ).first()


def _note(connection: Connection, reader: Reader, sent: Sent, **columns: Any) -> None:
    """What is remembered of a record as last taken; one that is taken back leaves what was kept."""
    if not sent.recalled:
        columns["leftovers"] = orjson.dumps(sent.leftovers).decode() if sent.leftovers else None
    connection.execute(
        update(national_record)
        .where(*_key(reader, sent.adapter, sent.reference))
        .values(digest=sent.digest, recalled=sent.recalled, taken_at=now(), **columns)
    )


def _forget(connection: Connection, reader: Reader, sent: Sent) -> None:
    key = _key(reader, sent.adapter, sent.reference)
    connection.execute(national_record.delete().where(*key, national_record.c.message_id.is_(None)))


def _key(reader: Reader, adapter: str, reference: str) -> tuple[Any, ...]:
    return (
        national_record.c.owner == reader.bureau,
        national_record.c.adapter == adapter,
        national_record.c.reference == reference,
    )


def _reference(connection: Connection, message_id: str) -> str:
    table = database.message
    return str(connection.scalar(select(table.c.reference).where(table.c.id == message_id)))


def _as_it_stands(stored: Stored) -> Receipt:
    envelope: Mapping[str, Any] = stored.envelope
    return Receipt(envelope["reference"], envelope["version"], envelope["status"], stored.etag, stored.id)


def _kept(reader: Reader, row: Row[Any]) -> Tree:
    found: Tree = orjson.loads(row.leftovers) if row.leftovers and not reader.entity else {}
    return found
