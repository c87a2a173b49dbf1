"""Queries over HTTP: sent, answered with candidates, and followed by what the audit must know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from ilink_runtime import database
from tests.api.bureaus import Bureaus, diffusion, person_query, sent


def audited(bureaus: Bureaus, action: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Purpose, reference and detail of what was done."""
    table = database.audit
    with bureaus.store.engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.action == action).order_by(table.c.id)).all()
    return [(row.purpose, row.reference, json.loads(row.detail)) for row in rows]


def test_a_query_is_answered_in_two_steps(bureaus: Bureaus) -> None:
    found = sent(bureaus.tunis, diffusion()).json()["reference"]
    asked = sent(bureaus.madrid, person_query(date_of_birth="1980-05-17", sex="F"))
    receipt = asked.json()
    assert (receipt["status"], receipt["candidates"]) == (
        "recorded",
        f"{asked.headers['location']}/candidates",
    )
    answer = bureaus.madrid.get(receipt["candidates"], params={"lang": "fr"})
    assert answer.status_code == 200
    (candidate,) = answer.json()["candidates"]
    assert (candidate["reference"], candidate["owner"], candidate["headline"]) == (
        found,
        "TN",
        "Benhaddou, Salim · بن حدو",
    )
    (reason,) = candidate["reasons"]  # somebody of that name, but of the other sex, is somebody else
    assert (reason["kind"], reason["likeness"]) == ("DocumentNumber", "same")
    assert reason["found"]["pointer"] == "/subject/identity_documents/0/number"
    assert [place["pointer"] for place in reason["agrees"]] == ["/date_of_birth"]
    assert [place["pointer"] for place in reason["differs"]] == ["/sex"]
    assert {"message", "subject"}.isdisjoint(candidate)
    assert "1980-05" not in answer.text.replace("1980-05-17", "")
    assert audited(bureaus, "candidates") == [("investigation", receipt["reference"], {"total": 1})]

    opened = bureaus.madrid.get(candidate["href"])
    assert opened.json()["message"]["subject"]["date_of_birth"] == "1980-05"
    assert audited(bureaus, "read") == [("border_control", found, {"query": receipt["reference"]})]


def test_a_query_of_nobodys_opens_nothing(bureaus: Bureaus) -> None:
    found = sent(bureaus.tunis, diffusion()).headers["location"]
    others = sent(bureaus.paris, person_query()).json()["reference"]
    answers = [
        bureaus.madrid.get(found, params={"query": name}) for name in (others, "2026-00000000", "'; --")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.replace(others, "") for answer in answers}) == 1
    assert audited(bureaus, "read") == []


def test_a_query_is_the_bureaus_own(bureaus: Bureaus) -> None:
    asked = sent(bureaus.madrid, person_query())
    place = asked.headers["location"]
    nothing = bureaus.paris.get("/api/v1/messages/2026-00000000/candidates").json()
    for path in (place, f"{place}/candidates", f"{place}/history", f"{place}/threads"):
        refused = bureaus.paris.get(path)
        assert (refused.status_code, refused.json()) == (404, nothing)
        assert bureaus.madrid.get(path).status_code == 200
    for client, total in ((bureaus.paris, 0), (bureaus.tunis, 0), (bureaus.madrid, 1), (bureaus.lyon, 1)):
        newest = client.get("/api/v1/search").json()
        assert (newest["total"], newest["hits"], newest["facets"]["owner"]) == (0, [], {})
        assert newest["facets"]["type"] == ({"PersonQuery": 1} if total else {})
        asked_for = client.get("/api/v1/search", params={"type": "PersonQuery"}).json()
        assert (asked_for["total"], len(asked_for["hits"])) == (total, total)
        assert client.get("/api/v1/search", params={"q": "Benhaddou"}).json()["total"] == 0
    assert bureaus.madrid.get("/api/v1/search", params={"q": place[-13:]}).json()["total"] == 1


def test_what_is_no_query_has_no_candidates(bureaus: Bureaus) -> None:
    place = sent(bureaus.madrid, diffusion()).headers["location"]
    refused = bureaus.madrid.get(f"{place}/candidates")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("message", "pointers"),
    [
        (person_query(purpose=None), ["/purpose"]),
        (
            {"message_type": "PersonQuery", "purpose": "locate", "sex": "M"},
            ["/family_name", "/document_number"],
        ),
        ({"message_type": "VehicleQuery", "purpose": "locate"}, ["/registration_plate", "/vin"]),
        (person_query(handling={}), ["/handling"]),
    ],
)
def test_a_query_asks_for_something_and_says_why(
    bureaus: Bureaus, message: dict[str, Any], pointers: list[str]
) -> None:
    refused = bureaus.madrid.post("/api/v1/messages", json=message)
    assert refused.status_code == 422
    said = [
        name for fault in refused.json()["errors"] for name in (fault["pointer"], *fault.get("pointers", ()))
    ]
    assert set(pointers) <= set(said)


def test_the_description_names_the_answer(bureaus: Bureaus) -> None:
    described = bureaus.madrid.get("/api/v1/openapi.json").json()
    answers = described["paths"]["/api/v1/messages/{reference}/candidates"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Candidates")
