"""Which field a national place is likely to be, by all that the standard's fields are called in any language.

Names are the labels of the standard in its languages and the `aliases` of the model.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard

#: How alike a place and a name must be to be proposed as the same.
LIKELY = 0.74
#: And where many fields have such names, as the parts of the objects of a list do.
SURER = 0.9
#: What no officer of another country fills by hand.
_NOT_PROPOSED = frozenset({"handling", "national_fields", "attachments"})
#: The parts of a name that may stand in one place, in the order in which most write them.
WHOLE_NAME = ("forename", "family_name")
#: Words of a place that say how it is measured, not what it is.
UNITS = frozenset({"cm", "m", "mm", "in", "ft", "kg", "lb", "lbs"})
#: And words that only say how it is written.
_FORMS = frozenset({"code", "codes", "id", "ids", "text", "value", "integer", "measure"})
#: And words that say nothing.
_SMALL = "of the a de del della di do da dos das du des d la le les l el los las der die das von em n nr num"
_LITTLE = frozenset(_SMALL.split())

#: Names in plain words, each with its language; aliases do not say theirs.
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a place may be.

    `listed` is the part of the objects of a list that a value alone is: `path` is the list then.
    `telling` is one of the kinds of a list by its most telling part. `whole` are the fields of a whole name.
    """

    path: str
    slot: Slot
    names: Names = field(repr=False)
    listed: str = ""
    telling: bool = False
    whole: tuple[str, ...] = ()

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
    """Fields that a place may be, by all their names.

    `neutral` are words that only say whose they are, `common` those that many fields have as a name.
    """

    def __init__(
        self, targets: Iterable[Target], neutral: Set[str] = frozenset(), common: Set[str] = frozenset()
    ) -> None:
        self._neutral, self._common = neutral, common
        targets = list(targets)
        #: Every field that there is among them.
        self.paths = frozenset(target.path for target in targets)
        self._by_name: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            for name in target.names:
                self._by_name[name].append(target)
        self._by_words: dict[frozenset[str], list[str]] = defaultdict(list)
        for name in self._by_name:
            self._by_words[_words(name)].append(name)
        #: Names that a place may be without being quite the same, with their pairs of letters.
        self._alike = [
            (name, _words(name), _pairs(name))
            for name, held in self._by_name.items()
            if any("[" not in one.path and not one.listed for one in held)
        ]

    def matches(self, place: str) -> Iterator[Match]:
        """The fields that a place may be, the likely ones only."""
        best: dict[str, Match] = {}
        for said, worth in self._said(place):
            for name, score in self._near(said):
                for target in self._by_name[name]:
                    found = score * worth
                    if found < (SURER if "[" in target.path or target.listed else LIKELY):
                        continue
                    if target.path not in best or best[target.path].score < found:
                        best[target.path] = Match(found, target, target.names[name])
        yield from best.values()

    def _said(self, place: str) -> Iterator[tuple[str, float]]:
        """What a place is called, and how much that says: with the name of what holds it, and alone.

        A common word alone says nothing inside something that nobody knows.
        """
        steps = [plain(re.sub("^[^:]*:", "", step).lstrip("@#")) for step in place.split("/")]
        above = [told for step in steps[:-1] if (told := self._told(step))]
        last = self._told(steps[-1]) or (above.pop() if above else steps[-1])
        for length in range(1, min(len(above), 2) + 1):
            yield " ".join([*above[-length:], last]), 1.0
        if not above:
            yield from dict.fromkeys([(steps[-1], 1.0), (last, 1.0)])
        elif last not in self._common:
            yield last, 0.88

    def _told(self, step: str) -> str:
        """A step without the words that only say whose it is, or how it is measured."""
        words = [word for word in step.split() if word not in self._neutral]
        return " ".join(word for word in words if word not in UNITS and word not in _FORMS)

    def _near(self, said: str) -> Iterator[tuple[str, float]]:
        words, pairs = _words(said), _pairs(said)
        for name in self._by_words.get(words, ()):
            yield name, 1.0 if name == said else 0.97
        wider: dict[str, str] = {}
        for name, others, their_pairs in self._alike:
            if words == others or len(said) < 3 or len(name) < 3:
                continue
            if others < words and name not in self._common:
                yield name, 0.76 + 0.2 * len(others) / len(words)
            elif words < others:
                wider |= {target.path: name for target in self._by_name[name]}
            elif 10 * len(pairs & their_pairs) > 3 * (len(pairs) + len(their_pairs)):
                alike = _alike(said, name)  # of short names a letter more or less is another word
                yield name, min(alike, 0.95) if alike >= 0.85 or min(len(said), len(name)) > 11 else 0.0
        if len(wider) == 1 and said not in self._common:  # else a word that means many things
            yield from ((name, 0.76) for name in wider.values())


