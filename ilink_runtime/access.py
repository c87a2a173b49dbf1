"""Who may see and change what: one predicate, through which every read goes.

A hidden message and a missing one look the same, everywhere. The General Secretariat sees all
(RPD-58); a bureau sees its own messages and those addressed to it; of the rest nothing, not even
by a count, a suggestion, a thread or an error. A national service that a bureau authorised (RPD-21)
sees what its bureau sees, but for what is hidden from it or restricted to other services.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, or_, select, true

from ilink_runtime.database import audience, message
from ilink_runtime.envelope import SET_ASIDE, code

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
    test: bool = False  # a system that may only try what it will do
    entity: str = ""  # the national service, "FR/dgpn"; empty for the bureau's own officers


def visible(reader: Reader) -> ColumnElement[bool]:
    """The SQL predicate over `message` that holds for exactly what the reader may see.

    A request is seen by its own bureau, else only by those who see the message that it concerns, now
    and not when it was sent.
    """
    if reader.secretariat:
        return true()
    concerned = message.alias("concerned")
    theirs = and_(concerned.c.reference == message.c.concerns, _seen_by(reader, concerned))
    seen = or_(message.c.concerns.is_(None), exists(select(concerned.c.id).where(theirs)))
    if not reader.entity:  # to the bureau's own officers its requests are never hidden
        seen = or_(message.c.owner == reader.bureau, seen)
    return and_(_seen_by(reader, message), seen)


def could_see(
    reader: Reader,
    owner: str,
    status: str,
    parts: Mapping[str, Collection[str]],
    concerned: Mapping[str, Any] | None = None,
) -> bool:
    """The same as `visible`, of a message that is gone or changed and left its audience in the outbox."""
    if reader.secretariat:
        return True
    if reader.entity and code(reader.entity) in parts.get("hidden_from_entities", ()):
        return False
    if reader.bureau == owner:
        return not reader.entity or concerned is None or could_see(reader, **concerned)
    bureaus, services = parts.get("restricted_to", ()), parts.get("restricted_to_entities", ())
    of_bureau = [service for service in services if service.startswith(f"{reader.bureau}/")]
    if of_bureau:
        let_in = not reader.entity or code(reader.entity) in of_bureau
    else:
        let_in = reader.bureau in bureaus or not (bureaus or services)
    recipients = parts.get("recipient", ())
    return (
        status not in SET_ASIDE
        and reader.bureau not in parts.get("hidden_from", ())
        and let_in
        and (not recipients or reader.bureau in recipients)
        and (concerned is None or could_see(reader, **concerned))
    )


def may_change(reader: Reader, owner: str) -> bool:
    """Only the owner amends and deletes (RPD-5, RPD-7)."""
    return reader.may_write and reader.bureau == owner


def may_review(reader: Reader) -> bool:
    """Only the General Secretariat publishes a notice or returns it (RPD-73 and following)."""
    return reader.may_write and reader.secretariat


def _seen_by(reader: Reader, of: FromClause) -> ColumnElement[bool]:
    """Whether a message is the bureau's own or open to it; and not hidden from the reader's service."""
    seen = or_(of.c.owner == reader.bureau, _open_to(reader, of))
    return and_(seen, ~_named(of, "hidden_from_entities", code(reader.entity))) if reader.entity else seen


def _open_to(reader: Reader, of: FromClause) -> ColumnElement[bool]:
    """Whether a message of another bureau is not set aside, and is addressed to the reader's."""
    return and_(
        of.c.status.not_in(SET_ASIDE),
        ~_named(of, "hidden_from", reader.bureau),
        _let_in(reader, of),
        or_(~_any(of, "recipient"), _named(of, "recipient", reader.bureau)),
    )


def _let_in(reader: Reader, of: FromClause) -> ColumnElement[bool]:
    """Restrictions to bureaus and to services are one list; of a bureau's services, only those named."""
    of_bureau = _services_of(of, reader.bureau)
    unrestricted = ~_any(of, "restricted_to", "restricted_to_entities")
    by_bureau = or_(unrestricted, _named(of, "restricted_to", reader.bureau))
    if not reader.entity:
        return or_(of_bureau, by_bureau)
    return or_(_named(of, "restricted_to_entities", code(reader.entity)), and_(~of_bureau, by_bureau))


def _services_of(of: FromClause, bureau: str) -> ColumnElement[bool]:
    """Whether a message is restricted to some service of a bureau."""
    return exists(
        select(audience.c.bureau).where(
            audience.c.message_id == of.c.id,
            audience.c.part == "restricted_to_entities",
            audience.c.bureau.startswith(f"{bureau}/", autoescape=True),
        )
    )


def _any(of: FromClause, *parts: str) -> ColumnElement[bool]:
    return exists(
        select(audience.c.bureau).where(audience.c.message_id == of.c.id, audience.c.part.in_(parts))
    )


def _named(of: FromClause, part: str, bureau: str) -> ColumnElement[bool]:
    return exists(
        select(audience.c.bureau).where(
            audience.c.message_id == of.c.id, audience.c.part == part, audience.c.bureau == bureau
        )
    )
