"""`models.py`: the record level as Pydantic models, classes by their name in the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilink_generators.json_schema import base_pattern
from ilink_generators.python_text import (
    Call,
    Source,
    construction,
    expression,
    identifier,
    imported,
    literal,
    render,
)
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard, Type
from ilink_runtime.record import ModelCheck, ModelRule, Record

_TEMPLATE = Path(__file__).parent / "models.py.jinja"
_TAKEN = imported(_TEMPLATE)
_PYTHON = {"integer": "Integer", "number": "float", "boolean": "bool", "any": "Any"}


def generate(standard: Standard) -> dict[str, str]:
    """One file, `models.py`, for Python users; the server never imports it."""
    classes = standard.reachable()
    used = {slot.range for class_ in classes for slot in class_.slots}
    taken = _TAKEN | {python_name(name) for name in (*used, *(class_.name for class_ in classes))}
    types = [_alias(t.name, _type(t)) for t in standard.types.values() if t.name in used]
    types += [_alias(c.name, _codes(c)) for c in standard.code_lists.values() if c.name in used]
    body = [_class(standard, class_, taken) for class_ in classes]
    return {"models.py": render(_TEMPLATE, types=types, classes=body)}


def _alias(name: str, value: Any) -> dict[str, Any]:
    return {"name": python_name(name), "value": value}


def python_name(name: str) -> str:
    """The Python name of a class, type or list; its own name wherever Python can say it."""
    return identifier(name, reserved=lambda made: made in _TAKEN)


def _type(type_: Type) -> Any:
    limits: dict[str, Any] = {}
    for name, value in (("min_length", type_.min_length), ("max_length", type_.max_length)):
        if value is not None:
            limits[name] = value
    limits |= _bounds(type_.minimum, type_.maximum)
    parts: list[Any] = [Source(_PYTHON.get(type_.base, "str"))]
    if limits:
        parts.append(Call("Field", (), limits))
    patterns = dict.fromkeys(filter(None, (base_pattern(type_.base), type_.pattern)))
    parts += [Call("looks_like", (pattern,)) for pattern in patterns]
    if type_.one_of:
        parts.append(Call("one_of", type_.one_of))
    if type_.check and type_.check_level == "record":
        parts.append(Call("passes", (type_.check,)))
    return _annotated(parts)


def _bounds(minimum: float | None, maximum: float | None) -> dict[str, Any]:
    return {name: bound for name, bound in (("ge", minimum), ("le", maximum)) if bound is not None}


def _annotated(parts: list[Any]) -> Any:
    return Call("Annotated", tuple(parts), brackets="[]") if len(parts) > 1 else parts[0]


def _codes(code_list: CodeList) -> Any:
    if not code_list.open:
        return Call("Literal", code_list.texts, brackets="[]")
    if code_list.pattern:
        limits = [Call("Field", (), {"max_length": 64}), Call("looks_like", (code_list.pattern,))]
    else:
        limits = [Call("Field", (), {"min_length": 1, "max_length": 64})]
    return _annotated([Source("str"), *limits])


def _class(standard: Standard, class_: Class, taken: frozenset[str]) -> dict[str, Any]:
    rules = [
        construction(ModelRule(r.code, r.when, r.then, r.otherwise))
        for r in class_.rules
        if r.level == "record"
    ]
    checks = [construction(ModelCheck(c.check, c.slots)) for c in class_.checks if c.level == "record"]
    return {
        "name": python_name(class_.name),
        "title": class_.title,
        "fields": [_field(standard, class_, slot, taken) for slot in class_.slots],
        "rules": Call("", tuple(rules)) if rules else None,
        "checks": Call("", tuple(checks)) if checks else None,
    }


def _field(standard: Standard, class_: Class, slot: Slot, taken: frozenset[str]) -> dict[str, Any]:
    name = identifier(slot.name, reserved=lambda made: made in taken or hasattr(Record, made))
    named: dict[str, Any] = {} if slot.required else {"default": None}
    if name != slot.name:
        named["alias"] = slot.name
    named["title"] = slot.title
    annotation = _annotation(standard, class_, slot)
    if not slot.required:
        annotation = Source(f"{_text(annotation)} | None")
    return {"name": name, "annotation": _text(annotation), "value": Call("Field", (), named)}


def _annotation(standard: Standard, class_: Class, slot: Slot) -> Any:
    if slot.designates_type:
        return Source(f"Literal[{literal(class_.name)}]")
    value = _value(standard, slot)
    if not slot.multivalued:
        return value
    limits: dict[str, Any] = {}
    lowest = max(slot.minimum_cardinality or 0, 1 if slot.required else 0)
    if lowest and slot.required:
        limits["min_length"] = lowest
    if slot.maximum_cardinality is not None:
        limits["max_length"] = slot.maximum_cardinality
    parts: list[Any] = [Source(f"list[{_text(value)}]")]
    if limits:
        parts.append(Call("Field", (), limits))
    if lowest and not slot.required:
        parts.append(Call("at_least_if_any", (lowest,)))
    if slot.kind is Kind.CLASS and (keys := standard.classes[slot.range].unique_keys):
        parts.append(Call("unique", tuple(construction(key.slots) for key in keys)))
    return _annotated(parts)


def _value(standard: Standard, slot: Slot) -> Any:
    if slot.kind is Kind.CLASS:
        return _choice(standard, slot)
    parts: list[Any] = [Source(python_name(slot.range))]
    if limits := _bounds(slot.minimum, slot.maximum):
        parts.append(Call("Field", (), limits))
    if slot.pattern:
        parts.append(Call("looks_like", (slot.pattern,)))
    if slot.equals:
        parts.append(Call("one_of", slot.equals))
    return _annotated(parts)


def _choice(standard: Standard, slot: Slot) -> Any:
    names = [python_name(class_.name) for class_ in standard.concrete(slot.range)]
    if len(names) == 1:
        return Source(names[0])
    designator = next((s.name for s in standard.classes[slot.range].slots if s.designates_type), None)
    union = Source(" | ".join(names))
    if designator is None:
        return union
    return Call("Annotated", (union, Call("Field", (), {"discriminator": designator})), brackets="[]")


def _text(value: Any) -> str:
    """An annotation on one line; annotations stay short because limits live in the aliases."""
    return expression(value, indent=-10_000)
