"""The answer to a query: what the reader may see that may be meant, why, and nothing that he may not see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Connection

from ilink_runtime import bundle as bundles
from ilink_runtime import candidates, messages, people, search, submission, threads, upgrade
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.candidates import Answer, Likeness
from ilink_runtime.messages import Receipt
from ilink_runtime.problems import Problem
from ilink_runtime.search import Query
from ilink_runtime.writer import Store
from tests.databases import Databases
from tests.find.desk import BUREAUS, MADRID, SECRETARIAT, TUNIS

SALIM: dict[str, Any] = {
    "family_name": "Benhaddou",
    "forename": "Salim",
    "family_name_original": "بن حدو",
    "forename_original": "سليم",
    "status": "charged",
    "sex": "M",
    "date_of_birth": "1980-05",
    "nationalities": ["TN"],
    "phone_numbers": [{"number": "+21620123456"}],
    "identity_documents": [{"document_type": "passport", "number": "X1234567", "issuing_country": "TN"}],
}


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The standard of this repository."""
    return bundles.read()


@pytest.fixture
def store(databases: Databases, bundle: Bundle) -> Iterator[Store]:
    with closing(Store(databases.ready(bundle))) as store:
        for code in (*BUREAUS, "IPSG"):
            kind = "secretariat" if code == "IPSG" else "ncb"
            store.write(lambda c, code=code, kind=kind: people.create_bureau(c, code, kind, code))  # type: ignore[misc]
        yield store


def about(**changes: Any) -> dict[str, Any]:
    """A diffusion about Salim Benhaddou, some of his fields changed; None takes one out."""
    subject = {name: value for name, value in (deepcopy(SALIM) | changes).items() if value is not None}
    return {"message_type": "WantedPersonDiffusion", "purpose": "wanted_person", "subject": subject}


def record(store: Store, bundle: Bundle, message: dict[str, Any], reader: Reader = TUNIS) -> Receipt:
    return store.write(lambda c: submission.record(c, bundle, reader, message))


def ask(store: Store, bundle: Bundle, message_type: str, **fields: Any) -> Answer:
    """Sends a query from Madrid, and gives its answer."""
    query = {"message_type": message_type, "purpose": "border_control", **fields}
    return again(store, bundle, record(store, bundle, query, MADRID).reference)


def again(store: Store, bundle: Bundle, reference: str, reader: Reader = MADRID) -> Answer:
    """The answer to a query that was sent."""

    def read(connection: Connection) -> Answer:
        stored = messages.find(connection, reader, reference)
        assert stored is not None
        return candidates.of(connection, bundle, reader, stored)

    return store.read(read)


def references(answer: Answer) -> list[str]:
    return [candidate.hit.reference for candidate in answer.candidates]


def test_a_number_answers_with_the_place_where_it_stands(store: Store, bundle: Bundle) -> None:
    found = record(store, bundle, about())
    record(store, bundle, about(identity_documents=None))
    answer = ask(
        store, bundle, "DocumentQuery", number="x 1234-567", document_type="passport", issuing_country="FR"
    )
    (candidate,) = answer.candidates
    assert (candidate.hit.reference, candidate.hit.owner, answer.more) == (found.reference, "TN", False)
    (reason,) = candidate.reasons
    assert (reason.kind, reason.likeness) == ("DocumentNumber", Likeness.SAME)
    assert (reason.asked, reason.found) == ("/number", "/subject/identity_documents/0/number")
    assert (reason.agrees, reason.differs) == (("/document_type",), ("/issuing_country",))


@pytest.mark.parametrize(
    ("asked", "likeness"),
    [
        ({"family_name": "BENHADDOU", "forename": "salim"}, Likeness.SAME),
        ({"family_name": "Salim", "forename": "Benhaddou"}, Likeness.SAME),
        ({"family_name": "Benhaddou"}, Likeness.SAME),
        ({"family_name_original": "بن حدو", "forename_original": "سليم"}, Likeness.SAME),
        ({"family_name": "Ben Haddou", "forename": "Selim"}, Likeness.SOUND),
        ({"family_name_original": "Бенхадду"}, Likeness.SOUND),
    ],
)
def test_a_name_is_found_in_every_spelling(
    store: Store, bundle: Bundle, asked: dict[str, str], likeness: Likeness
) -> None:
    found = record(store, bundle, about())
    (candidate,) = ask(store, bundle, "PersonQuery", **asked).candidates
    assert candidate.hit.reference == found.reference
    assert candidate.reasons[0].likeness is likeness
    assert candidate.reasons[0].found.startswith("/subject/")


