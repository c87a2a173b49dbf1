"""`models.py`: the record level as Pydantic models, classes by their name in the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ilink_generators.json_schema import base_pattern
from ilink_generators.names import apart
from ilink_generators.python_text import (
    Call,
    Source,
    construction,
    expression,
    identifier,
    imported,
    render,
)
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard, Type, values
from ilink_runtime.record import ModelCheck, ModelRule, Record

_TEMPLATE = Path(__file__).parent / "models.py.jinja"
_TAKEN = imported(_TEMPLATE)
#: An abstract class has no objects, and so no fields to name.
_NOTHING: dict[str, Any] = {"base": "Abstract", "fields": [], "rules": None, "checks": None}
_PYTHON = {"integer": "Integer", "number": "float", "boolean": "bool", "any": "Any"}


def generate(standard: Standard) -> dict[str, str]:
    """One file, `models.py`, for Python users; the server never imports it."""
    reachable = standard.reachable()
    classes = tuple(c for c in standard.classes.values() if not c.mixin or c in reachable)
    used = {part.range for c in classes if not c.abstract for slot in c.slots for part in values(slot)}
    keyed = {part.range: part.key for c in classes for slot in c.slots for part in values(slot) if part.key}
    taken = _TAKEN | {python_name(name) for name in (*used, *(class_.name for class_ in classes))}
    types = [_alias(t.name, _type(t)) for t in standard.types.values() if t.name in used]
    types += [_alias(c.name, _codes(c)) for c in standard.code_lists.values() if c.name in used]
    body = []
    for class_ in classes:
        body.append(_class(standard, class_, taken))
        if class_.name in keyed:
            body.append(_keyed(standard, class_, keyed[class_.name], taken))
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
        limits = [Call("Field", (), {"min_length": 1})]
    return _annotated([Source("str"), *limits])


def _class(standard: Standard, class_: Class, taken: frozenset[str]) -> dict[str, Any]:
    rules = [
        construction(ModelRule(r.code, r.when, r.then, r.otherwise))
        for r in class_.rules
        if r.level == "record"
    ]
    names = apart((slot.name for slot in class_.slots), lambda name: _attribute(name, taken))
    checks = [construction(ModelCheck(c.check, c.slots)) for c in class_.checks if c.level == "record"]
    if class_.abstract:
        return _NOTHING | {"name": python_name(class_.name), "title": class_.title}
    return {
        "name": python_name(class_.name),
        "base": "OpenRecord" if class_.open else "Record",
        "title": class_.title,
        "fields": [_field(standard, class_, slot, names[slot.name]) for slot in class_.slots],
        "rules": Call("", tuple(rules)) if rules else None,
        "checks": Call("", tuple(checks)) if checks else None,
    }


def _attribute(name: str, taken: frozenset[str] = frozenset()) -> str:
    return identifier(name, reserved=lambda made: made in taken or hasattr(Record, made))


def _keyed(standard: Standard, class_: Class, key: str, taken: frozenset[str]) -> dict[str, Any]:
    """A member that stands under its key, which it need not say again."""
    slots = tuple(replace(slot, required=False) if slot.name == key else slot for slot in class_.slots)
    return _class(standard, replace(class_, slots=slots), taken) | {"name": _keyed_name(class_.name)}


def _keyed_name(name: str) -> str:
    return f"{python_name(name)}_keyed"


def _field(standard: Standard, class_: Class, slot: Slot, name: str) -> dict[str, Any]:
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
        return Call("Literal", class_.designations, brackets="[]")
    value = _under_keys(standard, slot) if slot.key else _value(standard, slot)
    if not slot.multivalued:
        return value
    limits: dict[str, Any] = {}
    lowest = max(slot.minimum_cardinality or 0, 1 if slot.required else 0)
    if lowest and slot.required:
        limits["min_length"] = lowest
    if slot.maximum_cardinality is not None:
        limits["max_length"] = slot.maximum_cardinality
    parts: list[Any] = [Source(f"dict[str, {_text(value)}]" if slot.key else f"list[{_text(value)}]")]
    if limits:
        parts.append(Call("Field", (), limits))
    if lowest and not slot.required:
        parts.append(Call("at_least_if_any", (lowest,)))
    if slot.distinct:
        parts.append(Source("DISTINCT"))
    if slot.kind is Kind.CLASS and not slot.key and (keys := standard.classes[slot.range].unique_keys):
        parts.append(Call("unique", tuple(construction(key.slots) for key in keys)))
    return _annotated(parts)


def _under_keys(standard: Standard, slot: Slot) -> Any:
    """A member under its key: an object, or one value alone."""
    class_ = standard.classes[slot.range]
    name = _keyed_name(slot.range)
    if slot.compact:
        name = f"{name} | {_text(_value(standard, class_.slot(slot.compact)))}"
    if all(not s.required or s.name == slot.key for s in class_.slots) and not class_.rules:
        name = f"{name} | None"
    return Source(name)


def _value(standard: Standard, slot: Slot) -> Any:
    if slot.kind is Kind.CLASS:
        return _held(standard, slot, [_choice(standard, slot)])
    own = Source("Any" if slot.kind is Kind.ANY else python_name(slot.range))
    union = next((choice for choice in slot.choices if choice.word == "any_of"), None)
    if slot.kind is Kind.ANY and union is not None:
        own = Source(" | ".join(_text(_value(standard, part)) for part in union.parts))
        slot = replace(slot, choices=tuple(c for c in slot.choices if c is not union))
    parts: list[Any] = [own]
    base = standard.types[slot.range].base if slot.kind is Kind.TYPE else "string"
    limits = _bounds(slot.minimum, slot.maximum)
    if limits and slot.kind is Kind.ANY:
        parts.append(Call("between", (slot.minimum, slot.maximum)))
    elif limits:
        parts.append(Call("Field", (), limits))
    if slot.pattern:
        parts.append(Call("reads_like" if base in ("integer", "number") else "looks_like", (slot.pattern,)))
    if slot.equals:
        parts.append(Call("one_of", slot.equals))
    return _held(standard, slot, parts)


def _held(standard: Standard, slot: Slot, parts: list[Any]) -> Any:
    """A value held against other ranges too."""
    for choice in slot.choices:
        ranges = tuple(_value(standard, part) for part in choice.parts)
        parts.append(Call("held", (choice.word, *ranges)))
    return _annotated(parts)


def _choice(standard: Standard, slot: Slot) -> Any:
    classes = standard.concrete(slot.range)
    names = [python_name(class_.name) for class_ in classes]
    if len(names) == 1:
        return Source(names[0])
    designator = standard.designator(slot.range)
    union = Source(" | ".join(names) or python_name(slot.range))
    if designator is None:
        return union
    elements = (standard.types, standard.code_lists, standard.classes)
    keeps_its_name = _attribute(designator.name) == designator.name not in {n for e in elements for n in e}
    if designator.required and keeps_its_name:
        return Call(
            "Annotated",
            (union, Call("Field", (), {"discriminator": designator.name})),
            brackets="[]",
        )
    tagged = [
        Call("Annotated", (Source(python_name(c.name)), Call("Tag", (c.name,))), brackets="[]")
        for c in classes
    ]
    named = {value: c.name for c in classes for value in c.designations}
    itself = slot.range if slot.range in {c.name for c in classes} else ""
    told = Call("told_by", (designator.name, itself, *(part for pair in named.items() for part in pair)))
    return Call("Annotated", (Source(" | ".join(map(_text, tagged))), told), brackets="[]")


def _text(value: Any) -> str:
    """An annotation on one line; annotations stay short because limits live in the aliases."""
    return expression(value, indent=-10_000)
