"""A condition asked in Python and its two forms in JSON Schema answer alike, whatever is absent."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from ilink_generators.json_schema.conditions import certain, possible
from ilink_runtime.conditions import (
    All,
    AnyOf,
    At,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Every,
    ExactlyOne,
    Is,
    IsA,
    Matches,
    Not,
    Present,
    Some,
    from_json,
    holds,
    to_json,
)
from tests.agreement.judges import IlinkValidator
from tests.agreement.test_agreement import few

WORDS = st.sampled_from(["a", "b", "ab", "a\n", ""])
NUMBERS = st.sampled_from([0, 1, 1.0, 2, -1])


def _maybe(value: st.SearchStrategy[Any], nothing: tuple[Any, ...] = (None,)) -> st.SearchStrategy[Any]:
    return value | st.sampled_from(nothing)


def _objects(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        "text": _maybe(WORDS),
        "number": _maybe(NUMBERS),
        "yes": _maybe(st.booleans()),
        "texts": _maybe(st.lists(WORDS, max_size=3), (None, [])),
    }
    if depth:
        inner = _objects(depth - 1)
        fields |= {"object": _maybe(inner), "objects": _maybe(st.lists(inner, max_size=3), (None, []))}
    return st.fixed_dictionaries({}, optional=fields)


@cache
def _of_object(depth: int) -> st.SearchStrategy[Condition]:
    texts: st.SearchStrategy[Condition] = st.sampled_from(
        [
            Is(("a",)),
            Is(("a", "b")),
            IsA("string"),
            IsA("integer"),
            Matches("^a"),
            Matches("^[ab]$"),
            Matches("^[^b]*$"),
        ]
    )
    numbers: st.SearchStrategy[Condition] = st.sampled_from(
        [Is((1,)), IsA("integer"), IsA("number"), IsA("boolean"), AtLeast(1), AtMost(1), AtLeast(0.5)]
    )
    many: list[st.SearchStrategy[Condition]] = [
        st.builds(At, st.just("text"), _mixed(texts)),
        st.builds(At, st.just("number"), _mixed(numbers)),
        st.builds(At, st.just("yes"), _mixed(st.builds(Is, st.booleans().map(lambda yes: (yes,))))),
        st.builds(At, st.just("texts"), _mixed(_of_list(texts))),
    ]
    if depth:
        inner = _of_object(depth - 1)
        many += [
            st.builds(At, st.just("object"), _mixed(inner)),
            st.builds(At, st.just("objects"), _mixed(_of_list(inner))),
        ]
    return _mixed(st.one_of(many))


def _of_list(member: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    counts = st.sampled_from([Count(1, 1), Count(2, None), Count(None, 2), Count(0, 0)])
    return st.builds(Some, member) | st.builds(Every, member) | counts


def _mixed(one: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """The condition, its presence, and what `any_of`, `none_of` and the rest make of it."""
    plain = one | st.just(Present())
    parts = st.lists(plain | st.builds(Not, plain), min_size=1, max_size=3).map(tuple)
    return (
        plain
        | st.builds(Not, plain)
        | st.one_of([st.builds(join, parts) for join in (All, AnyOf, ExactlyOne)])
    )


@few
@given(st.data())
def test_three_answers(data: st.DataObject) -> None:
    condition = data.draw(_of_object(2))
    assert from_json(to_json(condition)) == condition
    schemas = (certain(condition), possible(condition))
    fast = [jsonschema_rs.Draft202012Validator(schema) for schema in schemas]
    slow = [IlinkValidator(schema) for schema in schemas]
    for message in data.draw(st.lists(_objects(2), min_size=1, max_size=10)):
        answer = holds(condition, message)
        expected = [answer is True, answer is not False]
        assert [schema.is_valid(message) for schema in fast] == expected, (condition, message)
        assert [schema.is_valid(message) for schema in slow] == expected, (condition, message)
