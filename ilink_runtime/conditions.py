"""Conditions: one small language for rules, read by the compiler, the models, the server and the form.

A condition is asked of a JSON value and answers True, False or None (unknown), by the logic of
SQL's CHECK: an absent value and null are unknown, unknown fires nothing and fails nothing. Only
`Present` is definite. An empty list counts as absent. Its JSON form has one key a node:
`{"all": [{"at": ["sex", {"is": ["M"]}]}, {"not": {"at": ["photographs", {"present": true}]}}]}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ExactlyOne:
    """True when one part is and no other."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Condition


@dataclass(frozen=True, slots=True)
class At:
    """Asks the value of one slot of an object."""

    slot: str
    part: Condition


@dataclass(frozen=True, slots=True)
class Some:
    """True when one member of a list is."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """True when every member of a list is."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Present:
    """True when there is a value, False when there is none; never unknown."""


@dataclass(frozen=True, slots=True)
class IsA:
    """True when the value is of a kind of JSON: string, integer, number or boolean."""

    kind: str


@dataclass(frozen=True, slots=True)
class Is:
    """True when the value is one of these."""

    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when the number is not below the bound."""

    bound: float


@dataclass(frozen=True, slots=True)
class AtMost:
    """True when the number is not above the bound."""

    bound: float


@dataclass(frozen=True, slots=True)
class Matches:
    """True when the text matches a portable pattern."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Count:
    """True when a list has that many members."""

    minimum: int | None = None
    maximum: int | None = None


Condition = (
    All
    | AnyOf
    | ExactlyOne
    | Not
    | At
    | Some
    | Every
    | Present
    | IsA
    | Is
    | AtLeast
    | AtMost
    | Matches
    | Count
)

_compiled = cache(re.compile)
#: What is literal in a portable pattern: an escaped character, a class.
_LITERAL = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)


def is_absent(value: object) -> bool:
    """The policy for nothing: absent, null and the empty list are the same."""
    return value is None or value == []


def holds(condition: Condition, value: Any) -> bool | None:
    """Asks a condition of a value: True, False, or None when it cannot be known."""
    match condition:
        case Present():
            return not is_absent(value)
        case All(parts):
            return _all(holds(part, value) for part in parts)
        case AnyOf(parts):
            return _any(holds(part, value) for part in parts)
        case ExactlyOne(parts):
            return _exactly_one([holds(part, value) for part in parts])
        case Not(part):
            verdict = holds(part, value)
            return None if verdict is None else not verdict
        case At(slot, part):
            if is_absent(value):
                return None
            return holds(part, value.get(slot)) if isinstance(value, Mapping) else False
    if is_absent(value):
        return None
    match condition:
        case Some(part):
            return _any(holds(part, member) for member in value) if isinstance(value, list) else False
        case Every(part):
            return _all(holds(part, member) for member in value) if isinstance(value, list) else False
        case IsA(kind):
            return _is_a(kind, value)
        case Is(values):
            return any(_same(value, wanted) for wanted in values)
        case AtLeast(bound):
            return _is_number(value) and value >= bound
        case AtMost(bound):
            return _is_number(value) and value <= bound
        case Matches(pattern):
            return isinstance(value, str) and matches(pattern, value)
        case Count(minimum, maximum):
            if not isinstance(value, list):
                return False
            return (minimum is None or len(value) >= minimum) and (maximum is None or len(value) <= maximum)


def fires(when: Condition | None, value: Any) -> bool:
    """Whether a rule applies: its precondition is certain."""
    return when is None or holds(when, value) is True


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a portable pattern; one that looks for the end never ends in a newline.

    `$` matches before a final newline in some engines and not in others, so no engine is asked.
    """
    return _compiled(pattern).search(text) is not None and not (text.endswith("\n") and has_end(pattern))


@cache
def has_end(pattern: str) -> bool:
    """Whether a pattern has a `$` that means the end of the text."""
    return "$" in _LITERAL.sub("", pattern)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_a(kind: str, value: object) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return _is_number(value) and (isinstance(value, int) or float(str(value)).is_integer())
    return _is_number(value)


def _same(value: object, wanted: Scalar) -> bool:
    """JSON equality: True is not 1, 178.0 is 178."""
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _all(verdicts: Iterator[bool | None]) -> bool | None:
    known: bool | None = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            known = None
    return known


def _any(verdicts: Iterator[bool | None]) -> bool | None:
    known: bool | None = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is None:
            known = None
    return known


def _exactly_one(verdicts: list[bool | None]) -> bool | None:
    if verdicts.count(True) > 1 or verdicts.count(False) == len(verdicts):
        return False
    return None if None in verdicts else True


def to_json(condition: Condition) -> dict[str, Any]:
    """The JSON form of a condition, one key a node."""
    match condition:
        case All(parts):
            return {"all": [to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [to_json(part) for part in parts]}
        case ExactlyOne(parts):
            return {"one": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case At(slot, part):
            return {"at": [slot, to_json(part)]}
        case Some(part):
            return {"some": to_json(part)}
        case Every(part):
            return {"every": to_json(part)}
        case Present():
            return {"present": True}
        case IsA(kind):
            return {"is_a": kind}
        case Is(values):
            return {"is": list(values)}
        case AtLeast(bound):
            return {"at_least": bound}
        case AtMost(bound):
            return {"at_most": bound}
        case Matches(pattern):
            return {"matches": pattern}
        case Count(minimum, maximum):
            return {"count": [minimum, maximum]}


def from_json(node: Mapping[str, Any]) -> Condition:
    """Reads the JSON form back; ValueError for a node it does not know."""
    ((key, value),) = node.items()
    match key:
        case "all":
            return All(tuple(map(from_json, value)))
        case "any":
            return AnyOf(tuple(map(from_json, value)))
        case "one":
            return ExactlyOne(tuple(map(from_json, value)))
        case "not":
            return Not(from_json(value))
        case "at":
            return At(value[0], from_json(value[1]))
        case "some":
            return Some(from_json(value))
        case "every":
            return Every(from_json(value))
        case "present":
            return Present()
        case "is_a":
            return IsA(value)
        case "is":
            return Is(tuple(value))
        case "at_least":
            return AtLeast(value)
        case "at_most":
            return AtMost(value)
        case "matches":
            return Matches(value)
        case "count":
            return Count(value[0], value[1])
    raise ValueError(f"no such condition: {key}")
