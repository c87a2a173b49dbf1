"""The test space, on both databases: all is answered as it would be, and nothing of it stays."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from ilink_runtime import database, people
from tests.api.bureaus import Bureaus, emptied
from tests.api.national import API, post, row, taken

#: What a rehearsal must leave as it was.
TABLES = ("message", "revision", "national_record", "outbox", "identifier", "search_text", "file", "draft")


@pytest.fixture
def bureaus(shared_server: Bureaus) -> Bureaus:
    """One server for all, emptied for each."""
    return emptied(shared_server)


def trying(bureaus: Bureaus) -> TestClient:
    """A system whose token is for the test space alone."""
    secret = bureaus.store.write(lambda c: people.create_token(c, "TN", "trying", "write", test=True))
    client = bureaus.client()
    bearer = f"Bearer {secret}".encode()
    client.headers = [(b"authorization", bearer), (b"x-purpose", b"trying out")]
    return client


def rows(bureaus: Bureaus) -> dict[str, int]:
    tables = {name: database.metadata.tables[name] for name in TABLES}
    return bureaus.store.read(
        lambda c: {
            name: c.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()
        }
    )


def test_a_test_is_answered_as_it_would_be_and_leaves_nothing(bureaus: Bureaus) -> None:
    first = taken(bureaus.tunis)
    before = rows(bureaus)
    files = [
        row(LIEU_NAISSANCE="Exempleville"),
        row(NO_DOSSIER="CH-2"),
        row(NO_DOSSIER="CH-2"),
        row(NO_DOSSIER="CH-2", ETAT="retire"),
        row(NO_DOSSIER="CH-3", STATUT="inconnu"),
    ]
    tried = post(bureaus.tunis, *files, test="true")
    assert (tried.status_code, tried.json()["test"]) == (207, True)
    assert rows(bureaus) == before
    done = post(bureaus.tunis, *files)
    drawn = ("reference", "etag", "test")
    assert [
        {word: said for word, said in one.items() if word not in drawn} for one in tried.json()["records"]
    ] == [{word: said for word, said in one.items() if word not in drawn} for one in done.json()["records"]]
    assert tried.json()["records"][0]["reference"] == first["reference"]


def test_a_test_is_audited_and_raises_no_alert(bureaus: Bureaus) -> None:
    post(bureaus.tunis, row(), test="true")
    told = bureaus.store.read(lambda c: c.execute(select(database.audit)).mappings().all())
    assert told[-1]["action"] == "rehearse"
    assert "CH-2099" not in told[-1]["detail"]
    assert not bureaus.store.read(lambda c: c.execute(select(database.outbox)).all())


def test_a_token_of_the_test_space_can_do_nothing_else(bureaus: Bureaus) -> None:
    real = taken(bureaus.tunis)
    client, before = trying(bureaus), rows(bureaus)
    tried = post(client, row(NO_DOSSIER="CH-9"))
    assert (tried.status_code, tried.json()["test"]) == (200, True)
    assert post(client, row(NO_DOSSIER="CH-9"), test="false").json()["test"] is True
    assert client.delete(f"{API}/messages/CH-2099-0001").json()["outcome"] == "withdrawn"
    for method, path in (
        ("GET", f"/api/v1/messages/{real['reference']}"),
        ("GET", "/api/v1/search"),
        ("GET", "/api/v1/stream"),
        ("GET", "/api/v1/drafts"),
        ("GET", f"{API}/messages/CH-2099-0001"),
        ("POST", "/api/v1/messages"),
        ("POST", f"{API}/drafts"),
        ("DELETE", f"/api/v1/messages/{real['reference']}"),
    ):
        answer = client.request(method, path, headers={"If-Match": real["etag"]})
        assert answer.status_code == 403, (method, path, answer.text)
    assert rows(bureaus) == before
    assert taken(bureaus.tunis)["outcome"] == "unchanged"


def test_a_word_that_is_no_test_is_refused(bureaus: Bureaus) -> None:
    """A test that is misspelt must not raise an alert."""
    assert post(bureaus.tunis, row(), test="yes").status_code == 400
    assert post(bureaus.tunis, row(), tset="true").json()["parameter"] == "tset"
    assert post(bureaus.tunis, row(), test="true", path="drafts").json()["parameter"] == "test"
    assert rows(bureaus)["message"] == rows(bureaus)["draft"] == 0


def test_a_test_holds_up_nobody_for_long(bureaus: Bureaus) -> None:
    versions = [row(NOM=f"Nom {number}") for number in range(21)]
    refused = post(bureaus.tunis, *versions, test="true")
    assert (refused.status_code, refused.json()["limit"]) == (413, 20)
    assert post(bureaus.tunis, *versions[:20], test="true").json()["counts"] == {"created": 1, "amended": 19}
