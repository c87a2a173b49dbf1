"""Mutated and hostile national files: an answer in the sender's terms, never a traceback."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_runtime import bundle
from ilink_runtime.adapters.formats import Unreadable
from ilink_runtime.levels import Levels
from tests.adapters.bundled import NAMES, entries, examples, format_of, module, written

MANY = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=10_000 if os.environ.get("ILINK_TORTURE") == "1" else 60,
)
LEVELS = Levels(bundle.read())
_BYTES = st.sampled_from(
    [b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"<", b"&", b"{", b"]", b"\n", b";", b"/", b"9" * 400]
)
_JUNK: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
BOMBS = {
    "json": [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":1e999}',
        b'{"a":1,"a":2}',
        b'"alone"',
        b"",
        b"\xef\xbb\xbf{}",
    ],
    "xml": [
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b"<a>" * 5_000,
        b"<a",
        b"",
        b"<a>&undefined;</a>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
    "csv": [b"", b"\n\n", b'"', b"a;a\n1;2", b"\xff\xfe", b"a;b\n" + b"x" * 300_000, b'a;b\n"1;2'],
    "fixed": [b"", b"\n", b"<" * 44, b"\xff" * 44 + b"\n", b"A" * 100_000, b"<\n" * 50],
    "keyed": [b"", b"....", b"////", b"NAM/" * 10_000, b"\xff/\xff"],
}


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_a_mutated_file_is_answered(name: str, data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(examples(name))).national
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole)))
        cut = data.draw(st.integers(0, 6))
        whole = whole[:place] + data.draw(st.one_of(_BYTES, st.binary(max_size=3))) + whole[place + cut :]
    _answered(name, whole)


@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_is_answered(name: str) -> None:
    for bomb in BOMBS[format_of(name).type]:
        _answered(name, bomb)


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_any_value_at_any_place_is_answered(name: str, data: st.DataObject) -> None:
    (entry,) = entries(name, data.draw(st.sampled_from(examples(name))).national)
    assert entry.tree is not None
    junk = _JUNK if format_of(name).type in ("json", "xml") else st.text(max_size=8)
    tree = _with_junk(entry.tree, data, junk)
    _carried(name, tree)


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(leftovers=_JUNK, data=st.data())
def test_leftovers_from_outside_are_answered(name: str, leftovers: Any, data: st.DataObject) -> None:
    message = data.draw(st.sampled_from(examples(name))).expected["message"]
    theirs = {"unread": leftovers, "originals": leftovers, "whole": leftovers}
    module(name).to_national(message, theirs)


def _answered(name: str, whole: bytes) -> None:
    try:
        found = entries(name, whole)
    except Unreadable:
        return
    for entry in found:
        if entry.tree is None:
            assert entry.trouble is not None
        else:
            _carried(name, entry.tree)


def _carried(name: str, tree: dict[str, Any]) -> None:
    there = module(name).to_standard(tree)
    LEVELS.faults(there.tree["message_type"], there.tree, "record")
    back = module(name).to_national(there.tree, there.leftovers)
    with contextlib.suppress(Unreadable):
        written(name, [back.tree])


def _with_junk(tree: Any, data: st.DataObject, kinds: st.SearchStrategy[Any]) -> Any:
    """A tree with something else at one of its places."""
    if isinstance(tree, dict) and tree and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(tree)))
        return {**tree, key: _with_junk(tree[key], data, kinds)}
    if isinstance(tree, list) and tree and data.draw(st.integers(0, 3)):
        return [_with_junk(tree[0], data, kinds), *tree[1:]]
    junk = data.draw(kinds)
    return junk if not isinstance(tree, dict) or isinstance(junk, dict) else {**tree, "more": junk}
