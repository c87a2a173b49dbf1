"""Search: messages by a name in any script, by a word, by an identifier or by a reference.

Every question is asked of `message` with `access.visible`, so that what is hidden is neither found
nor counted.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from ilink_runtime import canonical, number_ranges
from ilink_runtime.access import Reader, visible
from ilink_runtime.bundle import Bundle, ClassPlace
from ilink_runtime.database import identifier, message, number_range, occurrence, search_text
from ilink_runtime.search_index import erase, found, nearness, prepare, write
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
    """The messages that the reader may see and asks for, the nearest first, else the newest first.

    Queries are no news: among the newest they are listed only when their type is asked for.
    """
    ways = _ways(connection.dialect.name, bundle, _plain(query.text)) if query.text.strip() else []
    wanted = {name: _plain(value) for name in _FACETS if (value := getattr(query, name))}
    left_out = [] if ways or query.type else [name for name in bundle.messages if bundle.is_query(name)]
    counts = _counts(connection, reader, ways)
    listed = {values: number for values, number in counts.items() if values[0] not in left_out}
    total = sum(number for values, number in listed.items() if _has(values, wanted))
    return Results(
        total,
        _page(connection, reader, query, ways, wanted, left_out) if total else [],
        {name: _facet(counts if name == "type" else listed, name, wanted) for name in _FACETS},
    )


def headline(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> str:
    """What a list calls the message: the names of its subject, in Latin letters and in their own script.

    A thing without a name is called by its first number or word.
    """
    place, value = bundle.classes[message_type], message
    for name in filter(None, str(bundle.messages[message_type]["headline"]).split(".")):
        slot, inner = place.slots.get(name), value.get(name)
        if slot is None or not inner:
            return ""
        if slot.kind != "class":
            return str(inner).strip()[:200]
        value = inner[0] if slot.multivalued else inner
        place = class_of(bundle, slot.range, value)
    return " · ".join(_names(bundle, place, value)) or _first_text(bundle, place, value)


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
            return found.strip()[:200]
    return ""


def _is_latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())


def _counts(connection: Connection, reader: Reader, ways: list[Select[Any]]) -> dict[tuple[str, ...], int]:
    """How many messages are found of each type, owner and status."""
    properties = [message.c[name] for name in _FACETS]
    question = select(*properties, func.count()).where(visible(reader)).group_by(*properties)
    if ways:
        ids = (way.with_only_columns(way.selected_columns[0], maintain_column_froms=True) for way in ways)
        question = question.where(message.c.id.in_(union_all(*ids)))
    return {tuple(row[:3]): row[3] for row in connection.execute(question)}


def _page(
    connection: Connection,
    reader: Reader,
    query: Query,
    ways: list[Select[Any]],
    wanted: Mapping[str, str],
    left_out: list[str],
) -> list[Hit]:
    order = [message.c.updated_at.desc(), message.c.reference]
    page = select(*HIT_COLUMNS, null())
    if ways:
        every = union_all(*ways).subquery()
        nearest, matched = func.min(every.c.distance), func.min(every.c.matched)
        found = select(every.c.message_id, nearest.label("distance"), matched.label("matched"))
        nearby = found.group_by(every.c.message_id).subquery()
        page = select(*HIT_COLUMNS, nearby.c.matched).join(nearby, nearby.c.message_id == message.c.id)
        order.insert(0, nearby.c.distance)
    page = (
        page.where(visible(reader), message.c.type.not_in(left_out))
        .where(*(message.c[name] == value for name, value in wanted.items()))
        .order_by(*order)
        .limit(min(max(query.limit, 0), MOST_HITS))
        .offset(min(max(query.offset, 0), 1_000_000_000))
    )
    return [Hit(*tuple(row)) for row in connection.execute(page)]


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


def _ways(dialect: str, bundle: Bundle, asked: str) -> list[Select[Any]]:
    """The ways to find a message: each selects its id, how far it is, and as what it was asked for."""
    spellings = {asked, asked.upper(), asked.lower()}
    by_word = found(dialect, asked)
    ways = [
        _by_reference(message.c.reference, "reference", {asked.upper()}),
        _by_reference(message.c.national_reference, "national_reference", spellings),
        _by_identifier(bundle, asked),
        *_by_range(bundle, asked),
    ]
    if by_word is not None:
        ways.append(select(search_text.c.message_id, nearness(asked), null()).where(by_word))
    return ways


def _by_reference(place: ColumnElement[str], matched: str, spellings: set[str]) -> Select[Any]:
    named = literal(matched).label("matched")
    return select(message.c.id.label("message_id"), literal(-1).label("distance"), named).where(
        place.in_(spellings)
    )


def _by_identifier(bundle: Bundle, asked: str) -> Select[Any]:
    """The messages in which what was asked stands as an identifier, whatever its kind."""
    same = (
        and_(identifier.c.kind == kind, identifier.c.canonical == form)
        for kind, form in _forms(bundle, asked)
    )
    return (
        select(occurrence.c.message_id, literal(0), identifier.c.kind)
        .join_from(occurrence, identifier)
        .where(or_(false(), *same))
    )


def _by_range(bundle: Bundle, asked: str) -> Iterator[Select[Any]]:
    """The messages with a range of numbers in which what was asked lies."""
    for kind, form in _forms(bundle, asked):
        if kind in bundle.ranged:
            held = number_ranges.holds(kind, literal(form))
            yield select(number_range.c.message_id, literal(0), number_range.c.kind).where(held)


def _forms(bundle: Bundle, asked: str) -> Iterator[tuple[str, str]]:
    """What was asked as an identifier of every kind that it can be: kind and canonical form."""
    for type_ in bundle.types.values():
        if type_.thread != "never" and type_.canonical:
            form = canonical.FORMS[type_.canonical](asked)
            if form:
                yield type_.name, form
