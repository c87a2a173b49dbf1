"""What is wrong with a message, as its form shows it: the sentence, and the field it leads to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ilink_runtime import form, sentences
from ilink_runtime.form import Section, walk
from ilink_runtime.pages.desk import Desk
from ilink_runtime.profiles import asked
from ilink_runtime.validation import Fault, Level
from ilink_runtime.values import classes_of, value_at


@dataclass(frozen=True, slots=True)
class Line:
    """A fault in words; `pointer` is the field of the form that it leads to, if there is one."""

    sentence: str
    pointer: str
    section: str
    base: str = ""

    @property
    def anchor(self) -> str:
        """The link to the field."""
        return f"{self.base}#{self.pointer}" if self.pointer else ""


def against(desk: Desk, message_type: str, written: Mapping[str, Any], level: Level) -> list[Fault]:
    """What stands against a draft by the standard, and by the country whose form lies on the desk."""
    message = form.without_choices(written)
    found = desk.levels.faults(message_type, message, level, written)
    by_standard = [one for fault in found for one in _of_plain(desk, message_type, fault, written)]
    return [*by_standard, *asked(desk.bundle.forms[message_type], message, by_standard)]


def _of_plain(desk: Desk, message_type: str, fault: Fault, written: Mapping[str, Any]) -> list[Fault]:
    """In place of a fault that a value is none of several, what its own range says, if it was chosen."""
    if fault.code != "alternatives" or fault.rule is not None:
        return [fault]
    entry = form.find(form.show(desk.bundle.forms[message_type], written), fault.path)
    field = entry.branch.field if entry and entry.branch else entry.field if entry else {"kind": "any"}
    if field["kind"] not in ("type", "code"):
        return [fault]
    inner = desk.levels.of_range(field["range"], value_at(written, fault.path))
    return [replace(one, path=fault.path) for one in inner] or [fault]


def lines(
    desk: Desk,
    message_type: str,
    found: Iterable[Fault],
    sections: Sequence[Section],
    base: str = "",
    message: Mapping[str, Any] | None = None,
) -> list[Line]:
    """Faults of a message in words with their fields, in the order of the form.

    `base` is the page of the form, if it is another.
    """
    places, classes = _places(sections), classes_of(desk.bundle, message_type, message)
    result = []
    for fault in found:
        pointer = _nearest(places, fault.paths[0] if fault.paths else fault.path)
        sentence = sentences.sentence(desk.bundle, message_type, fault, desk.language, classes)
        result.append(Line(sentence, pointer, places.get(pointer, ""), base))
    order = {pointer: number for number, pointer in enumerate(places)}
    return sorted(result, key=lambda line: order.get(line.pointer, len(order)))


def by_field(found: Iterable[Line]) -> defaultdict[str, list[str]]:
    """The sentences to show at each field."""
    shown: defaultdict[str, list[str]] = defaultdict(list)
    for line in found:
        shown[line.pointer].append(line.sentence)
    return shown


def missing(found: Iterable[Line]) -> Counter[str]:
    """How much is still missing in each section."""
    return Counter(line.section for line in found)


def _places(sections: Sequence[Section]) -> dict[str, str]:
    """Every place a fault can be shown at, and its section."""
    places = {}
    for section in sections:
        for entry in walk(section.entries):
            places[entry.pointer] = section.name
            places.update(dict.fromkeys((row.pointer for row in entry.rows), section.name))
            if entry.control == "list":
                members = range(len(entry.value or ()))
                places.update(
                    dict.fromkeys((f"{entry.pointer}/{number}" for number in members), section.name)
                )
    return places


def _nearest(places: Mapping[str, str], path: str) -> str:
    """The place itself, else what it stands in, else the first thing inside it."""
    outer = path
    while outer:
        if outer in places:
            return outer
        outer = outer.rpartition("/")[0]
    return next((place for place in places if place.startswith(f"{path}/")), "")
