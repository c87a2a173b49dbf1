"""Puts the world of the demonstration into an empty database, through the same doors as a bureau."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from ilink_runtime import database, drafts, files, people, submission
from ilink_runtime.access import SECRETARIAT, Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement, instant
from ilink_runtime.demo import bureaus, portraits, stories
from ilink_runtime.demo.cases import Case, Message
from ilink_runtime.demo.officers import OFFICERS
from ilink_runtime.demo.world import world

REVIEW = timedelta(hours=30)
RETURN = "The summary of facts names no place. Please add it and send the notice again."

_date_message = Statement("UPDATE message SET recorded_at = ?, updated_at = ?, published_at = ? WHERE id = ?")
_date_revision = Statement("UPDATE revision SET at = ? WHERE message_id = ?")
_date_decision = Statement("UPDATE step SET at = ? WHERE message_id = ?")
_CONCERNED = "(SELECT m.id FROM message AS m JOIN message AS r ON r.concerns = m.reference WHERE r.id = ?)"
_date_effect = Statement("UPDATE step SET at = ? WHERE request = ?")
_date_change = Statement(f"UPDATE message SET updated_at = ? WHERE id = {_CONCERNED}")
_date_version = Statement(f"UPDATE revision SET at = ? WHERE version > 1 AND message_id = {_CONCERNED}")


def load(connection: Connection, bundle: Bundle, seed: int) -> None:
    """Writes bureaus, officers, messages and a draft; the messages as if they had come one after another."""
    _people(connection)
    invented, at = world(seed), datetime.now(UTC)
    references: dict[str, str] = {}
    for case in invented.sent:
        told = replace(case, message=stories.resolve(case.message, references, at.date()))
        references[case.name] = _send(connection, bundle, told, at - case.age)
    first = OFFICERS[0]
    sender = Reader(first.bureau, f"user:{first.username}", "demonstration")
    _upload(connection, sender, invented.draft)
    drafts.create(connection, sender, "RedNotice", first.language, invented.draft, bundle.version)


def is_demo(connection: Connection) -> bool:
    """Whether the database holds the demonstration: nobody but its officers can sign in."""
    names = set(connection.scalars(select(database.user.c.username)))
    return names == {officer.username for officer in OFFICERS}


def is_new(connection: Connection) -> bool:
    """Whether nobody has used the database."""
    return connection.execute(select(database.bureau.c.code).limit(1)).first() is None


def _people(connection: Connection) -> None:
    """Bureaus and officers. Nobody knows the passwords: officers of the demonstration sign in by a click."""
    people.create_bureau(connection, SECRETARIAT, "secretariat", "General Secretariat, Lyon")
    for bureau in bureaus.read():
        people.create_bureau(connection, bureau.code, "ncb", bureau.name)
    for officer in OFFICERS:
        people.create_user(
            connection,
            officer.username,
            officer.name,
            officer.bureau,
            secrets.token_urlsafe(32),
            officer.language,
            officer.zone,
        )


def _upload(connection: Connection, sender: Reader, message: Message) -> None:
    """Stores the drawings that stand for the photographs of a message."""
    for name in portraits.drawings(message):
        drawing = portraits.drawn(name)
        files.keep(connection, sender, drawing, files.examine(drawing, portraits.MEDIA_TYPE, len(drawing)))


def _send(connection: Connection, bundle: Bundle, case: Case, at: datetime) -> str:
    """Records a message, lets the General Secretariat decide, dates both back, and gives its reference."""
    sender = Reader(case.bureau, "token:demo", "demonstration", secretariat=case.bureau == SECRETARIAT)
    reviewer = Reader(SECRETARIAT, f"user:{OFFICERS[1].username}", "demonstration", secretariat=True)
    _upload(connection, sender, case.message)
    receipt = submission.record(connection, bundle, sender, case.message)
    returned = case.status == "returned"
    published = receipt.status == "processing" and case.status not in ("processing", "returned")
    if published:
        submission.publish(connection, bundle, reviewer, receipt.reference, receipt.etag)
    elif returned:
        submission.send_back(connection, reviewer, receipt.reference, receipt.etag, RETURN)
    sent, decided = instant(at), instant(at + REVIEW)
    _date_decision.run(connection, (decided, receipt.message_id))
    _date_effect.run(connection, (sent, receipt.reference))
    _date_change.run(connection, (sent, receipt.message_id))
    _date_version.run(connection, (sent, receipt.message_id))
    _date_message.run(
        connection,
        (
            sent,
            decided if published or returned else sent,
            decided if published else None,
            receipt.message_id,
        ),
    )
    _date_revision.run(connection, (sent, receipt.message_id))
    return receipt.reference
