"""Leftovers: they stay with the sender, but for the places that an adapter keeps with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime import bundle
from ilink_runtime.adapters.leftovers import carried, divided, together
from ilink_runtime.adapters.notes import Notes
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.adapters.streaming import outgoing
from ilink_runtime.adapters.trees import Carries
from ilink_runtime.adapters.wrapping import unwrapped, wrapped
from tests.adapters.bundled import entries, examples, module

MISP = "misp-interpol-notice"

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab[]/", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_what_is_kept_centrally_goes_and_comes_back() -> None:
    left = {
        "unread": {"A": "1", "N": {"x": "2", "y": "3"}},
        "originals": {"N/x/0": [None, "z"], "B": ["1", "2"]},
    }
    kept, returned = divided(left, {"N/x": "the owner's other system asks for it"})
    assert kept == {"unread": {"N": {"x": "2"}}, "originals": {"N/x/0": [None, "z"]}}
    assert returned == {"unread": {"A": "1", "N": {"y": "3"}}, "originals": {"B": ["1", "2"]}}
    assert together(kept, returned) == left


@pytest.mark.parametrize("part", ["unread", "originals", "whole"])
@given(theirs=JSON, target=st.dictionaries(st.text("ab", max_size=2), JSON, max_size=3))
def test_leftovers_from_outside_may_be_anything(part: str, theirs: Any, target: dict[str, Any]) -> None:
    carried({}, Carries({}, lambda tree: not tree), target, Notes(), {part: theirs}, lambda tree, notes: {})


def test_what_goes_out_keeps_whose_it_is() -> None:
    message = {"handling": {"confidentiality": "restricted", "conditions_of_use": ["a", "b"]}}
    record = wrapped(
        {"NOM": "X"}, message, {"owner": "ZZ", "status": "published", "expires_at": "2031-01-01"}
    )
    assert record["ILINK_OWNER"] == "ZZ"
    assert record["ILINK_CONDITIONS_OF_USE"] == "a b"
    assert unwrapped(record) == {"NOM": "X"}


@pytest.mark.parametrize("colour", ["Blue", "red", "", None])
def test_a_notice_of_another_colour_is_no_red_one(colour: str | None) -> None:
    (entry,) = entries(MISP, examples(MISP)[0].national)
    assert entry.tree is not None
    assert not module(MISP).to_standard(entry.tree).troubles
    entry.tree["Attribute"]["notice-color"]["value"] = colour
    (trouble,) = module(MISP).to_standard(entry.tree).troubles
    assert trouble == ("another_kind", "Attribute/notice-color/value", colour)
    del entry.tree["Attribute"]["notice-color"]
    (trouble,) = module(MISP).to_standard(entry.tree).troubles
    assert (trouble.code, trouble.value) == ("another_kind", None)


def test_a_message_of_another_type_is_not_written() -> None:
    adapters = Adapters(bundle.DEFAULT, bundle.read().standard)
    adapters.look()
    message = examples(MISP)[0].expected["message"]
    assert not outgoing(adapters.standing[MISP], message).troubles
    refused = outgoing(adapters.standing[MISP], message | {"message_type": "BlueNotice"})
    assert (refused.tree, [one.code for one in refused.troubles]) == ({}, ["another_type"])
