"""Messages of any type, made from the standard, and the many small ways to break one."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ilink_generators.json_schema import base_pattern
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard, Type
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import fires, holds, is_absent, matches

Value = Any
Draw = st.DrawFn

_ALPHABET = "aZ09 -/'\"\\{}<>&$\n\t٣éßاҐ漢😀\u200f"
#: Where nothing could be made.
_NONE = object()
_TRIES = 8
_DEEPEST = 6
_TEXTS = st.text(_ALPHABET, max_size=12)


class Messages:
    """Strategies of one standard; `of("RedNotice")` draws messages that can be recorded."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self._scalar = cache(self._make_scalar)

    def of(self, class_name: str) -> st.SearchStrategy[dict[str, Value]]:
        """Objects of a class that can be recorded, unique keys excepted."""
        return st.composite(self._draw_message)(class_name)

    def broken(self, class_name: str) -> st.SearchStrategy[dict[str, Value]]:
        """Messages with one to three places changed."""
        return st.composite(self._draw_broken)(class_name)

    def _draw_message(self, draw: Draw, class_name: str) -> dict[str, Value]:
        made = self._draw_object(draw, self.standard.classes[class_name], 0)
        assume(made is not None)
        assert made is not None
        return made

    def _draw_object(self, draw: Draw, class_: Class, depth: int) -> dict[str, Value] | None:
        """An object that keeps its rules of the record level; None where none was found."""
        for attempt in range(_TRIES):
            made: dict[str, Value] = {}
            for slot in class_.slots:
                # The more often it failed, the more is said: most rules ask for something.
                if slot.required or draw(st.integers(0, max(3 + depth - attempt, 1))) == 0:
                    value = self._draw_slot(draw, class_, slot, depth)
                    if value is not _NONE:
                        made[slot.name] = value
                    elif slot.required:
                        break
            else:
                if _keeps_rules(class_, made):
                    return made
        return None

    def _draw_slot(self, draw: Draw, class_: Class, slot: Slot, depth: int) -> Value:
        if slot.designates_type:
            return draw(st.sampled_from(class_.designations))
        if not slot.required and draw(st.integers(0, 9)) == 0:
            return draw(st.sampled_from([None, []])) if slot.multivalued and not slot.key else None
        if not slot.multivalued:
            return self._draw_value(draw, slot, depth)
        least = max(slot.minimum_cardinality or 0, 1)
        most = max(min(slot.maximum_cardinality or 3, least + 2), least)
        members = [self._draw_value(draw, slot, depth) for _ in range(draw(st.integers(least, most)))]
        if _NONE in members:
            return _NONE
        if slot.distinct:
            members = [m for number, m in enumerate(members) if m not in members[:number]]
        return self._under_keys(slot, members) if slot.key else members

    def _under_keys(self, slot: Slot, members: list[dict[str, Value]]) -> dict[str, Value]:
        """Members under their keys, now and then as a single value."""
        made: dict[str, Value] = {}
        for member in members:
            key = str(member.pop(slot.key))
            alone = slot.compact and list(member) == [slot.compact] and member[slot.compact] is not None
            made[key] = member[slot.compact] if alone else member
        return made

    def _draw_value(self, draw: Draw, slot: Slot, depth: int) -> Value:
        if slot.choices:
            return self._draw_value(draw, draw(st.sampled_from(slot.choices[0].parts)), depth)
        if slot.kind is Kind.CLASS:
            possible = self.standard.concrete(slot.range)
            if not possible or depth > _DEEPEST:
                return _NONE
            made = self._draw_object(draw, draw(st.sampled_from(possible)), depth + 1)
            return _NONE if made is None else made
        if slot.equals:
            return draw(st.sampled_from(slot.equals))
        if slot.kind is Kind.ANY:
            return draw(st.sampled_from([1, 1.5, "x", True, [], [None], {"a": [1, {}]}]))
        return draw(self._scalar(slot.range))

    def _make_scalar(self, name: str) -> st.SearchStrategy[Value]:
        if name in self.standard.code_lists:
            return _codes(self.standard.code_lists[name])
        return _values(self.standard.types[name])

    def _draw_broken(self, draw: Draw, class_name: str) -> dict[str, Value]:
        message: dict[str, Value] = deepcopy(draw(self.of(class_name)))
        for _ in range(draw(st.integers(1, 3))):
            places = list(_places(message))
            if not places:
                message["unknown"] = deepcopy(draw(_WRONG))  # what is broken next must not change the sample
                continue
            holder, key = draw(st.sampled_from(places))
            _break(draw, holder, key)
        return message


