"""Who may see and change what: one predicate, through which every read goes.

A hidden message and a missing one look the same, everywhere. The General Secretariat sees all
(RPD-58); a bureau sees its own messages and those addressed to it; of the rest nothing, not even
by a count, a suggestion, a thread or an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select, true

from ilink_runtime.database import audience, message

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
    """The SQL predicate over `message` that holds for exactly what the reader may see."""
    if reader.secretariat:
        return true()
    return or_(
        message.c.owner == reader.bureau,
        and_(
            message.c.status != "returned",
            ~_named("hidden_from", reader.bureau),
            or_(~_any("restricted_to"), _named("restricted_to", reader.bureau)),
            or_(~_any("recipient"), _named("recipient", reader.bureau)),
        ),
    )


def could_see(reader: Reader, owner: str, status: str, parts: Mapping[str, Collection[str]]) -> bool:
    """The same as `visible`, of a message that is gone and left only its audience in the outbox."""
    if reader.secretariat or reader.bureau == owner:
        return True
    limits = (parts.get("restricted_to"), parts.get("recipient"))
    return (
        status != "returned"
        and reader.bureau not in parts.get("hidden_from", ())
        and all(not limit or reader.bureau in limit for limit in limits)
    )


def may_change(reader: Reader, owner: str) -> bool:
    """Only the owner amends and deletes (RPD-5, RPD-7)."""
    return reader.may_write and reader.bureau == owner


def may_review(reader: Reader) -> bool:
    """Only the General Secretariat publishes a notice or returns it (RPD-73 and following)."""
    return reader.may_write and reader.secretariat


def _any(part: str) -> ColumnElement[bool]:
    return exists(
        select(audience.c.bureau).where(audience.c.message_id == message.c.id, audience.c.part == part)
    )


def _named(part: str, bureau: str) -> ColumnElement[bool]:
    return exists(
        select(audience.c.bureau).where(
            audience.c.message_id == message.c.id, audience.c.part == part, audience.c.bureau == bureau
        )
    )
