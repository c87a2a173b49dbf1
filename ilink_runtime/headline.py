"""What a list calls a message: the names of its subject; or why it withholds them.

The names of victims, witnesses and children stand in no list (RPD-39 to 42): who has reason to
know them opens the message, and the audit keeps that. Only the owner's lists show them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from ilink_runtime.bundle import Bundle, ClassPlace
from ilink_runtime.checks import APPROXIMATE_YEARS, days
from ilink_runtime.classes import class_of

#: Where a text stands for a name, so much of it.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why lists withhold the name, and until which day (None: for good).

    The reason is the key of a code (`PersonStatus.victim`) or an age (`18`); empty, it is not told.
    """

    reason: str
    until: date | None = None


def headline(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> str:
    """The names of the subject, in Latin letters and their own script; of a thing, its first text."""
    *_, (place, value) = _way(bundle, message_type, message)
    if place is None:
        return str(value).strip()[:LONGEST]
    return " · ".join(_names(bundle, place, value)) or _first_text(bundle, place, value)


def withheld(
    bundle: Bundle, message_type: str, message: Mapping[str, Any], open_part: Mapping[str, Any]
) -> Withheld | None:
    """Whether lists withhold the name; without the reason when not everybody may see what decides it."""
    found = list(_deciding(bundle, message_type, open_part))
    if open_part is not message and found != list(_deciding(bundle, message_type, message)):
        return Withheld("")
    masked = (code for code in found if isinstance(code, str) and _is_masked(bundle, code))
    children = (_child(*one) for one in found if isinstance(one, tuple))
    latest = max(filter(None, children), key=lambda child: child.until or date.max, default=None)
    return next(map(Withheld, masked), latest)


def is_withheld(reader: str, owner: str, reason: str | None, until: date | None, today: date) -> bool:
    """Whether a bureau is not told the name where it did not ask for it; its owner always is."""
    return reason is not None and reader != owner and (until is None or until > today)


def _child(years: int, born: str) -> Withheld | None:
    until = _of_age(born, years)
    return None if until is None else Withheld(str(years), until)


def _way(
    bundle: Bundle, message_type: str, message: Mapping[str, Any]
) -> Iterator[tuple[ClassPlace | None, Any]]:
    """The message, and what leads from it to its name: objects, and at the end perhaps a mere value.

    Where nothing stands, or somebody innocent, the end is an empty text.
    """
    place, value = bundle.classes[message_type], message
    yield place, value
    for name in filter(None, str(bundle.messages[message_type]["headline"]).split(".")):
        slot, inner = place.slots.get(name), value.get(name)
        first = inner[0] if isinstance(inner, list) and inner else inner
        if slot is None or not first or slot.kind != "class":
            yield None, first if slot is not None and first else ""
            return
        place, value = class_of(bundle, slot.range, first), first
        if place.innocent:
            yield None, ""
            return
        yield place, value


def _deciding(
    bundle: Bundle, message_type: str, message: Mapping[str, Any]
) -> Iterator[str | tuple[int, str]]:
    """What can decide whether the name is withheld: keys of codes, and ages with dates of birth."""
    for place, value in _way(bundle, message_type, message):
        for slot in place.slots.values() if place is not None else ():
            said = value.get(slot.name)
            if slot.range in bundle.masked_codes and said is not None:
                yield from (f"{slot.range}.{code}" for code in (said if isinstance(said, list) else [said]))
            elif slot.masked_under_age is not None and isinstance(said, str):
                yield slot.masked_under_age, said


def _is_masked(bundle: Bundle, key: str) -> bool:
    code_list, _, code = key.partition(".")
    return code in bundle.masked_codes[code_list]


def _of_age(born: str, years: int) -> date | None:
    """The day on which somebody born then has certainly reached an age; None for no date."""
    found = days(born)
    if found is None:
        return None
    last, years = found[1], years + APPROXIMATE_YEARS * born.endswith("~")
    try:
        return last.replace(year=last.year + years)
    except ValueError:  # the 29th of February, or beyond the calendar
        return date(last.year + years, 3, 1) if last.year + years <= date.max.year else None


def _names(bundle: Bundle, place: ClassPlace, value: Mapping[str, Any]) -> list[str]:
    """The names that stand at the head of an object, those of one script together."""
    named = [
        slot.kind == "type" and bundle.types[slot.range].search == "name" for slot in place.slots.values()
    ]
    slots = list(place.slots.values())
    start = named.index(True) if True in named else len(slots)
    head = list(takewhile(lambda place: named[place], range(start, len(slots))))
    written = [value[slots[place].name] for place in head if isinstance(value.get(slots[place].name), str)]
    scripts: dict[bool, list[str]] = {}
    for name in filter(str.strip, written):
        scripts.setdefault(_is_latin(name), []).append(name.strip())
    return [(", " if _is_latin(names[0]) else " ").join(names) for names in scripts.values()]


def _first_text(bundle: Bundle, place: ClassPlace, value: Mapping[str, Any]) -> str:
    for slot in place.slots.values():
        found = value.get(slot.name)
        if slot.kind == "type" and bundle.types[slot.range].search != "none" and isinstance(found, str):
            return found.strip()[:LONGEST]
    return ""


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())