def _keeps_rules(class_: Class, made: dict[str, Value]) -> bool:
    for rule in class_.rules:
        if rule.level == "record":
            asked = rule.then if fires(rule.when, made) else rule.otherwise
            if asked is not None and holds(asked, made) is False:
                return False
    checks = (check for check in class_.checks if check.level == "record")
    values = ((check.check, [made.get(slot) for slot in check.slots]) for check in checks)
    return all(any(map(is_absent, said)) or OBJECT_CHECKS[name](*said) for name, said in values)


def _codes(code_list: CodeList) -> st.SearchStrategy[str]:
    if not code_list.codes:
        return st.sampled_from(["x", "a b", "ex:1"])
    known = st.sampled_from(code_list.texts)
    if not code_list.open:
        return known
    shape = st.from_regex(code_list.pattern, fullmatch=True) if code_list.pattern else st.just("other")
    return known | shape.filter(lambda text: not code_list.pattern or matches(code_list.pattern, text))


def _values(type_: Type) -> st.SearchStrategy[Value]:
    match type_.base:
        case "boolean":
            return st.booleans()
        case "any":
            return st.sampled_from([1, "x", True])
        case "integer":
            whole = st.integers(int(type_.minimum or 0), int(type_.maximum or 2**53 - 1))
            return whole | whole.filter(lambda number: number < 2**52).map(float)
        case "number":
            return st.floats(type_.minimum or -1e6, type_.maximum or 1e6) | st.integers(0, 1)
    return _texts(type_)


def _texts(type_: Type) -> st.SearchStrategy[str]:
    pattern = type_.pattern or base_pattern(type_.base)
    made: st.SearchStrategy[str] = _TEXTS
    if type_.one_of:
        return st.sampled_from([text for text in type_.one_of if isinstance(text, str)])
    if type_.check in ("date", "partial_date"):
        days = st.integers(0, 50_000).map(lambda days: (date(1900, 1, 1) + timedelta(days)).isoformat())
        cut = st.sampled_from([4, 7, 10] if type_.check == "partial_date" else [10])
        made = st.builds(lambda day, length: day[:length], days, cut)
    elif pattern is not None:
        made = st.from_regex(pattern, fullmatch=True)
    elif type_.example:
        made = st.just(type_.example) | _TEXTS

    def fits(text: str) -> bool:
        checked = type_.check is None or type_.check_level != "record" or CHECKS[type_.check](text)
        long_enough = (type_.min_length or 0) <= len(text) <= (type_.max_length or len(text))
        return checked and long_enough and (pattern is None or matches(pattern, text))

    return made.filter(fits)


# -- breaking -------------------------------------------------------------------------------------

_NUMBERS = (0, 1, 1.0, -1, 178.5, 10**30, 2**53)
_STRINGS = (
    "",
    "1",
    "\n",
    "٣",
    "FR\n",
    "no such code",
    "2026-02-30",
    "1980-13",
    "2026-11-23T25:00:00Z",
    "x" * 30_000,
)
_COLLECTIONS: tuple[Value, ...] = ([], {}, [[]], [None], ["a", "a"], {"text": 1})
_WRONG: st.SearchStrategy[Value] = st.sampled_from([None, True, False, *_NUMBERS, *_STRINGS, *_COLLECTIONS])
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def _places(value: Value) -> Iterator[tuple[Value, Any]]:
    """Every member of every object and list, as the holder and its key."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        yield value, key
        yield from _places(member)


def _break(draw: Draw, holder: Value, key: Any) -> None:
    """Changes one place; the same place may be broken twice, or be gone by then."""
    if (isinstance(holder, list) and key >= len(holder)) or (isinstance(holder, dict) and key not in holder):
        return
    value = holder[key]
    match draw(st.sampled_from(["drop", "wrong", "wrong", "like", "like", "extra", "repeat"])):
        case "drop":
            del holder[key]
        case "wrong":
            holder[key] = deepcopy(draw(_WRONG))
        case "like":
            holder[key] = _nearly(draw, value)
        case "extra" if isinstance(holder, dict):
            holder[draw(st.sampled_from(["famly_name", "class_", "", "a/b", "message_type", "~"]))] = value
        case "repeat" if isinstance(holder, list):
            holder.append(deepcopy(value))


def _nearly(draw: Draw, value: Value) -> Value:
    """A value that looks the same to a careless reader."""
    match value:
        case bool():
            return int(value)
        case int() | float():
            return draw(st.sampled_from([float(value), str(value), value + 0.5, -value, value * 10**20]))
        case str():
            changed = [
                f"{value}\n",
                f" {value}",
                value.translate(_ARABIC),
                value.swapcase(),
                value * 2,
                [value],
            ]
            return draw(st.sampled_from(changed))
        case list():
            return draw(st.sampled_from([[], value * 2, value[0] if value else None, {"0": value}]))
        case dict():
            return draw(st.sampled_from([[value], {}, None, {**value, "kind": "other"}]))
    return {}
