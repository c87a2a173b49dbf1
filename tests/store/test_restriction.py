"""Restricted parts: taken out of all that others read, without a trace; kept in what is stored."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ilink_runtime import database, history, projection, restriction, submission, threads, upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.history import Difference
from ilink_runtime.messages import Receipt
from ilink_runtime.search import Query, find
from ilink_runtime.writer import Store
from tests.small_bundle import small_bundle
from tests.store.desk import LYON, MADRID, NOTICE, PARIS, TUNIS, notice, see, send

PHONE = "/subject/phone_numbers/0"


def restricted(pointer: str = PHONE, *, to: list[str] | None = None, **changes: Any) -> dict[str, Any]:
    """A notice with a part for some bureaus only; nobody is named: only the owner."""
    return notice(
        **{"handling": {"field_restrictions": [{"pointer": pointer, "restricted_to": to or ["ES"]}]}}
        | changes
    )


def amend(store: Store, bundle: Bundle, receipt: Receipt, message: dict[str, Any]) -> Receipt:
    return store.write(lambda c: submission.amend(c, bundle, TUNIS, receipt.reference, message, receipt.etag))


def seen(store: Store, receipt: Receipt, reader: Any) -> dict[str, Any]:
    stored = see(store, receipt, reader)
    assert stored is not None
    return stored.message


def test_who_may_not_see_a_part_sees_the_message_without_it(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, restricted())
    without = deepcopy(NOTICE)
    del without["subject"]["phone_numbers"][0]
    del without["handling"]
    assert seen(store, receipt, PARIS) == without
    for reader in (TUNIS, LYON, replace(TUNIS, entity="TN/garde")):
        assert seen(store, receipt, reader) == restricted()
    assert seen(store, receipt, MADRID) == restricted()


def test_of_the_handling_others_learn_only_what_concerns_them(store: Store, bundle: Bundle) -> None:
    handling = {
        "restricted_to": ["ES", "FR"],
        "hidden_from": ["DE"],
        "hidden_from_entities": ["FR/douane"],
        "field_restrictions": [
            {"pointer": "/subject/phone_numbers/0", "hidden_from": ["ES"]},
            {"pointer": "/subject/phone_numbers/1/number", "restricted_to": ["ES"], "hidden_from": ["FR"]},
            {"pointer": "/subject/addresses", "restricted_to": ["FR"]},
        ],
    }
    receipt = send(store, bundle, notice(handling=handling))
    madrid, paris = seen(store, receipt, MADRID), seen(store, receipt, PARIS)
    # The list closed up, and with it the pointer.
    moved = {"pointer": "/subject/phone_numbers/0/number", "restricted_to": ["ES"]}
    assert madrid["handling"] == {"restricted_to": ["ES", "FR"], "field_restrictions": [moved]}
    assert madrid["subject"]["phone_numbers"] == [{"number": "+33612345678"}]
    assert "addresses" not in madrid["subject"]
    assert paris["handling"]["field_restrictions"] == [
        {"pointer": "/subject/addresses", "restricted_to": ["FR"]}
    ]
    assert paris["subject"]["phone_numbers"] == [{"number": "+21620123456"}]


def test_the_entity_tag_tells_nothing_of_what_is_hidden(store: Store, bundle: Bundle) -> None:
    tags = set()
    for number in ("+21620123456", "+21698765432"):
        subject = NOTICE["subject"] | {"phone_numbers": [{"number": number}]}
        receipt = send(store, bundle, restricted(subject=subject))
        stored, own = see(store, receipt, PARIS), see(store, receipt, TUNIS)
        assert stored is not None
        assert own is not None
        assert own.etag == receipt.etag != stored.etag
        tags.add(stored.etag)
    assert len(tags) == 1


def test_a_restricted_part_connects_nothing_and_is_not_found(store: Store, bundle: Bundle) -> None:
    one = send(store, bundle, restricted())
    send(store, bundle, notice())
    for reader in (TUNIS, MADRID, PARIS, LYON):
        found = store.read(lambda c, r=reader: threads.of(c, bundle, r, one.message_id))  # type: ignore[misc]
        assert {thread.canonical for thread in found} == {"+33612345678", "X1234567"}
        assert {path for thread in found for path in thread.paths} == {
            "/subject/phone_numbers/0/number",  # the second, for those who do not see the first
            "/subject/identity_documents/0/number",
        }
        hits = store.read(lambda c, r=reader: find(c, bundle, r, Query("+21620123456")))  # type: ignore[misc]
        assert one.reference not in [hit.reference for hit in hits.hits]
    rows = projection.tables(bundle)["phone_contact"]
    kept = select(rows.c.number).where(rows.c.message_id == one.message_id)
    assert store.read(lambda c: set(c.scalars(kept))) == {"+21620123456", "+33612345678"}


def test_a_restricted_name_is_no_part_of_the_headline(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, restricted("/subject/family_name"))
    stored = see(store, receipt, PARIS)
    assert stored is not None
    assert stored.envelope["headline"] == "Salim · بن حدو"


class TestHistory:
    def test_shows_no_version_of_a_hidden_part(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        other = {"phone_numbers": [{"number": "+21698765432"}, NOTICE["subject"]["phone_numbers"][1]]}
        second = amend(store, bundle, first, restricted(subject=NOTICE["subject"] | other))
        amend(store, bundle, second, notice(urgency="urgent"))
        told = store.read(lambda c: history.revisions(c, bundle, PARIS, first.reference))
        said = orjson.dumps([[repr(d) for d in revision.differences] for revision in told]).decode()
        assert "+21620123456" in said  # the last version tells it to everybody
        assert "+21698765432" not in said

    def test_hides_what_was_restricted_since(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, notice())
        amend(store, bundle, first, restricted())
        (second, _) = store.read(lambda c: history.revisions(c, bundle, PARIS, first.reference))
        numbers = [d for d in second.differences if "phone" in d.path]
        assert numbers == [Difference("/subject/phone_numbers/0/number", None, "+33612345678")]
        (own, _) = store.read(lambda c: history.revisions(c, bundle, TUNIS, first.reference))
        assert [d.path for d in own.differences if "phone" in d.path] == []

    def test_compares_what_both_versions_let_be_seen(self, store: Store, bundle: Bundle) -> None:
        first = send(store, bundle, restricted())
        amend(store, bundle, first, restricted(urgency="urgent"))
        (second, _) = store.read(lambda c: history.revisions(c, bundle, PARIS, first.reference))
        assert second.differences == [Difference("/urgency", None, "urgent")]


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        ("/subject/phone_numbers/0", None),
        ("/subject/phone_numbers", None),
        ("/subject/nationalities/1", None),
        ("/facts_summary", None),
        ("/subject/phone_numbers/2", "leads_nowhere"),
        ("/subject/phone_numbers/00", "leads_nowhere"),
        ("/subject/phone_numbers/0/number/0", "leads_nowhere"),
        ("/subject/no_such_field", "leads_nowhere"),
        ("/message_type", "cannot_be_restricted"),
        ("/handling", "cannot_be_restricted"),
        ("/handling/field_restrictions/0/pointer", "cannot_be_restricted"),
        ("/national_reference", "cannot_be_restricted"),
        ("/recipients/0", "cannot_be_restricted"),
    ],
)
def test_a_restriction_that_protects_nothing_is_a_fault(pointer: str, code: str | None) -> None:
    bundle = small_bundle()
    bundle.standard["classes"]["RedNotice"]["designator"] = "message_type"
    found = list(restriction.faults(bundle, "RedNotice", restricted(pointer)))
    expected = [] if code is None else [(code, "/handling/field_restrictions/0/pointer", "record")]
    assert [(fault.code, fault.path, fault.level) for fault in found] == expected


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a/~0", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a/~0", max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json, json)
def test_anything_that_stands_as_restrictions_is_survived(said: Any, message: Any) -> None:
    body = {"handling": {"field_restrictions": said}, "subject": message}
    restriction.redacted(body, PARIS, "TN")
    restriction.open_part(body)
    list(restriction.faults(small_bundle(), "RedNotice", body))


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.dictionaries(st.text("a/~0", max_size=2), json, max_size=3), st.data())
def test_what_is_taken_out_is_gone_and_the_rest_stays(message: dict[str, Any], data: st.DataObject) -> None:
    """Every place that is left stands where it is said to stand, with what it was, less what is hidden."""
    _, places = restriction.without(message, ())
    hidden = data.draw(st.sets(st.sampled_from(sorted(places.keys() - {""}) or ["/none"]), max_size=3))
    left, moved = restriction.without(message, hidden)
    assert not any(place == one or place.startswith(f"{one}/") for place in moved for one in hidden)
    _, now = restriction.without(left, ())
    assert set(moved.values()) | {""} == set(now) | {""}
    again, unmoved = restriction.without(message, ())
    assert again == message
    assert all(place == there for place, there in unmoved.items())


@given(st.lists(st.sampled_from(["+1", "+2", "+3"]), min_size=1, max_size=3), st.sampled_from(["x", "y"]))
def test_two_messages_that_differ_in_a_hidden_part_look_the_same(numbers: list[str], other: str) -> None:
    entry = {"pointer": "/subject/phone_numbers/0", "restricted_to": ["ES"]}
    one, two = (
        {
            "subject": {"phone_numbers": [{"number": hidden}, *({"number": number} for number in numbers)]},
            "handling": {"field_restrictions": [entry]},
        }
        for hidden in ("secret", other)
    )
    nothing = {"subject": {"phone_numbers": [{"number": number} for number in numbers]}}
    assert restriction.redacted(one, PARIS, "TN") == restriction.redacted(two, PARIS, "TN") == nothing


def test_rows_of_the_database_are_made_anew_alike(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, restricted("/subject/family_name"))

    def written() -> list[Any]:
        return store.read(
            lambda c: [
                sorted(str(c.scalar(select(database.search_text.c.folded))).split(" ")),
                c.execute(select(database.occurrence.c.path).order_by("path")).all(),
                c.execute(select(database.message.c.headline)).all(),
            ]
        )

    before = written()
    upgrade.project_anew(store.engine, bundle)
    assert written() == before
    assert "benhaddou" not in str(before)
    assert seen(store, receipt, PARIS)["subject"].get("family_name") is None
