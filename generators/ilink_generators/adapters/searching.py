"""Files by which a country asks: what must hold between their parts, and what the server must know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ilink_generators.adapters.language import Adapter, Search
from ilink_generators.adapters.resolve import Resolved
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Standard
from ilink_generators.well_formed import near
from ilink_runtime.adapters.desk import FACTS, FAULTS
from ilink_runtime.adapters.formats import Spec, Unreadable, keyed_text
from ilink_runtime.adapters.formats.keyed_text import HEAD

#: A part with its resolved rules.
Part = tuple[Adapter, tuple[Resolved, ...]]


def families(parts: Iterable[Part]) -> dict[str, list[Part]]:
    """The parts of the files by which a country asks, by the names of the files."""
    found: dict[str, list[Part]] = {}
    for adapter, rules in parts:
        if adapter.search is not None:
            found.setdefault(adapter.file, []).append((adapter, rules))
    return found


def check_search(standard: Standard, parts: list[Part]) -> Iterator[ModelFault]:
    """What is wrong with the parts of one file together."""
    search = parts[0][0].search
    assert search is not None

    def fault(element: str, message: str, hint: str = "") -> ModelFault:
        return ModelFault(
            "refused", search.origin.file, search.origin.line, f"search.{element}".rstrip("."), message, hint
        )

    queries = [adapter for adapter, _rules in parts if adapter.asks]
    records = [adapter for adapter, _rules in parts if not adapter.asks]
    if parts[0][0].format.type != "keyed":
        yield fault("", "only key-prefixed text can be asked in.", "Say format: {type: keyed}.")
    if not queries or not records:
        yield fault("", "a file that asks says its queries and its records.")
    for one in queries:
        if not _is_query(standard, one.message):
            yield _fault(one, "message", f"{one.message} is no query.")
        if one.part in search.full:
            yield _fault(one, "full", f"{one.part} asks for a record already.")
    for one in records:
        for message in (one.message, *one.others):
            if _is_query(standard, message):
                yield _fault(one, "messages", f"{message} is a query; nobody is answered with one.")
    yield from _twice(records)
    yield from _named(search, parts, fault)


def _is_query(standard: Standard, message: str) -> bool:
    class_ = standard.classes.get(message)
    return class_ is not None and class_.treatment is not None and class_.treatment.routing == "query"


def _twice(records: Iterable[Adapter]) -> Iterator[ModelFault]:
    """Message types that two kinds of record would write."""
    taken: dict[str, str] = {}
    for one in records:
        for message in (one.message, *one.others):
            if taken.setdefault(message, one.part) != one.part:
                yield _fault(one, "messages", f"{message} is written as {taken[message]} already.")


def _named(search: Search, parts: list[Part], fault: Any) -> Iterator[ModelFault]:
    """The places that the file names beside its rules."""
    written = {place[0] for one, rules in parts if not one.asks for rule in rules for place in rule.places}
    for known, word, said in ((FACTS, "facts", search.facts), (FAULTS, "faults", search.faults)):
        for place, name in said.items():
            if name not in known:
                hint = near(name, known, f"Known are {', '.join(sorted(known))}.")
                yield fault(f"{word}.{place}", f"{name}: no such word.", hint)
    if "reference" not in search.facts.values():
        yield fault("facts", "no place is the reference, by which a record is asked for.")
    for place in search.shown:
        if place not in written:
            yield fault("shown", f"no record has {place}.", near(place, written, ""))
    for place in (*search.facts, search.lost):
        if place in written:
            yield fault("facts", f"a rule writes {place} too.", "Give one of them another name.")
    format_ = parts[0][0].format
    spec = Spec("keyed", format_.encoding, format_.options)
    lines = {word: {HEAD: text} for word, text in search.words.items()}
    lines |= {"facts": dict.fromkeys(search.facts, ""), "faults": dict.fromkeys(search.faults, "")}
    for word, line in {**lines, "lost": {search.lost: ""}}.items():
        if not (line.get(HEAD, "x").strip() and _is_written(line, spec)):
            yield fault(word, "this cannot stand in a line of the format.")


def _is_written(line: dict[str, str], spec: Spec) -> bool:
    try:
        b"".join(keyed_text.write([line], spec))
    except Unreadable:
        return False
    return True


def _fault(adapter: Adapter, element: str, message: str) -> ModelFault:
    return ModelFault(
        "refused", adapter.origin.file, adapter.origin.line, f"{adapter.part}.{element}", message
    )


def described_search(parts: list[Part]) -> dict[str, Any]:
    """What the server must know to be asked by one file."""
    search = parts[0][0].search
    assert search is not None
    return {
        "queries": {one.part: one.name for one, _rules in parts if one.asks},
        "records": {
            message: one.name
            for one, _rules in parts
            if not one.asks
            for message in (one.message, *one.others)
        },
        "full": list(search.full),
        "facts": dict(search.facts),
        "shown": list(search.shown),
        "faults": dict(search.faults),
        "lost": search.lost,
        "words": dict(search.words),
    }
