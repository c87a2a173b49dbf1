"""Proposes an adapter from a sample of a country's records: places, formats, likely fields.

What is proposed passes the checks; what only the country can know stands beside it as `# decide:`.
No value of the sample is written but the codes of its code fields.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from ilink_generators.adapters import checked
from ilink_generators.adapters.read_adapter import read_text
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Class, Kind, Slot, Standard
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats import Spec
from ilink_runtime.adapters.formats.entries import ENCODINGS, LONGEST

#: Records of a sample that are looked at.
ENOUGH = 200
#: How alike a place and a label must be to be proposed as the same.
LIKELY = 0.74
#: Codes of one field in a sample; more are hardly a code list of the country.
FEW_CODES = 40

_XS = "{http://www.w3.org/2001/XMLSchema}"
_DATES = (
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyymmdd",
    "dd.mm.yyyy",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "dd-mm-yyyy",
    "yyyy",
)


class SampleRefused(Exception):
    """A sample that cannot be read."""


@dataclass
class Sample:
    """What a sample shows: the words of its format, and its places with the values that were seen."""

    format: dict[str, Any]
    values: dict[str, list[Any]] = field(default_factory=dict)
    #: Places that hold lists of objects.
    lists: set[str] = field(default_factory=set)

    def add(self, tree: dict[str, Any], above: str = "") -> None:
        """Takes note of the places of a record."""
        for name, value in tree.items():
            place = f"{above}/{name}" if above else name
            if isinstance(value, dict):
                self.add(value, place)
            elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
                self.lists.add(place)
            else:
                self.values.setdefault(place, []).append(value)


def proposed(standard: Standard, name: str, country: str, message: str, path: Path, encoding: str) -> str:
    """The text of an adapter for the records of a sample. SampleRefused when it cannot be read."""
    if message not in standard.classes or not standard.classes[message].is_message:
        raise SampleRefused(f"there is no message type {message}.")
    if encoding not in ENCODINGS:
        raise SampleRefused(f"{encoding} is no encoding that is known here.")
    return _Proposal(standard, name, country, message, _read(path, encoding)).text()


# -- reading -------------------------------------------------------------------------------------


def _read(path: Path, encoding: str) -> Sample:
    data = path.read_bytes()[:LONGEST]
    kind = path.suffix.lower().lstrip(".")
    if kind == "xsd":
        return _xsd(data)
    if kind == "xml" or data.lstrip()[:1] == b"<":
        return _records(data, Sample(_xml_format(data)))
    if kind in ("json", "jsonl", "ndjson") or data.lstrip()[:1] in (b"{", b"["):
        return _records(data, Sample(_json_format(data)))
    try:
        first = data.decode(encoding).splitlines()[0]
    except (UnicodeDecodeError, IndexError):
        raise SampleRefused(f"{path.name} has no first line in {encoding}; name its --encoding.") from None
    delimiter = max(";,|\t", key=first.count)
    said = {"type": "csv", "encoding": encoding, "delimiter": "tab" if delimiter == "\t" else delimiter}
    sample = _records(data, Sample(said))
    for column in next(csv.reader(io.StringIO(first), delimiter=delimiter), []):
        sample.values.setdefault(column.strip(), [])
    return sample


def _records(data: bytes, sample: Sample) -> Sample:
    said = {word: value for word, value in sample.format.items() if isinstance(value, str)}
    spec = Spec(
        said.pop("type"),
        said.pop("encoding", "utf-8"),
        said,
        namespaces=sample.format.get("namespaces") or {},
    )
    try:
        for number, entry in enumerate(formats.read(io.BytesIO(data), spec)):
            if number == ENOUGH:
                break
            if entry.tree is not None:
                sample.add(entry.tree)
    except formats.Unreadable as reason:
        raise SampleRefused(f"line {reason.line}: {reason}") from None
    if not sample.values and spec.type != "csv":
        raise SampleRefused("no record could be read from it.")
    return sample


def _json_format(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        return {"type": "json"}
    path: list[str] = []
    while isinstance(value, dict):
        name = next((name for name, below in value.items() if _is_list(below)), None)
        only = next(iter(value)) if len(value) == 1 else None
        if name is None or (len(value) > 3 and not path):
            name = only if only and isinstance(value[only], dict) else None
        if name is None:
            return {"type": "json"}
        path.append(name)
        value = value[name]
    return {"type": "json", **({"records": "/".join(path)} if path else {})}


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SampleRefused(f"line {error.lineno or 1}: this is not XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SampleRefused("a document type is not accepted.")
    return root


def _xml_format(data: bytes) -> dict[str, Any]:
    root = _parsed(data)
    spaces: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if uri not in spaces.values():
                wanted = prefix or ("n" if root.nsmap.get(None) != uri else "")
                spaces[wanted if wanted not in spaces else f"n{len(spaces)}"] = uri
    names = [_name(below.tag, spaces) for below in root.iterchildren(etree.Element)]
    said: dict[str, Any] = {"type": "xml", "root": _name(root.tag, spaces)}
    if len(names) > 1 and len(set(names)) == 1:
        said["records"] = names[0]
    return {**said, **({"namespaces": spaces} if spaces else {})}


def _name(tag: str, spaces: dict[str, str]) -> str:
    uri, found, local = tag.rpartition("}")
    prefix = next((prefix for prefix, one in spaces.items() if one == uri[1:]), "") if found else ""
    return f"{prefix}:{local}" if prefix else local


def _xsd(data: bytes) -> Sample:
    """The places of the first element of a schema, down its types; an element that repeats is a list."""
    schema = _parsed(data)
    uri = schema.get("targetNamespace") or ""
    qualified = schema.get("elementFormDefault") == "qualified"
    types = {one.get("name"): one for one in schema.findall(f"{_XS}complexType")}
    roots = {one.get("name"): one for one in schema.findall(f"{_XS}element")}
    if not roots:
        raise SampleRefused("the schema declares no element.")
    prefix = "n:" if uri else ""
    sample = Sample({"type": "xml", "root": f"{prefix}{next(iter(roots))}"})
    if uri:
        sample.format["namespaces"] = {"n": uri}

    def walk(element: Any, above: str, seen: tuple[str, ...]) -> None:
        type_name = (element.get("type") or "").rpartition(":")[2]
        body = element.find(f"{_XS}complexType")
        body = types.get(type_name) if body is None else body
        if body is None or type_name in seen:
            if above:
                sample.values.setdefault(above, ["2001-01-31"] if type_name == "date" else [])
            return
        for below in body.iter(f"{_XS}element"):
            if _owner(below) is not body:
                continue
            reference = (below.get("ref") or "").rpartition(":")[2]
            name = below.get("name") or reference
            inner = roots.get(reference, below)
            step = f"{prefix if qualified or reference else ''}{name}"
            place = f"{above}/{step}" if above else step
            if below.get("maxOccurs", "1") != "1":
                sample.lists.add(place)
            else:
                walk(inner, place, (*seen, type_name) if type_name else seen)

    walk(next(iter(roots.values())), "", ())
    return sample


def _owner(element: Any) -> Any:
    """The type inside which an element is declared."""
    return next(element.iterancestors(f"{_XS}complexType"), None)


# -- proposing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Target:
    path: str
    slot: Slot
    names: frozenset[str]


class _Proposal:
    def __init__(self, standard: Standard, name: str, country: str, message: str, sample: Sample) -> None:
        self._standard, self._name, self._country = standard, name, country
        self._message, self._sample = message, sample
        self._codes: dict[str, list[str]] = {}
        self._reference = ""

    def text(self) -> str:
        """The file, after constants have been added for what every message must say."""
        rules, open_ends = self._rules()
        constants: list[str] = []
        for _attempt in range(12):
            text = self._file(rules, constants, open_ends)
            faults: list[ModelFault] = []
            adapter = read_text(text, faults)
            checked(self._standard, adapter, faults)
            missing = [self._constant(fault.element) for fault in faults if "must say its" in fault.message]
            if not missing or not all(missing):
                return text
            constants += [one for one in missing if one not in constants]
        return text

    def _rules(self) -> tuple[list[str], list[str]]:
        targets = list(self._targets(self._standard.classes[self._message], "", 0))
        places = list(self._sample.values)
        pairs = sorted(
            ((_alike(place, target), place, target) for place in places for target in targets),
            key=lambda pair: (-pair[0], pair[2].path.count("."), len(pair[2].path)),
        )
        matched: dict[str, tuple[_Target, float]] = {}
        for score, place, target in pairs:
            if (
                score >= LIKELY
                and place not in matched
                and all(target is not one for one, _score in matched.values())
            ):
                matched[place] = (target, score)
        rules, left = [], []
        for place in places:
            found = matched.get(place)
            words = self._words(place, found[0].slot) if found else None
            if found is None or words is None:
                left.append(f"# decide: {{place: {_quoted(place)}, field: …}}, or drop: and why")
                continue
            if found[0].path == "national_reference":
                self._reference = place
            sure = "" if found[1] > 0.9 else "  # decide: is it this field?"
            rules.append(f"{{place: {_quoted(place)}, field: {found[0].path}{words}}}{sure}")
        left += [
            f"# decide: {{each: {_quoted(place)}, field: …, rules: […]}}"
            for place in sorted(self._sample.lists)
        ]
        return rules, left

    def _targets(self, holder: Class, above: str, depth: int) -> Iterator[_Target]:
        for slot in holder.slots:
            if slot.designates_type or slot.name == "handling":
                continue
            path = f"{above}.{slot.name}" if above else slot.name
            inner = self._standard.concrete(slot.range)[0] if slot.kind is Kind.CLASS else None
            if inner is None or {"text", "language"} <= {one.name for one in inner.slots}:
                if inner is None or not slot.multivalued:
                    yield _Target(path, slot, frozenset(self._labels(slot)))
            elif not slot.multivalued and depth < 2:
                yield from self._targets(inner, path, depth + 1)

    def _labels(self, slot: Slot) -> Iterator[str]:
        yield _plain(slot.name)
        yield _plain(slot.title)
        for texts in self._standard.translations.values():
            found = texts.get(f"{slot.text}.title")
            if found is not None and found.text:
                yield _plain(found.text)

    def _words(self, place: str, slot: Slot) -> str | None:
        """The converter of a place, as words of its rule; None when the values do not fit."""
        values = [
            str(one) for value in self._sample.values[place] for one in _each(value) if one not in (None, "")
        ]
        split = ""
        if slot.multivalued and self._sample.format["type"] != "json":
            mark = next((mark for mark in "|;,/" if any(mark in value for value in values)), ",")
            values = [part.strip() for value in values for part in value.split(mark)]
            split = f", split: {_quoted(mark)}"
        if slot.kind is Kind.CLASS:
            return f", language: {_quoted(self._language())}"
        if slot.kind is Kind.CODE:
            if self._standard.code_lists[slot.range].open:
                return split
            return f", codes: {self._table(place, slot, values)}{split}"
        type_ = self._standard.types[slot.range]
        if type_.widget in ("date", "partial_date") or type_.check in ("date", "partial_date"):
            found = [one for one in _DATES if any(_is_date(value, one) for value in values)]
            if type_.check == "date":
                found = [one for one in found if "dd" in one]
            found = found[:1] + [one for one in found[1:] if one == "yyyy"]
            return f", date: [{', '.join(found)}]{split}" if found else None
        if type_.base in ("integer", "number"):
            return _number(slot, values)
        if type_.base == "boolean":
            return None
        return split

    def _language(self) -> str:
        return "en"

    def _table(self, place: str, slot: Slot, values: Iterable[str]) -> str:
        code_list = self._standard.code_lists[slot.range]
        name = re.sub("[^a-z0-9]+", "-", _plain(place).lower()).strip("-") or f"table-{len(self._codes) + 1}"
        seen = sorted(set(values))
        rows: dict[str, str] = {}
        labels: dict[str, str] = {}
        for code in code_list.codes:
            labels[_plain(code.code)] = labels[_plain(code.title)] = code.code
            for texts in self._standard.translations.values():
                found = texts.get(f"{code_list.name}.{code.code}.title")
                if found is not None and found.text:
                    labels[_plain(found.text)] = code.code
        open_codes = []
        for value in seen[:FEW_CODES]:
            near = difflib.get_close_matches(_plain(value), labels, 1, 0.85)
            if near:
                rows[value] = labels[near[0]]
            else:
                open_codes.append(value)
        lines = [
            f"  {name}:",
            f"    national: {_quoted(f'{self._name} {place}')}",
            f"    standard: {slot.range}",
        ]
        if rows and len(seen) <= FEW_CODES and any(value != code for value, code in rows.items()):
            pairs = ", ".join(f"{_quoted(value)}: {_quoted(code)}" for value, code in rows.items())
            without = [code for code in code_list.texts if code not in rows.values()]
            reasons = ", ".join(f"{_quoted(code)}: to be decided" for code in without)
            lines.append(f"    rows: {{{pairs}}}")
            if without:
                lines.append(f"    without: {{{reasons}}}  # decide: the country's codes for these, if any")
            lines += [f"    # decide: what {_quoted(value)} means" for value in open_codes]
        else:
            lines.append('    same: "yes"  # decide: are these the standard\'s own codes? If not, give rows')
        self._codes[name] = lines
        return name

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
        if slot.kind is Kind.CODE:
            codes = self._standard.code_lists[slot.range].texts
            value = next((code for code in codes if code in ("unknown", "other")), codes[0])
        else:
            type_ = self._standard.types[slot.range]
            value = {"boolean": "false", "integer": "0", "number": "0"}.get(type_.base, type_.example or "?")
        return f"{{field: {path}, constant: {_quoted(value)}}}  # decide: every message must say this"

    def _file(self, rules: list[str], constants: list[str], open_ends: list[str]) -> str:
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
            f"language: {self._language()}  # decide: the language of its texts",
            *([f"reference: {_quoted(self._reference)}"] if self._reference else []),
            f'format: {{{words}, wrap: "yes"}}',
            "rules:",
            *(f"  - {rule}" for rule in rules + constants),
            *(f"  {one}" for one in open_ends),
        ]
        if self._codes:
            lines += ["codes:", *(line for table in self._codes.values() for line in table)]
        return "\n".join(lines) + "\n"


# -- words ---------------------------------------------------------------------------------------


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(text: str) -> str:
    """Words in small letters without accents: `dateOfBirth` and `Date of birth` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("'", " "))
    bare = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ").casefold()))


