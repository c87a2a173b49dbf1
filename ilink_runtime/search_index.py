"""The words under which a message is found, and how each database finds them.

A message has one row in `search_text`: its words as folded, its names also in Latin letters and as
skeletons. The words are made here and only here, so that SQLite (FTS5) and PostgreSQL (tsvector,
GIN) find the same; to them a word is what stands between two spaces. A skeleton is marked `~`, so
that it never equals a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, cast, column, literal, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from ilink_runtime import canonical
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import Statement, search_text
from ilink_runtime.folding import LONGEST_WORD, latin, name_keys, name_words, words
from ilink_runtime.values import Scalar, walk

#: An officer's question is short; more words than these are left out.
MOST_WORDS = 12


class Nearness(IntEnum):
    """How near a message is to what was asked, the nearest first."""

    WHOLE = 1  # every word as written, in whatever case and accents
    FOLDED = 2  # the last word may be unfinished
    LATIN = 3  # spelled in Latin letters
    SKELETON = 4  # the same consonants


_COLUMNS = {
    Nearness.WHOLE: ("folded",),
    Nearness.FOLDED: ("folded",),
    Nearness.LATIN: ("folded", "latin"),
    Nearness.SKELETON: ("folded", "latin", "skeleton"),
}

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

_UPSERT = Statement(
    "INSERT INTO search_text (message_id, folded, latin, skeleton) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (message_id) DO UPDATE"
    " SET folded = excluded.folded, latin = excluded.latin, skeleton = excluded.skeleton"
)
_DELETE = Statement("DELETE FROM search_text WHERE message_id = ?")


def prepare(connection: Connection) -> None:
    """Makes the index over `search_text`, where there is none yet."""
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
    else:
        vector = _vector(Nearness.SKELETON)
        connection.execute(
            text(f"CREATE INDEX IF NOT EXISTS search_text_words ON search_text USING gin (({vector}))")
        )


def write(
    connection: Connection, bundle: Bundle, message_id: str, message_type: str, message: Mapping[str, Any]
) -> None:
    """Makes the message findable by what it says now."""
    _UPSERT.run(connection, (message_id, *_columns(bundle, message_type, message)))


def erase(connection: Connection, message_id: str) -> None:
    """Makes the message unfindable."""
    _DELETE.run(connection, (message_id,))


def near(dialect: str, question: str, nearness: Nearness) -> ColumnElement[bool] | None:
    """The predicate over `search_text` for messages at least so near; None for a question without a word."""
    asked = _questions(question)
    if not asked:
        return None
    terms = [
        list(dict.fromkeys(_alternatives(word, nearness, last=place == len(asked) - 1)))
        for place, word in enumerate(asked)
    ]
    if dialect == "sqlite":
        columns = " ".join(_COLUMNS[nearness])
        match = column("search_index").op("MATCH")(literal(f"{{{columns}}} : ({_fts5(terms)})"))
        return search_text.c.id.in_(select(column("rowid")).select_from(table("search_index")).where(match))
    vector: ColumnElement[Any] = literal_column(_vector(nearness))
    return vector.op("@@")(cast(literal(_tsquery(terms)), TSQUERY))


def _columns(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> tuple[str, str, str]:
    """The folded, Latin and skeleton words of a message, each word once."""
    folded: list[str] = []
    spelled: list[str] = []
    keys: list[str] = []
    for part in walk(bundle, message_type, message):
        if not isinstance(part, Scalar) or part.type is None or part.type.search == "none":
            continue
        value = str(part.value)
        if part.type.search == "name":
            for word in name_words(value):
                folded += _spellings(word)
                spelled += _in_latin(_spellings(word))
                keys += _marked_keys([word, *((part,) for part in word)])
        else:
            folded += (spelling for word in words(value) for spelling in _spellings(word))
        if part.type.search == "identifier":
            folded += _identifier_words(part.type.canonical, value)
    return tuple(" ".join(dict.fromkeys(column)) for column in (folded, spelled, keys))  # type: ignore[return-value]


def _spellings(word: tuple[str, ...]) -> list[str]:
    """The parts of a word, and the word without gaps: al, rahman, alrahman."""
    return [*word, "".join(word)[:LONGEST_WORD]] if len(word) > 1 else list(word)


def _in_latin(spellings: Iterable[str]) -> Iterator[str]:
    return ("".join(part for word in words(latin(spelling)) for part in word) for spelling in spellings)


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
    if nearness >= Nearness.SKELETON:
        for key in _marked_keys([word]):
            yield (key + (unfinished if len(key) > 3 else ""),)


def _fts5(terms: list[list[tuple[str, ...]]]) -> str:
    def lexeme(word: str) -> str:
        return f'"{word[:-1]}" *' if word.endswith("*") else f'"{word}"'

    ways = [" OR ".join(f"({' AND '.join(map(lexeme, way))})" for way in term) for term in terms]
    return " AND ".join(f"({way})" for way in ways)


def _tsquery(terms: list[list[tuple[str, ...]]]) -> str:
    def lexeme(word: str) -> str:
        return f"'{word[:-1]}':*" if word.endswith("*") else f"'{word}'"

    ways = [" | ".join(f"({' & '.join(map(lexeme, way))})" for way in term) for term in terms]
    return " & ".join(f"({way})" for way in ways)


def _vector(nearness: Nearness) -> str:
    """The words of these columns as PostgreSQL compares them; its own parser would split them anew."""
    arrays = " || ".join(f"string_to_array({name}, ' ')" for name in _COLUMNS[nearness])
    return f"array_to_tsvector({arrays})"
