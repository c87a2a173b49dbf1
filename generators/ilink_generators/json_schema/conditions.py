"""Conditions in JSON Schema: each has a form that means "certain" and one that means "not false".

A rule fires when its precondition is certain, and fails when its postcondition is false; between
the two lies unknown (absent, null or an empty list), which fires nothing and fails nothing.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

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
    has_end,
    holds,
)

Schema = dict[str, Any]

#: What counts as nothing; a property with this under `not` must have a value.
ABSENT: Schema = {"enum": [None, []]}
PRESENT: Schema = {"not": ABSENT}

#: What is no text at all does not end in one.
ENDS_IN_NEWLINE: Schema = {"type": "string", "pattern": "\\n$"}


def pattern(text: str) -> Schema:
    """A pattern, guarded: in Python `$` also matches before a final newline, which others refuse."""
    return {"pattern": text, "not": ENDS_IN_NEWLINE} if has_end(text) else {"pattern": text}


def certain(condition: Condition) -> Schema:
    """The schema that holds exactly where the condition is true."""
    match condition:
        case Present():
            return PRESENT
        case All(parts):
            return together([certain(part) for part in parts])
        case AnyOf(parts):
            return {"anyOf": [certain(part) for part in parts]}
        case Not(Present()):
            return ABSENT
        case Not(part):
            return {"not": possible(part)}
        case ExactlyOne(parts):
            return {"anyOf": [_only(index, parts) for index in range(len(parts))]}
        case At(slot, All(parts)) if parts:
            return together([certain(At(slot, part)) for part in parts])
        case At(slot, AnyOf(parts)):
            return {"anyOf": [certain(At(slot, part)) for part in parts]}
        case At(slot, part):
            needed: Schema = {} if holds(part, None) is True else {"required": [slot]}
            return {"type": "object", **needed, "properties": {slot: certain(part)}}
        case Some(part):
            return {"type": "array", "contains": certain(part)}
        case Every(part):
            return {"type": "array", "minItems": 1, "items": certain(part)}
        case IsA(kind):
            return {"type": kind}
        case Is(values):
            return {"enum": list(values)}
        case AtLeast(bound):
            return {"type": "number", "minimum": bound}
        case AtMost(bound):
            return {"type": "number", "maximum": bound}
        case Matches(text):
            return {"type": "string", **pattern(text)}
        case Count(minimum, maximum):
            return {"type": "array", **_bounds(max(minimum or 1, 1), maximum)}


def possible(condition: Condition) -> Schema:
    """The schema that holds wherever the condition is not false."""
    match condition:
        case Present():
            return PRESENT
        case All(parts):
            return together([possible(part) for part in parts])
        case AnyOf(parts):
            return {"anyOf": [possible(part) for part in parts]}
        case Not(Present()):
            return ABSENT
        case Not(part):
            return {"not": certain(part)}
        case ExactlyOne(parts):
            pairs = [together([certain(a), certain(b)]) for a, b in combinations(parts, 2)]
            some: Schema = {"anyOf": [possible(part) for part in parts]}
            return {**some, "not": {"anyOf": pairs}} if pairs else some
        case At(slot, All(parts)) if parts:
            return together([possible(At(slot, part)) for part in parts])
        case At(slot, AnyOf(parts)):
            return {"anyOf": [possible(At(slot, part)) for part in parts]}
        case At(slot, part):
            needed: Schema = {"required": [slot]} if holds(part, None) is False else {}
            return {**needed, "properties": {slot: possible(part)}}
        case Some(part):
            return {"if": {"minItems": 1}, "then": {"contains": possible(part)}}
        case Every(part):
            return {"items": possible(part)}
        case IsA(kind):
            return {"if": {"not": ABSENT}, "then": {"type": kind}}
        case Is(values):
            return {"enum": [*values, None, []]}
        case AtLeast(bound):
            return {"minimum": bound}
        case AtMost(bound):
            return {"maximum": bound}
        case Matches(text):
            return pattern(text)
        case Count(minimum, maximum):
            return {"if": {"minItems": 1}, "then": _bounds(minimum, maximum)}


def together(schemas: list[Schema]) -> Schema:
    """All of them: one object schema where they speak of different properties, else `allOf`."""
    schemas = [schema for schema in schemas if schema]
    if len(schemas) <= 1:
        return schemas[0] if schemas else {}
    merged: Schema = {}
    for schema in schemas:
        if (
            not schema.keys() <= {"type", "required", "properties"}
            or schema.get("type", "object") != "object"
        ):
            return {"allOf": schemas}
        if merged.get("properties", {}).keys() & schema.get("properties", {}).keys():
            return {"allOf": schemas}
        if "type" in schema:
            merged["type"] = "object"
        for key, empty in (("required", []), ("properties", {})):
            if key in schema:
                held = merged.setdefault(key, type(empty)())
                held.extend(schema[key]) if isinstance(held, list) else held.update(schema[key])
    return merged


def _only(index: int, parts: tuple[Condition, ...]) -> Schema:
    others = [{"not": possible(part)} for number, part in enumerate(parts) if number != index]
    return together([certain(parts[index]), *others])


def _bounds(minimum: int | None, maximum: int | None) -> Schema:
    bounds = {"minItems": minimum, "maxItems": maximum}
    return {key: bound for key, bound in bounds.items() if bound is not None}
