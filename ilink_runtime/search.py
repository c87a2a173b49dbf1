"""Search: messages by a name in any script, by a word, by an identifier or by a reference.

Every question is asked of `message` with `access.visible`, so that what is hidden is neither found
nor counted.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from ilink_runtime import canonical
from ilink_runtime.access import Reader, visible
from ilink_runtime.bundle import Bundle, ClassPlace
from ilink_runtime.database import identifier, message, occurrence, search_text
from ilink_runtime.search_index import Nearness, erase, near, prepare, write
from ilink_runtime.values import class_of

__all__ = ["HIT_COLUMNS", "Hit", "Query", "Results", "erase", "find", "headline", "prepare", "write"]

LONGEST_TEXT = 500
MOST_HITS = 200

_FACETS = ("type", "owner", "status")


@dataclass(frozen=True, slots=True)
class Query:
    """What an officer asks: a text, and what the messages must be."""

    text: str = ""
    type: str | None = None
    owner: str | None = None
    status: str | None = None
    limit: int = 25
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A message as a list shows it; `matched` is the kind of identifier that was asked for."""

    reference: str
    type: str
    owner: str
    status: str
    headline: str
    updated_at: str
    version: int
    matched: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, how many there are, and how many there would be with another filter."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]


#: What a hit is made of, in its order.
HIT_COLUMNS = tuple(
    message.c[name] for name in ("reference", "type", "owner", "status", "headline", "updated_at", "version")
)


def find(connection: Connection, bundle: Bundle, reader: Reader, query: Query) -> Results:
    """The messages that the reader may see and asks for, the nearest first, else the newest first."""
    asked = _plain(query.text)
    found = _found(connection.dialect.name, bundle, asked) if query.text.strip() else None
    wanted = {name: _plain(value) for name in _FACETS if (value := getattr(query, name))}
    properties = [message.c[name] for name in _FACETS]
    grouped = _seen(select(*properties, func.count()), found, reader).group_by(*properties)
    counts: dict[tuple[str, ...], int] = {tuple(row[:3]): row[3] for row in connection.execute(grouped)}
    total = sum(number for values, number in counts.items() if _has(values, wanted))
    return Results(
        total,
        _page(connection, reader, query, found, wanted) if total else [],
        {name: _facet(counts, name, wanted) for name in _FACETS},
    )


def headline(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> str:
    """What a list calls the message: the names of its subject, in Latin letters and in their own script."""
    place, value = bundle.classes[message_type], message
    for name in filter(None, str(bundle.messages[message_type]["headline"]).split("/")):
        slot, inner = place.slots.get(name), value.get(name)
        if slot is None or slot.kind != "class" or not inner:
            break
        value = inner[0] if slot.multivalued else inner
        place = class_of(bundle, slot.range, value)
    return " · ".join(_names(bundle, place, value)) or _first_text(bundle, place, value)


def _names(bundle: Bundle, place: ClassPlace, value: Mapping[str, Any]) -> list[str]:
    """The names that stand at the head of an object, those of one script joined by a comma."""
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
    return [", ".join(names) for names in scripts.values()]


def _first_text(bundle: Bundle, place: ClassPlace, value: Mapping[str, Any]) -> str:
    for slot in place.slots.values():
        found = value.get(slot.name)
        if (
            slot.kind == "type"
            and bundle.types[slot.range].search in ("name", "text")
            and isinstance(found, str)
        ):
            return found.strip()[:200]
    return ""


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())


def _page(
    connection: Connection, reader: Reader, query: Query, found: Subquery | None, wanted: Mapping[str, str]
) -> list[Hit]:
    matched = null() if found is None else found.c.matched
    nearest = () if found is None else (found.c.distance,)
    page = (
        _seen(select(*HIT_COLUMNS, matched), found, reader)
        .where(*(message.c[name] == value for name, value in wanted.items()))
        .order_by(*nearest, message.c.updated_at.desc(), message.c.reference)
        .limit(min(max(query.limit, 0), MOST_HITS))
        .offset(min(max(query.offset, 0), 1_000_000_000))
    )
    return [Hit(*row) for row in connection.execute(page)]


def _seen(question: Select[Any], found: Subquery | None, reader: Reader) -> Select[Any]:
    source = message if found is None else message.join(found, found.c.message_id == message.c.id)
    return question.select_from(source).where(visible(reader))


def _has(values: tuple[str, ...], wanted: Mapping[str, str], but: str = "") -> bool:
    return all(
        value == wanted.get(name, value) for name, value in zip(_FACETS, values, strict=True) if name != but
    )


def _facet(counts: Mapping[tuple[str, ...], int], name: str, wanted: Mapping[str, str]) -> dict[str, int]:
    """Counts by one property, under the filters on the others, the most frequent first."""
    facet: Counter[str] = Counter()
    for values, number in counts.items():
        if _has(values, wanted, but=name):
            facet[values[_FACETS.index(name)]] += number
    return dict(sorted(facet.items(), key=lambda pair: (-pair[1], pair[0])))


def _plain(asked: str) -> str:
    """The text without what a database refuses: NUL and other controls, lone surrogates."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in asked[:LONGEST_TEXT])
    return "".join(kept).strip()


def _found(dialect: str, bundle: Bundle, asked: str) -> Subquery:
    """Message ids with their distance from what was asked, and the kind of identifier it was, if any."""
    every = union_all(
        _by_reference(message.c.reference, "reference", {asked.upper()}),
        _by_reference(
            message.c.national_reference, "national_reference", {asked, asked.upper(), asked.lower()}
        ),
        _by_identifier(bundle, asked),
        _by_words(dialect, asked),
    ).subquery()
    nearest = func.min(every.c.distance).label("distance")
    matched = func.min(every.c.matched).label("matched")
    return select(every.c.message_id, nearest, matched).group_by(every.c.message_id).subquery()


def _by_reference(place: ColumnElement[str], matched: str, spellings: set[str]) -> Select[Any]:
    named = literal(matched).label("matched")
    return select(message.c.id.label("message_id"), literal(-1).label("distance"), named).where(
        place.in_(spellings)
    )


def _by_identifier(bundle: Bundle, asked: str) -> Select[Any]:
    """The messages in which what was asked stands as an identifier, whatever its kind."""
    linked = [type_ for type_ in bundle.types.values() if type_.thread != "never" and type_.canonical]
    forms = [(type_.name, canonical.FORMS[type_.canonical or ""](asked)) for type_ in linked]
    same = (and_(identifier.c.kind == kind, identifier.c.canonical == form) for kind, form in forms if form)
    return (
        select(occurrence.c.message_id, literal(0), identifier.c.kind)
        .join_from(occurrence, identifier)
        .where(or_(false(), *same))
    )


def _by_words(dialect: str, asked: str) -> Select[Any]:
    """The messages with all the words, and how near they are to what was asked."""
    *nearer, farthest = Nearness
    all_found = near(dialect, asked, farthest)
    if all_found is None:
        return select(search_text.c.message_id, literal(0), null()).where(false())
    levels = [(found, int(level)) for level in nearer if (found := near(dialect, asked, level)) is not None]
    return select(search_text.c.message_id, case(*levels, else_=int(farthest)), null()).where(all_found)