def _alike(place: str, target: _Target) -> float:
    """How likely a place is that field, from 0 to 1: by its own name, or with that of what holds it."""
    steps = [re.sub("^[^:]*:", "", step).lstrip("@#") for step in place.split("/")]
    said = {_plain(steps[-1]), _plain(" ".join(steps[-2:]))}
    return max(_ratio(one, label) for one in said if one for label in target.names)


def _ratio(one: str, label: str) -> float:
    if one == label:
        return 1.0
    words, others = set(one.split()), set(label.split())
    if len(one) > 2 and (words < others or others < words):
        return 0.76 + 0.2 * min(len(words), len(others)) / max(len(words), len(others))
    return difflib.SequenceMatcher(None, one, label).ratio()


def _is_date(value: str, text: str) -> bool:
    pattern = re.escape(text).replace("yyyy", "(1[0-9]|20)[0-9]{2}")
    pattern = pattern.replace("mm", "(0[1-9]|1[0-2])").replace("dd", "(0[1-9]|[12][0-9]|3[01])")
    return re.fullmatch(pattern, value) is not None


def _number(slot: Slot, values: list[str]) -> str | None:
    decimal = "," if any(re.fullmatch("[0-9]+,[0-9]+", value) for value in values) else "."
    plain = [value.replace(",", ".") for value in values]
    if not plain or not all(re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) for value in plain):
        return None
    said = f", decimal: {_quoted(decimal)}" if decimal == "," else ""
    digits = max(len(value.partition(".")[2]) for value in plain)
    if "height" in slot.name and max(map(float, plain)) < 3:
        return f", unit: [m, cm]{said}, digits: {_quoted(str(max(digits, 2)))}"
    return said + (f", digits: {_quoted(str(digits))}" if digits else "")


def _quoted(text: str) -> str:
    """A text as YAML takes it, bare where nothing in it could be read otherwise."""
    return text if re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", text) else json.dumps(text, ensure_ascii=False)
