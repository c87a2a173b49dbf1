"""A message is recorded, amended, deleted, published and returned, by those who may and by nobody else."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from ilink_runtime import database, drafts, submission
from ilink_runtime.access import Reader, could_see
from ilink_runtime.bundle import Bundle
from ilink_runtime.messages import Receipt
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests import event_loop
from tests.store.desk import LYON, MADRID, PARIS, TUNIS, counts, diffusion, notice, see, send

Step = Callable[[Any, Bundle, Reader, Receipt], Any]


def amended(connection: Any, bundle: Bundle, reader: Reader, receipt: Receipt) -> Receipt:
    return submission.amend(
        connection, bundle, reader, receipt.reference, notice(purpose="find"), receipt.etag
    )


def deleted(connection: Any, bundle: Bundle, reader: Reader, receipt: Receipt) -> None:
    submission.delete(connection, reader, receipt.reference, receipt.etag)


def published(connection: Any, bundle: Bundle, reader: Reader, receipt: Receipt) -> Receipt:
    return submission.publish(connection, bundle, reader, receipt.reference, receipt.etag)


def sent_back(connection: Any, bundle: Bundle, reader: Reader, receipt: Receipt) -> Receipt:
    return submission.send_back(connection, reader, receipt.reference, receipt.etag, "No photograph.")


def refusal(store: Store, bundle: Bundle, step: Step, reader: Reader, receipt: Receipt) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        store.write(lambda c: step(c, bundle, reader, receipt))
    return caught.value.status, caught.value.code


def test_a_notice_is_stored_at_once_and_awaits_review(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    stored = see(store, receipt, MADRID)
    assert stored is not None
    assert stored.message == notice()
    assert (receipt.version, receipt.status, receipt.replayed) == (1, "processing", False)
    assert stored.etag == receipt.etag
    assert stored.envelope["owner"] == "TN"
    assert stored.envelope["national_reference"] == "TUN/CR/2026/00417"
    assert stored.envelope["reply_by"] == "2027-01-31"
    assert stored.envelope["confidentiality"] == "for_police_use"
    assert "Benhaddou" in stored.envelope["headline"]


def test_a_diffusion_goes_straight_out(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, diffusion("ES"))
    assert receipt.status == "sent"
    assert see(store, receipt, MADRID) is not None
    assert see(store, receipt, PARIS) is None


def test_a_reference_names_the_year_and_cannot_be_guessed(store: Store, bundle: Bundle) -> None:
    references = {send(store, bundle, notice()).reference for _ in range(20)}
    assert len(references) == 20
    assert all(re.fullmatch(r"20[0-9]{2}-[0-9A-HJKMNP-TV-Z]{8}", reference) for reference in references)


def test_a_reference_is_never_given_twice(
    store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, chance = iter("A" + "AB" + "ABC"), secrets.token_bytes
    monkeypatch.setattr(
        secrets,
        "token_bytes",
        lambda size: bytes([submission.ALPHABET.index(next(drawn))] * 8) if size == 8 else chance(size),
    )
    first = send(store, bundle, notice())
    assert first.reference.endswith("-AAAAAAAA")
    assert send(store, bundle, notice()).reference.endswith("-BBBBBBBB")
    store.write(lambda c: deleted(c, bundle, TUNIS, first))
    assert send(store, bundle, notice()).reference.endswith("-CCCCCCCC")


def test_the_owner_is_who_sends_it_whatever_it_says(store: Store, bundle: Bundle) -> None:
    receipt = send(
        store, bundle, notice(owner="ES", status="published", version=9, reference="2026-AAAAAAAA")
    )
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    envelope = stored.envelope
    assert (envelope["owner"], envelope["status"], envelope["version"]) == ("TN", "processing", 1)
    assert envelope["reference"] != "2026-AAAAAAAA"


def test_who_may_not_write_sends_nothing(store: Store, bundle: Bundle) -> None:
    with pytest.raises(Problem, match="scope"):
        send(store, bundle, notice(), Reader("TN", "token:archive", may_write=False))


@pytest.mark.parametrize(
    "message", [{}, {"message_type": "GreenNotice"}, {"message_type": 7}, {"type": "Person"}]
)
def test_a_message_says_its_type(store: Store, bundle: Bundle, message: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        send(store, bundle, message)
    assert caught.value.code == "invalid"


def test_a_message_may_be_sent_as_a_type(store: Store, bundle: Bundle) -> None:
    assert send(store, bundle, {"subject": {}}, message_type="RedNotice").status == "processing"


class TestTheSameKeyAgain:
    def test_gives_the_same_receipt_and_stores_nothing(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice(), key="k1")
        before = store.read(counts)
        again = send(store, bundle, notice(), key="k1")
        assert again.replayed
        assert (again.reference, again.etag, again.version) == (first.reference, first.etag, first.version)
        assert store.read(counts) == before

    def test_does_so_however_the_message_is_ordered(self, store: Store, bundle: Bundle) -> None:
        send(store, bundle, notice(), key="k1")
        assert send(store, bundle, dict(reversed(notice().items())), key="k1").replayed

    def test_with_another_message_is_refused(self, store: Store, bundle: Bundle) -> None:
        send(store, bundle, notice(), key="k1")
        with pytest.raises(Problem) as caught:
            send(store, bundle, notice(purpose="find"), key="k1")
        assert (caught.value.status, caught.value.code) == (422, "key_reused")

    def test_of_another_bureau_is_another_key(self, store: Store, bundle: Bundle) -> None:
        send(store, bundle, notice(), key="k1")
        assert not send(store, bundle, notice(), MADRID, key="k1").replayed

    def test_tells_a_stale_etag_once_the_message_went_on(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice(), key="k1")
        newer = store.write(lambda c: amended(c, bundle, TUNIS, first))
        again = send(store, bundle, notice(), key="k1")
        assert again.version == 1
        assert again.etag != newer.etag

    @pytest.mark.parametrize("key", ["", "k" * 256])
    def test_has_a_length(self, store: Store, bundle: Bundle, key: str) -> None:
        with pytest.raises(Problem, match="255"):
            send(store, bundle, notice(), key=key)


class TestAmending:
    def test_makes_a_new_version_under_the_same_reference(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        newer = store.write(lambda c: amended(c, bundle, TUNIS, first))
        stored = see(store, newer, MADRID)
        assert stored is not None
        assert (newer.reference, newer.version, newer.message_id) == (first.reference, 2, first.message_id)
        assert stored.message == notice(purpose="find")
        assert stored.envelope["purpose"] == "find"
        assert stored.etag == newer.etag != first.etag

    @pytest.mark.parametrize("review", [published, sent_back])
    def test_brings_a_reviewed_notice_back_to_review(
        self, store: Store, bundle: Bundle, review: Step
    ) -> None:
        first = send(store, bundle, notice())
        receipt = store.write(lambda c: review(c, bundle, LYON, first))
        newer = store.write(lambda c: amended(c, bundle, TUNIS, receipt))
        stored = see(store, newer, TUNIS)
        assert stored is not None
        assert newer.status == "processing"
        assert stored.envelope["published_at"] is None
        assert stored.envelope["returned_reason"] is None

    def test_leaves_a_diffusion_sent(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, diffusion("ES"))
        newer = store.write(
            lambda c: submission.amend(c, bundle, TUNIS, first.reference, diffusion("FR"), first.etag)
        )
        assert newer.status == "sent"
        assert see(store, newer, MADRID) is None
        assert see(store, newer, PARIS) is not None

    def test_keeps_the_type(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        with pytest.raises(Problem, match="type") as caught:
            store.write(
                lambda c: submission.amend(c, bundle, TUNIS, first.reference, diffusion(), first.etag)
            )
        assert caught.value.code == "conflict"

    def test_replaces_all_rows(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        before = store.read(counts)
        store.write(
            lambda c: submission.amend(c, bundle, TUNIS, first.reference, notice(purpose="find"), first.etag)
        )
        grown = {"revision", "audit", "outbox"}
        assert {name for name, number in store.read(counts).items() if number != before[name]} == grown


class TestDeleting:
    def test_leaves_a_tombstone_and_nothing_else(self, store: Store, bundle: Bundle) -> None:
        before = store.read(counts)
        first = send(store, bundle, notice(handling={"hidden_from": ["FR"]}), key="k1")
        newer = store.write(
            lambda c: submission.amend(c, bundle, TUNIS, first.reference, notice(), first.etag)
        )
        stored = see(store, newer, TUNIS)
        store.write(lambda c: drafts.create(c, TUNIS, "RedNotice", "fr", notice(), "1.0.0", stored))
        store.write(lambda c: deleted(c, bundle, TUNIS, newer))
        assert see(store, newer, TUNIS) is None
        grown = {"tombstone", "audit", "outbox"}
        assert {name for name, number in store.read(counts).items() if number != before[name]} == grown
        (tombstone,) = store.read(lambda c: c.execute(select(database.tombstone)).mappings().all())
        assert dict(tombstone) | {"deleted_at": ""} == {
            "reference": first.reference,
            "type": "RedNotice",
            "owner": "TN",
            "deleted_at": "",
            "versions": 2,
        }

    def test_keeps_what_another_message_still_says(self, store: Store, bundle: Bundle) -> None:
        send(store, bundle, notice())
        before = store.read(counts)
        receipt = send(store, bundle, notice())
        store.write(lambda c: deleted(c, bundle, TUNIS, receipt))
        after = store.read(counts)
        assert {name for name in after if after[name] != before[name]} == {"tombstone", "audit", "outbox"}

    def test_no_personal_data_stays_in_the_tables(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, notice(), key="k1")
        returned = store.write(lambda c: sent_back(c, bundle, LYON, receipt))
        store.write(lambda c: deleted(c, bundle, TUNIS, returned))
        left = store.read(
            lambda c: str([c.execute(select(t)).all() for t in database.metadata.sorted_tables])
        ).casefold()
        said = ("benhaddou", "salim", "حدو", "20123456", "x1234567", "oliviers", "00417", "vol", "photograph")
        assert [word for word in said if word in left] == []

    def test_tells_only_those_who_could_see_it(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, diffusion("ES", handling={"hidden_from": ["FR"]}))
        store.write(lambda c: deleted(c, bundle, TUNIS, receipt))
        news = store.read(
            lambda c: c.execute(select(database.outbox).where(database.outbox.c.kind == "deleted")).one()
        )
        audience = orjson.loads(news.audience)
        assert [r.bureau for r in (TUNIS, MADRID, PARIS, LYON) if could_see(r, **audience)] == [
            "TN",
            "ES",
            "IPSG",
        ]


class TestReviewing:
    def test_publishing_shows_in_status_and_etag(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, notice())
        public = store.write(lambda c: published(c, bundle, LYON, receipt))
        stored = see(store, public, MADRID)
        assert stored is not None
        assert (public.status, public.version) == ("published", 1)
        assert stored.envelope["published_at"] is not None
        assert stored.etag == public.etag != receipt.etag

    def test_a_returned_notice_is_for_its_owner_with_the_reason(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        receipt = store.write(lambda c: sent_back(c, bundle, LYON, first))
        stored = see(store, receipt, TUNIS)
        assert stored is not None
        assert (stored.envelope["status"], stored.envelope["returned_reason"]) == (
            "returned",
            "No photograph.",
        )
        assert see(store, receipt, MADRID) is None

    def test_a_return_has_a_reason(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, notice())
        with pytest.raises(Problem, match="why"):
            store.write(lambda c: submission.send_back(c, LYON, receipt.reference, receipt.etag, "  "))

    @pytest.mark.parametrize("step", [published, sent_back])
    def test_only_what_awaits_it(self, store: Store, bundle: Bundle, step: Step) -> None:
        for message in (notice(), diffusion()):
            receipt = send(store, bundle, message)
            if receipt.status == "processing":
                receipt = store.write(lambda c, r=receipt: published(c, bundle, LYON, r))  # type: ignore[misc]
            assert refusal(store, bundle, step, LYON, receipt) == (409, "not_reviewable")

    @pytest.mark.parametrize("step", [published, sent_back])
    @pytest.mark.parametrize(
        "reader", [TUNIS, MADRID, Reader("IPSG", "token:screen", secretariat=True, may_write=False)]
    )
    def test_only_the_secretariat(self, store: Store, bundle: Bundle, step: Step, reader: Reader) -> None:
        receipt = send(store, bundle, notice())
        assert refusal(store, bundle, step, reader, receipt) == (403, "scope")


@pytest.mark.parametrize("step", [amended, deleted])
class TestWhoMayChange:
    def test_not_another_bureau(self, store: Store, bundle: Bundle, step: Step) -> None:
        receipt = send(store, bundle, notice())
        assert refusal(store, bundle, step, MADRID, receipt) == (403, "not_yours")
        assert refusal(store, bundle, step, LYON, receipt) == (403, "not_yours")

    def test_not_a_reading_system(self, store: Store, bundle: Bundle, step: Step) -> None:
        receipt = send(store, bundle, notice())
        reader = Reader("TN", "token:archive", may_write=False)
        assert refusal(store, bundle, step, reader, receipt) == (403, "scope")

    def test_not_over_a_colleague(self, store: Store, bundle: Bundle, step: Step) -> None:
        receipt = send(store, bundle, notice())
        store.write(lambda c: amended(c, bundle, TUNIS, receipt))
        assert refusal(store, bundle, step, TUNIS, receipt) == (412, "stale")

    def test_not_over_a_review(self, store: Store, bundle: Bundle, step: Step) -> None:
        receipt = send(store, bundle, notice())
        store.write(lambda c: published(c, bundle, LYON, receipt))
        assert refusal(store, bundle, step, TUNIS, receipt) == (412, "stale")

    def test_not_without_an_etag(self, store: Store, bundle: Bundle, step: Step) -> None:
        receipt = send(store, bundle, notice())
        blind = Receipt(receipt.reference, 1, receipt.status, "", receipt.message_id)
        assert refusal(store, bundle, step, TUNIS, blind) == (428, "precondition_required")


@pytest.mark.parametrize("step", [amended, deleted, published, sent_back])
def test_hidden_and_missing_look_the_same(store: Store, bundle: Bundle, step: Step) -> None:
    hidden = send(store, bundle, notice(handling={"hidden_from": ["fr"]}))
    missing = Receipt("2026-ZZZZZZZZ", 1, "processing", hidden.etag, "")
    assert refusal(store, bundle, step, PARIS, hidden) == (404, "not_found")
    assert refusal(store, bundle, step, PARIS, missing) == (404, "not_found")
    store.write(lambda c: deleted(c, bundle, TUNIS, hidden))
    assert refusal(store, bundle, step, TUNIS, hidden) == (404, "not_found")


def test_every_step_leaves_an_audit_entry_and_news(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    returned = store.write(lambda c: sent_back(c, bundle, LYON, receipt))
    newer = store.write(lambda c: amended(c, bundle, TUNIS, returned))
    public = store.write(lambda c: published(c, bundle, LYON, newer))
    store.write(lambda c: deleted(c, bundle, TUNIS, public))
    entries = store.read(
        lambda c: c.execute(
            select(database.audit)
            .where(database.audit.c.reference.is_not(None))
            .order_by(database.audit.c.id)
        ).all()
    )
    assert [(e.action, e.bureau, e.actor, e.purpose) for e in entries] == [
        ("record", "TN", "user:amal", "criminal investigation"),
        ("return", "IPSG", "user:jean", "review"),
        ("amend", "TN", "user:amal", "criminal investigation"),
        ("publish", "IPSG", "user:jean", "review"),
        ("delete", "TN", "user:amal", "criminal investigation"),
    ]
    news = store.read(lambda c: c.execute(select(database.outbox).order_by(database.outbox.c.id)).all())
    assert [n.kind for n in news] == ["recorded", "returned", "amended", "published", "deleted"]
    assert {n.reference for n in news} == {receipt.reference}


def test_what_fails_leaves_nothing(store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("the last step fails")

    before = store.read(counts)
    monkeypatch.setattr(submission, "announce", full)
    with pytest.raises(RuntimeError):
        send(store, bundle, notice(), key="k1")
    assert store.read(counts) == before


def at_once(store: Store, *works: Any) -> list[Any]:
    """The outcomes of several writes that come at the same moment."""

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(store.awrite(work) for work in works), return_exceptions=True)

    return event_loop.run(all_of_them())


class TestAtTheSameMoment:
    def test_the_same_key_stores_one_message(self, store: Store, bundle: Bundle) -> None:
        work = [lambda c: submission.record(c, bundle, TUNIS, notice(), key="k1")] * 8
        receipts = at_once(store, *work)
        assert len({receipt.reference for receipt in receipts}) == 1
        assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 7
        assert store.read(counts)["message"] == 1

    def test_one_of_many_amendments_wins(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, notice())
        outcomes = at_once(store, *[lambda c: amended(c, bundle, TUNIS, receipt)] * 8)
        won = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
        assert [receipt.version for receipt in won] == [2]
        assert {o.code for o in outcomes if isinstance(o, Problem)} == {"stale"}
        assert len(outcomes) == 8

    def test_an_amendment_and_a_deletion_do_not_mix(self, store: Store, bundle: Bundle) -> None:
        receipt = send(store, bundle, notice())
        steps = [lambda c: amended(c, bundle, TUNIS, receipt), lambda c: deleted(c, bundle, TUNIS, receipt)]
        outcomes = at_once(store, *steps)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
        assert [problem.code for problem in refused] in (["stale"], ["not_found"])

    def test_sharing_and_forgetting_a_thread_harms_nobody(self, store: Store, bundle: Bundle) -> None:
        works: list[Any] = [
            partial(deleted, bundle=bundle, reader=TUNIS, receipt=send(store, bundle, notice()))
            for _ in range(6)
        ]
        works += [lambda c: submission.record(c, bundle, TUNIS, notice())] * 6
        outcomes = at_once(store, *works)
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert store.read(counts)["message"] == 6

    def test_news_is_numbered_in_the_order_of_the_commits(self, store: Store, bundle: Bundle) -> None:
        with ThreadPoolExecutor() as other, store.engine.connect() as slow, slow.begin():
            first = submission.record(slow, bundle, TUNIS, notice())
            waiting = other.submit(send, store, bundle, diffusion())
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
            slow.commit()
            second = waiting.result()
        table = database.outbox
        news = store.read(lambda c: c.scalars(select(table.c.reference).order_by(table.c.id)).all())
        assert news == [first.reference, second.reference]
