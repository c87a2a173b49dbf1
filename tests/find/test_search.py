"""Search: what an officer types finds the message, and nothing that he may not see."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from ilink_runtime import database, search
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.headline import headline
from ilink_runtime.search import Query, Results, find
from ilink_runtime.values import walk
from tests.find.desk import LYON, MADRID, SECRETARIAT, TOKYO, TUNIS, person, phones, send


def ask(
    engine: Engine, bundle: Bundle, text: str = "", reader: Reader = MADRID, **more: str | int
) -> Results:
    with engine.connect() as connection:
        return find(connection, bundle, reader, Query(text, **more))  # type: ignore[arg-type]


def references(results: Results) -> list[str]:
    return [hit.reference for hit in results.hits]


@pytest.fixture
def filled(engine: Engine, bundle: Bundle) -> Engine:
    """A few notices in several scripts."""
    papers = {"identity_documents": [{"number": "X 123-4567", "issuing_country": "TN"}]}
    with engine.begin() as connection:
        send(connection, bundle, "2026-AAAAAAAA", person("بن علي", "يوسف", **phones("+216 20 123 456")))
        send(connection, bundle, "2026-BBBBBBBB", person("Müller-Núñez", "José", **papers), owner="FR")
        send(
            connection,
            bundle,
            "2026-CCCCCCCC",
            person("Чайковский", "Сергей"),
            owner="FR",
            status="requested",
        )
        send(
            connection,
            bundle,
            "2026-DDDDDDDD",
            person("Abd al-Rahman", "Mohamed") | {"national_reference": "TUN/CR/417"},
        )
        send(
            connection,
            bundle,
            "2026-EEEEEEEE",
            person("O'Brien", "Yousef", **phones("+33 6 12 34 56 78")),
            owner="FR",
        )
        text = {"text": "Seen near Yousef's garage, 12 rue des Lilas.", "language": "en"}
        send(connection, bundle, "2026-FFFFFFFF", person("李", "明") | {"facts_summary": text})
    return engine


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("يوسف", "2026-AAAAAAAA"),
        ("بن على", "2026-AAAAAAAA"),
        ("muller", "2026-BBBBBBBB"),
        ("MULLER NUNEZ", "2026-BBBBBBBB"),
        ("müllernúñez", "2026-BBBBBBBB"),
        ("jos", "2026-BBBBBBBB"),
        ("sergei tchaikovsky", "2026-CCCCCCCC"),
        ("Sergej", "2026-CCCCCCCC"),
        ("чайков", "2026-CCCCCCCC"),
        ("abdulrahman", "2026-DDDDDDDD"),
        ("Abderrahmane Muhammad", "2026-DDDDDDDD"),
        ("محمد عبد الرحمن", "2026-DDDDDDDD"),
        ("عبدالرحمن", "2026-DDDDDDDD"),
        ("el-rahman", "2026-DDDDDDDD"),
        ("obrien", "2026-EEEEEEEE"),
        ("O’Brien", "2026-EEEEEEEE"),
        ("li ming", "2026-FFFFFFFF"),
        ("明", "2026-FFFFFFFF"),
        ("lilas garage", "2026-FFFFFFFF"),
        ("2026-cccccccc", "2026-CCCCCCCC"),
        (" 2026-CCCCCCCC\n", "2026-CCCCCCCC"),
        ("tun/cr/417", "2026-DDDDDDDD"),
        ("tuncr417", "2026-DDDDDDDD"),
        ("+216 20123456", "2026-AAAAAAAA"),
        ("٠٠٢١٦ ٢٠ ١٢٣ ٤٥٦", "2026-AAAAAAAA"),
        ("06 12 34 56 78", "2026-EEEEEEEE"),
        ("0612345678", "2026-EEEEEEEE"),
        ("x1234567", "2026-BBBBBBBB"),
        ("X-123 45 67", "2026-BBBBBBBB"),
        ("123-4567", "2026-BBBBBBBB"),
    ],
)
def test_what_an_officer_types_finds_the_message(
    filled: Engine, bundle: Bundle, text: str, first: str
) -> None:
    assert references(ask(filled, bundle, text))[:1] == [first]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("2026-AAAAAAAA", "reference"),
        ("TUN/CR/417", "national_reference"),
        ("+216 20 123 456", "PhoneNumber"),
        ("x1234567", "DocumentNumber"),
        ("yousef", None),
    ],
)
def test_a_hit_says_what_kind_of_identifier_was_asked_for(
    filled: Engine, bundle: Bundle, text: str, matched: str | None
) -> None:
    assert ask(filled, bundle, text).hits[0].matched == matched


def test_all_words_have_to_be_there(filled: Engine, bundle: Bundle) -> None:
    assert ask(filled, bundle, "yousef muller").total == 0


def test_the_nearest_come_first_then_the_newest(filled: Engine, bundle: Bundle) -> None:
    with filled.begin() as connection:
        send(connection, bundle, "2026-GGGGGGGG", person("Yousefi"))
        send(connection, bundle, "2026-HHHHHHHH", person("Юсеф"))
        send(connection, bundle, "2026-JJJJJJJJ", person("Youssouf"))
    assert references(ask(filled, bundle, "yousef")) == [
        "2026-FFFFFFFF",  # the word, the newer first
        "2026-EEEEEEEE",
        "2026-GGGGGGGG",  # the beginning of a word
        "2026-JJJJJJJJ",  # the consonants, the newest first
        "2026-HHHHHHHH",
        "2026-AAAAAAAA",
    ]
    assert references(ask(filled, bundle, "yusef"))[0] == "2026-HHHHHHHH"  # in Latin letters


def test_without_a_text_the_newest_come_first(filled: Engine, bundle: Bundle) -> None:
    results = ask(filled, bundle, "  ")
    assert references(results)[:2] == ["2026-FFFFFFFF", "2026-EEEEEEEE"]
    assert results.total == len(results.hits) == 6
    assert results.facets == {
        "type": {"RedNotice": 6},
        "owner": {"FR": 3, "TN": 3},
        "status": {"published": 5, "requested": 1},
    }


def test_filters_narrow_and_facets_say_what_another_filter_would_find(filled: Engine, bundle: Bundle) -> None:
    results = ask(filled, bundle, owner="FR", status="published")
    assert references(results) == ["2026-EEEEEEEE", "2026-BBBBBBBB"]
    assert results.total == 2
    assert results.facets["owner"] == {"TN": 3, "FR": 2}
    assert results.facets["status"] == {"published": 2, "requested": 1}
    assert ask(filled, bundle, "yousef", type="WantedPersonDiffusion") == Results(
        0, [], {"type": {"RedNotice": 3}, "owner": {}, "status": {}}
    )


def test_pages(filled: Engine, bundle: Bundle) -> None:
    whole = references(ask(filled, bundle))
    assert [
        r for offset in range(0, 8, 2) for r in references(ask(filled, bundle, limit=2, offset=offset))
    ] == whole
    assert ask(filled, bundle, limit=2, offset=10**30).hits == []
    assert ask(filled, bundle, limit=-5, offset=-5).hits == []


@pytest.mark.parametrize("reader", [MADRID, TOKYO])
@pytest.mark.parametrize(
    "text", ["", "yousef", "يوسف", "2026-ZZZZZZZZ", "TUN/SECRET/9", "+216 20 123 456", "garage"]
)
@pytest.mark.parametrize(
    "audience", [{"hidden_from": ["ES", "JP"]}, {"restricted_to": ["FR"]}, {"recipient": ["FR"]}]
)
def test_two_worlds_that_differ_in_a_hidden_message_look_the_same(
    filled: Engine, bundle: Bundle, reader: Reader, text: str, audience: dict[str, list[str]]
) -> None:
    before = ask(filled, bundle, text, reader)
    secret = person("Secret", "Yousef", **phones("+216 20 123 456"))
    secret |= {"national_reference": "TUN/SECRET/9", "facts_summary": {"text": "garage", "language": "en"}}
    with filled.begin() as connection:
        send(connection, bundle, "2026-ZZZZZZZZ", secret, audience=audience)
    assert ask(filled, bundle, text, reader) == before
    for allowed in (TUNIS, LYON, SECRETARIAT):
        assert "2026-ZZZZZZZZ" in references(ask(filled, bundle, text, allowed))


def test_returned_messages_are_for_their_owner(filled: Engine, bundle: Bundle) -> None:
    with filled.begin() as connection:
        send(connection, bundle, "2026-RRRRRRRR", person("Returned"), status="returned")
    assert ask(filled, bundle, "returned").total == 0
    assert ask(filled, bundle, "returned", TUNIS).total == 1


def test_an_amended_message_is_found_by_what_it_says_now(filled: Engine, bundle: Bundle) -> None:
    with filled.begin() as connection:
        message_id = connection.execute(
            select(database.message.c.id).where(database.message.c.reference == "2026-BBBBBBBB")
        ).scalar_one()
        search.write(connection, message_id, walk(bundle, "RedNotice", person("Schmidt")))
    assert ask(filled, bundle, "muller").total == 0
    assert references(ask(filled, bundle, "schmidt")) == ["2026-BBBBBBBB"]


@pytest.mark.parametrize("cascade", [True, False])
def test_an_erased_message_leaves_nothing_to_be_found(filled: Engine, bundle: Bundle, cascade: bool) -> None:
    table = database.message
    with filled.begin() as connection:
        named = select(table.c.id).where(table.c.reference == "2026-EEEEEEEE")
        message_id = connection.execute(named).scalar_one()
        if cascade:
            connection.execute(delete(table).where(table.c.id == message_id))
        else:
            search.erase(connection, message_id)
    assert ask(filled, bundle, "obrien").total == 0
    if filled.dialect.name == "sqlite":
        with filled.begin() as connection:
            check = "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
            connection.exec_driver_sql(check)
            blocks = connection.exec_driver_sql("SELECT block FROM search_index_data").scalars()
            assert cascade or not any(b"rien" in block for block in blocks)


def test_preparing_twice_changes_nothing(filled: Engine, bundle: Bundle) -> None:
    with filled.begin() as connection:
        search.prepare(connection)
    assert ask(filled, bundle, "obrien").total == 1


HOSTILE = [
    '"',
    "'",
    "\"' OR 1=1 --",
    "NEAR(a b)",
    "a AND",
    "NOT",
    "OR",
    "*",
    "a*",
    "^a",
    "{folded} : a",
    "folded:a",
    "-a",
    "+",
    "()",
    "~mxmt",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\ud800b",
    "%",
    "_",
    "\\",
    "a:*",
    "'a':*",
    "& | !",
    "<->",
    "👮‍♂️",
    "\u202e\u200f",
    "·",
    "يوسف\x00",
    "ﷺ",
    "a" * 10_000,
    "a " * 5_000,
    '"' * 10_000,
    "א׳" * 5_000,
    "李" * 5_000,
    "9" * 10_000,
    "+" * 10_000,
    "al " * 3_000,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_question_is_only_a_question(filled: Engine, bundle: Bundle, number: int) -> None:
    results = ask(filled, bundle, HOSTILE[number])
    assert results.total <= 6
    assert ask(filled, bundle, type=HOSTILE[number], owner=HOSTILE[number], status=HOSTILE[number]).hits == []


def test_any_text_is_only_a_question(filled: Engine, bundle: Bundle) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
    @given(st.text())
    def asked(text: str) -> None:
        ask(filled, bundle, text)

    asked()


@pytest.mark.parametrize(
    "name", ["ע", "ﷺ", "ء", "-", "'", "ـ", "🕵", "\u200f", "a\u0301" * 300, "ä" * 3000, "\\'\"&|!:*"]
)
def test_a_strange_name_can_be_written(engine: Engine, bundle: Bundle, name: str) -> None:
    with engine.begin() as connection:
        send(connection, bundle, "2026-AAAAAAAA", person(name, "Yousef", **phones(name)))
    assert ask(engine, bundle, "yousef").total == 1


def test_any_message_can_be_written(engine: Engine, bundle: Bundle) -> None:
    plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)

    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
    @given(plain, plain, plain)
    def written(name: str, number: str, text: str) -> None:
        message = person(name, **phones(number)) | {"facts_summary": {"text": text, "language": "en"}}
        with engine.begin() as connection:
            send(connection, bundle, database.now() + name[:1] + str(hash((name, number, text))), message)

    written()


@pytest.mark.parametrize(
    ("message", "called"),
    [
        (person("Ben Ali", "Yousef"), "Ben Ali, Yousef"),
        (person("Ben Ali", "Yousef", family_name_original="بن علي"), "Ben Ali, Yousef · بن علي"),
        (person("بن علي", "يوسف"), "بن علي يوسف"),
        ({"subject": {}}, ""),
        ({"subject": None}, ""),
        ({}, ""),
    ],
)
def test_the_headline_is_the_name_of_the_subject(
    bundle: Bundle, message: dict[str, object], called: str
) -> None:
    assert headline(bundle, "RedNotice", message) == called


def test_the_number_of_a_document_is_not_heard_as_a_name(filled: Engine, bundle: Bundle) -> None:
    assert ask(filled, bundle, "XMLR2048719").total == 0
