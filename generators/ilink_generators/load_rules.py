"""Rules and expressions of a LinkML class, made into conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ilink_generators import linkml_words as words
from ilink_generators.model_text import Mapped, ModelFault
from ilink_generators.patterns import NotPortable, portable
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
    Scalar,
    Some,
)


class SlotFacts(NamedTuple):
    """What a rule needs to know of a slot."""

    multivalued: bool
    range_class: str | None
    boolean: bool


#: Asked of a class and a slot; None when the class has no such slot.
FactsOf = Callable[[str, str], SlotFacts | None]


class Conditions:
    """Reads the conditions of one class, collecting what cannot be accepted."""

    def __init__(self, facts: FactsOf, faults: list[ModelFault]) -> None:
        self._facts = facts
        self._faults = faults

    def of_class(self, node: Mapped, class_name: str, element: str) -> Condition:
        """The condition of a class expression: its slot conditions and its any_of, all_of … together."""
        self._check_words(node, words.CONDITION, element)
        parts = [
            self._of_slot(name, test, class_name, element)
            for name, test in (node.get("slot_conditions") or {}).items()
        ]
        parts += self._boolean(node, element, lambda part: self.of_class(part, class_name, element))
        return _together(parts)

    def tests(self, node: Mapped, facts: SlotFacts, element: str) -> Condition:
        """The condition of a slot expression, asked of the slot's value."""
        self._check_words(node, words.SLOT_CONDITION, element)
        whole: list[Condition] = []
        if node.get("required"):
            whole.append(Present())
        if "value_presence" in node:
            present = str(node["value_presence"]).upper() == "PRESENT"
            whole.append(Present() if present else Not(Present()))
        whole += self._counts(node)
        for word, wrap in (("has_member", Some), ("all_members", Every)):
            if word in node:
                whole.append(wrap(self.tests(node[word], facts._replace(multivalued=False), element)))
        each = self._value_tests(node, facts, element)
        if each:
            whole.append(Every(_together(each)) if facts.multivalued else _together(each))
        whole += self._boolean(node, element, lambda part: self.tests(part, facts, element))
        return _together(whole)

    def _of_slot(self, slot: str, node: Any, class_name: str, element: str) -> Condition:
        facts = self._facts(class_name, slot)
        if facts is None:
            self._refuse(node, element, f"{class_name} has no slot {slot}.")
            return _together([])
        if not isinstance(node, Mapped):
            return At(slot, _together([]))
        return At(slot, self.tests(node, facts, f"{element}.{slot}"))

    def _value_tests(self, node: Mapped, facts: SlotFacts, element: str) -> list[Condition]:
        tests: list[Condition] = []
        if "equals_string" in node:
            tests.append(Is((_scalar(node["equals_string"], facts),)))
        if "equals_string_in" in node:
            tests.append(Is(tuple(_scalar(text, facts) for text in node["equals_string_in"])))
        if "equals_number" in node:
            tests.append(Is((node["equals_number"],)))
        if "minimum_value" in node:
            tests.append(AtLeast(node["minimum_value"]))
        if "maximum_value" in node:
            tests.append(AtMost(node["maximum_value"]))
        if "pattern" in node:
            try:
                tests.append(Matches(portable(str(node["pattern"]))))
            except NotPortable as reason:
                self._refuse(node, element, f"the pattern cannot be used everywhere: {reason}.", "pattern")
        if "range_expression" in node:
            if facts.range_class is None:
                self._refuse(node, element, "range_expression needs a class as range.", "range_expression")
            else:
                tests.append(self.of_class(node["range_expression"], facts.range_class, element))
        return tests

    def _counts(self, node: Mapped) -> list[Condition]:
        if "exact_cardinality" in node:
            return [Count(node["exact_cardinality"], node["exact_cardinality"])]
        if "minimum_cardinality" in node or "maximum_cardinality" in node:
            return [Count(node.get("minimum_cardinality"), node.get("maximum_cardinality"))]
        return []

    def _boolean(self, node: Mapped, element: str, read: Callable[[Mapped], Condition]) -> list[Condition]:
        parts: list[Condition] = []
        for word, join in (("all_of", All), ("any_of", AnyOf), ("exactly_one_of", ExactlyOne)):
            if word in node:
                parts.append(join(tuple(read(part) for part in node[word])))
        if "none_of" in node:
            parts.append(Not(AnyOf(tuple(read(part) for part in node["none_of"]))))
        return parts

    def _check_words(self, node: Mapped, known: frozenset[str], element: str) -> None:
        for word in node:
            if word not in known:
                self._refuse(node, element, f"{word} is not supported in a condition.", word)

    def _refuse(self, node: Any, element: str, message: str, key: str | None = None) -> None:
        if isinstance(node, Mapped):
            file, line = node.file, node.line_of(key) if key else node.line
        else:
            file, line = "", 0
        self._faults.append(ModelFault("unsupported", file, line, element, message))


def _scalar(text: Any, facts: SlotFacts) -> Scalar:
    """LinkML has no equals_boolean: `equals_string: "true"` of a boolean means the boolean."""
    said = _plain(text)
    return said == "true" if facts.boolean and said in ("true", "false") else str(text)


def _together(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def notes_of(node: Mapping[str, Any]) -> dict[str, str]:
    """The annotations of an element as text, whichever of LinkML's two spellings it uses."""
    found = node.get("annotations") or {}
    if isinstance(found, list):
        return {str(item["tag"]): _plain(item.get("value")) for item in found}
    return {
        tag: _plain(value.get("value") if isinstance(value, Mapping) and "value" in value else value)
        for tag, value in found.items()
    }


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
