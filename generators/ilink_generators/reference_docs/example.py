"""An invented message of a type: what the standard gives as examples, mended until its rules hold.

Deterministic, so that the bundle is. First the fields that are required or recommended are filled,
then each rule that fails is made true, the outermost first, until nothing fails any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from ilink_generators.standard import LEVELS, Class, Kind, Level, Rule, Slot, Standard
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
    Matches,
    Not,
    Present,
    Some,
    fires,
    holds,
    is_absent,
    matches,
)

Object = dict[str, Any]

#: Mending one rule can break another; after so many mendings they contradict each other.
_MENDINGS = 200
_DEEPEST = 12
#: Dates and times of a base that has no example of its own.
_BY_BASE: Mapping[str, str] = {
    "date": "2026-11-23",
    "datetime": "2026-11-23T09:30:00Z",
    "time": "09:30:00",
}


class NoExample(Exception):
    """The model gives nothing from which a value could be made."""


def example(standard: Standard, message: Class) -> Object | None:
    """A message that breaks no rule of any level, else of the levels that forbid; None if there is none."""
    making = _Making(standard)
    try:
        made = making.object(message)
        for levels in (LEVELS, LEVELS[:2], LEVELS[:1]):
            mended = making.mended(message, made, levels)
            if mended is not None:
                return mended
    except NoExample:
        pass
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: the slot that holds it, and whether it is one member of that slot's list."""

    slot: Slot
    member: bool = False

    @property
    def is_list(self) -> bool:
        return self.slot.multivalued and not self.member


