"""Webhooks: subscriptions that are called, each in its order, until it has answered or for some days.

One server process calls at a time; which one, a lease in the database says. What is told is looked up
once the connection stands, so nobody is told what he may no longer see, however long his system was away.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import random, sample
from uuid import uuid4

import orjson
from sqlalchemy import Connection, and_, delete, or_, select, update

from ilink_runtime import calls, deliveries, subscriptions
from ilink_runtime.addresses import Forbidden, Host, target
from ilink_runtime.calls import Line, Undelivered
from ilink_runtime.database import Statement, instant, lease, now, subscription
from ilink_runtime.deliveries import FindAdapter, Page
from ilink_runtime.feed import last_news
from ilink_runtime.problems import Problem
from ilink_runtime.subscriptions import Subscription
from ilink_runtime.writer import Store

LOOK_SECONDS = 1.0
#: So long one process calls; it renews that at half time, and a turn takes less than the other half.
LEASE = timedelta(seconds=120)
TURN_SECONDS = 20.0
AT_ONCE = 8
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
#: A receiver that answers so is there no more (RFC 9110).
GONE = "status 410"

_LEASE = "webhooks"
_take = Statement(
    "INSERT INTO lease (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
    " holder = excluded.holder, until = excluded.until"
    " WHERE lease.holder = excluded.holder OR lease.until < ?"
)

log = logging.getLogger("ilink")


@dataclass
class Courier:
    """Calls the subscriptions of a server that have an address.

    `key` makes their secrets; `patience` is how long one may fail before it is stopped.
    """

    store: Store
    find_adapter: FindAdapter
    hosts: tuple[Host, ...]
    key: str
    patience: timedelta
    name: str = field(default_factory=lambda: uuid4().hex)
    _until: str = ""
    #: Where there was nothing to tell, at which news.
    _quiet: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    async def keep_calling(self) -> None:
        """Looks every second for what there is to tell; a database that is away may come back."""
        try:
            while True:
                try:
                    await self.turn()
                except Problem:
                    pass
                except Exception as error:
                    log.error("the webhooks failed: %s", type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            with suppress(Problem):
                self.store.write(self._release)

    async def turn(self) -> None:
        """Calls some of the subscriptions whose time has come, at once."""
        news, waiting = await self.store.aread(lambda c: (last_news(c), due(c)))
        waiting = [one for one in waiting if self._quiet.get(one.id) != (news, one.last, one.sent)]
        if not waiting or not await self._may_call():
            return
        chosen = sample(waiting, min(len(waiting), AT_ONCE))  # by chance, so that none waits for good
        for one, quiet in zip(chosen, await asyncio.gather(*map(self._serve, chosen)), strict=True):
            if quiet:
                self._quiet[one.id] = (news, one.last, one.sent)

    async def _serve(self, one: Subscription) -> bool:
        """Tells a subscription what there is; whether there was nothing at all."""
        try:
            if not await self.store.aread(lambda c: _anything(c, one)):
                return True
            place = target(one.url or "", self.hosts)
            async with calls.connected(place, calls.secret(self.key, one.id)) as line:
                await self._tell(one, line)
        except Forbidden:
            await self._failed(one, "forbidden address")
        except Undelivered as reason:
            await self._failed(one, str(reason))
        except Problem as problem:
            if problem.status == 409:  # its adapter is gone, or it was paused meanwhile
                await self._failed(one, "adapter")
        except Exception as error:
            log.error("subscription %s of %s failed: %s", one.name, one.bureau, type(error).__name__)
            await self._failed(one, "internal")
        return False

    async def _tell(self, one: Subscription, line: Line) -> None:
        """Tells one delivery after the other, each looked up when its turn comes."""
        end = asyncio.get_running_loop().time() + TURN_SECONDS
        while not line.closed and asyncio.get_running_loop().time() < end:
            page = await deliveries.next_page(self.store, self.find_adapter, one.id, None, limit=1)
            for body in page.bodies:
                await line.post(f"{one.id}.{body['cursor']}", orjson.dumps(body))
            if page.next != page.subscription.sent:
                await self.store.awrite(lambda c, page=page: arrived(c, page))  # type: ignore[misc]
            if not page.more:
                return

    async def _failed(self, one: Subscription, reason: str) -> None:
        if await self.store.awrite(lambda c: failed(c, one, reason, self.patience)):
            log.warning("subscription %s of %s is stopped: %s", one.name, one.bureau, reason)

    async def _may_call(self) -> bool:
        """Whether this process holds the lease, renewed when half of it is over."""
        at = datetime.now(UTC)
        if self._until > instant(at + LEASE / 2):
            return True
        until = instant(at + LEASE)
        held = await self.store.aread(
            lambda c: c.execute(select(lease).where(lease.c.name == _LEASE)).first()
        )
        if held is not None and held.holder != self.name and held.until >= instant(at):
            self._until = ""
            return False
        row = (_LEASE, self.name, until, instant(at))
        taken = await self.store.awrite(lambda c: _take.run(c, row).rowcount)
        self._until = until if taken else ""
        return bool(taken)

    def _release(self, connection: Connection) -> None:
        connection.execute(delete(lease).where(lease.c.name == _LEASE, lease.c.holder == self.name))


def due(connection: Connection) -> list[Subscription]:
    """The subscriptions that may be called now."""
    at = subscription.c.next_call_at
    wanted = and_(
        subscription.c.url.is_not(None),
        subscription.c.state == "active",
        or_(at.is_(None), at <= now()),
    )
    return subscriptions.listing(connection, wanted)


def arrived(connection: Connection, page: Page) -> None:
    """Notes that the receiver has a page."""
    one = page.subscription
    values = {"sent": page.next, "failures": 0, "failing_since": None, "next_call_at": None, "trouble": None}
    connection.execute(update(subscription).where(subscription.c.id == one.id).values(**values))


def failed(connection: Connection, one: Subscription, reason: str, patience: timedelta) -> bool:
    """Notes that a call failed, and when the next is due; whether it was the last one."""
    at = datetime.now(UTC)
    found = subscriptions.find(connection, one.id)
    since = found.failing_since or instant(at)
    over = reason == GONE or datetime.fromisoformat(since) + patience <= at
    values = {
        "failures": found.failures + 1,
        "failing_since": since,
        "next_call_at": instant(at + wait(found.failures)),
        "trouble": reason,
    }
    values |= {"state": "stopped"} if over else {}
    active = (subscription.c.id == one.id, subscription.c.state == "active")
    return connection.execute(update(subscription).where(*active).values(**values)).rowcount > 0 and over


def wait(failures: int) -> timedelta:
    """How long after a failure the next call is due: twice as long each time, and never all at once."""
    longest = min(FIRST_WAIT * float(1 << min(failures, 20)), LONGEST_WAIT)
    return longest * (0.5 + random() / 2)


def _anything(connection: Connection, one: Subscription) -> bool:
    page = deliveries.look(connection, subscriptions.find(connection, one.id), one.sent, 1)
    return bool(page.told or page.changes or page.more)
