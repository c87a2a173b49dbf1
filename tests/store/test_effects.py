"""What a request does to the message that it concerns, by whom, and who then still sees what."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_runtime import bundle as bundles
from ilink_runtime import feed, history, messages, retention, submission, sweep
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.messages import Receipt, Stored
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests.api.bureaus import diffusion, notice
from tests.store.desk import LYON, MADRID, PARIS, TUNIS, counts, see, send

READERS = (TUNIS, MADRID, PARIS, LYON)
TEXT = {"text": "Invented.", "language": "en"}


STANDARD = bundles.read()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return STANDARD


def in_days(number: int) -> str:
    return (retention.today() + timedelta(days=number)).isoformat()


def request(kind: str, target: Receipt | str, **fields: Any) -> dict[str, Any]:
    """A request about a message, with what its type needs."""
    reference = target if isinstance(target, str) else target.reference
    needed: dict[str, dict[str, Any]] = {
        "Addendum": {"addition": TEXT},
        "ExtensionRequest": {"keep_until": in_days(1000), "reason": TEXT},
        "SuspensionRequest": {"suspended_until": in_days(30)},
        "WithdrawalRequest": {"outcome": "found"},
        "CancellationRequest": {"reason": TEXT},
    }
    return {"message_type": kind, "purpose": "wanted_person", "concerns": reference, **needed[kind], **fields}


def faults(store: Store, bundle: Bundle, message: dict[str, Any], reader: Reader) -> list[tuple[str, str]]:
    before = store.read(counts)
    with pytest.raises(Problem) as caught:
        send(store, bundle, message, reader)
    assert store.read(counts) == before
    assert caught.value.status == 422
    asked = store.read(lambda c: submission.hindrances(c, bundle, reader, message, message["message_type"]))
    assert asked == list(caught.value.faults)
    return [(fault.code, fault.path) for fault in caught.value.faults]


def held(store: Store, receipt: Receipt, reader: Reader = TUNIS) -> Stored:
    stored = see(store, receipt, reader)
    assert stored is not None
    return stored


def news(store: Store, reader: Reader, after: int = 0) -> list[tuple[str, str]]:
    told = store.read(lambda c: feed.news_for(c, reader, after))[1]
    return [(one.kind, one.reference) for one in told]


def steps(store: Store, receipt: Receipt, reader: Reader) -> list[history.Step]:
    return store.read(lambda c: history.steps(c, reader, receipt.reference))


class TestEachEffect:
    def test_an_addendum_stands_beside_its_message(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        before = held(store, target)
        addendum = send(store, bundle, request("Addendum", target))
        assert addendum.status == "sent"
        assert held(store, target) == before
        for reader in READERS:
            found = store.read(lambda c, r=reader: messages.requests(c, r, target.reference))  # type: ignore[misc]
            assert [hit.reference for hit in found] == [addendum.reference]
            assert found[0].headline == target.reference

    def test_an_extension_is_the_next_version(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion(review_date=in_days(10)))
        assert held(store, target).envelope["expires_at"] == in_days(10)
        send(store, bundle, request("ExtensionRequest", target, keep_until=in_days(700)))
        stored = held(store, target, MADRID)
        assert stored.message["review_date"] == stored.envelope["review_date"] == in_days(700)
        assert (stored.envelope["expires_at"], stored.envelope["version"]) == (in_days(700), 2)
        assert stored.envelope["status"] == "sent"
        (difference,) = store.read(lambda c: history.revisions(c, bundle, PARIS, target.reference))[
            0
        ].differences
        assert (difference.path, difference.after) == ("/review_date", in_days(700))

    def test_an_extended_message_may_be_amended_within_its_new_time(
        self, store: Store, bundle: Bundle
    ) -> None:
        target = send(store, bundle, diffusion())
        send(store, bundle, request("ExtensionRequest", target, keep_until=in_days(1000)))
        stored = held(store, target)
        change = diffusion(urgency="urgent", review_date=in_days(900))
        store.write(lambda c: submission.amend(c, bundle, TUNIS, target.reference, change, stored.etag))
        envelope = held(store, target).envelope
        assert (envelope["expires_at"], envelope["extended_at"]) == (
            in_days(900),
            stored.envelope["extended_at"],
        )

    def test_an_extension_leaves_a_notice_published(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, notice())
        store.write(lambda c: submission.publish(c, bundle, LYON, target.reference, target.etag))
        send(store, bundle, request("ExtensionRequest", target))
        envelope = held(store, target).envelope
        assert envelope["status"] == "published"
        assert envelope["published_at"]

    @pytest.mark.parametrize("published", [True, False])
    def test_a_suspended_message_is_taken_up_again_as_it_was(
        self, store: Store, bundle: Bundle, published: bool
    ) -> None:
        target = send(store, bundle, notice())
        if published:
            store.write(lambda c: submission.publish(c, bundle, LYON, target.reference, target.etag))
        asked = send(store, bundle, request("SuspensionRequest", target))
        stored = held(store, target)
        assert stored.envelope["status"] == "suspended"
        assert stored.envelope["suspended_until"] == in_days(30)
        for reader, sees in ((TUNIS, True), (LYON, True), (MADRID, False), (PARIS, False)):
            assert [see(store, one, reader) is not None for one in (target, asked)] == [sees, sees]
        again = store.write(lambda c: submission.resume(c, bundle, TUNIS, target.reference, stored.etag))
        assert again.status == ("published" if published else "processing")
        assert held(store, target, MADRID).envelope["suspended_until"] is None

    def test_an_amended_suspended_message_stays_aside(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        send(store, bundle, request("SuspensionRequest", target))
        etag = held(store, target).etag
        change = diffusion(urgency="urgent")
        store.write(lambda c: submission.amend(c, bundle, TUNIS, target.reference, change, etag))
        assert held(store, target).envelope["status"] == "suspended"
        assert see(store, target, MADRID) is None

    def test_what_is_withdrawn_has_ended(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        send(store, bundle, request("WithdrawalRequest", target))
        stored = held(store, target)
        assert stored.envelope["status"] == "withdrawn"
        assert see(store, target, MADRID) is None
        for step in (
            lambda c: submission.amend(c, bundle, TUNIS, target.reference, diffusion(), stored.etag),
            lambda c: submission.resume(c, bundle, TUNIS, target.reference, stored.etag),
        ):
            with pytest.raises(Problem) as caught:
                store.write(step)
            assert (caught.value.status, caught.value.code) == (409, "conflict")
        store.write(lambda c: submission.delete(c, TUNIS, target.reference, stored.etag))

    def test_a_cancellation_waits_for_the_general_secretariat(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        asked = send(store, bundle, request("CancellationRequest", target), PARIS)
        assert asked.status == "processing"
        assert held(store, target, MADRID).envelope["status"] == "sent"
        assert [see(store, asked, reader) is not None for reader in READERS] == [False, False, True, True]
        accepted = store.write(lambda c: submission.publish(c, bundle, LYON, asked.reference, asked.etag))
        assert accepted.status == "accepted"
        assert held(store, target).envelope["status"] == "cancelled"
        assert see(store, target, PARIS) is None
        assert held(store, asked, PARIS).envelope["status"] == "accepted"

    def test_a_cancellation_of_what_has_ended_is_not_accepted(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        asked = send(store, bundle, request("CancellationRequest", target), PARIS)
        store.write(lambda c: submission.delete(c, TUNIS, target.reference, held(store, target).etag))
        with pytest.raises(Problem) as caught:
            store.write(lambda c: submission.publish(c, bundle, LYON, asked.reference, asked.etag))
        assert (caught.value.status, caught.value.faults[0].code) == (409, "no_such_message")
        assert held(store, asked, PARIS).envelope["status"] == "processing"


class TestWhoAndWhat:
    @pytest.mark.parametrize(
        "kind", ["Addendum", "ExtensionRequest", "SuspensionRequest", "WithdrawalRequest"]
    )
    def test_only_the_owner_asks(self, store: Store, bundle: Bundle, kind: str) -> None:
        target = send(store, bundle, diffusion())
        for reader in (MADRID, LYON):
            assert faults(store, bundle, request(kind, target), reader) == [("not_owner", "/concerns")]

    @pytest.mark.parametrize("kind", ["Addendum", "CancellationRequest"])
    def test_a_hidden_message_is_as_unknown_as_a_missing_one(
        self, store: Store, bundle: Bundle, kind: str
    ) -> None:
        hidden = send(store, bundle, diffusion(recipients=["ES"]))
        for reference in (hidden.reference, "2020-ZZZZZZZZ", "é"):
            said = faults(store, bundle, request(kind, reference), PARIS)
            assert said == [("no_such_message", "/concerns")]

    def test_a_request_bears_no_request(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        addendum = send(store, bundle, request("Addendum", target))
        for kind in ("Addendum", "WithdrawalRequest"):
            assert faults(store, bundle, request(kind, addendum), TUNIS) == [("bears_nothing", "/concerns")]

    def test_what_is_suspended_is_not_suspended_again(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        send(store, bundle, request("SuspensionRequest", target))
        again = request("SuspensionRequest", target)
        assert faults(store, bundle, again, TUNIS) == [("bears_nothing", "/concerns")]

    @pytest.mark.parametrize(
        ("kind", "field", "longest"),
        [("SuspensionRequest", "suspended_until", "P6M"), ("ExtensionRequest", "keep_until", "P5Y")],
    )
    def test_a_day_is_neither_too_early_nor_too_late(
        self, store: Store, bundle: Bundle, kind: str, field: str, longest: str
    ) -> None:
        target, last = send(store, bundle, diffusion()), retention.after(retention.today(), longest)
        over = (last + timedelta(days=1)).isoformat()
        for day, code in ((in_days(0), "too_early"), (over, "too_late"), (None, "required")):
            assert faults(store, bundle, request(kind, target, **{field: day}), TUNIS) == [
                (code, f"/{field}")
            ]
        assert send(store, bundle, request(kind, target, **{field: last.isoformat()})).status == "sent"

    def test_a_request_that_took_effect_is_changed_no_more(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        asked = send(store, bundle, request("ExtensionRequest", target))
        later = request("ExtensionRequest", target, keep_until=in_days(20))
        with pytest.raises(Problem, match="effect"):
            store.write(lambda c: submission.amend(c, bundle, TUNIS, asked.reference, later, asked.etag))

    def test_an_addendum_keeps_to_its_message(self, store: Store, bundle: Bundle) -> None:
        first, other = send(store, bundle, diffusion()), send(store, bundle, diffusion())
        asked = send(store, bundle, request("Addendum", first))
        moved = request("Addendum", other)
        with pytest.raises(Problem) as caught:
            store.write(lambda c: submission.amend(c, bundle, TUNIS, asked.reference, moved, asked.etag))
        assert [(fault.code, fault.path) for fault in caught.value.faults] == [("const", "/concerns")]
        new = request("Addendum", first, event_date="2026-01-01")
        receipt = store.write(lambda c: submission.amend(c, bundle, TUNIS, asked.reference, new, asked.etag))
        assert (receipt.version, held(store, asked).envelope["concerns"]) == (2, first.reference)

    def test_the_same_key_again_repeats_no_effect(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        first = send(store, bundle, request("WithdrawalRequest", target), key="once")
        before = store.read(counts)
        again = send(store, bundle, request("WithdrawalRequest", target), key="once")
        assert (again.replayed, again.reference) == (True, first.reference)
        assert store.read(counts) == before


class TestWhatIsTold:
    def test_who_loses_sight_hears_the_reference_and_nobody_else_hears_anything(
        self, store: Store, bundle: Bundle
    ) -> None:
        target = send(store, bundle, diffusion(recipients=["ES"]))
        addendum = send(store, bundle, request("Addendum", target))
        last = store.read(feed.last_news)
        send(store, bundle, request("SuspensionRequest", target))
        assert set(news(store, MADRID, last)) == {
            ("removed", target.reference),
            ("removed", addendum.reference),
        }
        assert news(store, PARIS) == []
        assert [kind for kind, _ in news(store, TUNIS, last)] == ["recorded", "suspended"]

    @pytest.mark.parametrize("limit", ["recipients", "restricted", "hidden"])
    def test_an_amendment_may_take_a_message_away(self, store: Store, bundle: Bundle, limit: str) -> None:
        target = send(store, bundle, diffusion())
        change = {
            "recipients": diffusion(recipients=["ES"]),
            "restricted": diffusion(handling={"restricted_to": ["ES"]}),
            "hidden": diffusion(handling={"hidden_from": ["FR"]}),
        }[limit]
        last = store.read(feed.last_news)
        newer = store.write(
            lambda c: submission.amend(c, bundle, TUNIS, target.reference, change, target.etag)
        )
        assert news(store, PARIS, last) == [("removed", target.reference)]
        assert news(store, MADRID, last) == [("amended", target.reference)]
        last = store.read(feed.last_news)
        store.write(lambda c: submission.amend(c, bundle, TUNIS, target.reference, change, newer.etag))
        assert news(store, PARIS, last) == []

    def test_the_history_tells_each_what_he_may_know(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, notice())
        store.write(lambda c: submission.publish(c, bundle, LYON, target.reference, target.etag))
        asked = send(store, bundle, request("SuspensionRequest", target))
        etag = held(store, target).etag
        store.write(lambda c: submission.resume(c, bundle, TUNIS, target.reference, etag))
        own = steps(store, target, TUNIS)
        assert [(step.kind, step.bureau, step.actor) for step in own] == [
            ("resumed", "TN", "user:amal"),
            ("suspended", "TN", "user:amal"),
            ("published", "IPSG", "user:jean"),
        ]
        assert own[1].request == asked.reference
        assert [(step.kind, step.actor) for step in steps(store, target, MADRID)] == [("published", "")]

    def test_what_is_deleted_takes_its_additions_along(self, store: Store, bundle: Bundle) -> None:
        before = store.read(counts)
        target = send(store, bundle, diffusion())
        addendum = send(store, bundle, request("Addendum", target))
        other = send(store, bundle, request("CancellationRequest", target), PARIS)
        store.write(lambda c: submission.delete(c, TUNIS, target.reference, held(store, target).etag))
        assert see(store, addendum, LYON) is None
        assert ("removed", addendum.reference) in news(store, MADRID)
        store.write(lambda c: submission.delete(c, PARIS, other.reference, other.etag))
        after = store.read(counts)
        kept = {"tombstone", "audit", "outbox"}
        assert {name: after[name] for name in after if name not in kept} == {
            name: before[name] for name in before if name not in kept
        }
        assert after["tombstone"] == 3


def test_a_service_sees_no_request_about_what_is_hidden_from_it(store: Store, bundle: Bundle) -> None:
    """Not even of its own bureau, and no private one that is hidden from it; nor when it ends."""
    service = Reader("TN", "user:sami", "criminal investigation", entity="TN/dgsn")
    hidden: dict[str, Any] = {"handling": {"hidden_from_entities": ["TN/dgsn"]}}
    target = send(store, bundle, diffusion(review_date=in_days(20), **hidden))
    addendum = send(store, bundle, request("Addendum", target))
    foreign = send(store, bundle, diffusion(), MADRID)
    asked = send(store, bundle, request("CancellationRequest", foreign, **hidden))
    for receipt in (target, addendum, asked):
        assert see(store, receipt, TUNIS) is not None
        assert see(store, receipt, service) is None
    until = retention.today() + timedelta(days=30)
    assert store.read(lambda c: sweep.endings(c, bundle, TUNIS, until))[0] == 1
    assert store.read(lambda c: sweep.endings(c, bundle, service, until)) == (0, [])
    last = store.read(feed.last_news)
    store.write(lambda c: submission.delete(c, TUNIS, target.reference, held(store, target).etag))
    assert news(store, service, last) == []
    assert {kind for kind, _ in news(store, TUNIS, last)} == {"removed"}


bureaus = st.lists(st.sampled_from(["TN", "ES", "FR"]), max_size=2)
ways = st.sampled_from(["", "SuspensionRequest", "WithdrawalRequest", "narrow", "delete"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bureaus, bureaus, bureaus, ways)
def test_a_request_is_never_seen_wider_than_its_message(
    store: Store, to: list[str], hidden: list[str], own: list[str], way: str
) -> None:
    """And the news of a loss reaches exactly those who had seen it and do not any more."""
    target = send(store, STANDARD, diffusion(recipients=to, handling={"hidden_from": hidden}))
    asked = send(store, STANDARD, request("Addendum", target, handling={"hidden_from": own}))
    saw = {reader: [see(store, one, reader) is not None for one in (target, asked)] for reader in READERS}
    for reader in READERS:
        all_ = reader in (TUNIS, LYON)
        of_target = all_ or ((not to or reader.bureau in to) and reader.bureau not in hidden)
        assert saw[reader] == [of_target, all_ or (of_target and reader.bureau not in own)]
    last = store.read(feed.last_news)
    with suppress(KeyError):
        send(store, STANDARD, request(way, target))
    etag = held(store, target).etag
    if way == "narrow":
        change = diffusion(recipients=["ES"])
        store.write(lambda c: submission.amend(c, STANDARD, TUNIS, target.reference, change, etag))
    elif way == "delete":
        store.write(lambda c: submission.delete(c, TUNIS, target.reference, etag))
    for reader in READERS:
        sees = [see(store, one, reader) is not None for one in (target, asked)]
        assert sees[0] or not sees[1] or reader == TUNIS
        told = {reference for kind, reference in news(store, reader, last) if kind == "removed"}
        lost = [
            one
            for one, was, still in zip((target, asked), saw[reader], sees, strict=True)
            if was and not still
        ]
        assert told == {one.reference for one in lost}
