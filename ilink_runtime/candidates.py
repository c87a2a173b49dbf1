"""Candidates: the first of the two steps in which a query is answered (RPD-104).

A query names a number, or a person. What a reader may see and what has the same number, or a like
name, is a candidate: its reference, owner and headline, and why, never the record itself. To open
that is the second step, which the audit keeps with the query's purpose and reference.

The indexes only say where to look. Each place is then looked at in the message as this reader sees
it, so that a part that is hidden from him gives no reason, narrows nothing and counts nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, false, func, literal, or_, select, union_all

from ilink_runtime import messages, number_ranges, search, search_index, threads
from ilink_runtime.access import Reader, visible
from ilink_runtime.bundle import Bundle
from ilink_runtime.checks import may_be_same_day
from ilink_runtime.database import identifier, message, number_range, occurrence, search_text
from ilink_runtime.envelope import COLUMNS
from ilink_runtime.folding import is_latin
from ilink_runtime.messages import Stored
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.search import HIT_COLUMNS, Hit
from ilink_runtime.search_index import Nearness
from ilink_runtime.values import Object, Scalar, Walked, is_innocent, walk

#: So many candidates are listed; an officer who gets more asks more exactly.
MOST = 50
#: So many messages are looked at for them, the nearest and newest first.
MOST_LOOKED_AT = 300

#: Codes by which a list says that nobody knows; they contradict nothing.
UNKNOWN = frozenset({"U", "unknown"})

#: Fields that the system reads of every message; they say nothing of a person or thing.
_OF_THE_MESSAGE = frozenset(column.source for column in COLUMNS if column.source)


class Likeness(StrEnum):
    """How a place in a message is like what was asked."""

    SAME = "same"
    RANGE = "range"  # a number in a range of numbers
    SPELLING = "spelling"  # the same name in other letters or accents
    SOUND = "sound"  # a name of the same consonants


_LIKENESS = {
    Nearness.WHOLE: Likeness.SAME,
    Nearness.LATIN: Likeness.SPELLING,
    Nearness.SKELETON: Likeness.SOUND,
}

#: What the likeness of a name, an identifier, and each field that agrees or differs count for.
_OF_NAME = {Likeness.SAME: 60, Likeness.SPELLING: 50, Likeness.SOUND: 20}
_OF_IDENTIFIER = {"strong": 100, "weak": 30}
_AGREES, _DIFFERS = 10, -15


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message is a candidate: paths in the query and in the message, and what they have in common.

    `agrees` and `differs` are paths in the query of what else is asked about the same person or thing.
    It is misused when it is an innocent person's, whose identity another one used.
    """

    kind: str
    likeness: Likeness
    asked: str
    found: str
    agrees: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    misused: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that may be about what was asked, with every reason."""

    hit: Hit
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The candidates of a query, the likeliest first; `more` says that there are others."""

    candidates: list[Candidate]
    more: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that is asked for, in one script: where it begins, the words, and the fields it is of."""

    path: str
    holder: str
    kind: str
    words: str
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Number:
    """An identifier that is asked for."""

    path: str
    holder: str
    kind: str
    canonical: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a query asks for, and what it knows besides of each object."""

    names: list[_Name]
    numbers: list[_Number]
    facts: Mapping[str, list[Scalar]]


def of(connection: Connection, bundle: Bundle, reader: Reader, query: Stored) -> Answer:
    """What the reader may see that may be about what a query asks; Problem `not_found` for no query."""
    if not bundle.is_query(query.envelope["type"]):
        raise Problem(404, "not_found", _("Only a query has candidates."))
    asked = _asked(walk(bundle, query.envelope["type"], query.message))
    rows = _where_to_look(connection, bundle, reader, asked)
    found: list[tuple[int, Candidate]] = []
    for row in rows[:MOST_LOOKED_AT]:
        stored = messages.find(connection, reader, row.reference)
        if stored is None or stored.envelope["type"] not in bundle.classes:
            continue
        kind = stored.envelope["type"]
        met = walk(bundle, kind, stored.message)
        if reasons := tuple(_reasons(bundle, kind, asked, met)):
            found.append((_weight(bundle, reasons), Candidate(search.hit(reader, tuple(row)), reasons)))
    found.sort(key=lambda pair: -pair[0])  # stable: of two alike the newer one stays first
    more = len(rows) > MOST_LOOKED_AT or len(found) > MOST
    return Answer([candidate for _weight, candidate in found[:MOST]], more)


