"""Subscriptions: a bureau's system, or a national service's, that is told of what it may see.

The administrator makes them. One comes and asks (`deliveries`), another is called (`webhooks`). What
ended is kept without its address: the bureau still holds what it was given, and owners must know.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from ilink_runtime import audit, people
from ilink_runtime.access import Reader
from ilink_runtime.adapters.outward import goes_out
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import bureau, now, outbox, subscription
from ilink_runtime.problems import Problem

STATES = ("active", "paused", "stopped", "ended")
LONGEST_PURPOSE = 200


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it stands."""

    id: str
    bureau: str
    entity: str  # "FR/dgpn"; empty for the bureau itself
    name: str
    adapter: str | None
    types: tuple[str, ...]
    purpose: str
    url: str | None
    state: str
    created_at: str
    position: int
    last: int
    sent: int
    failures: int
    failing_since: str | None
    next_call_at: str | None
    trouble: str | None
    secretariat: bool

    def reader(self, actor: str = "") -> Reader:
        """Who reads through it, and for what purpose; `actor` is who comes, else it is called itself."""
        return Reader(
            self.bureau,
            actor or f"subscription:{self.name}",
            self.purpose,
            secretariat=self.secretariat,
            may_write=False,
            entity=self.entity,
        )


def create(
    connection: Connection,
    bundle: Bundle,
    adapters: Mapping[str, Mapping[str, Any]],
    code: str,
    name: str,
    purpose: str,
    *,
    entity: str | None = None,
    adapter: str | None = None,
    types: Collection[str] = (),
    url: str | None = None,
    from_now: bool = False,
) -> str:
    """Makes a subscription and gives its id; `adapters` is what the bundle says of them, by name.

    It begins with all that its bureau may see, or with what changes from now on. The caller has looked
    at the address.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise Problem(422, "invalid", "A name has 1 to 64 letters, digits, dots, hyphens or underscores.")
    if not 0 < len(purpose.strip()) <= LONGEST_PURPOSE:
        raise Problem(422, "invalid", "Say in a few words for what purpose the messages are read.")
    people.must_be_bureau(connection, code)
    people.must_be_entity(connection, code, entity)
    wanted = _types(bundle, adapters, adapter, types)
    if connection.scalar(select(subscription.c.id).where(*_named(code, name))):
        raise Problem(409, "conflict", f"The bureau {code} has a subscription {name}.")
    identity = uuid4().hex
    position = (connection.scalar(select(func.max(outbox.c.id))) or 0) if from_now else 0
    connection.execute(
        insert(subscription).values(
            id=identity,
            bureau=code,
            entity=entity,
            name=name,
            adapter=adapter,
            types=" ".join(wanted),
            purpose=purpose.strip(),
            url=url,
            state="active",
            created_at=now(),
            position=position,
            last=0,
            sent=0,
            failures=0,
        )
    )
    audit.note(connection, people.operator(code), "create_subscription", adapter=adapter)
    return identity


def listing(connection: Connection, *conditions: ColumnElement[bool]) -> list[Subscription]:
    """Subscriptions, by bureau and name."""
    rows = connection.execute(
        _question().where(*conditions).order_by(subscription.c.bureau, subscription.c.name)
    )
    return [_read(row) for row in rows]


def own(reader: Reader) -> ColumnElement[bool]:
    """The predicate that holds for the subscriptions of a reader's own bureau or service."""
    service = reader.entity.partition("/")[2] or None
    return (subscription.c.bureau == reader.bureau) & (subscription.c.entity.is_not_distinct_from(service))


def find(connection: Connection, identity: str, reader: Reader | None = None) -> Subscription:
    """A subscription; another bureau's is not there."""
    question = _question().where(subscription.c.id == identity)
    row = connection.execute(question if reader is None else question.where(own(reader))).first()
    if row is None:
        raise Problem(404, "not_found")
    return _read(row)


def set_state(connection: Connection, code: str, name: str, state: str) -> None:
    """Pauses a subscription, resumes it, or ends it; resumed, it is called at once."""
    values: dict[str, Any] = {"state": state}
    if state == "active":
        values |= {"failures": 0, "failing_since": None, "next_call_at": None, "trouble": None}
    if state == "ended":
        values |= {"url": None}
    found = connection.execute(update(subscription).where(*_named(code, name)).values(**values))
    if found.rowcount == 0:
        raise Problem(404, "not_found", f"The bureau {code} has no subscription {name}.")
    audit.note(connection, people.operator(code), f"{_DONE[state]}_subscription")


_DONE = {"active": "resume", "paused": "pause", "ended": "delete"}


def _named(code: str, name: str) -> tuple[ColumnElement[bool], ...]:
    return (
        subscription.c.bureau == code,
        subscription.c.name == name,
        subscription.c.state != "ended",
    )


def _types(
    bundle: Bundle, adapters: Mapping[str, Mapping[str, Any]], adapter: str | None, types: Collection[str]
) -> tuple[str, ...]:
    """The message types that a subscription is told of; an adapter says that itself."""
    unknown = sorted(set(types) - set(bundle.messages))
    if unknown:
        raise Problem(422, "invalid", f"The standard has no message type {', '.join(unknown)}.")
    if adapter is None:
        return tuple(sorted(set(types)))
    described = adapters.get(adapter)
    if described is None:
        raise Problem(404, "not_found", f"The bundle has no adapter {adapter}.")
    if not goes_out(described):
        raise Problem(422, "invalid", f"Through the adapter {adapter} nothing goes out.")
    carried = (described["message"], *described["others"])
    if not set(types) <= set(carried):
        raise Problem(422, "invalid", f"The adapter {adapter} carries {', '.join(carried)} only.")
    return tuple(sorted(set(types))) or carried


def _question() -> Select[Any]:
    return select(subscription, bureau.c.kind.label("bureau_kind")).join(
        bureau, bureau.c.code == subscription.c.bureau
    )


def _read(row: Any) -> Subscription:
    known = dict(row._mapping)
    secretariat = known.pop("bureau_kind") == "secretariat"
    service = f"{known['bureau']}/{known['entity']}" if known["entity"] else ""
    return Subscription(
        **known | {"types": tuple(known["types"].split()), "entity": service}, secretariat=secretariat
    )
