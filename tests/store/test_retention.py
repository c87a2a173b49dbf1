"""How long a message is kept, who may enter it, what ends by itself. Days are given, no clock is read."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from ilink_runtime import access, database, feed, retention, submission, sweep, upgrade
from ilink_runtime import bundle as bundles
from ilink_runtime.bundle import Bundle
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests.api.bureaus import diffusion, notice
from tests.store.desk import LYON, MADRID, PARIS, TUNIS, counts, see, send
from tests.store.test_effects import held, in_days, request

STANDARD = bundles.read()
TODAY = retention.today()
YEARS = timedelta(days=5 * 366)


def treated(message_type: str, **changes: str) -> Bundle:
    """The standard with another treatment of one message type."""
    standard = deepcopy(dict(STANDARD.standard))
    standard["messages"][message_type] |= changes
    return replace(STANDARD, standard=standard)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return STANDARD


@pytest.mark.parametrize(
    ("day", "duration", "last"),
    [
        ("2026-11-23", "P5Y", "2031-11-23"),
        ("2026-11-23", "P6M", "2027-05-23"),
        ("2024-02-29", "P5Y", "2029-02-28"),
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2026-12-31", "P2M", "2027-02-28"),
    ],
)
def test_a_duration_later(day: str, duration: str, last: str) -> None:
    assert retention.after(date.fromisoformat(day), duration) == date.fromisoformat(last)


@given(st.dates(date(1970, 1, 1), date(2900, 1, 1)), st.integers(1, 99), st.sampled_from("MY"))
def test_later_is_that_many_months_later(day: date, number: int, unit: str) -> None:
    later = retention.after(day, f"P{number}{unit}")
    months = (later.year - day.year) * 12 + later.month - day.month
    assert months == number * (12 if unit == "Y" else 1)
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


class TestTheLastDay:
    def test_is_that_of_the_type_unless_its_owner_says_an_earlier_one(
        self, store: Store, bundle: Bundle
    ) -> None:
        whole, short = (
            send(store, bundle, diffusion()),
            send(store, bundle, diffusion(review_date=in_days(9))),
        )
        assert held(store, whole).envelope["expires_at"] == retention.after(TODAY, "P5Y").isoformat()
        assert held(store, short).envelope["expires_at"] == in_days(9)

    @pytest.mark.parametrize(("day", "code"), [(-1, "too_early"), (366 * 5 + 2, "too_late")])
    def test_a_review_date_beyond_it_is_refused_with_the_day_that_would_do(
        self, store: Store, bundle: Bundle, day: int, code: str
    ) -> None:
        with pytest.raises(Problem) as caught:
            send(store, bundle, diffusion(review_date=in_days(day)))
        (fault,) = caught.value.faults
        assert (fault.code, fault.path, fault.level) == (code, "/review_date", "record")
        assert send(store, bundle, diffusion(review_date=fault.params["limit"])).version == 1

    def test_of_an_addendum_is_that_of_its_message(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        addendum = send(store, bundle, request("Addendum", target))
        assert held(store, addendum).envelope["expires_at"] is None

    def test_is_worked_out_anew_when_the_standard_changes(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        longer = treated("WantedPersonDiffusion", retention="P7Y")
        assert upgrade.check(store.engine, longer) == "outdated"
        upgrade.upgrade(store.engine, longer)
        assert held(store, target).envelope["expires_at"] == retention.after(TODAY, "P7Y").isoformat()

    def test_a_type_without_retention_is_kept(self, store: Store) -> None:
        kept = treated("WantedPersonDiffusion", retention="")
        target = send(store, kept, diffusion(review_date="2001-01-01"))
        assert held(store, target).envelope["expires_at"] is None
        assert list(sweep.sweep(store, TODAY + YEARS)) == []


class TestTheSweep:
    def test_deletes_what_ran_out_and_leaves_a_tombstone(self, store: Store, bundle: Bundle) -> None:
        before = store.read(counts)
        target = send(store, bundle, diffusion(review_date=in_days(9)), key="k")
        send(store, bundle, request("Addendum", target))
        assert list(sweep.sweep(store, TODAY + timedelta(days=9))) == []
        last = store.read(feed.last_news)
        (done,) = sweep.sweep(store, TODAY + timedelta(days=10))
        assert (done.reference, done.owner, done.end) == (target.reference, "TN", "expire")
        assert see(store, target, LYON) is None
        after = store.read(counts)
        kept = {"tombstone", "audit", "outbox"}
        assert {name: after[name] for name in after if name not in kept} == {
            name: before[name] for name in before if name not in kept
        }
        told = store.read(lambda c: feed.news_for(c, MADRID, last))[1]
        assert {one.kind for one in told} == {"removed"}
        audit = database.audit
        rows = store.read(lambda c: c.execute(select(audit).where(audit.c.action == "expire")).all())
        assert {(row.actor, row.bureau) for row in rows} == {(sweep.ACTOR, "TN")}

    def test_withdraws_what_was_suspended_too_long(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        send(store, bundle, request("SuspensionRequest", target, suspended_until=in_days(30)))
        assert list(sweep.sweep(store, TODAY + timedelta(days=30))) == []
        assert [one.end for one in sweep.sweep(store, TODAY + timedelta(days=31))] == ["lapse"]
        assert held(store, target).envelope["status"] == "withdrawn"
        assert list(sweep.sweep(store, TODAY + timedelta(days=31))) == []

    def test_an_extension_by_another_loses_nothing_that_is_hidden_from_him(self, store: Store) -> None:
        anybody = treated("ExtensionRequest", sender="any")
        parts = {"field_restrictions": [{"pointer": "/subject/forename", "restricted_to": ["ES"]}]}
        target = send(store, anybody, diffusion(handling=parts))
        send(store, anybody, request("ExtensionRequest", target), PARIS)
        stored = held(store, target)
        assert (stored.envelope["version"], stored.envelope["owner"]) == (2, "TN")
        assert stored.message["subject"] == diffusion()["subject"]
        assert "forename" not in held(store, target, PARIS).message["subject"]

    def test_passes_over_what_was_extended_meanwhile(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion(review_date=in_days(9)))
        sweeping = sweep.sweep(store, TODAY + timedelta(days=10))
        other = send(store, bundle, diffusion(review_date=in_days(8)))
        assert next(sweeping).reference == other.reference
        send(store, bundle, request("ExtensionRequest", target))
        assert list(sweeping) == []
        assert held(store, target).envelope["version"] == 2

    def test_the_owner_is_asked_before(self, store: Store, bundle: Bundle) -> None:
        far = send(store, bundle, diffusion(review_date=in_days(300)))
        soon = send(store, bundle, diffusion(review_date=in_days(30)))
        send(store, bundle, request("Addendum", far))
        until = retention.after(TODAY, retention.NOTICE)
        total, found = store.read(lambda c: sweep.endings(c, bundle, TUNIS, until))
        assert (total, [one.reference for one in found]) == (1, [soon.reference])
        assert store.read(lambda c: sweep.endings(c, bundle, TUNIS, TODAY + timedelta(days=300)))[0] == 2
        for reader in (MADRID, LYON):
            assert store.read(lambda c, r=reader: sweep.endings(c, bundle, r, until)) == (0, [])  # type: ignore[misc]

    def test_a_database_from_before_keeps_all(self, store: Store, bundle: Bundle) -> None:
        target = send(store, bundle, diffusion())
        store.write(lambda c: c.execute(update(database.message).values(expires_at=None)))
        assert store.read(lambda c: sweep.due(c, date(2999, 1, 1))) == []
        assert held(store, target).envelope["status"] == "sent"


class TestRouting:
    def test_a_record_stands_at_once(self, store: Store) -> None:
        record = treated("WantedPersonDiffusion", routing="record")
        receipt = send(store, record, diffusion())
        assert receipt.status == "recorded"
        assert see(store, receipt, MADRID) is not None

    def test_a_query_is_seen_by_who_asks_and_the_general_secretariat(self, store: Store) -> None:
        query = treated("WantedPersonDiffusion", routing="query")
        receipt = send(store, query, diffusion(recipients=["ES"]))
        assert receipt.status == "recorded"
        seen = [see(store, receipt, reader) is not None for reader in (TUNIS, LYON, MADRID, PARIS)]
        assert seen == [True, True, False, False]
        stored = held(store, receipt)
        assert not access.could_see(MADRID, "TN", stored.envelope["status"], stored.audience)


class TestWhoEntersIt:
    BUNDLE = treated("WantedPersonDiffusion", entered_by="subject.identity_documents.issuing_country")

    @staticmethod
    def issued(*countries: str | None) -> dict[str, Any]:
        documents = [
            {"document_type": "passport", "number": f"X{number}"} | ({"issuing_country": c} if c else {})
            for number, c in enumerate(countries)
        ]
        return diffusion(subject=diffusion()["subject"] | {"identity_documents": documents})

    def test_only_the_bureau_of_the_country_that_stands_there(self, store: Store) -> None:
        receipt = send(store, self.BUNDLE, self.issued("TN", "TN"))
        for message, reader, wrong in (
            (self.issued("TN", "FR"), TUNIS, ["1"]),
            (self.issued("FR", None), TUNIS, ["0", "1"]),
            (self.issued("TN"), LYON, ["0"]),
        ):
            with pytest.raises(Problem) as caught:
                send(store, self.BUNDLE, message, reader)
            places = [f"/subject/identity_documents/{number}/issuing_country" for number in wrong]
            assert [(fault.code, fault.path) for fault in caught.value.faults] == [
                ("not_issuer", place) for place in places
            ]
        with pytest.raises(Problem) as caught:
            store.write(
                lambda c: submission.amend(
                    c, self.BUNDLE, TUNIS, receipt.reference, self.issued("ES"), receipt.etag
                )
            )
        assert [fault.code for fault in caught.value.faults] == ["not_issuer"]

    def test_a_notice_is_entered_by_anybody(self, store: Store) -> None:
        assert send(store, self.BUNDLE, notice(), PARIS).status == "processing"
