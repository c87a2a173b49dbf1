"""The words under which a message is found, and how each database finds them.

A message has one row in `search_text`: its words as folded, its names also in Latin letters and as
skeletons. The words are made here and only here, so that SQLite (FTS5) and PostgreSQL (tsvector,
GIN) find the same; to them a word is what stands between two spaces. A skeleton is marked `~`, so
that it never equals a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    cast,
    column,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from ilink_runtime import canonical
from ilink_runtime.database import Statement, search_text
from ilink_runtime.folding import LONGEST_WORD, latin, name_keys, name_words, spellings, together, words
from ilink_runtime.values import Object, Scalar, Walked

#: An officer's question is short; more words than these are left out.
MOST_WORDS = 12


class Nearness(IntEnum):
    """How near a message is to what was asked, the nearest first."""

    WHOLE = 1  # every word as written, in whatever case and accents
    FOLDED = 2  # the last word may be unfinished
    LATIN = 3  # spelled in Latin letters
    SKELETON = 4  # the same consonants


#: All words, each in one of some ways, each way some lexemes; `*` ends a lexeme that goes on.
Terms = list[list[tuple[str, ...]]]

_ADD = (
    "INSERT INTO search_index(rowid, folded, latin, skeleton)"
    " VALUES (new.id, new.folded, new.latin, new.skeleton);"
)
_REMOVE = (
    "INSERT INTO search_index(search_index, rowid, folded, latin, skeleton)"
    " VALUES ('delete', old.id, old.folded, old.latin, old.skeleton);"
)
_TRIGGER = "CREATE TRIGGER IF NOT EXISTS search_text_{0} AFTER {0} ON search_text BEGIN {1} END"
_SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(folded, latin, skeleton,"
    " content='search_text', content_rowid='id', detail=column, tokenize=\"ascii tokenchars '~'\")",
    _TRIGGER.format("insert", _ADD),
    _TRIGGER.format("delete", _REMOVE),
    _TRIGGER.format("update", _REMOVE + _ADD),
)

# PostgreSQL's own parser would split the words anew, so they become a tsvector as they stand. It is a
# column of its own: an index on the expression alone would have it worked out again for every row read.
_WORDS = " || ".join(f"string_to_array({name}, ' ')" for name in ("folded", "latin", "skeleton"))
_POSTGRESQL = (
    "ALTER TABLE search_text ADD COLUMN IF NOT EXISTS words tsvector"
    f" GENERATED ALWAYS AS (array_to_tsvector({_WORDS})) STORED",
    "CREATE INDEX IF NOT EXISTS search_text_words ON search_text USING gin (words)",
)

_UPSERT = Statement(
    "INSERT INTO search_text (message_id, folded, latin, skeleton, innocent) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (message_id) DO UPDATE SET folded = excluded.folded, latin = excluded.latin,"
    " skeleton = excluded.skeleton, innocent = excluded.innocent"
)
_DELETE = Statement("DELETE FROM search_text WHERE message_id = ?")


def prepare(connection: Connection) -> None:
    """Makes the index over `search_text`, where there is none yet."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def write(connection: Connection, message_id: str, met: Walked) -> None:
    """Makes the message findable by what it says now."""
    _UPSERT.run(connection, (message_id, *columns(met), _innocent_words(met)))


def erase(connection: Connection, message_id: str) -> None:
    """Makes the message unfindable, and leaves none of its words on the disk.

    SQLite's index only marks deleted words until it happens to merge; a deletion is rare enough to
    merge at once (0.1 s with 20,000 messages). To amend, `write` alone is enough.
    """
    _DELETE.run(connection, (message_id,))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_index(search_index) VALUES ('optimize')")


def found(dialect: str, question: str) -> ColumnElement[bool] | None:
    """The predicate over `search_text` for all that is near to a question; None when it holds no word."""
    terms = _terms(question, Nearness.SKELETON)
    if not terms:
        return None
    if dialect == "sqlite":
        match = column("search_index").op("MATCH")(
            literal(_expression(terms, " AND ", " OR ", '"{}"', '"{}" *'))
        )
        return search_text.c.id.in_(select(column("rowid")).select_from(table("search_index")).where(match))
    query = _expression(terms, " & ", " | ", "'{}'", "'{}':*")
    return literal_column("search_text.words").op("@@")(cast(literal(query), TSQUERY))


def nearness(question: str) -> ColumnElement[int]:
    """How near a row of `search_text` is that was found."""
    folded = literal(" ") + search_text.c.folded + " "
    spelled = folded + search_text.c.latin + " "
    places = {Nearness.WHOLE: folded, Nearness.FOLDED: folded, Nearness.LATIN: spelled}
    return case(
        *((_stands_in(place, _terms(question, level)), int(level)) for level, place in places.items()),
        else_=int(Nearness.SKELETON),
    )


def nearness_in(question: str, names: Iterable[Scalar]) -> Nearness | None:
    """How near some names, together, are to a whole name that is asked for; None when they are not it."""
    folded, spelled, keys = (frozenset(column.split()) for column in columns(list(names)))
    standing = {
        Nearness.WHOLE: folded,
        Nearness.LATIN: folded | spelled,
        Nearness.SKELETON: folded | spelled | keys,
    }
    for nearness, known in standing.items():
        terms = _terms(question, nearness, finished=True)
        if terms and all(any(known.issuperset(way) for way in term) for term in terms):
            return nearness
    return None


