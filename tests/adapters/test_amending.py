"""An amendment by a national record says its own fields anew, and leaves all else of a message alone."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime.adapters.amending import leave_alone
from ilink_runtime.adapters.places import filled, places_of, value_at

PLACES = {
    "/name": "NAME",
    "/person/born": "BORN",
    "/papers/[kind=passport]/number": "PASS",
    "/papers/[kind=visa]/number": "VISA",
    "/warrants": "warrants",
    "/warrants/*/number": "warrants/*/no",
    "/warrants/*/courts": "warrants/*/courts",
    "/warrants/*/courts/*/place": "warrants/*/courts/*/town",
    "/purpose": "",
}
SHAPE = filled(PLACES)


def amended(before: dict[str, Any], now: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    message = copy.deepcopy(now)
    homeless = leave_alone(message, copy.deepcopy(before), SHAPE)
    return message, homeless


def test_what_no_record_says_stays() -> None:
    before = {"name": "A", "handling": {"hidden_from": ["ES"]}, "person": {"born": "1980", "died": "2020"}}
    message, homeless = amended(before, {"name": "B", "person": {}})
    assert message == {"name": "B", "handling": {"hidden_from": ["ES"]}, "person": {"died": "2020"}}
    assert homeless == []


def test_what_the_record_no_longer_says_is_gone() -> None:
    assert amended({"name": "A", "person": {"born": "1980"}}, {"name": "A"}) == ({"name": "A"}, [])


def test_objects_that_no_rule_chooses_stay_beside_the_chosen_ones() -> None:
    before = {
        "papers": [
            {"kind": "passport", "number": "1", "remark": "torn"},
            {"kind": "visa", "number": "2", "remark": "old"},
            {"kind": "permit", "number": "3"},
        ]
    }
    message, homeless = amended(before, {"papers": [{"kind": "passport", "number": "9"}]})
    assert message["papers"] == [
        {"kind": "passport", "number": "9", "remark": "torn"},
        {"kind": "permit", "number": "3"},
    ]
    assert homeless == ["/papers/1/remark"]


def test_in_a_list_of_another_length_nobody_knows_which_is_which() -> None:
    before = {"warrants": [{"number": "1", "remark": "a"}, {"number": "2"}]}
    same, none = amended(before, {"warrants": [{"number": "3"}, {"number": "2"}]})
    assert same["warrants"][0] == {"number": "3", "remark": "a"}
    assert none == []
    message, homeless = amended(before, {"warrants": [{"number": "1"}]})
    assert message == {"warrants": [{"number": "1"}]}
    assert homeless == ["/warrants/0/remark"]


VALUES: Any = st.recursive(
    st.text("ab", max_size=2) | st.integers(0, 3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "person", "papers", "kind", "number", "warrants", "born", "x"]), inner
        )
    ),
    max_leaves=6,
)
MESSAGES = st.dictionaries(st.sampled_from(["name", "person", "papers", "warrants", "x", "purpose"]), VALUES)


@given(before=MESSAGES, now=MESSAGES)
def test_the_record_wins_and_nothing_else_is_lost(before: dict[str, Any], now: dict[str, Any]) -> None:
    message, _homeless = amended(before, now)
    assert message.get("name") == now.get("name")
    assert message.get("purpose") == now.get("purpose")
    assert message.get("x") == now.get("x", before.get("x"))


@given(message=MESSAGES)
def test_the_same_again_changes_nothing_beside_the_record(message: dict[str, Any]) -> None:
    assert amended(message, message) == (message, [])


def test_a_place_has_the_numbers_of_its_objects() -> None:
    message = {"warrants": [{"courts": []}, {"courts": [{"place": "A"}, {"place": "B"}]}]}
    record = {"warrants": [{}, {"courts": [{"town": "A"}, {"town": "B"}]}]}
    assert places_of(PLACES, message, record, "/warrants/1/courts/1/place") == ["warrants/1/courts/1/town"]
    assert places_of(PLACES, message, {"warrants": [{}]}, "/warrants/1/number") == ["warrants/*/no"]


def test_a_place_is_that_of_the_chosen_object() -> None:
    message = {"papers": [{"kind": "visa"}, {"kind": "passport"}]}
    assert places_of(PLACES, message, {}, "/papers/1/number") == ["PASS"]
    assert places_of(PLACES, message, {}, "/papers/0/number") == ["VISA"]


def test_a_fault_inside_what_a_place_fills_has_that_place() -> None:
    assert places_of(PLACES, {"name": {"text": ""}}, {}, "/name/text") == ["NAME"]


def test_a_missing_object_could_come_from_all_that_it_would_hold() -> None:
    assert places_of(PLACES, {}, {}, "/person") == ["BORN"]
    assert places_of(PLACES, {}, {}, "/purpose") == []
    assert places_of(PLACES, {}, {}, "/unknown") == []


@given(message=MESSAGES, record=MESSAGES, pointer=st.text("/abnume01*[]=", max_size=20))
def test_any_pointer_of_any_message_is_answered(
    message: dict[str, Any], record: dict[str, Any], pointer: str
) -> None:
    assert isinstance(places_of(PLACES, message, record, pointer), list)
    assert value_at(record, pointer.split("/")) is None or pointer
