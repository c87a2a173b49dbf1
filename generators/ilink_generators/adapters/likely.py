"""Which field a national place is likely to be: by its name in any language, and by what stands in it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ilink_generators.standard import Class, Kind, Slot, Standard

#: How alike a place and a label must be to be proposed as the same.
LIKELY = 0.74
#: And of one object of a list by its kind: there are many, and some name or other is always near.
SURER = 0.87
#: What no officer of another country fills by hand.
_NOT_PROPOSED = frozenset({"handling", "national_fields", "attachments"})


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a place may be; `listed` is the list of objects of which it is the only part known.

    `names` are its labels with their languages.
    """

    path: str
    slot: Slot
    names: Mapping[str, str] = field(repr=False)
    listed: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """What is nearer to the message itself goes before what lies deeper."""
        return (self.path.count(".") + (2 if "[" in self.path or self.listed else 0), len(self.path))


class Match(NamedTuple):
    """How likely a place is a field, and the language in which they are called the same."""

    score: float
    target: Target
    language: str


class Targets:
    """Fields that a place may be, by all their names."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._by_name: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            for name in target.names:
                self._by_name[name].append(target)

    def matches(self, place: str) -> Iterator[Match]:
        """The fields that a place may be, the likely ones only."""
        said = _said(place)
        best: dict[str, Match] = {}
        for name, targets in self._by_name.items():
            score = max(_ratio(one, name) for one in said)
            for target in targets:
                if score < (SURER if "[" in target.path else LIKELY):
                    continue
                if target.path not in best or best[target.path].score < score:
                    best[target.path] = Match(score, target, target.names[name])
        yield from best.values()


class Fields:
    """The fields of a standard, with what they are called in its languages."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard

    def of_object(self, holder: Class) -> Iterator[Target]:
        """The values of an object of a list."""
        for slot in holder.slots:
            if not slot.designates_type and slot.kind is not Kind.CLASS:
                yield Target(slot.name, slot, self._names(slot))

    def of_message(self, holder: Class, above: str = "", depth: int = 0) -> Iterator[Target]:
        """The values of a message and of the objects in it."""
        for slot in holder.slots:
            if slot.designates_type or slot.name in _NOT_PROPOSED:
                continue
            path = f"{above}.{slot.name}" if above else slot.name
            inner = next(iter(self._standard.concrete(slot.range)), None) if slot.kind is Kind.CLASS else None
            if inner is None or {"text", "language"} <= {one.name for one in inner.slots}:
                if inner is None or not slot.multivalued:
                    yield Target(path, slot, self._names(slot))
            elif slot.multivalued:
                yield from self._listed(inner, slot, path)
            elif depth < 2:
                yield from self.of_message(inner, path, depth + 1)

    def lists(self, holder: Class, above: str = "", depth: int = 0) -> Iterator[Target]:
        """The lists of objects of a message."""
        for slot in holder.slots:
            inner = self._standard.concrete(slot.range) if slot.kind is Kind.CLASS else ()
            path = f"{above}.{slot.name}" if above else slot.name
            if inner and slot.multivalued and slot.name not in _NOT_PROPOSED:
                yield Target(path, slot, self._names(slot))
            elif inner and depth < 2:
                yield from self.lists(inner[0], path, depth + 1)

    def _listed(self, inner: Class, slot: Slot, path: str) -> Iterator[Target]:
        """The parts of the objects of a list: of the one of a kind, or of the only one."""
        kind = _kind(self._standard, inner)
        parts = [one for one in inner.slots if one.kind is not Kind.CLASS and not one.multivalued]
        telling = next((one for one in parts if one.kind is Kind.TYPE), None)
        if kind is None:
            if telling is not None and not any(one.required for one in parts if one is not telling):
                yield Target(path, telling, self._names(slot) | self._type_names(telling), telling.name)
            return
        for code in self._standard.code_lists[kind.range].codes:
            called = self._labels(f"{kind.range}.{code.code}", code.title)
            for part in parts:
                if part is kind:
                    continue
                names = {
                    f"{one} {other}": language
                    for language, first in called.items()
                    for second in (self._labels(part.text, part.title).get(language, ""),)
                    for one, other in ((first, second), (second, first))
                    if second
                }
                if part is telling:
                    names |= {first: language for language, first in called.items()}
                yield Target(f"{path}[{kind.name}={code.code}].{part.name}", part, names)

    def _names(self, slot: Slot) -> dict[str, str]:
        said = {label: language for language, label in self._labels(slot.text, slot.title).items()}
        return {plain(slot.name): "en"} | said

    def _type_names(self, slot: Slot) -> dict[str, str]:
        type_ = self._standard.types[slot.range]
        return {name: language for language, name in self._labels(type_.name, type_.title).items()}

    def _labels(self, element: str, english: str) -> dict[str, str]:
        found = {
            language: plain(texts[f"{element}.title"].text)
            for language, texts in self._standard.translations.items()
            if f"{element}.title" in texts
        }
        return {"en": plain(english)} | {language: label for language, label in found.items() if label}


def _kind(standard: Standard, inner: Class) -> Slot | None:
    """The field by which the objects of a list are told apart, where one of them alone says too little."""
    coded = [
        slot
        for slot in inner.slots
        if slot.kind is Kind.CODE and not slot.multivalued and not standard.code_lists[slot.range].open
    ]
    if any(slot.required for slot in coded):
        return next(slot for slot in coded if slot.required)
    if any(slot.required for slot in inner.slots):
        return None
    return next((slot for slot in coded if slot.name == "kind"), None)


def plain(text: str) -> str:
    """Words in small letters without accents: `dateOfBirth` and `Date of birth` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("'", " ").replace("’", " "))
    bare = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ").casefold()))


def nearest(value: str, labels: Mapping[str, str]) -> str | None:
    """What a text means by the labels of a code list, if it is near enough to one of them."""
    near = difflib.get_close_matches(plain(value), labels, 1, 0.85)
    return labels[near[0]] if near else None


def _said(place: str) -> list[str]:
    """What a place is called: its own name, and that with the name of what holds it."""
    steps = [re.sub("^[^:]*:", "", step).lstrip("@#") for step in place.split("/")]
    return list(filter(None, dict.fromkeys((plain(steps[-1]), plain(" ".join(steps[-2:]))))))


def _ratio(one: str, label: str) -> float:
    """How alike two names are, from 0 to 1."""
    if one == label:
        return 1.0
    words, others = set(one.split()), set(label.split())
    if len(one) > 2 and (words < others or others < words):
        return 0.76 + 0.2 * min(len(words), len(others)) / max(len(words), len(others))
    if abs(len(one) - len(label)) > max(len(one), len(label)) / 2:
        return 0.0
    matcher = difflib.SequenceMatcher(None, one, label)
    return matcher.ratio() if matcher.real_quick_ratio() >= LIKELY <= matcher.quick_ratio() else 0.0


def labels(standard: Standard, code_list: str) -> dict[str, str]:
    """The codes of a list by all that they are called."""
    found: dict[str, str] = {}
    for code in standard.code_lists[code_list].codes:
        names: Iterable[str] = (
            code.code,
            code.title,
            *(
                texts[f"{code_list}.{code.code}.title"].text
                for texts in standard.translations.values()
                if f"{code_list}.{code.code}.title" in texts
            ),
        )
        for name in names:
            found.setdefault(plain(name), code.code)
    return found
