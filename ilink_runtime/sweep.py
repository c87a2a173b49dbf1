"""What ends by itself: a message whose time ran out is deleted, a suspension that ran out is a withdrawal.

Six months before its last day the owner is asked whether a message is still needed (RPD-50); without
an answer it is deleted (RPD-51). Each message is a transaction of its own, so that others can write.
Files that were uploaded and are named nowhere go too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from ilink_runtime import access, effects, files, retention, submission
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import message
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store

EVERY_SECONDS = 3600.0
#: Whose hand it is in the audit and in a history.
ACTOR = "system:sweep"

log = logging.getLogger("ilink")


@dataclass(frozen=True, slots=True)
class Due:
    """A message that ends today: it is deleted, or withdrawn because its suspension ran out."""

    reference: str
    owner: str
    end: Literal["expire", "lapse"]


@dataclass(frozen=True, slots=True)
class Ending:
    """A message whose owner is to decide whether it is still needed."""

    reference: str
    type: str
    status: str
    headline: str
    expires_at: str


def endings(
    connection: Connection, bundle: Bundle, reader: Reader, until: date, limit: int = 25, offset: int = 0
) -> tuple[int, list[Ending]]:
    """How many messages of the reader's own bureau end by a day, and a page of them, the next to end first.

    A request is not among them: it cannot be extended.
    """
    requests = [name for name in bundle.messages if effects.of(bundle, name) != "none"]
    wanted = and_(
        message.c.owner == reader.bureau,
        access.visible(reader),
        message.c.expires_at <= until,
        message.c.type.not_in(requests),
    )
    columns = [message.c[name] for name in ("reference", "type", "status", "headline", "expires_at")]
    page = select(*columns).where(wanted).order_by(message.c.expires_at, message.c.reference)
    total = connection.scalar(select(func.count()).select_from(message).where(wanted)) or 0
    rows = connection.execute(page.limit(limit).offset(offset))
    return total, [
        Ending(row.reference, row.type, row.status, row.headline, row.expires_at.isoformat()) for row in rows
    ]


def due(connection: Connection, today: date) -> list[Due]:
    """What ends, as of a day; a last day is over when the next has begun."""
    rows = connection.execute(
        select(message.c.reference, message.c.owner, message.c.expires_at)
        .where(or_(_expired(today), _lapsed(today)))
        .order_by(message.c.expires_at, message.c.reference)
    )
    return [
        Due(reference, owner, "expire" if last is not None and last < today else "lapse")
        for reference, owner, last in rows
    ]


def sweep(store: Store, today: date) -> Iterator[Due]:
    """Ends what is due and says what; what somebody else ended meanwhile is passed over."""
    for one in store.read(lambda c: due(c, today)):
        if store.write(lambda c, one=one: _end(c, one, today)):  # type: ignore[misc]
            yield one


async def keep_sweeping(store: Store, tell: Callable[[], None]) -> None:
    """Sweeps now and every hour, and tells what has ended; a database that is away may come back."""
    while True:
        try:
            for one in await store.aread(lambda c: due(c, retention.today())):
                await store.awrite(lambda c, one=one: _end(c, one, retention.today()))  # type: ignore[misc]
                tell()
            await store.awrite(files.sweep)
        except Problem:
            pass
        except Exception as error:
            log.error("the sweep failed: %s", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


def _end(connection: Connection, one: Due, today: date) -> bool:
    """Ends a message if it is still due; the sweep acts for its owner."""
    still = _expired(today) if one.end == "expire" else _lapsed(today)
    row = select(message.c.id).where(message.c.reference == one.reference, still)
    if connection.scalar(row) is None:
        return False
    reader = Reader(one.owner, ACTOR, "retention")
    end = submission.expire if one.end == "expire" else submission.lapse
    end(connection, reader, one.reference)
    return True


def _expired(today: date) -> ColumnElement[bool]:
    return message.c.expires_at < today


def _lapsed(today: date) -> ColumnElement[bool]:
    return and_(message.c.status == "suspended", message.c.suspended_until < today)
