"""Removals: what bureaus were given by subscriptions and may see no more, until they say that it is gone.

For the owner of each message, who answers for where copies of it lie; and for the General Secretariat.
Reference and type are all that is left of a message that was deleted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from ilink_runtime import access, subscriptions
from ilink_runtime.access import Reader
from ilink_runtime.database import delivery, message, subscription
from ilink_runtime.deliveries import REMOVED
from ilink_runtime.problems import Problem

State = Literal["unconfirmed", "confirmed"]


@dataclass(frozen=True, slots=True)
class Removal:
    """That a bureau was to remove a message; not told yet while its system did not come or answer."""

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
    """How many removals of one's own messages are confirmed or not, and a page of them.

    First those that nobody was told of, then the others, the oldest first.
    """
    if reader.entity:  # what was hidden from a service while it stood must not be named after
        raise Problem(403, "scope")
    due = sorted(_due(connection, reader), key=_age) if state == "unconfirmed" else []
    shown = due[offset : offset + limit]
    told = _told(reader, state)
    page = (
        told.order_by(delivery.c.at, delivery.c.reference, subscription.c.id)
        .limit(limit - len(shown))
        .offset(max(0, offset - len(due)))
    )
    total = connection.scalar(select(func.count()).select_from(told.subquery())) or 0
    return total + len(due), [*shown, *map(_removal, connection.execute(page))]


def unconfirmed(connection: Connection, reader: Reader) -> int:
    """How many removals were told and are not confirmed."""
    if reader.entity:
        return 0
    told = _told(reader, "unconfirmed").subquery()
    return connection.scalar(select(func.count()).select_from(told)) or 0


def _told(reader: Reader, state: State) -> Select[Any]:
    confirmed = delivery.c.confirmed_at
    wanted = confirmed.is_(None) if state == "unconfirmed" else confirmed.is_not(None)
    return _question(reader).where(delivery.c.kind == REMOVED, wanted)


def _due(connection: Connection, reader: Reader) -> Iterator[Removal]:
    """What was given to somebody who sees it no more and was not told so yet; asked of each who holds any."""
    held = and_(delivery.c.kind != REMOVED, _others(reader))
    holders = exists().where(delivery.c.subscription_id == subscription.c.id, held)
    for one in subscriptions.listing(connection, holders):
        seen = exists().where(message.c.reference == delivery.c.reference, access.visible(one.reader()))
        found = _question(reader).where(held, subscription.c.id == one.id, ~seen)
        yield from map(_removal, connection.execute(found))


def _question(reader: Reader) -> Select[Any]:
    given = ("reference", "number", "type", "owner", "kind", "at", "confirmed_at")
    whom = ("bureau", "entity", "url", "sent")
    columns = [*(delivery.c[name] for name in given), *(subscription.c[name] for name in whom)]
    joined = select(*columns).join(subscription, subscription.c.id == delivery.c.subscription_id)
    return joined.where(_others(reader))


def _others(reader: Reader) -> ColumnElement[bool]:
    """One's own messages, given to anybody but one's own bureau; its services count as others."""
    given = or_(subscription.c.bureau != delivery.c.owner, subscription.c.entity.is_not(None))
    return given if reader.secretariat else and_(given, delivery.c.owner == reader.bureau)


def _removal(row: Any) -> Removal:
    told = row.kind == REMOVED
    arrived = told and (row.url is None or row.number <= row.sent)
    bureau = f"{row.bureau}/{row.entity}" if row.entity else row.bureau
    return Removal(
        row.reference,
        row.type,
        row.owner,
        bureau,
        None if told else row.at,
        row.at if arrived else None,
        row.confirmed_at,
    )


def _age(removal: Removal) -> tuple[str, str, str]:
    return str(removal.given_at), removal.reference, removal.bureau