def through(connection: Connection, bundle: Bundle, reader: Reader, reference: str) -> Reader:
    """The reader as he opens a candidate: for the purpose that his query states.

    Problem `not_found` when there is no such query of his bureau.
    """
    query = messages.find(connection, reader, reference)
    if (
        query is None
        or query.envelope["owner"] != reader.bureau
        or not bundle.is_query(query.envelope["type"])
    ):
        raise Problem(404, "not_found", _("There is no such query of your bureau."))
    return replace(reader, purpose=query.envelope["purpose"] or reader.purpose)


# --- what is asked


def _asked(met: Walked) -> _Asked:
    facts: defaultdict[str, list[Scalar]] = defaultdict(list)
    named: defaultdict[tuple[str, str, bool], list[Scalar]] = defaultdict(list)
    holders = {part.path: "" if isinstance(part, Object) else part.holder for part in met}
    for part in met:
        if isinstance(part, Scalar):
            if part.type is not None and part.type.search == "name":
                named[part.holder, part.type.name, is_latin(str(part.value))].append(part)
            elif part.path not in _OF_THE_MESSAGE:
                facts[part.holder].append(part)
    names = [
        _Name(
            parts[0].path,
            holder,
            kind,
            " ".join(str(part.value) for part in parts),
            frozenset(slot.name for slot in parts[0].owner.slots.values() if slot.range == kind),
        )
        for (holder, kind, _is_latin), parts in named.items()
    ]
    numbers = [_Number(path, holders[path], kind, form) for kind, form, path in threads.identifiers(met)]
    return _Asked(names, numbers, facts)


def _where_to_look(connection: Connection, bundle: Bundle, reader: Reader, asked: _Asked) -> list[Row[Any]]:
    """The messages that an index knows, the nearest first, then the newest; one more than are looked at."""
    every = union_all(*_ways(connection.dialect.name, bundle, asked)).subquery()
    nearest = (
        select(every.c.message_id, func.min(every.c.distance).label("distance"))
        .group_by(every.c.message_id)
        .subquery()
    )
    queries = [name for name in bundle.messages if bundle.is_query(name)]
    return list(
        connection.execute(
            select(*HIT_COLUMNS)
            .join(nearest, nearest.c.message_id == message.c.id)
            .where(visible(reader), message.c.type.not_in(queries))
            .order_by(nearest.c.distance, message.c.updated_at.desc(), message.c.reference)
            .limit(MOST_LOOKED_AT + 1)
        )
    )


def _ways(dialect: str, bundle: Bundle, asked: _Asked) -> Iterator[Select[Any]]:
    same = (
        and_(identifier.c.kind == number.kind, identifier.c.canonical == number.canonical)
        for number in asked.numbers
    )
    yield (
        select(occurrence.c.message_id, literal(0).label("distance"))
        .join_from(occurrence, identifier)
        .where(or_(false(), *same))
    )
    for number in asked.numbers:
        if number.kind in bundle.ranged:
            held = number_ranges.holds(number.kind, literal(number.canonical))
            yield select(number_range.c.message_id, literal(0)).where(held)
    for name in asked.names:
        by_word = search_index.found(dialect, name.words)
        if by_word is not None:
            yield select(search_text.c.message_id, search_index.nearness(name.words)).where(by_word)


# --- why a message answers


