"""Random histories: a subscription told again gives exactly what its bureau may see, and nothing else ever.

Messages are recorded, amended, hidden, restricted, suspended, taken up, withdrawn and deleted by a few
bureaus, while their systems come when they like. What a bureau may see is asked of `could_see`, not of
the predicate that the deliveries are made with.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select

from ilink_runtime import access, database, deliveries, feed, messages, restriction, submission
from ilink_runtime.access import Reader
from ilink_runtime.deliveries import Page
from ilink_runtime.outbox import sight
from ilink_runtime.problems import Problem
from tests import event_loop
from tests.api.bureaus import Bureaus, diffusion, notice
from tests.store.test_effects import request
from tests.subscribe.subscriber import subscribed

READERS = {
    "TN": Reader("TN", "user:amal", "p"),
    "ES": Reader("ES", "user:lucia", "p"),
    "FR": Reader("FR", "user:marie", "p"),
    "IPSG": Reader("IPSG", "user:jean", "p", secretariat=True),
}
#: Whose systems come; the secretariat sees everything.
COMING = ("ES", "FR", "IPSG")
HANDLINGS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"hidden_from": ["FR"]},
    {"hidden_from": ["ES"]},
    {"restricted_to": ["ES"]},
    {"restricted_to": ["FR"]},
    {"field_restrictions": [{"pointer": "/subject/phone_numbers", "restricted_to": ["ES"]}]},
)


@dataclass
class World:
    """The bureaus' messages, and the copies that systems made of them."""

    bureaus: Bureaus
    random: Random
    subscriptions: dict[str, str]
    cursors: dict[str, int] = field(default_factory=dict)
    held: dict[str, dict[str, int]] = field(default_factory=dict)
    ever: dict[str, set[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def act(self) -> None:
        """Something happens."""
        alive = self._own_messages()
        acts = [self.record] * 3 + (
            [self.amend] * 4 + [self.request, self.resume, self.delete] if alive else []
        )
        self.random.choice(acts)(*([self.random.choice(alive)] if alive else [("", "")]))

    def _own_messages(self) -> list[tuple[str, str]]:
        table = database.message
        question = select(table.c.reference, table.c.owner).order_by(table.c.id)
        return [(row.reference, row.owner) for row in self._read(lambda c: c.execute(question).all())]

    def record(self, _old: tuple[str, str]) -> None:
        """A new message."""
        owner = READERS[self.random.choice(("TN", "ES", "FR"))]
        self._write(lambda c: submission.record(c, self._standard, owner, self._message()))

    def amend(self, old: tuple[str, str]) -> None:
        """The next version of one, perhaps for others' eyes."""
        reference, owner = old
        stored = self._read(lambda c: messages.find(c, READERS[owner], reference))
        if stored.envelope["type"] not in ("RedNotice", "WantedPersonDiffusion"):
            return
        message = self._message() | {"message_type": stored.envelope["type"]}
        self._try(
            lambda c: submission.amend(c, self._standard, READERS[owner], reference, message, stored.etag)
        )

    def request(self, old: tuple[str, str]) -> None:
        """Something added to it, or asked about it."""
        reference, owner = old
        kind = self.random.choice(("Addendum", "SuspensionRequest", "WithdrawalRequest"))
        asked = request(kind, reference)
        self._try(lambda c: submission.record(c, self._standard, READERS[owner], asked))

    def resume(self, old: tuple[str, str]) -> None:
        """Taken up again, if it was set aside."""
        reference, owner = old
        etag = self._read(lambda c: messages.find(c, READERS[owner], reference)).etag
        self._try(lambda c: submission.resume(c, self._standard, READERS[owner], reference, etag))

    def delete(self, old: tuple[str, str]) -> None:
        """Gone."""
        reference, owner = old
        etag = self._read(lambda c: messages.find(c, READERS[owner], reference)).etag
        self._write(lambda c: submission.delete(c, READERS[owner], reference, etag))

    def visit(self, code: str, limit: int, after: int | None = None) -> Page:
        """A system comes once, and each thing that it is told is held against what it may see."""
        start = self.cursors.get(code, 0) if after is None else after
        reader = Reader(code, "token:system", "p", secretariat=code == "IPSG")
        find = self.bureaus.app.state.adapters.__getitem__
        store, identity = self.bureaus.store, self.subscriptions[code]
        page = event_loop.run(deliveries.next_page(store, find, identity, reader, start, limit))
        assert len(page.bodies) <= limit
        visible = self.visible(reader)
        for told in page.bodies:
            reference = told["reference"]
            self.kinds[told["kind"]] += 1
            if told["kind"] == "removed":
                assert reference in self.ever.setdefault(code, set()), "a reference never told before"
                assert set(told) == {"cursor", "kind", "reference", "at"}
                assert reference not in visible
                self.held.setdefault(code, {}).pop(reference, None)
            else:
                assert visible.get(reference) == told["version"], "nothing but what may be seen now"
                assert told["message"] == self._as_read_by(reader, reference)
                self.ever.setdefault(code, set()).add(reference)
                self.held.setdefault(code, {})[reference] = told["version"]
        self.cursors[code] = page.next
        return page

    def follow(self, code: str, after: int | None = None) -> None:
        """A system comes until there is no more."""
        more = self.visit(code, 3, after).more
        while more:
            more = self.visit(code, 3).more

    def visible(self, reader: Reader) -> dict[str, int]:
        """What a bureau may see, by the predicate for messages that are gone."""
        all_of_them = [reference for reference, _owner in self._own_messages()]

        def ask(connection: Connection) -> dict[str, int]:
            found = messages.find_all(connection, READERS["IPSG"], all_of_them)
            return {
                reference: stored.envelope["version"]
                for reference, stored in found.items()
                if access.could_see(reader, **orjson.loads(sight(connection, stored)))
            }

        seen: dict[str, int] = self._read(ask)
        return seen

    def _as_read_by(self, reader: Reader, reference: str) -> dict[str, Any]:
        stored = self._read(lambda c: messages.find(c, READERS["IPSG"], reference))
        return restriction.redacted(stored.message, reader, stored.envelope["owner"])

    def _message(self) -> dict[str, Any]:
        kind = self.random.choice((diffusion, notice))
        message = kind(urgency=self.random.choice(("normal", "urgent")))
        handling = self.random.choice(HANDLINGS)
        message |= {"handling": handling} if handling else {}
        recipients = self.random.choice(([], [], ["ES"], ["FR"]))
        return message | ({"recipients": recipients} if recipients and kind is diffusion else {})

    @property
    def _standard(self) -> Any:
        return self.bureaus.app.state.bundle

    def _read(self, work: Any) -> Any:
        return self.bureaus.store.read(work)

    def _write(self, work: Any) -> Any:
        return self.bureaus.store.write(work)

    def _try(self, work: Any) -> None:
        """What does not fit with what is stored is refused, and nothing happens."""
        with suppress(Problem):
            self._write(work)


def begun(bureaus: Bureaus, seed: int) -> World:
    return World(bureaus, Random(seed), {code: subscribed(bureaus, code) for code in COMING})


@pytest.mark.parametrize("seed", range(3))
def test_told_again_it_gives_what_may_be_seen(bureaus: Bureaus, seed: int) -> None:
    world = begun(bureaus, seed)
    for _ in range(30):
        world.act()
        if world.random.random() < 0.5:
            code = world.random.choice(COMING)
            again = world.random.random() < 0.2
            world.visit(code, world.random.choice((1, 2, 5)), 0 if again else None)
    for code in COMING:
        reader = Reader(code, "token:system", "p", secretariat=code == "IPSG")
        world.follow(code)
        assert world.held.get(code, {}) == world.visible(reader)
        world.held[code] = {}  # a system that lost all begins anew
        world.follow(code, 0)
        assert world.held.get(code, {}) == world.visible(reader)
    assert {"new", "amended", "removed"} <= set(world.kinds)


@pytest.mark.parametrize("seed", range(2))
def test_open_pages_hear_the_same(bureaus: Bureaus, seed: int) -> None:
    """The feed says `removed` of exactly what somebody lost sight of, and names what he sees anew."""
    world = begun(bureaus, seed)
    readers = {code: Reader(code, "token:system", "p") for code in ("ES", "FR")}
    for _ in range(20):
        before = {code: set(world.visible(reader)) for code, reader in readers.items()}
        last = bureaus.store.read(feed.last_news)
        world.act()
        for code, reader in readers.items():
            _upto, news = bureaus.store.read(lambda c, r=reader, n=last: feed.news_for(c, r, n))  # type: ignore[misc]
            after = set(world.visible(reader))
            assert {one.reference for one in news if one.kind == "removed"} == before[code] - after
            assert {one.reference for one in news if one.kind != "removed"} >= after - before[code]


def test_the_oracle_sees_a_leak(bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the predicate planted open, histories are told that may not be."""
    from sqlalchemy import true

    monkeypatch.setattr(access, "visible", lambda _reader: true())
    world = begun(bureaus, 1)
    for _ in range(20):
        world.act()
    with pytest.raises(AssertionError, match="nothing but what may be seen now"):
        world.follow("FR")


def _heard(bureaus: Bureaus, *, with_hidden: bool) -> list[bytes]:
    """All that Paris is told in a history; in one world much more happens, that Paris may not see."""
    world = begun(bureaus, 1)
    tunis, hide, heard = READERS["TN"], Random(7), []
    names: dict[str, str] = {}

    def secretly() -> None:
        if not with_hidden:
            return
        for _ in range(hide.randrange(4)):
            hidden = diffusion(handling=hide.choice(({"hidden_from": ["FR"]}, {"restricted_to": ["ES"]})))
            receipt = world._write(lambda c, m=hidden: submission.record(c, world._standard, tunis, m))
            changed = hidden | {"urgency": "urgent"}
            etag = receipt.etag
            if hide.random() < 0.5:
                etag = world._write(
                    lambda c, r=receipt, m=changed: submission.amend(
                        c, world._standard, tunis, r.reference, m, r.etag
                    )
                ).etag
            if hide.random() < 0.5:
                world._write(lambda c, r=receipt, e=etag: submission.delete(c, tunis, r.reference, e))

    def visit(limit: int, after: int | None = None) -> None:
        page = world.visit("FR", limit, after)
        text = orjson.dumps({"deliveries": page.bodies, "next": page.next, "more": page.more})
        heard.append(_alike(text, names))

    known = []
    for number in range(6):
        secretly()
        receipt = world._write(
            lambda c, n=number: submission.record(
                c, world._standard, tunis, diffusion(national_reference=f"TN/{n}")
            )
        )
        names[receipt.reference] = f"REFERENCE{number}"
        known.append(receipt)
        secretly()
        visit(2)
    for number, receipt in enumerate(known):
        secretly()
        if number % 2:
            world._write(lambda c, r=receipt: submission.delete(c, tunis, r.reference, r.etag))
        else:
            handling = {"field_restrictions": [{"pointer": "/subject/phone_numbers", "hidden_from": ["FR"]}]}
            message = diffusion(handling=handling, national_reference=f"TN/{number}")
            world._write(
                lambda c, r=receipt, m=message: submission.amend(
                    c, world._standard, tunis, r.reference, m, r.etag
                )
            )
        visit(1)
        visit(3, 0)
    secretly()
    visit(50)
    return heard


def _alike(text: bytes, names: dict[str, str]) -> bytes:
    for reference, name in names.items():
        text = text.replace(reference.encode(), name.encode())
    return re.sub(rb"20\d\d-\d\d-\d\dT[0-9:.]+Z", b"INSTANT", text)


def test_a_hidden_message_changes_no_byte(bureaus: Bureaus, server: Bureaus) -> None:
    without = _heard(bureaus, with_hidden=False)
    tables = database.metadata.tables
    for name in ("delivery", "subscription", "message", "outbox"):
        server.store.write(lambda c, n=name: c.execute(tables[n].delete()))  # type: ignore[misc]
    assert _heard(bureaus, with_hidden=True) == without
    assert any(b'"removed"' in page for page in without)
