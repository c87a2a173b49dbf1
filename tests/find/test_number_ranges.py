"""Ranges of numbers: one record is found by every number in it, and by no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from ilink_runtime import database, search, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.canonical import counted
from ilink_runtime.checks import number_range
from ilink_runtime.number_ranges import holding
from ilink_runtime.search import Query
from ilink_runtime.values import walk
from tests.find.desk import MADRID, SECRETARIAT, TUNIS, documents, person, ranged_bundle, send


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return ranged_bundle()


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("AA 001-23", ("AA", "00123")),
        ("٠٠١٢", ("", "0012")),
        ("19ab12x7", ("19AB12X", "7")),
        ("X", None),
        ("12 A", None),
        ("", None),
    ],
)
def test_a_number_is_letters_and_the_digits_that_count(number: str, parts: tuple[str, str] | None) -> None:
    assert counted(number) == parts


@pytest.mark.parametrize(
    ("first", "last", "right"),
    [
        ("AA100", "AA199", True),
        ("aa 100", "AA-100", True),
        ("0001", "9999", True),
        ("AA199", "AA100", False),
        ("AA100", "AB199", False),
        ("AA99", "AA100", False),
        ("AA100", "AA1000", False),
        ("AA", "AA", False),
        (5, "AA1", True),
    ],
)
def test_the_ends_of_a_range_are_counted_alike(first: object, last: object, right: bool) -> None:
    assert number_range(first, last) is right


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 99999), st.sampled_from(["", "A", "7B"]))
def test_a_number_lies_in_a_range_as_numbers_do(low: int, high: int, asked: int, prefix: str) -> None:
    bundle = ranged_bundle()
    held = documents(f"{prefix}{low:04}-{prefix}{high:04}")
    met = walk(bundle, "RedNotice", person("X", **held))
    inside = low <= asked <= high and asked <= 9999
    for of in (prefix, "Z"):
        found = list(holding(met, "DocumentNumber", f"{of}{asked:04}"))
        assert bool(found) == (inside and of == prefix)


def found(engine: Engine, bundle: Bundle, text: str, reader: Reader = MADRID) -> list[tuple[str, str | None]]:
    with engine.connect() as connection:
        results = search.find(connection, bundle, reader, Query(text))
    assert results.total == len(results.hits)
    return [(hit.reference, hit.matched) for hit in results.hits]


def references(
    engine: Engine, bundle: Bundle, message_id: str, reader: Reader = MADRID
) -> dict[str, list[str]]:
    with engine.connect() as connection:
        listed = threads.of(connection, bundle, reader, message_id)
    for thread in listed:
        assert thread.count == len(thread.others) + 1
    return {thread.canonical: [other.hit.reference for other in thread.others] for thread in listed}


def test_a_number_in_a_range_finds_its_record(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        send(connection, bundle, "2026-RANGEXXX", person("Blank", **documents("AA 0100-AA 0199")))
    for text in ("AA0100", "aa 0150", "AA-0199"):
        assert found(engine, bundle, text) == [("2026-RANGEXXX", "DocumentNumber")], text
    for text in ("AA0200", "AA0099", "AB0150", "AA150", "AA00150", "0150", "AA01X0"):
        assert found(engine, bundle, text) == [], text


def test_a_number_in_a_range_is_a_thread_on_both_sides(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        blanks = send(connection, bundle, "2026-RANGEXXX", person("Blank", **documents("AA100-AA300")))
        inside = send(connection, bundle, "2026-INSIDEXX", person("In", **documents("aa 150")))
        outside = send(
            connection, bundle, "2026-OUTSIDEX", person("Out", **documents("AA301", "AA1X5", "AA1500"))
        )
        last = send(connection, bundle, "2026-LASTXXXX", person("Last", **documents("AA300")))
    assert references(engine, bundle, inside) == {"AA150": ["2026-RANGEXXX"]}
    assert references(engine, bundle, outside) == {}
    assert references(engine, bundle, last) == {"AA300": ["2026-RANGEXXX"]}
    assert references(engine, bundle, blanks) == {"AA150": ["2026-INSIDEXX"], "AA300": ["2026-LASTXXXX"]}
    with engine.connect() as connection:
        thread, _last = threads.of(connection, bundle, MADRID, blanks)
    assert (thread.kind, thread.paths) == ("DocumentNumber", ["/subject/identity_documents/0/number"])


@pytest.mark.parametrize(
    "audience", [{"hidden_from": ["ES"]}, {"restricted_to": ["FR"]}, {"recipient": ["FR"]}]
)
def test_a_hidden_range_or_number_is_not_there(
    engine: Engine, bundle: Bundle, audience: dict[str, list[str]]
) -> None:
    held, number = documents("AA100-AA300"), documents("AA150")
    with engine.begin() as connection:
        blanks = send(connection, bundle, "2026-RANGEXXX", person("Blank", **held))
        inside = send(connection, bundle, "2026-INSIDEXX", person("In", **number))
        other = send(connection, bundle, "2026-OTHERXXX", person("Other", **number))
    before = (
        [references(engine, bundle, each) for each in (blanks, inside, other)],
        found(engine, bundle, "AA150"),
    )
    with engine.begin() as connection:
        hidden_range = send(connection, bundle, "2026-SECRETXX", person("Secret", **held), audience=audience)
        hidden_number = send(
            connection, bundle, "2026-SECRETYY", person("Secret", **number), audience=audience
        )
        send(connection, bundle, "2026-SECRETZZ", person("Secret", **documents("AA222")), audience=audience)
    after = (
        [references(engine, bundle, each) for each in (blanks, inside, other)],
        found(engine, bundle, "AA150"),
    )
    assert after == before
    assert references(engine, bundle, hidden_range) == references(engine, bundle, hidden_number) == {}
    for allowed in (TUNIS, SECRETARIAT):
        assert len(references(engine, bundle, inside, allowed)["AA150"]) == 4
        assert set(references(engine, bundle, blanks, allowed)) >= {"AA150", "AA222"}


def test_a_range_goes_with_its_message(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        blanks = send(connection, bundle, "2026-RANGEXXX", person("Blank", **documents("AA100-AA199")))
        threads.erase(connection, blanks)
        assert connection.scalar(select(func.count()).select_from(database.number_range)) == 0
