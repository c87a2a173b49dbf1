"""Proposes an adapter from a sample of a country's records: places, formats, likely fields.

What is proposed passes the checks; what only the country can know stands beside it as `# decide:`.
No value of the sample is written but the codes of its code fields.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ilink_generators.adapters import checked, samples
from ilink_generators.adapters.likely import Fields, Match, Target, Targets, labels, nearest, plain
from ilink_generators.adapters.read_adapter import read_text
from ilink_generators.adapters.samples import Sample, SampleRefused
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard, Type

#: Codes of one field in a sample; more are hardly a code list of the country.
FEW_CODES = 40
#: So likely a field needs no question.
SURE = 0.9
#: The most exact and the least surprising first; the first that fits every whole date is proposed.
_DATES = (
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyymmdd",
    "dd.mm.yyyy",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "dd-mm-yyyy",
    "yyyy-mm",
    "mm/yyyy",
    "yyyy",
)
#: What a code list has for a country's code that nobody knows.
_OPEN_CODES = ("unknown", "other", "U", "OTH", "OTHC", "OTHD")


def proposed(standard: Standard, name: str, country: str, message: str, path: Path, encoding: str) -> str:
    """The text of an adapter for the records of a sample. SampleRefused when it cannot be read."""
    if message not in standard.classes or not standard.classes[message].is_message:
        raise SampleRefused(f"there is no message type {message}.")
    return _Proposal(standard, name, country, message, samples.read(path, encoding)).text()


class _Proposal:
    def __init__(self, standard: Standard, name: str, country: str, message: str, sample: Sample) -> None:
        self._standard, self._name, self._country = standard, name, country
        self._message, self._sample = message, sample
        self._codes: dict[str, list[str]] = {}
        self._languages: Counter[str] = Counter()
        self._reference = ""
        self._fields = Fields(standard)

    def text(self) -> str:
        """The file, after constants have been added for what every message must say."""
        message = self._standard.classes[self._message]
        rules, left = self._rules(self._sample, Targets(self._fields.of_message(message)))
        lists, more = self._lists()
        language = next((one for one, _count in self._languages.most_common(1)), "en")
        constants: list[str] = []
        for _attempt in range(12):
            text = self._file([*rules, *lists, *constants], left + more, language)
            faults: list[ModelFault] = []
            adapter = read_text(text, faults)
            checked(self._standard, adapter, faults)
            missing = [self._constant(fault.element) for fault in faults if "must say its" in fault.message]
            if not missing or not all(missing):
                return text
            constants += [one for one in missing if one not in constants]
        return text

    # -- rules -----------------------------------------------------------------------------------

    def _rules(self, sample: Sample, targets: Targets) -> tuple[list[str], list[str]]:
        """A rule for each place whose field is likely, and a question for each other one."""
        pairs = [(place, match) for place in sample.values for match in targets.matches(place)]
        pairs.sort(key=lambda pair: (-pair[1].score, pair[1].target.rank))
        rules: dict[str, str] = {}
        taken: set[str] = set()
        for place, match in pairs:
            if place in rules or match.target.path in taken:
                continue
            rule = self._rule(place, match, sample.values[place])
            if rule is not None:
                rules[place] = rule
                taken.add(match.target.path)
                self._languages[match.language] += 1
                if match.target.path == "national_reference":
                    self._reference = place
        left = [
            f"# decide: {{place: {_quoted(place)}, field: …}}, or drop: and why"
            for place in sample.values
            if place not in rules
        ]
        return [rules[place] for place in sample.values if place in rules], left

    def _rule(self, place: str, match: Match, values: list[Any]) -> str | None:
        target = match.target
        words = self._words(place, target, [str(one) for value in values for one in _each(value)])
        if words is None:
            return None
        sure = "" if match.score > SURE else "  # decide: is it this field?"
        if target.listed:
            inner = f"rules: [{{place: {_quoted(place)}, field: {target.listed}{words}}}]"
            return f'{{zip: "|", places: [{_quoted(place)}], field: {target.path}, {inner}}}{sure}'
        path = target.path if "[" not in target.path else _quoted(target.path)
        return f"{{place: {_quoted(place)}, field: {path}{words}}}{sure}"

    def _lists(self) -> tuple[list[str], list[str]]:
        """A rule for each list of objects that is likely one of the standard's, and questions."""
        holders = list(self._fields.lists(self._standard.classes[self._message]))
        rules: list[str] = []
        left: list[str] = []
        for place, inner in self._sample.lists.items():
            fits = [(self._fit(holder, place, inner), holder) for holder in holders]
            likely, best = max(fits, key=lambda pair: pair[0])
            if not likely:
                left.append(f"# decide: {{each: {_quoted(place)}, field: …, rules: […]}}")
                continue
            held = self._standard.concrete(best.slot.range)[0]
            said, open_ones = self._rules(inner, Targets(self._fields.of_object(held)))
            said += self._needed(held, said)
            open_ones += [
                f"# decide: {{each: {_quoted(deeper)}, field: …, rules: […]}}" for deeper in inner.lists
            ]
            lines = [f"each: {_quoted(place)}  # decide: is it this field?", f"field: {best.path}", "rules:"]
            rules.append(
                "\n    ".join([*lines, *(f"  - {one}" for one in said), *(f"  {one}" for one in open_ones)])
            )
        return rules, left

    def _fit(self, holder: Target, place: str, inner: Sample) -> float:
        """How well a list of the country fits one of the standard: by its parts, and by its name."""
        parts = Targets(self._fields.of_object(self._standard.concrete(holder.slot.range)[0]))
        met = sum(any(True for _ in parts.matches(one)) for one in inner.values)
        by_name = max((match.score for match in Targets([holder]).matches(place)), default=0.0)
        return by_name * 2 + met / len(inner.values) if met else 0.0

    def _needed(self, holder: Class, said: Iterable[str]) -> list[str]:
        """Constants for what an object of a list must say and no place says."""
        told = " ".join(said)
        return [
            self._constant_of(slot, slot.name)
            for slot in holder.slots
            if slot.required and not slot.designates_type and f"field: {slot.name}" not in told
        ]

    # -- converters ------------------------------------------------------------------------------

    def _words(self, place: str, target: Target, values: list[str]) -> str | None:
        """The converter of a place, as words of its rule; None when the values do not fit."""
        slot = target.slot
        values = [value for value in values if value.strip()]
        split = ""
        if slot.multivalued and self._sample.format["type"] != "json":
            mark = next((mark for mark in "|;,/" if any(mark in value for value in values)), ",")
            values = [part.strip() for value in values for part in value.split(mark)]
            split = f", split: {_quoted(mark)}"
        if slot.kind is Kind.CLASS:
            return None if _all_dates(values) else f", language: {self._told_language()}"
        if slot.kind is Kind.CODE:
            coded = self._coded(place, slot, values)
            return None if coded is None else coded + split
        type_ = self._standard.types[slot.range]
        if type_.widget in ("date", "partial_date") or type_.check in ("date", "partial_date"):
            written = _dates(type_, values)
            return None if written is None else written + split
        if type_.base in ("integer", "number"):
            return _number(slot, values)
        if type_.base == "boolean" or _all_dates(values) or not _fits(type_, values):
            return None
        return split

    def _told_language(self) -> str:
        """The language of free text: that in which most places are named so far."""
        return next((one for one, _count in self._languages.most_common(1)), "en")

    def _coded(self, place: str, slot: Slot, values: Iterable[str]) -> str | None:
        """The table of a code field, or nothing where the codes are the same; None when nothing fits."""
        code_list = self._standard.code_lists[slot.range]
        seen = sorted(set(values))
        if all(value in code_list.texts for value in seen) and seen:
            if code_list.open:
                return ""
            return f", codes: {self._table(place, code_list, [])}"
        called = labels(self._standard, slot.range)
        meant = {value: nearest(value, called) for value in seen[:FEW_CODES]}
        known = sum(code is not None for code in meant.values())
        if len(seen) > FEW_CODES or (code_list.open and not known) or _all_dates(seen):
            return None
        if code_list.open and not code_list.codes:
            return ""
        return f", codes: {self._table(place, code_list, list(meant.items()))}"

    def _table(self, place: str, code_list: CodeList, meant: list[tuple[str, str | None]]) -> str:
        name = re.sub("[^a-z0-9]+", "-", plain(place)).strip("-") or f"table-{len(self._codes) + 1}"
        rest = next((code for code in _OPEN_CODES if code in code_list.texts), code_list.texts[-1])
        lines = [
            f"  {name}:",
            f"    national: {_quoted(f'{self._name} {place}')}",
            f"    standard: {code_list.name}",
        ]
        if meant:
            lines.append("    rows:")
            lines += [
                f"      {_quoted(value)}: {_quoted(code or rest)}"
                + ("" if code else "  # decide: what it means")
                for value, code in meant
            ]
            written = {code or rest for _value, code in meant}
            without = [code for code in code_list.texts if code not in written]
            if without and not code_list.open:
                first = _quoted(meant[0][0])
                lines.append(f"    back_otherwise: {first}  # decide: what is written for all other codes")
        else:
            lines.append('    same: "yes"  # decide: are these the standard\'s own codes? If not, give rows')
        self._codes[name] = lines
        return name

    # -- the rest of the file --------------------------------------------------------------------

    def _constant(self, path: str) -> str:
        """A constant for a field that no place fills; empty when there is none that would do."""
        holder, slot = self._standard.classes[self._message], None
        for step in path.split("."):
            slot = holder.slot(step)
            if slot.kind is Kind.CLASS:
                holder = self._standard.concrete(slot.range)[0]
        assert slot is not None
        if slot.kind is Kind.CLASS:
            inner = next((one for one in holder.slots if one.required), holder.slots[0])
            return self._constant(f"{path}.{inner.name}") if not slot.multivalued else ""
        return self._constant_of(slot, path)

    def _constant_of(self, slot: Slot, path: str) -> str:
        if slot.kind is Kind.CODE:
            codes = self._standard.code_lists[slot.range].texts
            value = next((code for code in codes if code in _OPEN_CODES), codes[0])
        else:
            type_ = self._standard.types[slot.range]
            value = {"boolean": "false", "integer": "0", "number": "0"}.get(type_.base, type_.example or "?")
        return f"{{field: {path}, constant: {_quoted(value)}}}  # decide: every message must say this"

    def _file(self, rules: list[str], open_ends: list[str], language: str) -> str:
        said = dict(self._sample.format)
        spaces = said.pop("namespaces", None)
        words = ", ".join(f"{word}: {_quoted(value)}" for word, value in said.items())
        if spaces:
            words += (
                f", namespaces: {{{', '.join(f'{_quoted(p)}: {_quoted(u)}' for p, u in spaces.items())}}}"
            )
        lines = [
            "# Proposed by ilink adapter new; what is marked decide: waits for you.",
            f"adapter: {self._name}",
            f"title: {self._name}  # decide: what officers call it",
            f"country: {_quoted(self._country)}",
            "official: no public format  # decide: where the format is described",
            f"standard: {{version: {_quoted(self._standard.version)}}}",
            f"message: {self._message}",
            f"language: {language}  # decide: the language of its texts",
            *([f"reference: {_quoted(self._reference)}"] if self._reference else []),
            f'format: {{{words}, wrap: "yes"}}',
            "rules:",
            *(f"  - {rule}" for rule in rules),
            *(f"  {one}" for one in open_ends),
        ]
        if self._codes:
            lines += ["codes:", *(line for table in self._codes.values() for line in table)]
        return "\n".join(lines) + "\n"


