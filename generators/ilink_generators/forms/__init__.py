"""`forms/<Type>.json`, the structure of each form once, and `texts/<lang>.json`, the words of each language.

A single object whose field names no section dissolves: its fields take their own sections. Where a
value may be of several classes, each is a branch with its own fields; one that is no object comes
last. A field marked `publish` must be there before publication; the rules say it, and they stand
here as data. Of several fields marked `one_of` one is needed. A `fixed` field has the only value that
it may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from ilink_generators.plain_json import dump, rows
from ilink_generators.standard import Class, Kind, Rule, Slot, Standard, Treatment, class_ranges
from ilink_runtime.conditions import All, AnyOf, At, Condition, ExactlyOne, Present, Scalar, to_json
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
    counts = _Counts(standard)
    deepest = next(d for d in range(_DEEPEST, 0, -1) if d == 1 or counts.of(message.name, d) <= _MOST_FIELDS)
    placed = list(_Layout(standard, message, deepest).fields())
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
        if depth == 1:
            return len(slots)
        inner = (class_ for slot in slots for class_ in self._standard.alternatives(slot)[0])
        return len(slots) + sum(self.of(class_.name, depth - 1) for class_ in inner)


class _Layout:
    """The fields of a message type, to a depth; `outer` are the classes around a field, the message first.

    What an object holds from the beginning stands only where the object is there anyway, or was
    added: elsewhere it would say an object that nobody means. There it is `sure`.
    """

    def __init__(self, standard: Standard, message: Class, deepest: int) -> None:
        self._standard = standard
        self._message = message
        self._deepest = deepest
        self._needed = {path for rule in message.rules for path in _needed(rule)}

    def fields(self) -> Iterator[tuple[str, Field]]:
        """The fields with their sections; a single object without a section dissolves into its own."""
        yield from self._dissolved(self._message, "", (self._message.name,), True)

    def _dissolved(
        self, class_: Class, prefix: str, outer: tuple[str, ...], sure: bool
    ) -> Iterator[tuple[str, Field]]:
        for slot in class_.slots:
            pointer = f"{prefix}/{escape(slot.name)}"
            classes, _ = self._standard.alternatives(slot)
            alone = slot.kind is Kind.CLASS and len(classes) == 1
            if alone and not slot.multivalued and not slot.group:
                if self._goes_on(classes[0], outer):
                    inside = (*outer, classes[0].name)
                    yield from self._dissolved(classes[0], pointer, inside, sure and slot.required)
            elif (field := self._field(slot, pointer, outer, sure)) is not None:
                yield slot.group, field

    def _goes_on(self, class_: Class, outer: tuple[str, ...]) -> bool:
        return class_.name not in outer and len(outer) < self._deepest

    def _field(self, slot: Slot, pointer: str, outer: tuple[str, ...], sure: bool) -> Field | None:
        holder = self._standard.classes[outer[-1]]
        field: Field = {
            "name": slot.name,
            "pointer": pointer,
            "text": slot.text,
            "kind": slot.kind.value,
            "range": slot.range,
            "widget": _widget(self._standard, slot),
            "multivalued": slot.multivalued,
            "required": slot.required or (slot.name,) in _asked(holder),
            "recommended": slot.recommended,
            "publish": pointer in self._needed,
        }
        if any(len(names) > 1 and slot.name in names for names in _asked(holder)):
            field["one_of"] = True
        if slot.sensitive:
            field["sensitive"] = True
        if slot.designates_type:
            field |= self._designator(outer)
        else:
            field |= _beginning(self._standard, slot, sure)
        if slot.key:
            field |= {"key": slot.key, "compact": slot.compact}
        if slot.kind is Kind.TYPE:
            field |= _limits(self._standard, slot)
        inside = self._inside(slot, pointer, outer, sure)
        return None if inside is None else field | inside

    def _inside(self, slot: Slot, pointer: str, outer: tuple[str, ...], sure: bool) -> Field | None:
        """What stands in a field: nothing more, the fields of its class, or the branches of several."""
        classes, others = self._standard.alternatives(slot)
        if not classes:
            # objects that are of several classes at once, or of one that nothing can be, are for machines
            return None if slot.kind is Kind.CLASS or any(class_ranges(slot)) else {}
        known = [c for c in classes if outer.count(c.name) < _DEPTH - 2 and len(outer) < self._deepest]
        if not known:
            return None
        if slot.kind is Kind.CLASS and len(classes) == 1:
            there = slot.multivalued or (sure and slot.required)
            return {"fields": self._members(known[0], pointer, outer, there)}
        branches: list[Field] = [
            {
                "kind": "class",
                "range": class_.name,
                "widget": class_.widget,
                "fields": self._members(class_, pointer, outer, True),
            }
            for class_ in known
        ]
        return {"branches": branches + ([_plain(self._standard, others)] if others else [])}

    def _members(self, class_: Class, pointer: str, outer: tuple[str, ...], sure: bool) -> list[Field]:
        found = (
            self._field(slot, f"{pointer}/{escape(slot.name)}", (*outer, class_.name), sure)
            for slot in class_.slots
        )
        return [{**inside, "pointer": escape(inside["name"])} for inside in found if inside is not None]

    def _designator(self, outer: tuple[str, ...]) -> Field:
        """What an object says of its class; of the message itself only if it is not its type."""
        said = self._standard.classes[outer[-1]].designations
        if len(outer) == 1 and said == (self._message.name,):
            return {"widget": "hidden"}
        return {"widget": "hidden", "value": said[0]} | ({"values": list(said)} if len(said) > 1 else {})


def _beginning(standard: Standard, slot: Slot, sure: bool) -> Field:
    """What a field holds from the beginning: the only value that it may have, or what the model offers."""
    only = _only(standard, slot)
    if only is not None and slot.required:
        return {"widget": "fixed", "value": only}
    offered = slot.default if slot.default is not None else only
    return {"default": offered} if offered is not None and sure else {}


def _only(standard: Standard, slot: Slot) -> Scalar | None:
    """The one value that a field may have, if there is one."""
    of_type = standard.types[slot.range].one_of if slot.kind is Kind.TYPE else ()
    allowed = slot.equals or of_type
    return allowed[0] if len(allowed) == 1 and not slot.multivalued else None


def _plain(standard: Standard, others: Sequence[Slot]) -> Field:
    """What a value may be that is no object: of one range, or anything that can be written in a box."""
    if len(others) > 1 or others[0].kind is Kind.ANY:
        return {"kind": "any", "range": "Any", "widget": "any"}
    found = others[0]
    branch: Field = {
        "kind": found.kind.value,
        "range": found.range,
        "widget": _widget(standard, found),
    }
    return branch | (_limits(standard, found) if found.kind is Kind.TYPE else {})


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


def _asked(class_: Class) -> list[tuple[str, ...]]:
    """The fields that a class asks for by rules without condition: each alone, or one of several."""
    return [
        names
        for rule in class_.rules
        if rule.level == "record" and rule.when is None
        for part in (rule.then.parts if isinstance(rule.then, All) else (rule.then,))
        if (names := _names(part))
    ]


def _names(condition: Condition) -> tuple[str, ...]:
    """The fields one of which a condition wants to be there; empty when it wants anything else."""
    match condition:
        case At(slot, Present()):
            return (slot,)
        case AnyOf(parts) | ExactlyOne(parts):
            found = [_names(part) for part in parts]
            return tuple(name for names in found for name in names) if all(map(len, found)) else ()
    return ()


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
        yield from _all_fields(field.get("branches", ()))