class Fields:
    """The fields of a standard, with what they are called in its languages and by others."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard

    def of_object(self, holder: Class) -> Targets:
        """The values of an object of a list."""
        found = [*self._values(holder), *self._whole(holder, "")]
        return Targets(found, frozenset(self._neutral(holder)), self._common)

    def of_message(self, holder: Class) -> Targets:
        """The values of a message and of the objects in it."""
        return Targets(self._below(holder), frozenset(self._neutral(holder)), self._common)

    def of_kind(self, path: str, holder: Class) -> Targets:
        """The parts of one object of a list, by their own names: `path` says of which kind it is."""
        return Targets(
            Target(f"{path}.{slot.name}", slot, self._names(slot))
            for slot in holder.slots
            if slot.kind is not Kind.CLASS or _is_text(self._standard, slot)
        )

    def lists(self, holder: Class, above: str = "", depth: int = 0) -> Iterator[Target]:
        """The lists of objects of a message."""
        for slot in holder.slots:
            inner = self._standard.concrete(slot.range) if slot.kind is Kind.CLASS else ()
            path = f"{above}.{slot.name}" if above else slot.name
            if inner and slot.multivalued and slot.name not in _NOT_PROPOSED:
                yield Target(path, slot, self._names(slot) | self._called(inner[0].name, inner[0].title))
            elif inner and depth < 2:
                yield from self.lists(inner[0], path, depth + 1)

    @cached_property
    def _common(self) -> frozenset[str]:
        """Names of fields of several ranges, such as number: they say little where they stand alone."""
        ranges: dict[str, set[str]] = defaultdict(set)
        for class_ in self._standard.classes.values():
            for slot in class_.slots:
                for name in self._names(slot):
                    ranges[name].add(slot.range)
        return frozenset(name for name, found in ranges.items() if len(found) > 1)

    def _neutral(self, holder: Class, depth: int = 0) -> Iterator[str]:
        """Single words that name an object, or one that it has but once, such as the person."""
        names = self._called(holder.name, holder.title, holder.aliases)
        for slot in holder.slots if depth < 2 else ():
            if slot.kind is Kind.CLASS and not slot.multivalued and not _is_text(self._standard, slot):
                names |= self._names(slot)
                for inner in self._standard.concrete(slot.range)[:1]:
                    yield from self._neutral(inner, depth + 1)
        yield from (name for name in names if " " not in name)

    def _below(self, holder: Class, above: str = "", depth: int = 0) -> Iterator[Target]:
        yield from self._whole(holder, above)
        for slot in holder.slots:
            if slot.designates_type or slot.name in _NOT_PROPOSED:
                continue
            path = f"{above}.{slot.name}" if above else slot.name
            inner = next(iter(self._standard.concrete(slot.range)), None) if slot.kind is Kind.CLASS else None
            if inner is None or _is_text(self._standard, slot):
                if inner is None or not slot.multivalued:
                    yield Target(path, slot, self._names(slot))
            elif slot.multivalued:
                yield from self._listed(inner, slot, path)
            elif depth < 2:
                yield from self._below(inner, path, depth + 1)

    def _values(self, holder: Class) -> Iterator[Target]:
        for slot in holder.slots:
            text = _is_text(self._standard, slot) and not slot.multivalued
            if not slot.designates_type and (text or slot.kind is not Kind.CLASS):
                yield Target(slot.name, slot, self._names(slot))

    def _whole(self, holder: Class, above: str) -> Iterator[Target]:
        """A whole name in one place, by the aliases of the class that says the parts of a name."""
        if not set(WHOLE_NAME) <= {slot.name for slot in holder.slots}:
            return
        known = [self._standard.classes[name] for name in (holder.name, *holder.ancestors)]
        said = [c for c in known if c.aliases and set(WHOLE_NAME) <= {slot.name for slot in c.slots}]
        if said:
            names = dict.fromkeys(map(plain, said[-1].aliases), "")
            paths = tuple(f"{above}.{name}" if above else name for name in WHOLE_NAME)
            yield Target(f"{above}.*" if above else "*", holder.slot(WHOLE_NAME[0]), names, whole=paths)

    def _listed(self, inner: Class, slot: Slot, path: str) -> Iterator[Target]:
        """The parts of the objects of a list: of the one of a kind, or of the only one."""
        kind = kind_of(self._standard, inner)
        parts = [
            one
            for one in inner.slots
            if (one.kind is not Kind.CLASS and not one.multivalued) or _is_text(self._standard, one)
        ]
        telling = next((one for one in parts if one.kind is Kind.TYPE), None)
        if telling is not None and not any(
            one.required for one in inner.slots if one not in (telling, kind) and not one.designates_type
        ):
            names = self._names(slot) | self._called(inner.name, inner.title)
            if kind is None or not kind.required:
                names |= self._type_names(telling)
                yield Target(path, telling, names, telling.name)
        if kind is None:
            return
        for code in self._standard.code_lists[kind.range].codes:
            called = self._called(f"{kind.range}.{code.code}", code.title, code.aliases)
            for part in parts:
                if part is kind:
                    continue
                names = {
                    f"{first} {second}": language or other
                    for first, language in called.items()
                    for second, other in self._names(part).items()
                }
                if part is telling:
                    names |= called
                yield Target(
                    f"{path}[{kind.name}={code.code}].{part.name}", part, names, telling=part is telling
                )

    def _names(self, slot: Slot) -> dict[str, str]:
        return {plain(slot.name): "en"} | self._called(slot.text, slot.title, slot.aliases)

    def _type_names(self, slot: Slot) -> dict[str, str]:
        type_ = self._standard.types[slot.range]
        return self._called(type_.name, type_.title)

    def _called(self, element: str, english: str, aliases: Iterable[str] = ()) -> dict[str, str]:
        """What an element is called, by label in a language and by alias."""
        found = dict.fromkeys(map(plain, aliases), "") | {plain(english): "en"}
        for language, texts in self._standard.translations.items():
            if f"{element}.title" in texts:
                found[plain(texts[f"{element}.title"].text)] = language
        return {name: language for name, language in found.items() if name}


def kind_of(standard: Standard, inner: Class) -> Slot | None:
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


def _is_text(standard: Standard, slot: Slot) -> bool:
    """Whether it is free text with its language."""
    if slot.kind is not Kind.CLASS:
        return False
    inner = next(iter(standard.concrete(slot.range)), None)
    return inner is not None and {"text", "language"} <= {one.name for one in inner.slots}


def codes_of(standard: Standard, code_list: CodeList) -> dict[str, str]:
    """The codes of a list by all that they are called."""
    found: dict[str, str] = {}
    for code in code_list.codes:
        element = f"{code_list.name}.{code.code}.title"
        labels = [texts[element].text for texts in standard.translations.values() if element in texts]
        for name in (code.code, code.title, *labels, *code.aliases):
            found.setdefault(plain(name), code.code)
    return found


def nearest(value: str, called: Mapping[str, str]) -> str | None:
    """What a text means by the names of a code list, if it is near enough to one of them."""
    said = plain(value)
    if said in called or len(said) < 4:
        return called.get(said)
    near = difflib.get_close_matches(said, called, 1, 0.85)
    return called[near[0]] if near else None


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Words in small letters without accents: `dateOfBirth` and `Date of birth` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("'", " ").replace("’", " "))
    bare = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ").casefold()))


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    """The words of a name that say something."""
    found = name.split()
    return frozenset(word for word in found if word not in _LITTLE) or frozenset(found)


@lru_cache(maxsize=65536)
def _pairs(name: str) -> frozenset[str]:
    """The pairs of letters of a name, by which the alike are found fast."""
    return frozenset(map("".join, pairwise(name)))


@lru_cache(maxsize=65536)
def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
