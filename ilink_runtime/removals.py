"""Removals: what bureaus were given by subscriptions and may see no more, until they say that it is gone.

For the owner of each message, who answers for where copies of it lie; and for the General Secretariat.
Reference and type are all that is left of a message that was deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select

from ilink_runtime import access, subscriptions
from ilink_runtime.access import Reader
from ilink_runtime.database import delivery, message, subscription
from ilink_runtime.deliveries import REMOVED
from ilink_runtime.problems import Problem

State = Literal["unconfirmed", "confirmed"]


@dataclass(frozen=True, slots=True)
class Removal:
    """That a bureau was to remove a message; not told yet while its system has not come."""

    reference: str
    type: str
    owner: str
    bureau: str  # or its service, FR/dgpn
    given_at: str | None  # when it was last given the message, until it is told
    told_at: str | None
    confirmed_at: str | None


def listing(
    connection: Connection, reader: Reader, state: State, limit: int, offset: int
) -> tuple[int, list[Removal]]:
    """How many removals of one's own messages are confirmed or not, and a page of them, the oldest first."""
    if reader.entity:  # what was hidden from a service while it stood must not be named after
        raise Problem(403, "scope")
    told = and_(delivery.c.kind == REMOVED, delivery.c.confirmed_at.is_not(None))
    if state == "unconfirmed":
        told = and_(delivery.c.kind == REMOVED, delivery.c.confirmed_at.is_(None))
        told = or_(told, _due(connection))
    columns = [delivery.c[name] for name in ("reference", "type", "owner", "kind", "at", "confirmed_at")]
    found = (
        select(*columns, subscription.c.bureau, subscription.c.entity)
        .join(subscription, subscription.c.id == delivery.c.subscription_id)
        .where(told, _others(reader))
    )
    total = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.order_by(delivery.c.at, delivery.c.reference, subscription.c.id).limit(limit).offset(offset)
    return total, [_removal(row) for row in connection.execute(page)]


def unconfirmed(connection: Connection, reader: Reader) -> int:
    """How many removals were told and are not confirmed."""
    if reader.entity:
        return 0
    found = select(delivery.c.reference).join(subscription, subscription.c.id == delivery.c.subscription_id)
    told = (delivery.c.kind == REMOVED, delivery.c.confirmed_at.is_(None), _others(reader))
    return connection.scalar(select(func.count()).select_from(found.where(*told).subquery())) or 0


def _others(reader: Reader) -> ColumnElement[bool]:
    """One's own messages, given to anybody but one's own bureau; its services count as others."""
    given = or_(subscription.c.bureau != delivery.c.owner, subscription.c.entity.is_not(None))
    return given if reader.secretariat else and_(given, delivery.c.owner == reader.bureau)


def _due(connection: Connection) -> ColumnElement[bool]:
    """What was given to a subscription that sees it no more and was not told so yet."""
    due = []
    for one in subscriptions.listing(connection):
        seen = exists().where(message.c.reference == delivery.c.reference, access.visible(one.reader()))
        due.append(and_(delivery.c.subscription_id == one.id, delivery.c.kind != REMOVED, ~seen))
    return or_(false(), *due)


def _removal(row: Any) -> Removal:
    told = row.kind == REMOVED
    bureau = f"{row.bureau}/{row.entity}" if row.entity else row.bureau
    return Removal(
        row.reference,
        row.type,
        row.owner,
        bureau,
        None if told else row.at,
        row.at if told else None,
        row.confirmed_at,
    )
