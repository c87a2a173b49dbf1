"""Classes of a model, with the rules, keys and checks that they say and inherit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from ilink_generators.load_messages import mark_messages
from ilink_generators.load_rules import Conditions, notes_of
from ilink_generators.load_slots import Slots
from ilink_generators.load_types import THREADS, label_of
from ilink_generators.model_files import ModelFiles, at, listed, text_of
from ilink_generators.model_text import Mapped
from ilink_generators.standard import LEVELS, Class, ClassCheck, Level, Rule, Slot, UniqueKey
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
        return Class(
            name=name,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            slots=slots,
            rules=tuple(
                rule for ancestor in reversed(line_of_descent) for rule in self._rules(ancestor, name)
            ),
            unique_keys=self._unique_keys(line_of_descent, slots),
            checks=tuple(
                check
                for ancestor in reversed(line_of_descent)
                for check in self._class_checks(ancestor, {slot.name for slot in slots})
            ),
            ancestors=ancestors,
            abstract=bool(node.get("abstract")),
            mixin=bool(node.get("mixin")),
            thread=cast(Any, self.files.one_of(node, name, notes.get("thread", "never"), THREADS)),
            canonical=self.files.known(node, name, "canonical form", notes.get("canonical"), FORMS),
            widget=notes.get("widget", "group"),
            innocent=self.files.one_of(node, name, notes.get("innocent", "false"), ("false", "true"))
            == "true",
            origin=at(node),
        )

    def _rules(self, speaker: str, class_name: str) -> Iterable[Rule]:
        """The rules that one ancestor says, read in the class that inherits them."""
        node = self.files.sections["classes"][speaker]
        conditions = Conditions(self._slots.facts, self.files.refuse)
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
            yield Rule(
                code=notes.get("code") or f"{_kebab(speaker)}-{number}",
                level=self.files.level(rule, element, notes.get("level", "record")),
                title=text_of(rule, "title") or text_of(rule, "description"),
                when=read.get("preconditions"),
                then=read.get("postconditions") or ALWAYS,
                otherwise=read.get("elseconditions"),
                rule_ref=notes.get("rule_ref", ""),
                defined_in=speaker,
                origin=at(rule),
            )

    def _unique_keys(
        self, line_of_descent: tuple[str, ...], slots: tuple[Slot, ...]
    ) -> tuple[UniqueKey, ...]:
        """The keys a class says and inherits; an identifier is one too."""
        names = {slot.name for slot in slots}
        keys: dict[str, UniqueKey] = {}
        for name in line_of_descent:
            node = self.files.sections["classes"][name]
            for key, value in (node.get("unique_keys") or {}).items():
                parts = tuple(listed(value.get("unique_key_slots")))
                if not parts:
                    self.files.refuse(value, None, f"{name}.{key}", "it has no unique_key_slots.")
                for part in parts:
                    if part not in names:
                        what = self.files.no_such("slot", part, names)
                        self.files.refuse(value, "unique_key_slots", f"{name}.{key}", what)
                keys.setdefault(key, UniqueKey(key, parts))
        for slot in slots:
            if self._slots.says(line_of_descent[0], slot.name, "identifier", "key"):
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


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").replace(" ", "-").lower()
