"""Deliveries: what a subscription is told of the messages that its bureau may see, and sees no more.

Of each message only the last delivery is kept, without content: its number is the cursor, and what it
says is looked up when it is told. So asking again from any cursor ends in what may be seen now, and
what was hidden before it was told leaves no trace. The outbox says where to look, nothing else: what
happened is read from what the subscription was told last and what its bureau sees now.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select, update

from ilink_runtime import access, audit, database, messages, subscriptions
from ilink_runtime.access import Reader
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.outward import as_national, media_type
from ilink_runtime.database import delivery, message, now, outbox, subscription
from ilink_runtime.headline import is_withheld
from ilink_runtime.messages import Stored
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.subscriptions import Subscription
from ilink_runtime.writer import Store, busy

REMOVED = "removed"
MOST = 200
#: So much news is looked through at a time; so much that told nothing is not worth a write.
BATCH = 500
#: How often two that ask at once may get in each other's way.
TRIES = 10

#: A national adapter by its name; KeyError when the bundle has it no more.
FindAdapter = Callable[[str], Loaded]

_GIVEN = ("reference", "number", "kind", "type", "owner", "version", "status", "at")
_give = database.insert(
    delivery,
    suffix="ON CONFLICT (subscription_id, reference) DO UPDATE SET number = excluded.number,"
    " kind = excluded.kind, version = excluded.version, status = excluded.status, at = excluded.at,"
    " confirmed_at = NULL",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a bureau sees it now; version and status decide what it reads."""

    reference: str
    type: str
    owner: str
    version: int
    status: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a subscription was told of a message; when removed, nothing but the reference."""

    reference: str
    number: int
    kind: str
    type: str
    owner: str
    version: int | None
    status: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Page:
    """The next deliveries after a cursor, and what is to be written down before they are told."""

    subscription: Subscription
    told: tuple[Given, ...]
    next: int
    more: bool
    changes: tuple[Given, ...]
    position: int
    bodies: tuple[dict[str, Any], ...] = ()


def changed(given: Given | None, seen: Seen | None) -> str | None:
    """What is told of a message: new, amended, its new status, removed; None when nothing changed."""
    held = given is not None and given.kind != REMOVED
    if given is None or not held:
        return "new" if seen else None
    if seen is None:
        return REMOVED
    if seen.version != given.version:
        return "amended"
    return seen.status if seen.status != given.status else None


async def next_page(
    store: Store,
    find_adapter: FindAdapter,
    identity: str,
    reader: Reader | None,
    after: int | None = None,
    limit: int = MOST,
) -> Page:
    """The next deliveries, written down as given; `reader` is who asks, None when it is called.

    Without a cursor, those after the last that a call has brought. What is told is what may be seen at
    the instant of reading; who was quicker in between makes it be read again.
    """
    for _again in range(TRIES):
        page = await store.aread(lambda c: read(c, find_adapter, identity, reader, after, limit))
        idle = page.position - page.subscription.position < BATCH and not page.changes
        if idle and not page.told:
            return page
        if await store.awrite(lambda c, page=page: record(c, page, reader)):  # type: ignore[misc]
            return page
    raise busy()


def read(
    connection: Connection,
    find_adapter: FindAdapter,
    identity: str,
    reader: Reader | None,
    after: int | None,
    limit: int,
) -> Page:
    """A page with the content of its deliveries, as of now; nothing is written."""
    found = subscriptions.find(connection, identity, reader)
    if found.state == "ended":
        raise Problem(404, "not_found")
    if found.state != "active":
        raise Problem(409, "conflict", _("This subscription is paused; ask your administrator."))
    page = look(connection, found, found.sent if after is None else after, limit)
    adapter = None
    if found.adapter and page.told:
        try:
            adapter = find_adapter(found.adapter)
        except KeyError:
            detail = _("The national adapter of this subscription is no longer there.")
            raise Problem(409, "conflict", detail) from None
    return replace(page, bodies=tuple(_bodies(connection, page, adapter)))


def look(connection: Connection, found: Subscription, after: int, limit: int) -> Page:
    """What is to be told after a cursor, without its content."""
    if after > found.last:
        detail = _("This cursor is not one of this subscription. Begin again with 0.")
        raise Problem(409, "conflict", detail)
    window = _given(connection, _of(found).where(delivery.c.number > after).limit(limit))
    seen = _seen(connection, found, [one.reference for one in window])
    stale = [(one, seen.get(one.reference)) for one in window if changed(one, seen.get(one.reference))]
    known = {one.reference for one, _now in stale}
    full = len(window) == limit
    news, position = ([], found.position) if full else _news(connection, found, limit - len(window), known)
    at, numbers = now(), iter(range(found.last + 1, found.last + 1 + len(stale) + len(news)))
    changes = tuple(
        _change(given, seen, number, at)
        for (given, seen), number in zip([*stale, *news], numbers, strict=True)
    )
    kept = tuple(one for one in window if one.reference not in known)
    if full:  # there may be more behind, and those come first
        return Page(found, kept, window[-1].number, True, changes, position)
    told = (*kept, *changes)
    more = len(news) == limit - len(window)
    return Page(found, told, told[-1].number if told else after, more, changes, position)


def record(connection: Connection, page: Page, reader: Reader | None) -> bool:
    """Writes down what is given, and in the audit who reads it; False when somebody was quicker."""
    found = page.subscription
    moved = connection.execute(
        update(subscription)
        .where(
            subscription.c.id == found.id,
            subscription.c.state == "active",
            subscription.c.position == found.position,
            subscription.c.last == found.last,
        )
        .values(position=page.position, last=found.last + len(page.changes))
    )
    if moved.rowcount == 0:
        return False
    _give.run_many(
        connection,
        [(found.id, *(getattr(one, name) for name in _GIVEN), None) for one in page.changes],
    )
    actor = found.reader(reader.actor if reader else "")
    for one in page.told:
        audit.note(connection, actor, "deliver", one.reference, kind=one.kind)
    return True


def confirm(connection: Connection, identity: str, reader: Reader, references: Collection[str]) -> list[str]:
    """Notes that a system has removed what it was told to; gives the references that were so told.

    After its end it is told nothing more, and may say of anything it was given that it is gone.
    """
    found = subscriptions.find(connection, identity, reader)
    given = [delivery.c.subscription_id == found.id, delivery.c.reference.in_(references)]
    if found.state != "ended":
        given.append(delivery.c.kind == REMOVED)
    known = sorted(connection.scalars(select(delivery.c.reference).where(*given)))
    gone = {"kind": REMOVED, "version": None, "status": None, "confirmed_at": now()}
    fresh = (*given, delivery.c.confirmed_at.is_(None))
    connection.execute(update(delivery).where(*fresh).values(**gone))
    for reference in known:
        audit.note(connection, found.reader(reader.actor), "confirm_removal", reference)
    return known


def _news(
    connection: Connection, found: Subscription, most: int, known: set[str]
) -> tuple[list[tuple[Given | None, Seen | None]], int]:
    """What changed for a subscription since it was last looked, and up to where the outbox was read."""
    changes: list[tuple[Given | None, Seen | None]] = []
    position = found.position
    while batch := _batch(connection, position):
        references = {reference for _number, reference in batch}
        seen = _seen(connection, found, references)
        told_of = _given(connection, _of(found).where(delivery.c.reference.in_(references)))
        given = {one.reference: one for one in told_of}
        for number, reference in batch:
            change = given.get(reference), seen.get(reference)
            if reference not in known and changed(*change):
                if len(changes) == most:
                    return changes, position
                known.add(reference)
                changes.append(change)
            position = number
    return changes, position


def _batch(connection: Connection, position: int) -> list[tuple[int, str]]:
    question = select(outbox.c.id, outbox.c.reference).where(outbox.c.id > position)
    return [
        (number, name) for number, name in connection.execute(question.order_by(outbox.c.id).limit(BATCH))
    ]


def _seen(connection: Connection, found: Subscription, references: Collection[str]) -> dict[str, Seen]:
    columns = [message.c[name] for name in ("reference", "type", "owner", "version", "status")]
    question = select(*columns).where(message.c.reference.in_(references), access.visible(found.reader()))
    if found.types:
        question = question.where(message.c.type.in_(found.types))
    return {row.reference: Seen(*row) for row in connection.execute(question)} if references else {}


def _of(found: Subscription) -> Select[Any]:
    columns = [delivery.c[name] for name in _GIVEN]
    return select(*columns).where(delivery.c.subscription_id == found.id).order_by(delivery.c.number)


def _given(connection: Connection, question: Select[Any]) -> list[Given]:
    return [Given(*row) for row in connection.execute(question)]


def _change(given: Given | None, seen: Seen | None, number: int, at: str) -> Given:
    kind = str(changed(given, seen))
    if seen is not None:
        return Given(seen.reference, number, kind, seen.type, seen.owner, seen.version, seen.status, at)
    if given is None:
        raise ValueError("Nothing changed.")
    return replace(given, number=number, kind=kind, version=None, status=None, at=at)


# --- what a delivery says


def _bodies(connection: Connection, page: Page, adapter: Loaded | None) -> Iterator[dict[str, Any]]:
    reader = page.subscription.reader()
    held = [given.reference for given in page.told if given.kind != REMOVED]
    found = messages.find_all(connection, reader, held) if held else {}
    for given in page.told:
        stored = found.get(given.reference)
        yield _as_told(given) | (_content(stored, reader, adapter) if stored else {})


def _as_told(given: Given) -> dict[str, Any]:
    return {"cursor": given.number, "kind": given.kind, "reference": given.reference, "at": given.at}


def _content(stored: Stored, reader: Reader, adapter: Loaded | None) -> dict[str, Any]:
    """The facts of a message, and the message in the format of the subscription or why it is not there."""
    envelope = stored.envelope
    facts = {name: envelope[name] for name in ("type", "owner", "status", "version", "expires_at")}
    until = envelope["withheld_until"] and date.fromisoformat(envelope["withheld_until"])
    today = datetime.now(UTC).date()
    if is_withheld(reader.bureau, envelope["owner"], envelope["withheld"], until, today):
        return facts | {"reasons": [{"code": "withheld", "place": ""}]}
    if adapter is None:
        return facts | {"message": stored.message}
    national = as_national(adapter, envelope, stored.audience, stored.message)
    if national.record is None:
        return facts | {"reasons": [{"code": one.code, "place": one.place} for one in national.troubles]}
    return facts | {"record": _embedded(adapter, national.record), "lost": list(national.lost)}


def _embedded(adapter: Loaded, record: bytes) -> dict[str, Any]:
    """A national record inside JSON: JSON as it is, else its bytes, whose encoding is the country's."""
    kind = media_type(adapter)
    if kind == "application/json":
        return {"media_type": kind, "json": orjson.loads(record)}
    return {"media_type": kind, "base64": b64encode(record).decode()}
