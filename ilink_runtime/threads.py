"""Threads: the values that two messages share, and where they stand in each.

A message's phone numbers, accounts, addresses … are rows of `identifier` by kind and canonical
form, and of `occurrence` by place; a range of numbers stands for every number in it. There is no
table of pairs: who else has a value is asked when somebody looks, and only of messages that he may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Subquery, exists, func, select, union

from ilink_runtime import number_ranges
from ilink_runtime.access import Reader, visible
from ilink_runtime.bundle import Bundle
from ilink_runtime.canonical import FORMS
from ilink_runtime.database import Statement, identifier, message, number_range, occurrence, pipeline
from ilink_runtime.search import HIT_COLUMNS, Hit, hit
from ilink_runtime.values import Object, Walked, is_innocent

#: A value in more messages than these says little of any two of them.
HUB = 20

_STRENGTHS = ("strong", "weak")

#: So many numbers of a range are shown that stand in other messages; more say nothing new.
MOST_IN_RANGE = 200

# Rows one by one: of a statement with many rows SQLite keeps what takes half of it back.
_NAME = Statement("INSERT INTO identifier (kind, canonical) VALUES (?, ?) ON CONFLICT DO NOTHING")
_STAND = Statement(
    "INSERT INTO occurrence (identifier_id, message_id, path)"
    " VALUES ((SELECT id FROM identifier WHERE kind = ? AND canonical = ?), ?, ?) ON CONFLICT DO NOTHING"
)
_PLACES = Statement("SELECT DISTINCT identifier_id FROM occurrence WHERE message_id = ?")
_LEAVE = Statement("DELETE FROM occurrence WHERE message_id = ?")
_FORGET = Statement(
    "DELETE FROM identifier WHERE id = ? AND NOT EXISTS"
    " (SELECT 1 FROM occurrence WHERE occurrence.identifier_id = identifier.id)"
)

# On PostgreSQL an identifier that nobody had any more could be forgotten while another transaction
# takes it up: those who write identifiers go together, one who forgets goes alone.
_TOGETHER = "SELECT pg_advisory_xact_lock_shared(hashtext('identifier'))"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('identifier'))"


@dataclass(frozen=True, slots=True)
class Other:
    """Another message with the value, and where it stands there.

    It is misused when it is only an innocent person's there, whose identity another one used.
    """

    hit: Hit
    paths: list[str]
    misused: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A value that other messages have too; `count` is of all that the reader may see, this one included.

    Of a hub only the newest other messages are listed. Places count what everybody may see of a message.
    It is misused when it is only an innocent person's in this message.
    """

    kind: str
    canonical: str
    strength: str
    paths: list[str]
    others: list[Other]
    hub: bool
    count: int
    misused: bool = False


def write(connection: Connection, message_id: str, met: Walked) -> None:
    """Notes where the identifiers of a message stand."""
    number_ranges.write(connection, message_id, met)
    places = sorted(identifiers(met))  # in one order, or two writers could lock each other
    if not places:
        return
    _lock(connection, _TOGETHER)
    with pipeline(connection):
        _NAME.run_many(connection, [(kind, canonical) for kind, canonical, _ in places])
        _STAND.run_many(connection, [(kind, canonical, message_id, path) for kind, canonical, path in places])


def erase(connection: Connection, message_id: str) -> None:
    """Forgets the identifiers of a message, and those that no other message has."""
    _lock(connection, _ALONE)
    number_ranges.erase(connection, message_id)
    known = [(row[0],) for row in _PLACES.run(connection, (message_id,)).fetchall()]
    _LEAVE.run(connection, (message_id,))
    _FORGET.run_many(connection, known)


def of(connection: Connection, bundle: Bundle, reader: Reader, message_id: str) -> list[Thread]:
    """The threads of a message that the reader may see, the strongest and rarest first."""
    here = _here(connection, bundle, reader, message_id)
    counts = _counts(connection, reader, list(here))
    shared = [known for known, number in counts.items() if number > 1]
    others = _others(connection, bundle, reader, message_id, shared)
    threads = [
        Thread(
            kind,
            canonical,
            _strength(bundle, kind),
            paths,
            others[known],
            hub=counts[known] > HUB,
            count=counts[known],
            misused=misused,
        )
        for known in shared
        for kind, canonical, paths, misused in [here[known]]
    ]
    return sorted(threads, key=lambda t: (_STRENGTHS.index(t.strength), t.hub, t.count, t.kind, t.canonical))


def identifiers(met: Walked) -> Iterator[tuple[str, str, str]]:
    """Kind, canonical form and path of everything in a message that can link it to another."""
    for part in met:
        place = part.place if isinstance(part, Object) else part.type
        if place is None or place.thread not in _STRENGTHS:
            continue
        canonical = FORMS[place.canonical or "text"](part.value)
        if canonical:
            yield place.name, canonical, part.path


