"""Names that lists withhold, and identities that somebody else misused: found, and said to be so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from ilink_runtime import search, sentences, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.checks import days
from ilink_runtime.headline import Withheld, headline, withheld
from ilink_runtime.restriction import open_part
from ilink_runtime.search import Hit, Query
from tests.find.desk import LYON, MADRID, SECRETARIAT, TUNIS, guarded_bundle, person, phones, send


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return guarded_bundle()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_today", lambda: date(2026, 11, 23))


def hits(engine: Engine, bundle: Bundle, text: str = "", reader: Reader = MADRID) -> list[Hit]:
    with engine.connect() as connection:
        return search.find(connection, bundle, reader, Query(text)).hits


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "victim"}, "PersonStatus.victim"),
        ({"status": "suspect"}, None),
        ({"date_of_birth": "2010-05-17"}, "18"),
        ({"date_of_birth": "2008-11-23"}, None),
        ({"date_of_birth": "2008-11-24"}, "18"),
        ({"date_of_birth": "2008-11"}, "18"),
        ({"date_of_birth": "2008"}, "18"),
        ({"date_of_birth": "2007"}, None),
        ({"date_of_birth": "2007~"}, "18"),
        ({"date_of_birth": "1980"}, None),
        ({"date_of_birth": "2008-02-29"}, None),
        ({"date_of_birth": "no date"}, None),
        ({"status": "victim", "date_of_birth": "2015"}, "PersonStatus.victim"),
        ({}, None),
    ],
)
def test_lists_name_neither_victims_nor_children(
    engine: Engine, bundle: Bundle, more: dict[str, Any], reason: str | None
) -> None:
    with engine.begin() as connection:
        send(connection, bundle, "2026-AAAAAAAA", person("Benhaddou", "Salma", **more))
    for reader in (MADRID, SECRETARIAT):
        for text in ("", "Benhaddou"):  # to search by the name still finds it
            (hit,) = hits(engine, bundle, text, reader)
            assert (hit.withheld, hit.headline) == (reason, "" if reason else "Benhaddou, Salma")
    (own,) = hits(engine, bundle, "", TUNIS)
    assert (own.withheld, own.headline) == (None, "Benhaddou, Salma")


def test_a_child_grows_up(engine: Engine, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.begin() as connection:
        send(connection, bundle, "2026-AAAAAAAA", person("Benhaddou", date_of_birth="2010-05"))
    for day, reason in ((date(2028, 5, 30), "18"), (date(2028, 5, 31), None)):
        monkeypatch.setattr(search, "_today", lambda day=day: day)
        assert [hit.withheld for hit in hits(engine, bundle)] == [reason]


def test_a_thread_names_no_victim_either(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-AAAAAAAA", person("A", **phones("+216 20 123 456")))
        victim = person("Benhaddou", status="victim", **phones("+216 20 123 456"))
        send(connection, bundle, "2026-BBBBBBBB", victim, owner="FR")
    with engine.connect() as connection:
        for reader, shown in ((MADRID, ""), (LYON, "Benhaddou")):
            (thread,) = threads.of(connection, bundle, reader, one)
            assert [other.hit.headline for other in thread.others] == [shown]


def test_what_decides_and_is_hidden_withholds_the_name_without_a_reason(bundle: Bundle) -> None:
    """Else a name in a list would tell that somebody is no victim; or a reason, that he is one."""
    for status in ("victim", "suspect"):
        entry = {"pointer": "/subject/status", "hidden_from": ["FR"]}
        message = person("A", status=status) | {"handling": {"field_restrictions": [entry]}}
        assert withheld(bundle, "RedNotice", message, open_part(message)) == Withheld("")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Name withheld"),
        ("18", "Name withheld (may be under 18 years old)"),
        ("PersonStatus.victim", "Name withheld (Victim)"),
    ],
)
def test_the_reason_in_words(bundle: Bundle, reason: str, sentence: str) -> None:
    assert sentences.without_name(bundle, reason, "en") == sentence


@given(st.dates(date(1900, 1, 1), date(2026, 11, 23)), st.sampled_from([4, 7, 10]))
def test_nobody_is_named_while_he_may_be_a_child(born: date, precision: int) -> None:
    bundle = guarded_bundle()
    message = person("A", date_of_birth=born.isoformat()[:precision])
    found = withheld(bundle, "RedNotice", message, message)
    assert found is not None
    assert found.until is not None
    known = days(born.isoformat()[:precision])
    assert known is not None
    youngest = known[1]
    assert (found.until.year - 18, found.until.month) >= (youngest.year, youngest.month)
    assert (found.until - youngest).days >= 18 * 365


class TestAMisusedIdentity:
    @pytest.fixture
    def used(self, engine: Engine, bundle: Bundle) -> tuple[str, str]:
        """A suspect who uses the name and passport of somebody whom another message is about."""
        passport = {"identity_documents": [{"number": "X1234567", "issuing_country": "TN"}]}
        innocent = {"family_name": "Ferjani", "forename": "Salim", **passport}
        with engine.begin() as connection:
            one = send(
                connection,
                bundle,
                "2026-AAAAAAAA",
                person("Benhaddou", "Salim", misused_identities=[innocent]),
            )
            return one, send(connection, bundle, "2026-BBBBBBBB", person("Ferjani", "Salim", **passport))

    @pytest.mark.parametrize(
        ("text", "misused"),
        [
            ("Ferjani", {"2026-AAAAAAAA": True, "2026-BBBBBBBB": False}),
            ("فرجاني", {"2026-AAAAAAAA": True, "2026-BBBBBBBB": False}),
            ("X 123 4567", {"2026-AAAAAAAA": True, "2026-BBBBBBBB": False}),
            ("Benhaddou", {"2026-AAAAAAAA": False}),
            ("Salim", {"2026-AAAAAAAA": False, "2026-BBBBBBBB": False}),
            ("2026-AAAAAAAA", {"2026-AAAAAAAA": False}),
            ("", {"2026-AAAAAAAA": False, "2026-BBBBBBBB": False}),
        ],
    )
    def test_a_hit_by_it_says_so(
        self, engine: Engine, bundle: Bundle, used: tuple[str, str], text: str, misused: dict[str, bool]
    ) -> None:
        assert {hit.reference: hit.misused for hit in hits(engine, bundle, text)} == misused

    def test_a_thread_from_it_says_so(self, engine: Engine, bundle: Bundle, used: tuple[str, str]) -> None:
        with engine.connect() as connection:
            (from_suspect,) = threads.of(connection, bundle, MADRID, used[0])
            (from_innocent,) = threads.of(connection, bundle, MADRID, used[1])
        assert (from_suspect.misused, [other.misused for other in from_suspect.others]) == (True, [False])
        assert (from_innocent.misused, [other.misused for other in from_innocent.others]) == (False, [True])

    def test_never_names_a_message(self) -> None:
        bundle = guarded_bundle()
        bundle.standard["messages"]["RedNotice"]["headline"] = "subject.misused_identities"
        message = person("Benhaddou", misused_identities=[{"family_name": "Ferjani"}])
        assert headline(bundle, "RedNotice", message) == ""


@pytest.mark.parametrize(
    ("path", "called"),
    [("national_reference", "TUN/7"), ("subject", "A"), ("in_reply_to", ""), ("nowhere", ""), ("", "TUN/7")],
)
def test_a_message_may_be_called_by_a_number(path: str, called: str) -> None:
    bundle = guarded_bundle()
    bundle.standard["messages"]["RedNotice"]["headline"] = path
    assert headline(bundle, "RedNotice", person("A") | {"national_reference": "TUN/7"}) == called
