"""Models of others: compiled whole, served with their forms, stored and read back as they were sent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_runtime.app import create_app
from ilink_runtime.bundle import Bundle, read
from ilink_runtime.settings import Settings
from tests.agreement.judges import Judges
from tests.api.bureaus import Bureaus, furnished

SCHEMAS = Path(
    os.environ.get("ILINK_SCHEMAS") or Path(__file__).parents[3] / "shared" / "data" / "linkml-schemas"
)
CASES = Path(__file__).parent / "cases"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="the models of others (../shared/data/linkml-schemas) are not here"
)
Served = Callable[[Path], Bureaus]


@pytest.fixture
def served(tmp_path: Path) -> Any:
    """A server of a model, on an empty database."""
    open_clients: list[TestClient] = []

    def serve(model: Path) -> Bureaus:
        write(generate(load(model)), tmp_path / "bundle")
        app = create_app(
            Settings(database=f"sqlite:///{tmp_path / 'ilink.db'}", standard=tmp_path / "bundle")
        )
        open_clients.append(TestClient(app))
        open_clients[-1].__enter__()
        return furnished(app)

    yield serve
    for client in open_clients:
        client.__exit__(None, None, None)


def _stored(bureaus: Bureaus, message_type: str, message: dict[str, Any]) -> None:
    """Sends a message, and reads the same again."""
    answer = bureaus.tunis.post(f"/api/v1/messages?type={message_type}", json=message)
    assert answer.status_code == 201, answer.text
    found = bureaus.tunis.get(f"/api/v1/messages/{answer.json()['reference']}")
    assert found.json()["message"] == message


def test_objects_under_keys_are_stored_and_shown(served: Served) -> None:
    case = CASES / "objects_and_references"
    bureaus = served(case / "model.yaml")
    message = json.loads((case / "valid" / "all.json").read_text("utf-8"))
    _stored(bureaus, "Register", message)
    officer, _ = bureaus.officer("TN")
    assert "Settings" in officer.get("/forms/Register").text


@needs_schemas
def test_biolink_is_compiled_whole(tmp_path: Path) -> None:
    files = generate(load(SCHEMAS / "biolink-model.yaml"))
    judges = Judges(files, tmp_path)
    compile(files["tables.py"], "tables.py", "exec")
    gene = {
        "id": "NCBIGene:84570",
        "category": ["biolink:Gene"],
        "name": "COL25A1",
        "in_taxon": ["NCBITaxon:9606"],
    }
    assert judges.agree("Gene", gene)
    assert not judges.agree("Gene", {"name": "no identifier"})
    assert not judges.agree("Gene", {**gene, "in_taxon": "NCBITaxon:9606"})
    assert not judges.agree("NamedThing", {**gene, "colour": "red"})


@needs_schemas
def test_the_covid_template_is_served(served: Served, tmp_path: Path) -> None:
    bureaus = served(SCHEMAS / "dh_canada_covid19.yaml")
    bundle = read(tmp_path / "bundle")
    form = bundle.forms["CanCOGeNCovid19"]
    required = [field for section in form["sections"] for field in section["fields"] if field["required"]]
    assert len(required) > 20
    record = {field["name"]: _answer(bundle, field) for field in required}
    record["sample_collection_date"], record["host_age"] = "2020-03-16", 42.5
    _stored(bureaus, "CanCOGeNCovid19", record)
    wrong = {**record, "host_age": -1, "organism": "no such virus", "sample_collection_date": "2020-02-30"}
    answer = bureaus.tunis.post("/api/v1/messages?type=CanCOGeNCovid19", json=wrong)
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "/host_age",
        "/organism",
        "/sample_collection_date",
    }
    assert answer.status_code == 422
    officer, csrf = bureaus.officer("TN")
    page = officer.get("/forms/CanCOGeNCovid19").text
    assert "sample collection date" in page
    assert "Sample collection and processing" in page
    assert "date de prélèvement" in officer.get("/forms/CanCOGeNCovid19?lang=fr").text.lower()
    posted = {
        "csrf": csrf,
        "action": "check",
        "/host_age": "42.5",
        "/organism": "Severe acute respiratory syndrome coronavirus 2",
    }
    draft = officer.post("/forms/CanCOGeNCovid19", data=posted)
    assert draft.status_code == 303


def _answer(bundle: Bundle, field: dict[str, Any]) -> Any:
    if field["kind"] == "code":
        code = bundle.code_lists[field["range"]]["codes"][0]["code"]
        return [code] if field["multivalued"] else code
    return "Not Provided" if field["kind"] == "any" else "x"