@pytest.mark.parametrize(
    "asked",
    [
        {"family_name": "Sal"},  # the beginning of a name is another name
        {"family_name": "Benhaddou", "forename": "Karim"},
        {"family_name": "Sfax"},  # a word of the message that is no name
        {"family_name": "Benhaddou", "date_of_birth": "1981"},
        {"family_name": "Benhaddou", "date_of_birth": "1980-06-01"},
        {"family_name": "Benhaddou", "sex": "F"},
    ],
)
def test_somebody_else_is_no_candidate(store: Store, bundle: Bundle, asked: dict[str, str]) -> None:
    record(store, bundle, about(place_of_birth="Sfax"))
    assert ask(store, bundle, "PersonQuery", **asked).candidates == []


@pytest.mark.parametrize(
    ("asked", "agrees"),
    [
        ({"date_of_birth": "1980"}, ("/date_of_birth",)),
        ({"date_of_birth": "1980-05-17"}, ("/date_of_birth",)),
        ({"date_of_birth": "1982~"}, ("/date_of_birth",)),
        ({"sex": "U"}, ()),
        ({"sex": "M", "nationalities": ["FR"]}, ("/sex",)),
        ({"nationalities": ["FR", "TN"]}, ("/nationalities/1",)),
    ],
)
def test_what_may_be_true_leaves_nobody_out(
    store: Store, bundle: Bundle, asked: dict[str, Any], agrees: tuple[str, ...]
) -> None:
    record(store, bundle, about())
    (candidate,) = ask(store, bundle, "PersonQuery", family_name="Benhaddou", **asked).candidates
    assert candidate.reasons[0].agrees == agrees


def test_an_alias_is_narrowed_by_what_is_known_of_its_person(store: Store, bundle: Bundle) -> None:
    alias = [{"kind": "alias", "family_name": "Martin", "forename": "Paul"}]
    found = record(store, bundle, about(other_names=alias))
    name = {"family_name": "Martin", "forename": "Paul"}
    (candidate,) = ask(store, bundle, "PersonQuery", **name, date_of_birth="1980").candidates
    assert candidate.hit.reference == found.reference
    assert candidate.reasons[0].found == "/subject/other_names/0/family_name"
    assert ask(store, bundle, "PersonQuery", **name, date_of_birth="1990").candidates == []
    crossed = {"family_name": "Martin", "forename": "Salim"}  # half of one name, half of another
    assert ask(store, bundle, "PersonQuery", **crossed).candidates == []


def test_the_likeliest_comes_first(store: Store, bundle: Bundle) -> None:
    by_sound = record(
        store,
        bundle,
        about(family_name="Benhadou", forename="Sélim", family_name_original=None, identity_documents=None),
    )
    by_name = record(store, bundle, about(date_of_birth=None, identity_documents=None))
    by_birth = record(store, bundle, about(identity_documents=None))
    by_document = record(
        store,
        bundle,
        about(family_name="Autre", forename="Nom", family_name_original=None, forename_original=None),
    )
    every = record(store, bundle, about())
    record(store, bundle, about(date_of_birth="1975", identity_documents=None))
    name = {"family_name": "Benhaddou", "forename": "Salim", "date_of_birth": "1980-05"}
    answer = ask(store, bundle, "PersonQuery", **name, document_number="X1234567")
    expected = [every, by_document, by_birth, by_name, by_sound]
    assert references(answer) == [receipt.reference for receipt in expected]


def test_no_hit_is_an_answer_too(store: Store, bundle: Bundle) -> None:
    record(store, bundle, about())
    answer = ask(store, bundle, "VehicleQuery", registration_plate="NOBODY 1")
    assert (answer.candidates, answer.more) == ([], False)


