"""`reference.json`: what a reader of the standard asks and the rest of the bundle does not say.

The pages at `/docs/standard` are rendered from the bundle when they are asked for; here stand the
classes with what they inherit, the patterns and limits, the rules as data, and an invented message
of each type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ilink_generators.plain_json import dump, rows
from ilink_generators.reference_docs.example import example
from ilink_generators.standard import Class, CodeList, Rule, Slot, Standard, Type, values
from ilink_runtime.conditions import to_json

Row = dict[str, Any]


def generate(standard: Standard) -> dict[str, str]:
    """One file, `reference.json`, a line an element."""
    said = {rule.code: _rule(rule) for class_ in standard.classes.values() for rule in class_.rules}
    rows_of = {
        name: {slot.name: _slot(slot) for slot in class_.slots} for name, class_ in standard.classes.items()
    }
    used = {
        part.range for class_ in standard.classes.values() for slot in class_.slots for part in values(slot)
    }
    examples = {message.name: example(standard, message) for message in standard.messages()}
    parts = {
        "classes": {name: _class(class_, rows_of) for name, class_ in standard.classes.items()},
        "types": {type_.name: _type(type_) for type_ in standard.types.values() if type_.name in used},
        "code_lists": {code_list.name: _code_list(code_list) for code_list in standard.code_lists.values()},
        "rules": said,
        "examples": {name: found for name, found in examples.items() if found is not None},
    }
    lines = ",\n".join(f"{dump(name).strip()}: {rows(part).strip()}" for name, part in parts.items())
    return {"reference.json": "{\n" + lines + "\n}\n"}


def _class(class_: Class, rows_of: Mapping[str, Mapping[str, Row]]) -> Row:
    """A class; a field that it only inherits is its bare name, to be looked up in its ancestors."""
    own = rows_of[class_.name]
    inherited = {
        name: row for ancestor in reversed(class_.ancestors) for name, row in rows_of[ancestor].items()
    }
    return _without_nothing(
        ancestors=class_.ancestors,
        abstract=class_.abstract,
        mixin=class_.mixin,
        slots=[name if row == inherited.get(name) else row for name, row in own.items()],
        rules=[rule.code for rule in class_.rules],
        unique_keys=[key.slots for key in class_.unique_keys],
        checks=[{"check": c.check, "level": c.level, "slots": c.slots} for c in class_.checks],
    )


def _slot(slot: Slot) -> Row:
    return _without_nothing(
        name=slot.name,
        text=slot.text,
        kind=slot.kind.value,
        range=slot.range,
        required=slot.required,
        recommended=slot.recommended,
        multivalued=slot.multivalued,
        minimum_cardinality=slot.minimum_cardinality,
        maximum_cardinality=slot.maximum_cardinality,
        pattern=slot.pattern,
        minimum=slot.minimum,
        maximum=slot.maximum,
        equals=slot.equals,
        sensitive=slot.sensitive,
        unit=slot.unit,
        example=slot.example,
        key=slot.key,
        refers_to=slot.refers_to,
        choices=[{"word": one.word, "parts": [_slot(part) for part in one.parts]} for one in slot.choices],
    )


def _type(type_: Type) -> Row:
    return _without_nothing(
        base=type_.base,
        pattern=type_.pattern,
        minimum=type_.minimum,
        maximum=type_.maximum,
        min_length=type_.min_length,
        max_length=type_.max_length,
        one_of=type_.one_of,
        unit=type_.unit,
        check=type_.check,
        check_level=type_.check_level if type_.check else None,
        canonical=type_.canonical,
        thread=type_.thread,
        search=type_.search,
        example=type_.example,
    )


def _code_list(code_list: CodeList) -> Row:
    meanings = {code.code: code.meaning for code in code_list.codes if code.meaning}
    return _without_nothing(pattern=code_list.pattern, meanings=meanings)


def _rule(rule: Rule) -> Row:
    return _without_nothing(
        defined_in=rule.defined_in,
        level=rule.level,
        rule_ref=rule.rule_ref,
        when=to_json(rule.when) if rule.when is not None else None,
        then=to_json(rule.then),
        otherwise=to_json(rule.otherwise) if rule.otherwise is not None else None,
    )


def _without_nothing(**members: Any) -> Row:
    """The members that say something; nought is something."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value is not False and not _is_empty(value)
    }


def _is_empty(value: Any) -> bool:
    return isinstance(value, str | tuple | list | Mapping) and len(value) == 0
