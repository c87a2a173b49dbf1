"""Who may see and change what: one predicate, through which every read goes.

A hidden message and a missing one look the same, everywhere. The General Secretariat sees all
(RPD-58); a bureau sees its own messages and those addressed to it; of the rest nothing, not even
by a count, a suggestion, a thread or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, or_, select, true

from ilink_runtime.database import audience, message
from ilink_runtime.envelope import SET_ASIDE

#: The General Secretariat's code among the bureaus; no country has it.
SECRETARIAT = "IPSG"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who acts for a bureau: an officer or a national system."""

    bureau: str
    actor: str  # "user:amal" or "token:…"; goes into the audit
    purpose: str = ""
    secretariat: bool = False
    may_write: bool = True
    language: str = "en"
    zone: str = "UTC"


def visible(reader: Reader) -> ColumnElement[bool]:
    """The SQL predicate over `message` that holds for exactly what the reader may see.

    A request is seen only by those who see the message that it concerns, now and not when it was sent.
    """
    if reader.secretariat:
        return true()
    concerned = message.alias("concerned")
    theirs = and_(
        concerned.c.reference == message.c.concerns,
        or_(concerned.c.owner == reader.bureau, _open_to(reader, concerned)),
    )
    return or_(
        message.c.owner == reader.bureau,
        and_(
            _open_to(reader, message),
            or_(message.c.concerns.is_(None), exists(select(concerned.c.id).where(theirs))),
        ),
    )


def could_see(
    reader: Reader,
    owner: str,
    status: str,
    parts: Mapping[str, Collection[str]],
    concerned: Mapping[str, Any] | None = None,
) -> bool:
    """The same as `visible`, of a message that is gone or changed and left its audience in the outbox."""
    if reader.secretariat or reader.bureau == owner:
        return True
    limits = (parts.get("restricted_to"), parts.get("recipient"))
    return (
        status not in SET_ASIDE
        and reader.bureau not in parts.get("hidden_from", ())
        and all(not limit or reader.bureau in limit for limit in limits)
        and (concerned is None or could_see(reader, **concerned))
    )


def may_change(reader: Reader, owner: str) -> bool:
    """Only the owner amends and deletes (RPD-5, RPD-7)."""
    return reader.may_write and reader.bureau == owner


def may_review(reader: Reader) -> bool:
    """Only the General Secretariat publishes a notice or returns it (RPD-73 and following)."""
    return reader.may_write and reader.secretariat


def _open_to(reader: Reader, of: FromClause) -> ColumnElement[bool]:
    """Whether a message of another bureau is not set aside, and is addressed to the reader's."""
    return and_(
        of.c.status.not_in(SET_ASIDE),
        ~_named(of, "hidden_from", reader.bureau),
        or_(~_any(of, "restricted_to"), _named(of, "restricted_to", reader.bureau)),
        or_(~_any(of, "recipient"), _named(of, "recipient", reader.bureau)),
    )


def _any(of: FromClause, part: str) -> ColumnElement[bool]:
    return exists(select(audience.c.bureau).where(audience.c.message_id == of.c.id, audience.c.part == part))


def _named(of: FromClause, part: str, bureau: str) -> ColumnElement[bool]:
    return exists(
        select(audience.c.bureau).where(
            audience.c.message_id == of.c.id, audience.c.part == part, audience.c.bureau == bureau
        )
    )
