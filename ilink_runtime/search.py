"""Search: messages by a name in any script, by a word, by an identifier or by a reference.

Every question is asked of `message` with `access.visible`, so that what is hidden is neither found
nor counted.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import identifier, message, number_range, occurrence, search_text
from ilink_runtime.headline import is_withheld
from ilink_runtime.search_index import erase, found, is_found_among, nearness, prepare, write
from ilink_runtime.values import is_innocent

__all__ = ["HIT_COLUMNS", "Hit", "Query", "Results", "erase", "find", "hit", "prepare", "waiting", "write"]

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
    """A message as a list shows it; `matched` is the kind of identifier that was asked for.

    Where `withheld` is not None it is the reason why the reader sees no name (see `headline.Withheld`).
    `misused` says that what was asked for is an innocent person's, whose identity another one used.
    """

    reference: str
    type: str
    owner: str
    status: str
    headline: str
    updated_at: str
    version: int
    matched: str | None = None
    withheld: str | None = None
    misused: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, how many there are, and how many there would be with another filter."""

    total: int
    hits: list[Hit]
    facets: dict[str, dict[str, int]]


#: What a hit is made of, in its order.
HIT_COLUMNS = tuple(
    message.c[name]
    for name in (
        "reference",
        "type",
        "owner",
        "status",
        "headline",
        "updated_at",
        "version",
        "withheld",
        "withheld_until",
    )
)


def waiting(connection: Connection, reader: Reader) -> int:
    """How many messages wait: for the General Secretariat's check, or returned to the reader's bureau."""
    wanted = (
        message.c.status == "processing"
        if reader.secretariat
        else and_(message.c.status == "returned", message.c.owner == reader.bureau)
    )
    return connection.scalar(select(func.count()).where(visible(reader), wanted)) or 0


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
        _page(connection, bundle, reader, query, ways, wanted, left_out) if total else [],
        {name: _facet(counts if name == "type" else listed, name, wanted) for name in _FACETS},
    )


def hit(reader: Reader, columns: Sequence[Any], matched: str | None = None, *, misused: bool = False) -> Hit:
    """A message as a list shows it to a reader; only its owner is told a name that is withheld."""
    reference, message_type, owner, status, headline, updated_at, version, withheld, until = columns
    if not is_withheld(reader.bureau, owner, withheld, until, _today()):
        withheld = None
    shown = headline if withheld is None else ""
    return Hit(reference, message_type, owner, status, shown, updated_at, version, matched, withheld, misused)


def _today() -> date:
    return datetime.now(UTC).date()


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
    bundle: Bundle,
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
    rows = [tuple(row) for row in connection.execute(page)]
    asked_for = [row[0] for row in rows if row[-1] not in ("reference", "national_reference")]
    misused = _misused(connection, bundle, _plain(query.text), asked_for) if ways else set()
    return [hit(reader, row[:-1], row[-1], misused=row[0] in misused) for row in rows]


def _misused(connection: Connection, bundle: Bundle, asked: str, references: list[str]) -> set[str]:
    """Which of some messages have what was asked only where they describe somebody innocent."""
    columns = search_text.c
    rows = connection.execute(
        select(message.c.reference, columns.folded, columns.latin, columns.skeleton, columns.innocent)
        .join(message, message.c.id == columns.message_id)
        .where(message.c.reference.in_(references), columns.innocent != "")
    ).all()
    if not rows:
        return set()
    places = _places(connection, bundle, asked, [row.reference for row in rows])
    misused = set()
    for row in rows:
        others = {*" ".join(row[1:4]).split(" ")} - {*row.innocent.split(" ")}
        if all(places[row.reference]) and not is_found_among(others, asked):
            misused.add(row.reference)
    return misused


def _places(
    connection: Connection, bundle: Bundle, asked: str, references: list[str]
) -> defaultdict[str, list[bool]]:
    """For each place in which what was asked stands as an identifier, whether it is an innocent person's."""
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for reference, message_type, path in connection.execute(
        select(message.c.reference, message.c.type, occurrence.c.path)
        .join_from(occurrence, identifier)
        .join(message, message.c.id == occurrence.c.message_id)
        .where(message.c.reference.in_(references), _same_identifier(bundle, asked))
    ):
        found[reference].append(is_innocent(bundle, message_type, path))
    return found


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
    return (
        select(occurrence.c.message_id, literal(0), identifier.c.kind)
        .join_from(occurrence, identifier)
        .where(_same_identifier(bundle, asked))
    )


def _same_identifier(bundle: Bundle, asked: str) -> ColumnElement[bool]:
    forms = _forms(bundle, asked)
    same = (and_(identifier.c.kind == kind, identifier.c.canonical == form) for kind, form in forms)
    return or_(false(), *same)


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