def _reasons(bundle: Bundle, message_type: str, asked: _Asked, met: Walked) -> Iterator[Reason]:
    facts: defaultdict[str, list[Scalar]] = defaultdict(list)
    for part in met:
        if isinstance(part, Scalar) and part.path not in _OF_THE_MESSAGE:
            facts[part.holder].append(part)
    for number in asked.numbers:
        for likeness, path in _places(number, met):
            known = _compared(asked, number.holder, facts, path)
            misused = is_innocent(bundle, message_type, path)
            yield Reason(number.kind, likeness, number.path, path, *known, misused)
    for name in asked.names:
        for likeness, path in _named(name, met):
            agrees, differs = _compared(asked, name.holder, facts, path)
            if not differs:  # somebody else of that name
                misused = is_innocent(bundle, message_type, path)
                yield Reason(name.kind, likeness, name.path, path, agrees, misused=misused)


def _places(number: _Number, met: Walked) -> Iterator[tuple[Likeness, str]]:
    """Where an identifier stands by itself; if it does nowhere, the ranges in which it lies."""
    asked = (number.kind, number.canonical)
    standing = [path for kind, form, path in threads.identifiers(met) if (kind, form) == asked]
    yield from ((Likeness.SAME, path) for path in standing)
    if not standing:
        yield from ((Likeness.RANGE, path) for path in number_ranges.holding(met, *asked))


def _named(name: _Name, met: Walked) -> Iterator[tuple[Likeness, str]]:
    """Where a like name stands: in the same fields of one object together, or in another field alone."""
    groups: defaultdict[tuple[str, str], list[Scalar]] = defaultdict(list)
    for part in met:
        if isinstance(part, Scalar) and part.type is not None and part.type.name == name.kind:
            alone = "" if part.slot.name in name.fields else part.path
            groups[part.holder, alone].append(part)
    for parts in groups.values():
        near = search_index.nearness_in(name.words, parts)
        if near is not None:
            yield _LIKENESS[near], parts[0].path


def _compared(
    asked: _Asked, holder: str, facts: Mapping[str, list[Scalar]], path: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What else is asked that agrees with the object at a path and those around it, and what differs."""
    around = [part for outer, parts in facts.items() if _holds(outer, path) for part in parts]
    agrees: dict[str, None] = {}
    differs: dict[str, None] = {}
    for part in asked.facts.get(holder, ()):
        verdict = _agrees(part, [other for other in around if other.slot.name == part.slot.name])
        if verdict is not None:
            (agrees if verdict else differs)[part.path] = None
    return tuple(agrees), tuple(differs)


def _holds(holder: str, path: str) -> bool:
    return not holder or path == holder or path.startswith(f"{holder}/")


def _agrees(part: Scalar, others: list[Scalar]) -> bool | None:
    """Whether a date or code is among others of that name; None when nothing can be said.

    Of several values (nationalities) one more contradicts none, nor does a code of another list.
    """
    known = [other.value for other in others if other.value not in UNKNOWN]
    if not known or part.value in UNKNOWN:
        return None
    if part.slot.kind == "code":
        found = part.value in known
    elif part.type is not None and part.type.check in ("date", "partial_date"):
        found = any(may_be_same_day(part.value, value) for value in known)
    else:
        return None
    comparable = not part.slot.multivalued and all(other.slot.range == part.slot.range for other in others)
    return True if found else False if comparable else None


def _weight(bundle: Bundle, reasons: tuple[Reason, ...]) -> int:
    """How much speaks for a candidate: its best reason by number and its best by name."""
    by_number = [_worth(bundle, reason) for reason in reasons if _strength(bundle, reason.kind) != "never"]
    by_name = [_worth(bundle, reason) for reason in reasons if _strength(bundle, reason.kind) == "never"]
    return max(by_number, default=0) + max(by_name, default=0)


def _worth(bundle: Bundle, reason: Reason) -> int:
    strength = _strength(bundle, reason.kind)
    base = _OF_NAME[reason.likeness] if strength == "never" else _OF_IDENTIFIER[strength]
    return base + _AGREES * len(reason.agrees) + _DIFFERS * len(reason.differs)


def _strength(bundle: Bundle, kind: str) -> str:
    place = bundle.types.get(kind) or bundle.classes[kind]
    return place.thread