# -- values --------------------------------------------------------------------------------------


def _each(value: Any) -> list[Any]:
    return [one for one in (value if isinstance(value, list) else [value]) if one is not None]


def _fits(type_: Type, values: list[str]) -> bool:
    """Whether any of the values could be one of the type, if there are any."""
    return not values or type_.pattern is None or any(re.search(type_.pattern, value) for value in values)


def _dates(type_: Type, values: list[str]) -> str | None:
    """How dates are written; None when no value looks like one."""
    found = [one for one in _DATES if any(_is_date(value, one) for value in values)]
    if type_.check == "date":
        found = [one for one in found if "dd" in one]
    chosen = found[:1] + [one for one in found[1:] if len(one) < len(found[0])]
    if not chosen:
        return None
    unknown = any(re.search(r"(^|\D)00(\D|$)", value) for value in values)
    return f", date: [{', '.join(chosen)}]" + (', unknown: "00"' if unknown else "")


def _all_dates(values: list[str]) -> bool:
    return bool(values) and all(any(_is_date(value, one) for one in _DATES[:-1]) for value in values)


def _is_date(value: str, text: str) -> bool:
    pattern = re.escape(text).replace("yyyy", "(1[0-9]|20)[0-9]{2}")
    pattern = pattern.replace("mm", "(0[0-9]|1[0-2])").replace("dd", "([012][0-9]|3[01])")
    return re.fullmatch(pattern, value) is not None


def _number(slot: Slot, values: list[str]) -> str | None:
    decimal = "," if any(re.fullmatch("[0-9]+,[0-9]+", value) for value in values) else "."
    numbers = [value.replace(",", ".") for value in values]
    if not numbers or not all(re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) for value in numbers):
        return None
    said = f", decimal: {_quoted(decimal)}" if decimal == "," else ""
    digits = max(len(value.partition(".")[2]) for value in numbers)
    if "height" in slot.name and max(map(float, numbers)) < 3:
        return f", unit: [m, cm]{said}, digits: {_quoted(str(max(digits, 2)))}"
    return said + (f", digits: {_quoted(str(digits))}" if digits else "")


def _quoted(text: str) -> str:
    """A text as YAML takes it, bare where nothing in it could be read otherwise."""
    return text if re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", text) else json.dumps(text, ensure_ascii=False)
