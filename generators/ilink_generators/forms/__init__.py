"""`forms/<Type>.json`, the structure of each form once, and `texts/<lang>.json`, the words of each language.

A single object whose field names no section dissolves: its fields take their own sections. A field
marked `publish` must be there before publication; the rules say it, and they stand here as data.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ilink_generators.plain_json import dump, rows
from ilink_generators.standard import Class, Kind, Rule, Slot, Standard, Treatment, class_ranges
from ilink_runtime.conditions import All, At, Condition, Present, to_json
from ilink_runtime.values import escape

#: A group inside itself is offered so many times; deeper ones are for machines.
_DEPTH = 4
#: So many fields a form may offer; a model of many nested groups is offered less deep.
_MOST_FIELDS = 5_000
_DEEPEST = 10

Field = dict[str, Any]


def generate(standard: Standard) -> dict[str, str]:
    """A file a message type and a file a language."""
    files = {f"forms/{message.name}.json": dump(form(standard, message)) for message in standard.messages()}
    english = dict(standard.texts())
    for language in standard.languages():
        said = standard.translations.get(language, {})
        texts = {path: said[path].text if path in said else text for path, text in english.items()}
        files[f"texts/{language}.json"] = rows(dict(sorted(texts.items())))
    return files


def form(standard: Standard, message: Class) -> dict[str, Any]:
    """The form of one message type."""
    treatment = message.treatment or Treatment()
    needed = {path for rule in message.rules for path in _needed(rule)}
    counts = _Counts(standard)
    deepest = next(d for d in range(_DEEPEST, 0, -1) if d == 1 or counts.of(message.name, d) <= _MOST_FIELDS)
    placed = list(_fields(standard, message, "", needed, (message.name,), deepest))
    sections = [
        {"name": name, "fields": [field for group, field in placed if group == name]}
        | ({"folded": True} if name and standard.groups[name].folded else {})
        for name in (*standard.groups, "")
        if any(group == name for group, _ in placed)
    ]
    lists = {field["range"] for field in _all_fields(field for _, field in placed) if field["kind"] == "code"}
    return {
        "type": message.name,
        "version": standard.version,
        "colour": treatment.colour,
        "routing": treatment.routing,
        "sections": sections,
        "rules": [_rule(rule) for rule in message.rules],
        "code_lists": sorted(lists),
    }


class _Counts:
    """How many fields a form would have, by the depth to which it offers groups."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        self.of = cache(self._of)

    def _of(self, name: str, depth: int) -> int:
        slots = self._standard.classes[name].slots
        inner = (self._standard.concrete(slot.range)[:1] for slot in slots if slot.kind is Kind.CLASS)
        groups = (self.of(class_.name, depth - 1) for classes in inner for class_ in classes)
        return len(slots) + (sum(groups) if depth > 1 else 0)


def _fields(
    standard: Standard, class_: Class, prefix: str, needed: set[str], outer: tuple[str, ...], deepest: int
) -> Iterator[tuple[str, Field]]:
    for slot in class_.slots:
        pointer = f"{prefix}/{escape(slot.name)}"
        if slot.kind is Kind.CLASS and not standard.concrete(slot.range):
            continue
        if slot.kind is Kind.CLASS and not slot.multivalued and not slot.group:
            inner = standard.concrete(slot.range)[0]
            if inner.name not in outer and len(outer) < deepest:
                yield from _fields(standard, inner, pointer, needed, (*outer, inner.name), deepest)
        elif (field := _field(standard, slot, pointer, needed, outer, deepest)) is not None:
            yield slot.group, field


def _field(
    standard: Standard, slot: Slot, pointer: str, needed: set[str], outer: tuple[str, ...], deepest: int
) -> Field | None:
    field: Field = {
        "name": slot.name,
        "pointer": pointer,
        "text": slot.text,
        "kind": slot.kind.value,
        "range": slot.range,
        "widget": _widget(standard, slot),
        "multivalued": slot.multivalued,
        "required": slot.required,
        "recommended": slot.recommended,
        "publish": pointer in needed,
    }
    if slot.sensitive:
        field["sensitive"] = True
    if slot.designates_type:
        field["widget"] = "hidden"
        said = standard.classes[outer[-1]].designations[0]
        if said != outer[0]:
            field["value"] = said
    if slot.default is not None:
        field["default"] = slot.default
    if slot.key:
        field |= {"key": slot.key, "compact": slot.compact}
    if slot.kind is Kind.TYPE:
        field |= _limits(standard, slot)
    if slot.kind is Kind.ANY and any(class_ranges(slot)):
        return None  # objects of several kinds are for machines
    if slot.kind is Kind.CLASS:
        inner = standard.concrete(slot.range)[0]
        if outer.count(inner.name) >= _DEPTH - 2 or len(outer) >= deepest:
            return None
        known = [s for s in inner.slots if s.kind is not Kind.CLASS or standard.concrete(s.range)]
        found = (
            _field(standard, s, f"{pointer}/{escape(s.name)}", needed, (*outer, inner.name), deepest)
            for s in known
        )
        field["fields"] = [
            {**inside, "pointer": escape(inside["name"])} for inside in found if inside is not None
        ]
    return field


def _widget(standard: Standard, slot: Slot) -> str:
    match slot.kind:
        case Kind.TYPE:
            return standard.types[slot.range].widget
        case Kind.CODE:
            return "code"
        case Kind.ANY:
            return "any"
        case Kind.CLASS:
            return standard.classes[slot.range].widget


def _limits(standard: Standard, slot: Slot) -> Field:
    type_ = standard.types[slot.range]
    limits: Field = {
        "direction": type_.direction,
        "base": type_.base,
        "max_length": type_.max_length,
        "minimum": slot.minimum if slot.minimum is not None else type_.minimum,
        "maximum": slot.maximum if slot.maximum is not None else type_.maximum,
        "unit": slot.unit or type_.unit,
        "example": type_.example,
    }
    return {key: value for key, value in limits.items() if value not in (None, "")}


def _rule(rule: Rule) -> dict[str, Any]:
    said = {
        "code": rule.code,
        "level": rule.level,
        "rule_ref": rule.rule_ref,
        "when": to_json(rule.when) if rule.when is not None else None,
        "then": to_json(rule.then),
    }
    return said if rule.otherwise is None else said | {"otherwise": to_json(rule.otherwise)}


def _needed(rule: Rule) -> Iterator[str]:
    """The pointers that a rule without condition wants before publication."""
    if rule.level == "publish" and rule.when is None:
        yield from needed_places(rule.then, "")


def needed_places(condition: Condition, path: str) -> Iterator[str]:
    """The pointers of the fields that a condition wants to be there, below `path`."""
    match condition:
        case Present():
            yield path
        case All(parts):
            for part in parts:
                yield from needed_places(part, path)
        case At(slot, part):
            yield from needed_places(part, f"{path}/{slot}")


def _all_fields(fields: Any) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from _all_fields(field.get("fields", ()))
