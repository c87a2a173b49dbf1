"""The world in a database: its bureaus, officers, messages and threads, and what it is not loaded over."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from ilink_runtime import bundle, candidates, canonical, database, drafts, messages, people, search, threads
from ilink_runtime.access import SECRETARIAT, Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.demo import OFFICERS, portraits
from ilink_runtime.demo.load import RETURN
from ilink_runtime.demo.server import fill
from ilink_runtime.demo.shared import ACCOUNT, HUB_MESSAGES
from ilink_runtime.demo.world import World
from ilink_runtime.opening import open_store
from ilink_runtime.problems import Problem
from ilink_runtime.search import Query
from ilink_runtime.threads import Thread
from ilink_runtime.writer import Store

MADRID = Reader("ES", "user:candela", "information", language="es")
LYON = Reader(SECRETARIAT, "user:etienne", "information", secretariat=True)


Tied = dict[tuple[str, str], tuple[Thread, set[str]]]


@pytest.fixture(scope="module")
def tied(filled: Store, model: Bundle) -> Tied:
    """Every thread by kind and value, and the bureaus that it joins."""
    message = database.message

    def all_threads(connection: Connection) -> Tied:
        found: Tied = {}
        for message_id, owner in connection.execute(select(message.c.id, message.c.owner)).all():
            for thread in threads.of(connection, model, LYON, message_id):
                owners = {owner, *(other.hit.owner for other in thread.others)}
                found.setdefault((thread.kind, thread.canonical), (thread, set()))[1].update(owners)
        return found

    return filled.read(all_threads)


def test_lyon_sees_every_message_in_its_status(filled: Store, model: Bundle, invented: World) -> None:
    results = filled.read(lambda c: search.find(c, model, LYON, Query()))
    told = [case for case in invented.sent if not model.is_query(case.message["message_type"])]
    assert results.total == len(told)
    for status, number in results.facets["status"].items():
        assert number == sum(case.status == status for case in told)


def test_madrid_does_not_see_all(filled: Store, model: Bundle, invented: World) -> None:
    total = filled.read(lambda c: search.find(c, model, MADRID, Query())).total
    assert 200 < total < len(invented.sent)


def test_threads_cross_borders_where_they_were_tied_and_nowhere_else(tied: Tied) -> None:
    joined = {known: bureaus for known, (thread, bureaus) in tied.items() if not thread.hub}
    assert joined == {
        ("PhoneNumber", "+21661417283"): {"TN", "ES", "FR"},
        ("Iban", canonical.iban(ACCOUNT)): {"FR", "DE"},
        ("Address", "1012 bleu lyon olivier, fr"): {"FR", "ES"},
        ("DocumentNumber", "XEG2048719"): {"EG", "GB"},
        ("Vin", "0PLZZZTHR40718253"): {"BG", "PL"},
        ("EmailAddress", "paper.boat@example.org"): {"JP", "KR"},
        ("Vin", "0DEZZZSTR90144027"): {"DE", "ES", "PL"},
        ("Vin", "0GBZZZWRN55120088"): {"GB", "ES"},
        ("EngineNumber", "TS702D20417"): {"ES", "TN"},
        ("Iban", "FR8499999999990000008820316"): {"FR", "DE"},
        ("PhoneNumber", "+447700900871"): {SECRETARIAT, "BR"},
    }


def test_every_story_ends_as_it_is_told(filled: Store, invented: World) -> None:
    message = database.message
    rows = filled.read(lambda c: c.execute(select(message.c.owner, message.c.type, message.c.status)).all())
    ends = Counter((row.owner, row.type, row.status) for row in rows)
    told = Counter((c.bureau, c.message["message_type"], c.status) for c in invented.sent)
    assert ends == told


def test_what_a_request_did_happened_when_it_was_sent(filled: Store) -> None:
    request = database.message.alias()
    at = select(database.step.c.at, request.c.recorded_at).join(
        request, request.c.reference == database.step.c.request
    )
    steps = filled.read(lambda c: c.execute(at).all())
    assert steps
    assert all(row.at == row.recorded_at for row in steps)


def test_a_query_meets_the_stolen_blank_passports(filled: Store, model: Bundle) -> None:
    message = database.message
    asked = select(message.c.reference).where(message.c.type == "DocumentQuery")
    stolen = select(message.c.reference).where(
        message.c.type == "StolenTravelDocument", message.c.owner == "FR"
    )
    london = Reader("GB", "user:invented", "border_control")
    query = filled.read(lambda c: c.scalar(asked))
    stored = filled.read(lambda c: messages.find(c, london, str(query)))
    answer = filled.read(lambda c: candidates.of(c, model, london, stored))
    found = [candidate.hit.reference for candidate in answer.candidates]
    assert found == [filled.read(lambda c: c.scalar(stolen))]


def test_one_phone_is_a_hub(tied: Tied) -> None:
    ((known, (thread, bureaus)),) = ((k, found) for k, found in tied.items() if found[0].hub)
    assert known == ("PhoneNumber", "+442079460999")
    assert thread.count == HUB_MESSAGES > threads.HUB
    assert len(bureaus) > 5


def test_madrid_finds_the_phone_however_it_is_typed(filled: Store, model: Bundle) -> None:
    for asked in ("+216 61 417 283", "0021661417283", "61417283"):
        question = Query(asked)
        results = filled.read(partial(search.find, bundle=model, reader=MADRID, query=question))
        assert {hit.owner for hit in results.hits} == {"TN", "ES", "FR"}


def test_messages_are_dated_back_in_their_order(filled: Store, invented: World) -> None:
    message, revision = database.message, database.revision
    rows = filled.read(
        lambda c: c.execute(
            select(message, revision.c.at)
            .join(revision, revision.c.message_id == message.c.id)
            .where(revision.c.version == 1)
            .order_by(message.c.recorded_at)
        ).all()
    )
    assert [row.owner for row in rows] == [case.bureau for case in invented.sent]
    assert all(row.at == row.recorded_at <= row.updated_at < database.now() for row in rows)
    assert all(row.published_at for row in rows if row.status == "published")
    assert not any(row.published_at for row in rows if row.status in ("processing", "returned", "sent"))
    assert {row.returned_reason for row in rows if row.status == "returned"} == {RETURN}


def test_every_photograph_can_be_looked_at(filled: Store, invented: World) -> None:
    held = filled.read(
        lambda c: c.execute(select(database.message_file.c.message_id, database.file.c.media_type)
            .join(database.file, database.file.c.sha256 == database.message_file.c.sha256)
            .where(database.file.c.owner == database.message_file.c.owner)).all()
    )  # fmt: skip
    assert len(held) == sum(len(set(portraits.drawings(case.message))) for case in invented.sent)
    assert {media_type for _message, media_type in held} == {"image/png"}


def test_tunis_finds_a_notice_ready_to_send(filled: Store) -> None:
    first = OFFICERS[0]
    reader = Reader(first.bureau, f"user:{first.username}")
    (draft,) = filled.read(lambda c: drafts.listing(c, reader))
    assert (draft.type, draft.language) == ("RedNotice", "ar")
    assert draft.body["subject"]["phone_numbers"][0]["number"] == "+216 61 417 283"


def test_a_demonstration_is_not_loaded_twice(filled: Store, demo_database: str, invented: World) -> None:
    fill(demo_database, bundle.DEFAULT, 8)
    number = filled.read(lambda c: c.scalar(select(func.count()).select_from(database.message)))
    assert number == len(invented.sent)


def test_a_database_in_use_stays_untouched(tmp_path: Path, model: Bundle) -> None:
    url = f"sqlite:///{tmp_path}/real.sqlite3"
    store = open_store(url, model)
    store.write(lambda c: people.create_bureau(c, "TN", "ncb", "Tunis"))
    store.close()
    with pytest.raises(Problem, match="in use"):
        fill(url, bundle.DEFAULT, 7)


def test_a_demonstration_with_other_users_is_one_in_use(tmp_path: Path, model: Bundle) -> None:
    url = f"sqlite:///{tmp_path}/mixed.sqlite3"
    store = open_store(url, model)
    store.write(lambda c: people.create_bureau(c, "TN", "ncb", "Tunis"))
    store.write(lambda c: people.create_user(c, "hela", "Hela", "TN", "a long invented password"))
    store.close()
    with pytest.raises(Problem, match="in use"):
        fill(url, bundle.DEFAULT, 7)
