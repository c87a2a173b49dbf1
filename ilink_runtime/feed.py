"""The feed: news of messages, told at once to those who may see them (server-sent events).

The outbox is read once a second for what other processes wrote, and at once after a change here.
An event says that a message changed, not what it says. Its id is the instant of the news: the
outbox's own numbers would tell how much happens that the reader may not see.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, func, select
from starlette.requests import Request
from starlette.responses import StreamingResponse

from ilink_runtime import access, audit, signin
from ilink_runtime.access import Reader
from ilink_runtime.database import instant, message, outbox
from ilink_runtime.problems import Problem
from ilink_runtime.signin import Identify
from ilink_runtime.writer import Store

POLL_SECONDS = 1.0
#: Changes that come close together are looked for once.
GATHER_SECONDS = 0.05
HEARTBEAT_SECONDS = 15.0
BATCH = 200
#: How many of the latest news a reader who comes back can be told; who missed more loads anew.
MEMORY = 1000
#: News is numbered when it is committed and dated a little before: what is told again does no harm.
OVERLAP = timedelta(seconds=10)

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a message."""

    at: str
    kind: str  # recorded amended published suspended ...; removed, when the reader sees it no more
    reference: str
    type: str | None = None
    owner: str | None = None
    status: str | None = None


class Feed:
    """The feed of one process: it watches the outbox and wakes whoever listens."""

    def __init__(self, store: Store, most_listeners: int) -> None:
        self._store = store
        self._most_listeners = most_listeners
        self._listeners = 0
        self._last = 0
        self._turn = asyncio.Event()
        self._look = asyncio.Event()
        self._stopping = False
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begins to watch."""
        self._loop = asyncio.get_running_loop()
        self._last = await self._store.aread(last_news)
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stops watching."""
        self.stop()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def look(self) -> None:
        """Something may have changed here: looks at once."""
        self._look.set()

    def stop(self) -> None:
        """Ends all streams, from whatever thread; a server waits for them before it shuts down."""
        self._stopping = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def listen(self, identify: Identify, since: str | None) -> AsyncIterator[bytes]:
        """The stream of one reader; Problem `busy` when too many listen."""
        if self._stopping or self._listeners >= self._most_listeners:
            raise Problem(503, "busy", headers={"Retry-After": "30"})
        return self._stream(identify, since)

    async def _stream(self, identify: Identify, since: str | None) -> AsyncIterator[bytes]:
        self._listeners += 1
        try:
            yield b"retry: 2000\n: here\n\n"
            told = self._last
            if since is not None:
                begin = await self._store.aread(lambda c: news_since(c, since))
                if begin is None:
                    yield b"event: reload\ndata: {}\n\n"
                else:
                    told = begin
            while not self._stopping:
                turn = self._turn
                if told < self._last:
                    found = await self._store.aread(lambda c, after=told: _for_reader(c, identify, after))  # type: ignore[misc]
                    if found is None:
                        return
                    told, news = found
                    for one in news:
                        yield event(one)
                elif not await _happens(turn, HEARTBEAT_SECONDS):
                    if await self._store.aread(identify) is None:
                        return
                    yield b": still here\n\n"
        finally:
            self._listeners -= 1

    async def _watch(self) -> None:
        while True:
            try:
                last = await self._store.aread(last_news)
            except Problem:  # the database is away; it may come back
                last = self._last
            if last != self._last:
                self._last = last
                self._wake()
            await _happens(self._look, POLL_SECONDS)
            await asyncio.sleep(GATHER_SECONDS)
            self._look.clear()

    def _wake(self) -> None:
        """Everybody who waits turns to look; the next wait is for the next turn."""
        self._turn.set()
        self._turn = asyncio.Event()


async def stream(request: Request) -> StreamingResponse:
    """The feed as an answer; `Last-Event-ID` takes up where a broken connection ended."""
    reader = await signin.require_purpose(request)
    store: Store = request.app.state.store
    feed: Feed = request.app.state.feed
    since = request.headers.get("last-event-id", "")
    listening = feed.listen(signin.identify(request), since if _INSTANT.fullmatch(since) else None)
    await store.awrite(lambda c: audit.note(c, reader, "follow"))
    return StreamingResponse(
        listening,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def event(news: News) -> bytes:
    """News as a server-sent event."""
    told = {
        name: value
        for name in ("kind", "reference", "type", "owner", "status", "at")
        if (value := getattr(news, name)) is not None
    }
    return b"id: %s\nevent: message\ndata: %s\n\n" % (news.at.encode(), orjson.dumps(told))


def last_news(connection: Connection) -> int:
    """The number of the latest news, whoever may see it; never told to anybody."""
    return connection.scalar(select(func.max(outbox.c.id))) or 0


def news_since(connection: Connection, since: str) -> int | None:
    """The number of the last news before an instant, or None when it is too long ago to know."""
    try:
        begin = instant(datetime.fromisoformat(since) - OVERLAP)
    except (ValueError, OverflowError):
        return None
    latest = select(outbox.c.id, outbox.c.at).order_by(outbox.c.id.desc()).limit(MEMORY)
    rows = connection.execute(latest).all()
    earlier = next((row.id for row in rows if row.at < begin), None)
    if earlier is None:
        return None if len(rows) == MEMORY else 0
    return int(earlier)


def news_for(connection: Connection, reader: Reader, after: int) -> tuple[int, list[News]]:
    """The next news that a reader may see, and up to which number that was looked at."""
    batch = select(outbox.c.id).where(outbox.c.id > after).order_by(outbox.c.id).limit(BATCH).subquery()
    upto = connection.scalar(select(func.max(batch.c.id))) or after
    seen = and_(message.c.id == outbox.c.message_id, access.visible(reader))
    rows = connection.execute(
        select(
            outbox.c.at,
            outbox.c.kind,
            outbox.c.reference,
            outbox.c.audience,
            message.c.type,
            message.c.owner,
            message.c.status,
        )
        .select_from(outbox.outerjoin(message, seen))
        .where(outbox.c.id > after, outbox.c.id <= upto)
        .order_by(outbox.c.id)
    ).all()
    return upto, list(_news(reader, rows))


def _news(reader: Reader, rows: Any) -> Iterator[News]:
    """Who sees the message now is told what happened to it; who no longer does, that it is gone for him.

    A message deleted and one that was hidden from him look the same. A request that went out of sight,
    for whoever sees it again, is as if recorded now.
    """
    for row in rows:
        could = row.audience and access.could_see(reader, **orjson.loads(row.audience))
        if row.type is not None and row.kind != "removed":
            yield News(row.at, row.kind, row.reference, row.type, row.owner, row.status)
        elif row.type is not None and not could:
            yield News(row.at, "recorded", row.reference, row.type, row.owner, row.status)
        elif row.type is None and could:
            yield News(row.at, "removed", row.reference)


def _for_reader(connection: Connection, identify: Identify, after: int) -> tuple[int, list[News]] | None:
    reader = identify(connection)
    return None if reader is None else news_for(connection, reader, after)


async def _happens(something: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(something.wait(), seconds)
    except TimeoutError:
        return False
    return True