def columns(met: Walked) -> tuple[str, str, str]:
    """The folded, Latin and skeleton words of a message, each word once."""
    folded: list[str] = []
    spelled: list[str] = []
    keys: list[str] = []
    for part in met:
        if not isinstance(part, Scalar) or part.type is None or part.type.search == "none":
            continue
        value = str(part.value)
        if part.type.search == "name":
            for word in name_words(value):
                name = _name(word)
                folded += name.folded
                spelled += name.latin
                keys += name.keys
            continue
        folded += spellings(value)
        if part.type.search == "identifier":
            folded += _identifier_words(part.type.canonical, value)
    return _once(folded), _once(spelled), _once(keys)


def _once(found: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, found)))


class _Name(NamedTuple):
    """What a word of a name is found by."""

    folded: tuple[str, ...]
    latin: tuple[str, ...]
    keys: tuple[str, ...]


@lru_cache(maxsize=65_536)  # names come again, in a message and in the next
def _name(word: tuple[str, ...]) -> _Name:
    folded = together(word)
    return _Name(folded, tuple(_in_latin(folded)), tuple(_marked_keys([word, *((part,) for part in word)])))


def is_found_among(words: Collection[str], question: str) -> bool:
    """Whether a message with these words, however spelled, is near to a question."""

    def stands(lexeme: str) -> bool:
        if lexeme.endswith("*"):
            return any(word.startswith(lexeme[:-1]) for word in words)
        return lexeme in words

    return all(any(all(map(stands, way)) for way in term) for term in _terms(question, Nearness.SKELETON))


def _innocent_words(met: Walked) -> str:
    """The words that stand only in places that describe somebody innocent."""
    places = tuple(f"{part.path}/" for part in met if isinstance(part, Object) and part.place.innocent)
    if not places:
        return ""
    inside = [part for part in met if part.path.startswith(places)]
    others = {*" ".join(columns([part for part in met if not part.path.startswith(places)])).split(" ")}
    return " ".join(word for word in " ".join(columns(inside)).split(" ") if word not in others)


def _in_latin(spellings: Iterable[str]) -> Iterator[str]:
    return (spelling if spelling.isascii() else _latin_word(spelling) for spelling in spellings)


def _latin_word(spelling: str) -> str:
    return "".join(part for word in words(latin(spelling)) for part in word)


def _marked_keys(found: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Skeletons; one of a single consonant says too little."""
    return (f"~{key}" for word in found for key in name_keys(word) if len(key) > 1)


def _identifier_words(form: str | None, value: str) -> Iterator[str]:
    """An identifier without gaps, and a phone number as it is dialled at home."""
    for number in (
        canonical.document_number(value),
        canonical.national_digits(value) if form == "phone" else None,
    ):
        if number:
            yield number.lower()[:LONGEST_WORD]


def _questions(question: str) -> list[tuple[str, ...]]:
    """The words that are asked for; a number with gaps is one word, as it may be stored without them."""
    asked = name_words(question)[:MOST_WORDS]
    parts = tuple(part for word in asked for part in word)
    return [parts] if len("".join(parts)) > 5 and all(map(str.isdecimal, parts)) else asked


def _alternatives(word: tuple[str, ...], nearness: Nearness, *, last: bool) -> Iterator[tuple[str, ...]]:
    """The ways in which a word may stand in the index, each some lexemes; `*` ends one that goes on."""
    unfinished = "*" if last and nearness > Nearness.WHOLE and len(word[-1]) > 1 else ""
    yield *word[:-1], word[-1] + unfinished
    whole = "".join(word)[:LONGEST_WORD]
    yield (whole + unfinished,)
    if whole.isdecimal() and whole.startswith("0"):
        yield (whole.lstrip("0") + unfinished,) if whole.strip("0") else (whole,)
    if nearness >= Nearness.LATIN:
        *first, end = _in_latin(word)
        if all(first) and end:
            yield *first, end + unfinished
            yield ("".join((*first, end))[:LONGEST_WORD] + unfinished,)
    if nearness >= Nearness.SKELETON and not any(map(str.isdigit, whole)):  # no name holds a digit
        for key in _marked_keys([word]):
            yield (key + (unfinished if len(key) > 3 else ""),)


def _terms(question: str, nearness: Nearness, *, finished: bool = False) -> Terms:
    asked = _questions(question)
    open_end = None if finished else len(asked) - 1
    return [
        list(dict.fromkeys(_alternatives(word, nearness, last=place == open_end)))
        for place, word in enumerate(asked)
    ]


def _expression(terms: Terms, all_of: str, one_of: str, whole: str, unfinished: str) -> str:
    """The question in the language of an index; a lexeme holds nothing that would need quoting."""

    def lexeme(word: str) -> str:
        return unfinished.format(word[:-1]) if word.endswith("*") else whole.format(word)

    ways = (one_of.join(f"({all_of.join(map(lexeme, way))})" for way in term) for term in terms)
    return all_of.join(f"({way})" for way in ways)


def _stands_in(place: ColumnElement[str], terms: Terms) -> ColumnElement[bool]:
    """The same question asked of one row; a word holds neither of LIKE's signs."""

    def lexeme(word: str) -> ColumnElement[bool]:
        return place.like(f"% {word[:-1]}%" if word.endswith("*") else f"% {word} %")

    return and_(*(or_(*(and_(*map(lexeme, way)) for way in term)) for term in terms))
