"""Rules and expressions of a LinkML class, made into conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ilink_generators import linkml_words as words
from ilink_generators.load_values import scalar
from ilink_generators.model_text import Mapped
from ilink_generators.names import class_name as class_name_of
from ilink_generators.patterns import NotPortable, portable
from ilink_generators.standard import Base
from ilink_generators.well_formed import Refuse, check_words, named, near
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
    """What a rule needs to know of a slot.

    `name` is that in data; `codes` are those of a closed list; members that stand under keys are not
    asked; `is_of` makes the condition that a value is in a range.
    """

    name: str
    multivalued: bool
    range_class: str | None
    base: Base | None
    codes: tuple[str, ...] | None
    keyed: bool
    is_of: Callable[[Mapping[str, Any], Mapped, str], Condition | None]


#: Asked of a class and a slot; None when the class has no such slot.
FactsOf = Callable[[str, str], SlotFacts | None]
#: The condition that an object is of a class, if it can be told.
IsAOf = Callable[[str], Condition | None]


class Conditions:
    """Reads the conditions of one class, collecting what cannot be accepted."""

    def __init__(self, facts: FactsOf, refuse: Refuse, is_a: IsAOf = lambda _: None) -> None:
        self._facts = facts
        self._is_a = is_a
        self._refuse_in_model = refuse
        self._refused = 0

    def of_class(self, node: Mapped, class_name: str, element: str) -> Condition:
        """The condition of a class expression: its slot conditions and its any_of, all_of … together."""
        before = self._refused
        check_words(node, words.CONDITION, element, self._say)
        parts = [
            self._of_slot(node, name, test, class_name, element)
            for name, test in named(node, "slot_conditions", element, self._say).items()
        ]
        if "is_a" in node:
            told = (
                All(())
                if class_name_of(node["is_a"]) == class_name
                else self._is_a(class_name_of(node["is_a"]))
            )
            if told is None:
                self._refuse(
                    node, element, f"{node['is_a']} cannot be told without a type designator.", "is_a"
                )
            else:
                parts.append(told)
        parts += self._boolean(node, element, lambda part: self.of_class(part, class_name, element))
        return self._together(node, element, parts, before)

    def tests(self, node: Mapped, facts: SlotFacts, element: str) -> Condition:
        """The condition of a slot expression, asked of the slot's value."""
        before = self._refused
        check_words(node, words.SLOT_CONDITION, element, self._say)
        whole: list[Condition] = []
        if node.get("required"):
            whole.append(Present())
        if facts.keyed and set(node) - {"required", "value_presence", *words.INFORMS}:
            self._refuse(node, element, "members under keys cannot be asked; say inlined_as_list: true.")
        if "value_presence" in node:
            whole.append(self._presence(node, element))
        whole += self._counts(node, facts, element)
        for word, wrap in (("has_member", Some), ("all_members", Every)):
            if word in node:
                if not facts.multivalued:
                    self._refuse(node, element, f"{word} needs a slot with many values.", word)
                whole.append(wrap(self.tests(node[word], facts._replace(multivalued=False), element)))
        each = self._value_tests(node, facts, element)
        if each:
            one = _all_of(each)
            whole.append(Every(one) if facts.multivalued else one)
        whole += self._boolean(node, element, lambda part: self.tests(part, facts, element))
        return self._together(node, element, whole, before)

    def _of_slot(self, holder: Mapped, slot: str, node: Mapped, class_name: str, element: str) -> Condition:
        facts = self._facts(class_name, slot)
        if facts is None:
            where = holder["slot_conditions"]
            self._refuse(where, element, f"{class_name} has no slot {slot}.", slot)
            return At(slot, Present())
        if not set(node) - words.INFORMS:
            return At(facts.name, Present())  # a slot that is only named must be there
        return At(facts.name, self.tests(node, facts, f"{element}.{slot}"))

    def _presence(self, node: Mapped, element: str) -> Condition:
        if node["value_presence"] not in ("PRESENT", "ABSENT"):
            self._refuse(node, element, "value_presence is PRESENT or ABSENT.", "value_presence")
        return Present() if node["value_presence"] == "PRESENT" else Not(Present())

    def _value_tests(self, node: Mapped, facts: SlotFacts, element: str) -> list[Condition]:
        tests: list[Condition] = []
        for word in ("equals_string", "equals_string_in"):
            if word in node:
                said = node[word] if isinstance(node[word], list) else [node[word]]
                tests.append(Is(tuple(self._scalar(node, word, text, facts, element) for text in said)))
        for word in ("equals_number", "minimum_value", "maximum_value"):
            if word in node and facts.base not in ("integer", "number", "any"):
                self._refuse(node, element, f"{word} needs a number as range.", word)
        if "equals_number" in node:
            tests.append(Is((node["equals_number"],)))
        if "minimum_value" in node:
            tests.append(AtLeast(node["minimum_value"]))
        if "maximum_value" in node:
            tests.append(AtMost(node["maximum_value"]))
        if "pattern" in node or "structured_pattern" in node:
            tests += self._matches(node, facts, element)
        if "range" in node:
            same = class_name_of(node["range"]) == facts.range_class
            said = {"range": node["range"], "inlined": facts.range_class is not None}
            part = All(()) if same else facts.is_of(said, node, element)
            if part is None:
                self._refuse(node, element, f"{node['range']} cannot be told in a rule.", "range")
            else:
                tests.append(part)
        if "range_expression" in node:
            if facts.range_class is None:
                self._refuse(node, element, "range_expression needs a class as range.", "range_expression")
            else:
                tests.append(self.of_class(node["range_expression"], facts.range_class, element))
        return tests

    def _matches(self, node: Mapped, facts: SlotFacts, element: str) -> list[Condition]:
        if facts.base in (None, "integer", "number", "boolean"):
            self._refuse(node, element, "pattern needs a text as range.", "pattern")
        if "pattern" not in node:
            self._refuse(node, element, "structured_pattern is not supported in a rule; say pattern.")
            return []
        try:
            return [Matches(portable(node["pattern"]))]
        except NotPortable as reason:
            self._refuse(node, element, f"the pattern cannot be used everywhere: {reason}.", "pattern")
            return []

    def _scalar(self, node: Mapped, word: str, text: str, facts: SlotFacts, element: str) -> Scalar:
        """LinkML has no equals_boolean: `equals_string: "true"` of a boolean means the boolean."""
        if facts.base == "boolean" and text in ("true", "false"):
            return text == "true"
        if facts.base in (None, "boolean"):
            self._refuse(node, element, f"{word} needs a text as range, or “true” or “false”.", word)
        elif facts.base in ("integer", "number"):
            return scalar(text, facts.base)
        elif facts.codes is not None and text not in facts.codes:
            self._say(node, word, element, f"no such code: {text}.", near(text, facts.codes, ""))
        return text

    def _counts(self, node: Mapped, facts: SlotFacts, element: str) -> list[Condition]:
        counts = [node.get(f"{which}_cardinality") for which in ("exact", "minimum", "maximum")]
        if counts == [None, None, None]:
            return []
        if not facts.multivalued:
            self._refuse(node, element, "a cardinality needs a slot with many values.")
        exact, minimum, maximum = counts
        return [Count(minimum, maximum) if exact is None else Count(exact, exact)]

    def _boolean(self, node: Mapped, element: str, read: Callable[[Mapped], Condition]) -> list[Condition]:
        parts: list[Condition] = []
        for word, join in (("all_of", All), ("any_of", AnyOf), ("exactly_one_of", ExactlyOne)):
            if node.get(word):
                parts.append(join(tuple(read(part) for part in node[word])))
        if node.get("none_of"):
            parts.append(Not(AnyOf(tuple(read(part) for part in node["none_of"]))))
        return parts

    def _together(self, node: Mapped, element: str, parts: list[Condition], before: int) -> Condition:
        if not parts and self._refused == before:
            self._refuse(node, element, "it asks nothing.")
        return _all_of(parts)

    def _say(self, node: Mapped, key: str | None, element: str, message: str, hint: str) -> None:
        self._refused += 1
        self._refuse_in_model(node, key, element, message, hint)

    def _refuse(self, node: Mapped, element: str, message: str, key: str | None = None) -> None:
        self._say(node, key, element, message, "")


def _all_of(parts: list[Condition]) -> Condition:
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
