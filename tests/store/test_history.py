"""The history says what each version changed, to those who see the message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime import history, submission
from ilink_runtime.bundle import Bundle
from ilink_runtime.history import Difference
from ilink_runtime.messages import Receipt
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests.small_bundle import small_bundle
from tests.store.desk import LYON, MADRID, NOTICE, PARIS, TUNIS, notice, send


def amend(store: Store, bundle: Bundle, receipt: Receipt, message: dict[str, Any]) -> Receipt:
    return store.write(lambda c: submission.amend(c, bundle, TUNIS, receipt.reference, message, receipt.etag))


def told(bundle: Bundle, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    place = bundle.classes["RedNotice"]
    return [(d.path, d.before, d.after) for d in history.differences(bundle, place, before, after)]


def person(**changes: Any) -> dict[str, Any]:
    return notice(subject=NOTICE["subject"] | changes)


def test_versions_come_newest_first_with_what_they_changed(store: Store, bundle: Bundle) -> None:
    first = send(store, bundle, notice())
    second = amend(store, bundle, first, person(forename="Selim", sex=None))
    amend(store, bundle, second, person(forename="Selim", sex=None))
    found = store.read(lambda c: history.revisions(c, bundle, TUNIS, first.reference))
    assert [(revision.version, revision.bureau, revision.actor) for revision in found] == [
        (3, "TN", "user:amal"),
        (2, "TN", "user:amal"),
        (1, "TN", "user:amal"),
    ]
    assert [revision.differences for revision in found] == [
        [],
        [Difference("/subject/forename", "Salim", "Selim"), Difference("/subject/sex", "M", None)],
        [],
    ]
    assert found[0].at >= found[1].at >= found[2].at


def test_another_bureau_does_not_learn_which_officer_wrote(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    for reader, actor in ((TUNIS, "user:amal"), (LYON, "user:amal"), (MADRID, "")):
        (revision,) = store.read(lambda c, r=reader: history.revisions(c, bundle, r, receipt.reference))  # type: ignore[misc]
        assert revision.actor == actor


def test_a_hidden_message_has_no_history(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice(handling={"hidden_from": ["FR"]}))
    for reference in (receipt.reference, "2026-ZZZZZZZZ"):
        with pytest.raises(Problem) as caught:
            store.read(lambda c, r=reference: history.revisions(c, bundle, PARIS, r))  # type: ignore[misc]
        assert (caught.value.status, caught.value.code) == (404, "not_found")


def test_differences_come_in_the_order_of_the_model(bundle: Bundle) -> None:
    after = notice(purpose="find", subject={"sex": "F", "family_name": "Benali"})
    assert [path for path, *_ in told(bundle, notice(), after)][:4] == [
        "/purpose",
        "/subject/family_name",
        "/subject/forename",
        "/subject/family_name_original",
    ]


def test_what_was_added_or_removed_is_told_value_by_value(bundle: Bundle) -> None:
    added = person(addresses=[*NOTICE["subject"]["addresses"], {"city": "Tunis", "country": "TN"}])
    assert told(bundle, notice(), added) == [
        ("/subject/addresses/1/city", None, "Tunis"),
        ("/subject/addresses/1/country", None, "TN"),
    ]
    assert told(bundle, added, notice()) == [
        ("/subject/addresses/1/city", "Tunis", None),
        ("/subject/addresses/1/country", "TN", None),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_member_put_in_anywhere_is_the_only_difference(bundle: Bundle, place: int) -> None:
    phones = list(NOTICE["subject"]["phone_numbers"])
    phones.insert(place, {"number": "+34600000000"})
    path = f"/subject/phone_numbers/{place}/number"
    assert told(bundle, notice(), person(phone_numbers=phones)) == [(path, None, "+34600000000")]
    assert told(bundle, person(phone_numbers=phones), notice()) == [(path, "+34600000000", None)]


def test_null_empty_and_absent_are_the_same(bundle: Bundle) -> None:
    assert (
        told(
            bundle,
            notice(),
            notice() | {"in_reply_to": None, "handling": NOTICE["handling"] | {"hidden_from": []}},
        )
        == []
    )


def test_what_the_standard_does_not_know_is_told_too(bundle: Bundle) -> None:
    assert told(bundle, notice(zebra="a", ant=[1]), notice(zebra={"stripes": 3})) == [
        ("/ant/0", 1, None),
        ("/zebra", "a", None),
        ("/zebra/stripes", None, 3),
    ]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(json, json)
def test_any_two_values_can_be_compared(before: Any, after: Any) -> None:
    bundle = small_bundle()
    found = list(history.differences(bundle, None, before, after))
    assert all(not isinstance(side, dict | list) for d in found for side in (d.before, d.after))
    assert list(history.differences(bundle, None, before, before)) == []
