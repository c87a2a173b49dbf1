"""Proposes an adapter from a sample of a country's records: places, formats, likely fields.

What is proposed passes the checks; what only the country can know stands beside it as `# decide:`.
No value of the sample is written but the codes of its code fields.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from babel.languages import get_official_languages

from ilink_generators.adapters import checked, samples
from ilink_generators.adapters.likely import SURER, WHOLE_NAME, Fields, Match, Target, Targets, kind_of
from ilink_generators.adapters.proposed_converters import SURE, Converters
from ilink_generators.adapters.proposed_rules import Rule, Rules
from ilink_generators.adapters.proposed_tables import OPEN_CODES, Tables
from ilink_generators.adapters.read_adapter import read_text
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.adapters.sample import Sample, SampleRefused
from ilink_generators.adapters.written import each, quoted
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.standard import Class, Kind, Slot, Standard

_ASK = "is it this field?"


def proposed(standard: Standard, name: str, country: str, message: str, path: Path, encoding: str) -> str:
    """The text of an adapter for the records of a sample. SampleRefused when it cannot be read."""
    if message not in standard.classes or not standard.classes[message].is_message:
        raise SampleRefused(f"there is no message type {message}.")
    return _Proposal(standard, name, country, message, samples.read(path, encoding)).text()


class _Proposal:
    def __init__(self, standard: Standard, name: str, country: str, message: str, sample: Sample) -> None:
        self._standard, self._name, self._country = standard, name, country
        self._message, self._sample = message, sample
        self._fields = Fields(standard)
        self._targets = self._fields.of_message(standard.classes[message])
        self._converters = Converters(standard, Tables(standard, name), sample, self._told_language())
        self._reference = ""
        #: Fields that have been given a constant.
        self._said: set[str] = set()

    def text(self) -> str:
        """The file: constants are added for what every message must say, and what does not pass is asked."""
        message = self._standard.classes[self._message]
        lists = self._lists()
        found = self._rules(self._sample, self._targets, {rule.path for rule in lists.rules})
        found.rules += lists.rules
        found.left |= lists.left
        self._more(found, message)
        if not found.rules:
            found.rules += self._needed(message, set())[:1]
        places = list(self._sample.values)
        found.rules.sort(key=lambda rule: places.index(rule.place) if rule.place in places else len(places))
        while faults := self._faults(lines := self._file(found)):
            for fault in faults:
                rule = dict(enumerate((rule for _line, rule in lines), start=1)).get(fault.line)
                self._mend(found, fault, rule or self._with_table(found, fault.element))
        return "\n".join([self._summary(found), *(line for line, _rule in lines)]) + "\n"

    def _faults(self, lines: list[tuple[str, Rule | None]]) -> list[ModelFault]:
        """What check would say of the file."""
        faults: list[ModelFault] = []
        try:
            adapter = read_text("\n".join(line for line, _rule in lines), faults)
        except ModelRefused as refused:
            reason = refused.faults[0].message
            raise SampleRefused(f"its places cannot be named in a file: {reason}") from None
        checked(self._standard, with_mappings(adapter, self._standard), faults)
        return faults

    def _mend(self, found: Rules, fault: ModelFault, rule: Rule | None) -> None:
        """A constant for a field that every message must say; else the rule goes."""
        constant = self._constant(fault.element) if "must say its" in fault.message else None
        if constant is not None and constant.path not in self._said:
            self._said.add(constant.path)
            found.rules.append(constant)
        elif rule is not None:
            found.without(rule)
        elif constant is None or constant.path not in {one.path for one in found.rules}:
            raise SampleRefused(f"no adapter can be proposed for it: {fault.message}")

    @staticmethod
    def _with_table(found: Rules, element: str) -> Rule | None:
        """The rule that names the code table of a fault."""
        _codes, _, table = element.partition("codes.")
        rules = (rule for _line, rule in found.lines("") if rule is not None)
        return next((rule for rule in rules if table and f"codes: {quoted(table)}" in rule.said), None)

    # -- rules -----------------------------------------------------------------------------------

    def _rules(self, sample: Sample, targets: Targets, taken: set[str]) -> Rules:
        """A rule for each place whose field is likely, and a question for each other one."""
        pairs = [
            (place, match._replace(target=_in_letters(match.target, each(values), targets.paths)))
            for place, values in sample.values.items()
            for match in targets.matches(place)
        ]
        pairs.sort(key=lambda pair: (-pair[1].score, pair[1].target.rank))
        rules: dict[str, Rule] = {}
        filled = set(taken)
        parts = {match.target.path: place for place, match in reversed(pairs)}
        for place, match in pairs:
            target = match.target
            if place in rules or not filled.isdisjoint(
                {target.path, target.path.partition("[")[0], *target.whole}
            ):
                continue
            if any(parts.get(part, place) != place for part in target.whole):
                continue  # the parts of the name have places of their own
            rule = self._rule(place, match, sample.values[place])
            if rule is not None:
                rules[place] = rule
                filled |= {target.path, *target.whole}
        found = Rules([rules[place] for place in sample.values if place in rules])
        found.left = {
            place: self._converters.shown(each(values))
            for place, values in sample.values.items()
            if place not in rules
        }
        for rule in found.rules:
            self._widen(rule, filled, each(sample.values[rule.place]))
        return found

    def _rule(self, place: str, match: Match, values: list[Any]) -> Rule | None:
        target = match.target
        if target.whole:
            return self._whole(place, target.whole, each(values))
        words = self._converters.of(place, match, values)
        if words is None:
            return None
        ask = words.ask if match.score > SURE else _ASK
        path, part, kind = target.path, target.listed, ""
        mark = next(
            (mark for mark in ("|", ";", ", ", "؛", "،") if any(mark in str(one) for one in each(values))), ""
        )
        if target.telling and mark:
            path, key, code, part = re.fullmatch(r"(.*)\[(.*)=(.*)\]\.(.*)", path).groups()  # type: ignore[union-attr]
            kind, ask = f", {{field: {key}, constant: {code}}}", ask or "are there several in one place?"
        if part:
            inner = f"{{place: {quoted(place)}, field: {part}{words.said}}}{kind}"
            zipped = f"zip: {quoted(mark.strip() or '|')}, places: [{quoted(place)}]"
            return Rule(f"{zipped}, field: {path}, rules: [{inner}]", place, path, ask)
        if path == "national_reference":
            self._reference = self._reference or place
        return Rule(f"place: {quoted(place)}, field: {self._path(path)}{words.said}", place, path, ask)

    def _whole(self, place: str, paths: Iterable[str], values: list[Any]) -> Rule:
        """A whole name in one place, split where most of the values show it."""
        comma = sum(", " in str(value) for value in values) * 2 > len(values)
        order = ", ".join(reversed(tuple(paths)) if comma else paths)
        said = f"place: {quoted(place)}, fields: [{order}], split: {quoted(', ' if comma else ' ')}"
        return Rule(said, place, "", "which part of the name comes first, and where does it end?")

    def _widen(self, rule: Rule, filled: set[str], values: list[Any]) -> None:
        """Makes a whole name of its only part that has a place, where most values have several words."""
        above, _, name = rule.path.rpartition(".")
        script = "_original" if name.endswith("_original") else ""
        paths = tuple(f"{above}.{one}{script}" if above else f"{one}{script}" for one in WHOLE_NAME)
        if (
            name.removesuffix(script) not in WHOLE_NAME
            or "[" in above
            or len(filled & set(paths)) != 1
            or not values
        ):
            return
        if sum(len(str(value).split()) > 1 for value in values) * 2 > len(values):
            rule.__dict__.update(self._whole(rule.place, paths, values).__dict__)

    def _more(self, found: Rules, message: Class) -> None:
        """Flat records: columns beside that of a warrant or passport are its date and its authority."""
        for place in list(found.left):
            if found.left[place] == "each":
                continue
            order = list(self._sample.values)
            here = order.index(place)
            near = sorted(
                (rule for rule in found.rules if "[" in rule.path), key=lambda r: here - order.index(r.place)
            )
            near.sort(key=lambda rule: order.index(rule.place) > here)
            for path in dict.fromkeys(
                [*(rule.path.rpartition(".")[0] for rule in near), *self._kinds(message)]
            ):
                target = self._fields.of_kind(path, self._holder(path, message))
                taken = {rule.path for rule in found.rules}
                likely = [m for m in target.matches(place) if m.target.path not in taken and m.score >= SURER]
                likely.sort(key=lambda one: -one.score)
                rules = (self._rule(place, one, self._sample.values[place]) for one in likely)
                rule = next((rule for rule in rules if rule is not None), None)
                if rule is not None and path.partition("[")[0] not in taken:
                    rule.ask = rule.ask or _ASK
                    found.rules.append(rule)
                    del found.left[place]
                    break

    def _kinds(self, message: Class) -> list[str]:
        """One object of each list that may leave its kind open: the first kind is the usual one."""
        found = []
        for holder in self._fields.lists(message):
            inner = self._standard.concrete(holder.slot.range)[0]
            kind = kind_of(self._standard, inner)
            if kind is not None and not kind.required and "." not in holder.path:
                found.append(f"{holder.path}[{kind.name}={self._standard.code_lists[kind.range].texts[0]}]")
        return found

    def _holder(self, path: str, message: Class) -> Class:
        holder = message
        for step in path.split("."):
            holder = self._standard.concrete(holder.slot(step.partition("[")[0]).range)[0]
        return holder

    def _lists(self) -> Rules:
        """A rule for each list of objects that is likely one of the standard's, and questions."""
        holders = list(self._fields.lists(self._standard.classes[self._message]))
        found = Rules(left=dict.fromkeys(self._sample.lists, "each"))
        fits = [
            (self._fit(holder, place, inner), place, holder)
            for place, inner in self._sample.lists.items()
            for holder in holders
        ]
        for likely, place, best in sorted(fits, key=lambda fit: -fit[0]):
            if not likely or place not in found.left or best.path in {rule.path for rule in found.rules}:
                continue
            del found.left[place]
            inner = self._sample.lists[place]
            held = self._standard.concrete(best.slot.range)[0]
            rules = self._rules(inner, self._fields.of_object(held), set())
            rules.rules += self._needed(held, {rule.path for rule in rules.rules} | self._names_of(rules))
            rules.left |= dict.fromkeys(inner.lists, "each")
            ask = "" if likely >= 2 else "is it this list?"
            found.rules.append(Rule("", place, best.path, ask, rules))
        return found

    @staticmethod
    def _names_of(rules: Rules) -> set[str]:
        return set(WHOLE_NAME) if any("fields: [" in rule.said for rule in rules.rules) else set()

    def _fit(self, holder: Target, place: str, inner: Sample) -> float:
        """How well a list of the country fits one of the standard: by its name, and by its parts."""
        parts = self._fields.of_object(self._standard.concrete(holder.slot.range)[0])
        met = sum(any(True for _ in parts.matches(one)) for one in inner.values) / max(len(inner.values), 1)
        by_name = max((match.score for match in Targets([holder]).matches(place)), default=0.0)
        if not by_name:
            return met if met > 0.7 and len(inner.values) > 2 else 0.0
        return by_name * 2 + met if met else 0.0

    def _needed(self, holder: Class, told: set[str]) -> list[Rule]:
        """Constants for what an object of a list must say and no place says."""
        return [
            self._constant_of(slot, slot.name)
            for slot in holder.slots
            if slot.required
            and not slot.designates_type
            and slot.name not in told
            and slot.kind is not Kind.CLASS
        ]

    def _told_language(self) -> str:
        """The language of free text: the country's, or that in which most places are named."""
        names = Counter(
            match.language for place in self._sample.values for match in self._targets.matches(place)
        )
        official = get_official_languages(self._country, de_facto=True)
        known = [one for one, _count in names.most_common() if one and (not official or one in official)]
        return next(iter([*known, *official]), "en")

    # -- the rest of the file --------------------------------------------------------------------

    @staticmethod
    def _path(path: str) -> str:
        return path if "[" not in path else quoted(path)

    def _constant(self, path: str) -> Rule | None:
        """A constant for a field that no place fills; None where there is none that would do."""
        holder, slot = self._standard.classes[self._message], None
        for step in path.split("."):
            if slot is not None and slot.multivalued:
                return None
            slot = holder.slot(step)
            if slot.kind is Kind.CLASS:
                holder = self._standard.concrete(slot.range)[0]
        assert slot is not None
        if slot.kind is Kind.CLASS:
            inner = next((one for one in holder.slots if one.required), holder.slots[0])
            return None if slot.multivalued else self._constant(f"{path}.{inner.name}")
        return self._constant_of(slot, path)

    def _constant_of(self, slot: Slot, path: str) -> Rule:
        if slot.kind is Kind.CODE:
            codes = self._standard.code_lists[slot.range].texts
            value = next((code for code in codes if code in OPEN_CODES), codes[0] if codes else "?")
        else:
            type_ = self._standard.types[slot.range]
            value = {"boolean": "false", "integer": "0", "number": "0"}.get(type_.base, type_.example or "?")
        said = f"field: {path}, constant: {quoted(value)}"
        return Rule(said, "", path, "every message must say this")

    def _summary(self, found: Rules) -> str:
        counted = found.counted()
        said = ", ".join(
            (
                f"{self._sample.places()} places",
                f"{counted['matched']} matched, {counted['sure']} of them for sure",
                f"{counted['left']} left",
            )
        )
        return f"# Proposed by ilink adapter new: {said}. What is marked decide: waits for you."

    def _file(self, found: Rules) -> list[tuple[str, Rule | None]]:
        """The lines of the file, each with the rule that stands there."""
        wraps = self._sample.format["type"] != "fixed"
        said = self._sample.format | ({"wrap": "yes"} if wraps else {})
        asked = "  # decide: what are the columns called?" if "columns" in said else ""
        head = [
            f"adapter: {quoted(self._name)}",
            f"title: {quoted(self._name)}  # decide: what officers call it",
            f"country: {quoted(self._country)}",
            "official: no public format  # decide: where the format is described",
            f"standard: {{version: {quoted(self._standard.version)}}}",
            f"message: {self._message}",
            f"language: {quoted(self._converters.language)}  # decide: the language of its texts",
            *([f"reference: {quoted(self._reference)}"] if self._reference else []),
            *(
                []
                if wraps
                else ["direction: in  # decide: what goes out needs columns to wrap owner and status in"]
            ),
            f"format: {_inline(said)}{asked}",
            "rules:" if found.rules else "rules: []",
        ]
        lines: list[tuple[str, Rule | None]] = [(line, None) for line in head]
        lines += found.lines("  ")
        tables = self._converters.tables.lines("\n".join(line for line, _rule in lines))
        return [*lines, *((line, None) for line in (["codes:", *tables] if tables else []))]


def _in_letters(target: Target, values: list[Any], paths: frozenset[str]) -> Target:
    """The field for the letters that were seen: a name in its own script stands beside the Latin one."""
    letters = [char for value in values for char in str(value) if char.isalpha()]
    if not letters or any(unicodedata.name(char, "").startswith("LATIN") for char in letters):
        return target
    other, whole = f"{target.path}_original", tuple(f"{path}_original" for path in target.whole)
    if whole and paths.issuperset(whole):
        return replace(target, whole=whole)
    return replace(target, path=other) if other in paths else target


def _inline(value: Any) -> str:
    """A word of the format, or its mapping, on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(name)}: {_inline(one)}' for name, one in value.items())}}}"
    return quoted(value)