def test_only_a_query_has_candidates(store: Store, bundle: Bundle) -> None:
    sent = record(store, bundle, about())
    with pytest.raises(Problem) as refused:
        again(store, bundle, sent.reference)
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_long_answer_says_that_there_is_more(
    store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        record(store, bundle, about())
    monkeypatch.setattr(candidates, "MOST", 3)
    whole = ask(store, bundle, "PersonQuery", family_name="Benhaddou")
    assert (len(whole.candidates), whole.more) == (3, False)
    monkeypatch.setattr(candidates, "MOST", 2)
    listed = ask(store, bundle, "PersonQuery", family_name="Benhaddou")
    assert (len(listed.candidates), listed.more) == (2, True)
    monkeypatch.setattr(candidates, "MOST", 3)
    monkeypatch.setattr(candidates, "MOST_LOOKED_AT", 2)
    looked_at = ask(store, bundle, "PersonQuery", family_name="Benhaddou")
    assert (len(looked_at.candidates), looked_at.more) == (2, True)


@pytest.mark.parametrize(
    "hidden",
    [
        {"handling": {"hidden_from": ["ES"]}},
        {"handling": {"restricted_to": ["FR"]}},
        {"recipients": ["FR"]},
    ],
)
def test_two_worlds_that_differ_in_a_hidden_record_answer_alike(
    store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, hidden: dict[str, Any]
) -> None:
    monkeypatch.setattr(candidates, "MOST_LOOKED_AT", 2)  # what is hidden takes nobody's place
    record(store, bundle, about())
    record(store, bundle, about())
    person = {"family_name": "Benhaddou", "document_number": "X1234567"}
    queries = [
        record(store, bundle, {"message_type": "PersonQuery", "purpose": "locate", **person}, MADRID),
        record(
            store,
            bundle,
            {"message_type": "DocumentQuery", "purpose": "locate", "number": "X1234567"},
            MADRID,
        ),
        record(
            store,
            bundle,
            {"message_type": "IdentifierQuery", "purpose": "locate", "phone_number": "+216 20 123 456"},
            MADRID,
        ),
    ]
    before = [again(store, bundle, query.reference) for query in queries]
    assert [len(answer.candidates) for answer in before] == [2, 2, 2]
    secret = record(store, bundle, about() | hidden)
    assert [again(store, bundle, query.reference) for query in queries] == before
    for reader in (TUNIS, SECRETARIAT):
        query = record(store, bundle, {"message_type": "PersonQuery", "purpose": "locate", **person}, reader)
        assert again(store, bundle, query.reference, reader).candidates[0].hit.reference == secret.reference


def test_a_query_is_seen_by_its_bureau_alone_and_links_to_nothing(store: Store, bundle: Bundle) -> None:
    known = record(store, bundle, about(), MADRID)
    found = record(store, bundle, about())
    asked = {
        "message_type": "PersonQuery",
        "purpose": "locate",
        "family_name": "Benhaddou",
        "document_number": "X1234567",
    }
    before = _world(store, bundle, known)
    first, second = record(store, bundle, asked, MADRID), record(store, bundle, asked, MADRID)
    assert (first.status, _world(store, bundle, known)) == ("recorded", before)
    assert sorted(references(again(store, bundle, first.reference))) == sorted(
        [known.reference, found.reference]
    )
    for query in (first, second):
        for reader, sees in ((MADRID, True), (SECRETARIAT, True), (TUNIS, False)):
            stored = store.read(lambda c, r=reader, q=query: messages.find(c, r, q.reference))  # type: ignore[misc]
            assert (stored is not None) is sees
    upgrade.project_anew(store.engine, bundle)
    assert _world(store, bundle, known) == before


def _world(store: Store, bundle: Bundle, known: Receipt) -> Any:
    """What everybody finds by the words and numbers of a query, and what a message is linked with."""

    def see(connection: Connection) -> Any:
        return [
            (
                search.find(connection, bundle, reader, Query("Benhaddou")),
                search.find(connection, bundle, reader, Query("X1234567")),
                threads.of(connection, bundle, reader, known.message_id),
            )
            for reader in (MADRID, TUNIS, SECRETARIAT)
        ]

    return store.read(see)


def test_to_open_a_candidate_takes_a_query_of_ones_own(store: Store, bundle: Bundle) -> None:
    query = record(
        store,
        bundle,
        {"message_type": "PersonQuery", "purpose": "border_control", "family_name": "A"},
        MADRID,
    )
    message = record(store, bundle, about())
    through = store.read(lambda c: candidates.through(c, bundle, MADRID, query.reference))
    assert (through.purpose, through.bureau) == ("border_control", "ES")
    for reader, reference in (
        (TUNIS, query.reference),
        (SECRETARIAT, query.reference),
        (MADRID, message.reference),
        (MADRID, "2026-00000000"),
    ):
        with pytest.raises(Problem) as refused:
            store.read(lambda c, r=reader, q=reference: candidates.through(c, bundle, r, q))  # type: ignore[misc]
        assert refused.value.status == 404