@dataclass(frozen=True, slots=True)
class _Making:
    standard: Standard

    # -- values

    def object(self, class_: Class, holder: Slot | None = None, depth: int = 0) -> Object:
        """An object of a class with the fields that it should have."""
        if depth > _DEEPEST:
            raise NoExample(class_.name)
        made: Object = {}
        for slot in class_.slots:
            if slot.designates_type:
                made[slot.name] = class_.designations[0] if class_.designations else class_.name
            elif slot.required:
                made[slot.name] = self.value(slot, holder, depth)
            elif slot.recommended or slot.example:
                try:
                    made[slot.name] = self.value(slot, holder, depth)
                except NoExample:
                    continue
        if not made and class_.slots and class_.treatment is None:  # an object without a field says nothing
            made[class_.slots[0].name] = self.value(class_.slots[0], holder, depth)
        return made

    def value(self, slot: Slot, holder: Slot | None = None, depth: int = 0) -> Any:
        """A value of a slot; of a list, as many members as it must have."""
        if not slot.multivalued:
            return self.member(slot, holder, depth)
        number = max(slot.minimum_cardinality or 1, 1)
        if slot.key:
            member = self.member(slot, holder, depth)
            return {str(member.pop(slot.key)): member}
        if slot.kind is Kind.CODE:
            return list(self._codes(slot))[:number]
        return [self.member(slot, holder, depth) for _ in range(number)]

    def member(self, slot: Slot, holder: Slot | None = None, depth: int = 0) -> Any:
        """One value of a slot; of a choice, of its first range."""
        for choice in slot.choices:
            if choice.word in ("any_of", "exactly_one_of"):
                part = replace(choice.parts[0], name=slot.name, title=slot.title, required=slot.required)
                return self.member(part, holder, depth)
        match slot.kind:
            case Kind.ANY:
                return slot.title
            case Kind.CLASS:
                concrete = self.standard.concrete(slot.range)
                if not concrete:
                    raise NoExample(slot.name)
                return self.object(concrete[0], slot, depth + 1)
            case Kind.CODE:
                return next(self._codes(slot))
            case Kind.TYPE:
                return self._scalar(slot, holder)

    def _codes(self, slot: Slot) -> Iterator[str]:
        code_list = self.standard.code_lists[slot.range]
        codes: list[Any] = [code.code for code in code_list.codes if code.status == "in_force"] or [
            *code_list.texts
        ]
        if not codes:
            raise NoExample(slot.name)
        said = [slot.example] if slot.example in code_list.texts else []
        yield from dict.fromkeys((*slot.equals, *said, *codes))

    def _scalar(self, slot: Slot, holder: Slot | None) -> Any:
        type_ = self.standard.types[slot.range]
        said = [
            *map(_text, (*slot.equals, *type_.one_of)),
            *filter(None, [slot.example, type_.example]),
        ]
        match type_.base:
            case "integer" | "number":
                low = slot.minimum if slot.minimum is not None else type_.minimum
                return next((_number(text) for text in said if _is_number(text)), 1 if low is None else low)
            case "boolean":
                return "false" not in said[:1]
        patterns = [pattern for pattern in (slot.pattern, type_.pattern) if pattern]
        fitting = (text for text in said if all(matches(pattern, text) for pattern in patterns))
        found = next(fitting, _BY_BASE.get(type_.base))
        if found is not None:
            return found
        if patterns:
            raise NoExample(slot.name)
        # Free text: the text of a charge says what a charge is.
        described = holder.description if holder is not None and slot.required else slot.title
        return (described or slot.title)[: type_.max_length]

    # -- rules

    def mended(self, class_: Class, made: Object, levels: tuple[Level, ...]) -> Object | None:
        """The object with its rules made true; None when they cannot all be."""
        message = deepcopy(made)
        for _ in range(_MENDINGS):
            broken = [
                (rule, inner, at) for rule, inner, at in self._broken(class_, message) if rule.level in levels
            ]
            if not broken:
                return message
            rule, inner, at = broken[0]
            applied = rule.then if fires(rule.when, at) else rule.otherwise
            try:
                changed = self._of_object(applied, at, inner) if applied is not None else at
            except NoExample:
                return None
            at.clear()
            at.update(changed)
        return None

    def _broken(self, class_: Class, value: Object, depth: int = 0) -> Iterator[tuple[Rule, Class, Object]]:
        """The rules that an object breaks, with those of the objects inside it."""
        for rule in class_.rules:
            applied = rule.then if fires(rule.when, value) else rule.otherwise
            if applied is not None and holds(applied, value) is False:
                yield rule, class_, value
        for slot in class_.slots:
            if slot.kind is not Kind.CLASS or depth > _DEEPEST:
                continue
            inside = value.get(slot.name)
            if slot.key:
                inside = list(inside.values()) if isinstance(inside, dict) else None
            for member in inside if isinstance(inside, list) else [inside]:
                if isinstance(member, dict):
                    yield from self._broken(self.standard.concrete(slot.range)[0], member, depth + 1)

    def _of_object(self, condition: Condition, value: Object, class_: Class) -> Object:
        """An object with a condition made true."""
        match condition:
            case At(name, part):
                slot = class_.slot(name)
                changed = self._of_value(part, value.get(name), _Place(slot))
                rest = {key: kept for key, kept in value.items() if key != name}
                return rest if changed is None else _in_order(class_, {**rest, name: changed})
            case Not(At(name, part)):
                return self._of_object(At(name, Not(part)), value, class_)
            case All(parts):
                for part in parts:
                    value = self._of_object(part, value, class_)
                return value
            case AnyOf(parts) | ExactlyOne(parts):
                made: Object = self._first(
                    parts, condition, lambda part: self._of_object(part, value, class_)
                )
                return made
            case Not(AnyOf(parts)):
                return self._of_object(All(tuple(Not(part) for part in parts)), value, class_)
        raise NoExample(class_.name)

    def _of_value(self, condition: Condition, value: Any, place: _Place) -> Any:
        """A value of a slot with a condition made true; None takes the value away."""
        match condition:
            case Present():
                return self.value(place.slot) if is_absent(value) else value
            case Not(Present()):
                return None
            case Is(values):
                return value if value in values else values[0]
            case AtLeast(bound) | AtMost(bound):
                return value if holds(condition, value) else bound
            case Matches(pattern):
                made = value if isinstance(value, str) else self.member(place.slot)
                if not matches(pattern, str(made)):
                    raise NoExample(place.slot.name)
                return made
            case Count(minimum, maximum):
                members = list(value or ())
                while len(members) < (minimum or 0):
                    members.append(self.member(place.slot))
                return members[:maximum]
            case Some(part):
                members = list(value or ())
                one = _Place(place.slot, True)
                if any(holds(part, member) for member in members):
                    return members
                if members and isinstance(members[0], dict):
                    return [self._of_value(part, members[0], one), *members[1:]]
                return [*members, self._of_value(part, self.member(place.slot), one)]
            case Every(part):
                return [self._of_value(part, member, _Place(place.slot, True)) for member in value or ()]
            case All(parts):
                for part in parts:
                    value = self._of_value(part, value, place)
                return value
            case AnyOf(parts) | ExactlyOne(parts):
                return self._first(parts, condition, lambda part: self._of_value(part, value, place))
            case Not(AnyOf(parts)):
                return self._of_value(All(tuple(Not(part) for part in parts)), value, place)
            case Not(Is(values)) if place.slot.kind is Kind.CODE:
                return next((code for code in self._codes(place.slot) if code not in values), None)
        if place.slot.kind is Kind.CLASS and not place.is_list:
            made = value if isinstance(value, dict) else self.member(place.slot)
            return self._of_object(condition, made, self.standard.concrete(place.slot.range)[0])
        return None

    def _first(self, parts: tuple[Condition, ...], whole: Condition, make: Any) -> Any:
        """The first alternative that can be made true."""
        for part in parts:
            try:
                made = make(part)
            except NoExample:
                continue
            if holds(whole, made) is not False:
                return made
        raise NoExample(str(whole)[:80])


def _in_order(class_: Class, value: Object) -> Object:
    """The fields in the order of the form."""
    order = [slot.name for slot in class_.slots]
    return dict(sorted(value.items(), key=lambda member: order.index(member[0])))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