def _strength(bundle: Bundle, kind: str) -> str:
    """How much a thread of that kind says; the model may have changed its mind since it was written."""
    place = bundle.types.get(kind) or bundle.classes.get(kind)
    return place.thread if place is not None else "never"


def _here(
    connection: Connection, bundle: Bundle, reader: Reader, message_id: str
) -> dict[int, tuple[str, str, list[str], bool]]:
    """The identifiers of the message: the paths at which each stands, and whether all are misused ones."""
    rows = connection.execute(
        select(identifier.c.id, identifier.c.kind, identifier.c.canonical, occurrence.c.path, message.c.type)
        .join_from(occurrence, identifier)
        .join(message, message.c.id == occurrence.c.message_id)
        .where(message.c.id == message_id, visible(reader))
        .order_by(occurrence.c.path)
    )
    here: dict[int, tuple[str, str, list[str], bool]] = {}
    inside = connection.execute(_in_ranges(reader, message_id)) if bundle.ranged else ()
    for known, kind, canonical, path, message_type in (*rows, *inside):
        if _strength(bundle, kind) in _STRENGTHS:
            paths, misused = here[known][2:] if known in here else ([], True)
            misused = misused and is_innocent(bundle, message_type, path)
            here[known] = (kind, canonical, [*dict.fromkeys((*paths, path))], misused)
    return here


def _in_ranges(reader: Reader, message_id: str) -> Select[Any]:
    """The numbers in the ranges of a message that stand in others."""
    elsewhere = (
        exists()
        .where(occurrence.c.identifier_id == identifier.c.id, occurrence.c.message_id != message_id)
        .where(message.c.id == occurrence.c.message_id, visible(reader))
        .correlate(identifier)
    )
    return (
        select(
            identifier.c.id,
            identifier.c.kind,
            identifier.c.canonical,
            number_range.c.path,
            message.c.type,
        )
        .join(number_range, number_ranges.holds(identifier.c.kind, identifier.c.canonical))
        .join(message, message.c.id == number_range.c.message_id)
        .where(message.c.id == message_id, visible(reader), elsewhere)
        .order_by(identifier.c.canonical, number_range.c.path)
        .limit(MOST_IN_RANGE)
    )


def _standing(known: list[int]) -> Subquery:
    """Where identifiers stand: at their own places, and at the ranges that hold them."""
    places = select(occurrence.c.identifier_id, occurrence.c.message_id, occurrence.c.path)
    held = select(identifier.c.id, number_range.c.message_id, number_range.c.path).join(
        number_range, number_ranges.holds(identifier.c.kind, identifier.c.canonical)
    )
    return union(
        places.where(occurrence.c.identifier_id.in_(known)), held.where(identifier.c.id.in_(known))
    ).subquery("standing")


def _counts(connection: Connection, reader: Reader, known: list[int]) -> dict[int, int]:
    """In how many messages that the reader may see each identifier stands."""
    place = _standing(known).c
    rows = connection.execute(
        select(place.identifier_id, func.count(place.message_id.distinct()))
        .join(message, message.c.id == place.message_id)
        .where(visible(reader))
        .group_by(place.identifier_id)
    )
    return {row[0]: row[1] for row in rows}


def _others(
    connection: Connection, bundle: Bundle, reader: Reader, message_id: str, known: list[int]
) -> dict[int, list[Other]]:
    """For each identifier the newest other messages, with the paths at which it stands there."""
    place = _standing(known).c
    newest = func.dense_rank().over(
        partition_by=place.identifier_id, order_by=(message.c.updated_at.desc(), message.c.id)
    )
    places = (
        select(place.identifier_id, place.path, newest.label("rank"), *HIT_COLUMNS)
        .join(message, message.c.id == place.message_id)
        .where(place.message_id != message_id, visible(reader))
        .subquery()
    )
    others: dict[int, list[Other]] = {number: [] for number in known}
    listed = select(places).where(places.c.rank <= HUB)
    for row in connection.execute(listed.order_by(places.c.identifier_id, places.c.rank, places.c.path)):
        number, path, _, *columns = tuple(row)
        found, listed_as = others[number], hit(reader, columns)
        paths, misused = [], True
        if found and found[-1].hit == listed_as:
            last = found.pop()
            paths, misused = last.paths, last.misused
        misused = misused and is_innocent(bundle, listed_as.type, path)
        found.append(Other(listed_as, [*paths, path], misused))
    return others


def _lock(connection: Connection, statement: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement)
