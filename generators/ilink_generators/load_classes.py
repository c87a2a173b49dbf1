"""Classes of a model, with the rules, keys and checks that they say and inherit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from ilink_generators.load_messages import mark_messages
from ilink_generators.load_rules import Conditions, notes_of
from ilink_generators.load_slots import Slots
from ilink_generators.load_types import THREADS, label_of
from ilink_generators.model_files import ModelFiles, at, listed, text_of
from ilink_generators.model_text import Mapped
from ilink_generators.names import slot_name
from ilink_generators.standard import LEVELS, Class, ClassCheck, Kind, Level, Rule, Slot, UniqueKey
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import OBJECT_CHECKS
from ilink_runtime.conditions import All

#: A condition that always holds, for a rule that only says what else must be.
ALWAYS = All(())
_BOOLEAN_WORDS = ("any_of", "all_of", "none_of", "exactly_one_of", "slot_conditions")
_CHECK = re.compile(r"\s*([a-z_]+)\(\s*([^)]*?)\s*\)\s*")


class Classes:
    """The classes of the files of a model."""

    def __init__(self, files: ModelFiles, slots: Slots) -> None:
        self.files = files
        self._slots = slots

    def classes(self) -> dict[str, Class]:
        """Every class, by its name, the messages marked."""
        nodes = self.files.sections["classes"]
        return mark_messages(self.files, {name: self._class(name, node) for name, node in nodes.items()})

    def _class(self, name: str, node: Mapped) -> Class:
        ancestors = self._slots.ancestors(name)
        line_of_descent = (name, *ancestors)
        notes: dict[str, str] = {}
        for ancestor in reversed(line_of_descent):
            notes.update(notes_of(self.files.sections["classes"][ancestor]))
        slots = self._slots.of(name)
        number_range = self._number_range(name, node, notes.get("range", ""), slots)
        checks = (
            check
            for ancestor in reversed(line_of_descent)
            for check in self._class_checks(ancestor, {slot.name for slot in slots})
        )
        ends = () if number_range is None else (ClassCheck("number_range", "record", number_range),)
        return Class(
            name=name,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            slots=slots,
            rules=(
                *(rule for ancestor in reversed(line_of_descent) for rule in self._rules(ancestor, name)),
                *self._slot_rules(name),
            ),
            unique_keys=self._unique_keys(line_of_descent, slots),
            checks=(*checks, *ends),
            ancestors=ancestors,
            abstract=bool(node.get("abstract") or node.get("union_of")),
            mixin=bool(node.get("mixin")),
            open=self._is_open(name, node),
            designations=self._slots.designations(name),
            thread=cast(Any, self.files.one_of(node, name, notes.get("thread", "never"), THREADS)),
            canonical=self.files.known(node, name, "canonical form", notes.get("canonical"), FORMS),
            number_range=number_range,
            widget=notes.get("widget", "group"),
            innocent=self.files.one_of(node, name, notes.get("innocent", "false"), ("false", "true"))
            == "true",
            aliases=tuple(listed(node.get("aliases"))),
            origin=at(node),
        )

    def _rules(self, speaker: str, class_name: str) -> Iterable[Rule]:
        """The rules that one ancestor says, read in the class that inherits them."""
        node = self.files.sections["classes"][speaker]
        conditions = Conditions(self._slots.facts, self.files.refuse, self._slots.is_a)
        if any(word in node for word in _BOOLEAN_WORDS):
            part = Mapped(node.file, node.line)
            part.update({word: node[word] for word in _BOOLEAN_WORDS if word in node})
            then = conditions.of_class(part, class_name, speaker)
            code = f"{_kebab(speaker)}-alternatives"
            yield Rule(code, "record", "", then, defined_in=speaker, origin=at(node))
        for number, rule in enumerate(node.get("rules") or (), start=1):
            if rule.get("deactivated"):
                continue
            notes = notes_of(rule)
            element = f"{speaker} rule {notes.get('code', number)}"
            read = {
                word: conditions.of_class(rule[word], class_name, element)
                for word in ("preconditions", "postconditions", "elseconditions")
                if rule.get(word)
            }
            if "postconditions" not in read and "elseconditions" not in read:
                self.files.refuse(rule, None, element, "it has neither postconditions nor elseconditions.")
                continue
            if "elseconditions" in read and "preconditions" not in read:
                self.files.refuse(rule, "elseconditions", element, "elseconditions need preconditions.")
            if rule.get("open_world"):
                self.files.refuse(
                    rule,
                    "open_world",
                    element,
                    "open_world is not supported: what is not said is judged here.",
                )
            code = notes.get("code") or f"{_kebab(speaker)}-{number}"
            said = Rule(
                code=code,
                level=self.files.level(rule, element, notes.get("level", "record")),
                title=text_of(rule, "title") or text_of(rule, "description"),
                when=read.get("preconditions"),
                then=read.get("postconditions") or ALWAYS,
                otherwise=read.get("elseconditions"),
                rule_ref=notes.get("rule_ref", ""),
                defined_in=speaker,
                origin=at(rule),
            )
            yield said
            if rule.get("bidirectional") and said.when is not None and "postconditions" in read:
                yield replace(said, code=f"{code}-back", when=said.then, then=said.when, otherwise=None)

    def _slot_rules(self, name: str) -> Iterable[Rule]:
        """What slots ask of their values in words of rules."""
        for speaker, slot, condition, origin in self._slots.tests(name):
            code = f"{_kebab(speaker)}.{slot}" if speaker else slot
            yield Rule(code, "record", "", condition, defined_in=speaker, origin=origin)

    def _is_open(self, name: str, node: Mapped) -> bool:
        """Whether objects may have fields that the model does not name."""
        said = node.get("extra_slots") or {}
        if said.get("range_expression"):
            self.files.refuse(node, "extra_slots", name, "extra slots may be allowed, but not of one range.")
        return bool(said.get("allowed"))

    def _unique_keys(
        self, line_of_descent: tuple[str, ...], slots: tuple[Slot, ...]
    ) -> tuple[UniqueKey, ...]:
        """The keys a class says and inherits; an identifier is one too."""
        names = {slot.name for slot in slots}
        shown = {
            name: slot.name for name, slot in zip(self._slots.names(line_of_descent[0]), slots, strict=True)
        }
        keys: dict[str, UniqueKey] = {}
        for name in line_of_descent:
            node = self.files.sections["classes"][name]
            for key, value in (node.get("unique_keys") or {}).items():
                said = [slot_name(part) for part in listed(value.get("unique_key_slots"))]
                parts = tuple(shown.get(part, part) for part in said)
                if not parts:
                    self.files.refuse(value, None, f"{name}.{key}", "it has no unique_key_slots.")
                for part in parts:
                    if part not in names:
                        what = self.files.no_such("slot", part, names)
                        self.files.refuse(value, "unique_key_slots", f"{name}.{key}", what)
                keys.setdefault(key, UniqueKey(key, parts))
        for name, slot in zip(shown, slots, strict=True):
            if self._slots.says(line_of_descent[0], name, "identifier", "key"):
                keys.setdefault(slot.name, UniqueKey(slot.name, (slot.name,)))
        return tuple(keys.values())

    def _class_checks(self, name: str, slots: set[str]) -> Iterable[ClassCheck]:
        """Reads `checks: "date_order(issue_date, expiry_date, quality); …"` of one ancestor."""
        node = self.files.sections["classes"][name]
        for part in filter(None, map(str.strip, notes_of(node).get("checks", "").split(";"))):
            match = _CHECK.fullmatch(part)
            said = [word.strip() for word in match.group(2).split(",")] if match else []
            if match is None or len(said) != 3 or said[-1] not in LEVELS:
                self.files.refuse(
                    node, "annotations", name, f"checks: “{part}” is not name(slot, slot, level)."
                )
                continue
            for slot in said[:-1]:
                if slot not in slots:
                    self.files.refuse(node, "annotations", name, self.files.no_such("slot", slot, slots))
            self.files.known(node, name, "check", match.group(1), OBJECT_CHECKS)
            yield ClassCheck(match.group(1), cast(Level, said[-1]), tuple(said[:-1]))

    def _number_range(
        self, name: str, node: Mapped, said: str, slots: tuple[Slot, ...]
    ) -> tuple[str, str] | None:
        """Reads `range: first_number, last_number`."""
        if not said:
            return None
        ends = [word.strip() for word in said.split(",")]
        if len(ends) != 2:
            self.files.refuse(node, "annotations", name, f"range: “{said}” is not two slots, first, last.")
            return None
        known = {slot.name: slot for slot in slots}
        for end in ends:
            if end not in known:
                self.files.refuse(
                    node, "annotations", name, f"range: {self.files.no_such('slot', end, known)}"
                )
                return None
        first, last = (known[end] for end in ends)
        if first.kind is not Kind.TYPE or first.range != last.range or first.multivalued or last.multivalued:
            self.files.refuse(
                node, "annotations", name, "range: the first and the last are single values of one type."
            )
        return first.name, last.name


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").replace(" ", "-").lower()
