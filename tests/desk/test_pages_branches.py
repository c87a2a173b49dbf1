"""Values of several classes on the pages of a model of somebody else, without JavaScript and by the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ilink_runtime import people
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings
from tests.api.bureaus import Bureaus, furnished
from tests.desk.foreign import REPORT, made
from tests.desk.test_pages import PASSWORD, Browser

SEND = "/api/v1/messages?type=Report"


@pytest.fixture(scope="module")
def bureaus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    folder = tmp_path_factory.mktemp("fleet")
    made(folder / "bundle")
    app: FastAPI = create_app(
        Settings(database=f"sqlite:///{folder / 'fleet.sqlite3'}", standard=folder / "bundle")
    )
    with TestClient(app):
        found = furnished(app)
        found.store.write(lambda c: people.create_user(c, "amal", "Amal Example", "TN", PASSWORD))
        yield found


@pytest.fixture
def amal(bureaus: Bureaus) -> Browser:
    return Browser(bureaus.app, "amal")


def words(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("<main")[2].partition("</main>")[0]))


def faults(page: str) -> dict[str, str]:
    """The places to which the list of faults leads, with its sentences."""
    summary = re.search(r'<section class="fault-summary".*?</section>', page, re.DOTALL)
    found = re.findall(r'<a href="#([^"]*)">(.*?)</a>', summary[0]) if summary else []
    return dict(found)


def ids(page: str) -> list[str]:
    return re.findall(r'\bid="([^"]*)"', page)


def sent(amal: Browser) -> str:
    """Presses the button that sends; the reference."""
    assert amal.path.endswith("/check"), words(amal.page)
    revision = re.search(r'name="revision" value="(\d+)"', amal.page)
    assert revision
    amal.post(f"{amal.path.removesuffix('/check')}/send", revision=revision[1])
    return amal.path.removeprefix("/messages/")


def stored(bureaus: Bureaus, reference: str) -> Any:
    return bureaus.tunis.get(f"/api/v1/messages/{reference}").json()["message"]


def test_classes_are_chosen_by_buttons_and_stay_chosen(bureaus: Bureaus, amal: Browser) -> None:
    page = amal.get("/forms/Report")
    assert 'value="harbour"' in page
    assert "sighting" in words(page)
    assert 'value="add:/vehicles:Boat"' in page
    assert "Add: Text" in page
    for action in ("vehicles:Boat", "vehicles:Car", "main:Boat", "seen:string", "seen:Person", "cargo:Drum"):
        page = amal.press(f"add:/{action}")
        assert len(ids(page)) == len(set(ids(page)))
    page = amal.press("language:fr", **{"/vehicles/0/name": "Hirondelle"})
    assert "Longueur en mètres" in page
    assert "Ajouter : Bateau" in page
    assert 'name="/vehicles/0#is" value="Boat"' in page
    assert 'value="add:/main:Car"' in page  # behind what was chosen
    page = amal.press("language:en")
    page = amal.press("check", **{"/number": "5", "/vehicles/1/plate": "a-b", "/main/length": "0"})
    assert faults(page) == {
        "/vehicles/0/length": "Vehicles 1 › Length in metres: this is needed.",
        "/vehicles/1/plate": "Vehicles 2 › Number plate: this is not written as expected.",
        "/main/length": "Length in metres: this cannot be less than 1.",
        "/seen/0/surname": "What was seen 1 › Surname: this is needed.",
        "/cargo/litres": "Litres: this is needed.",
    }
    assert set(faults(page)) <= set(ids(page))
    page = amal.press("remove:/cargo")
    assert "/cargo/litres" not in ids(page)
    page = amal.press("add:/cargo:integer")
    page = amal.press("remove:/seen/0")
    page = amal.press("check", **{"/cargo": "many", "/vehicles/0/length": "7", "/vehicles/1/plate": "B2"})
    assert faults(page)["/cargo"] == "Cargo: this must be a whole number."
    page = amal.press("check", **{"/cargo": "12", "/main/length": "9.5"})
    assert "Boat Name Hirondelle" in words(page)
    assert stored(bureaus, sent(amal)) == {
        "number": "5",
        "kind": "sighting",
        "desk": "harbour",
        "urgent": True,
        "vehicles": [{"name": "Hirondelle", "length": 7}, {"plate": "B2"}],
        "main": {"length": 9.5},
        "cargo": 12,
    }


def test_a_record_of_the_api_is_read_and_changed_with_the_labels_of_its_classes(
    bureaus: Bureaus, amal: Browser
) -> None:
    answer = bureaus.tunis.post(SEND, json=REPORT)
    assert answer.status_code == 201, answer.text
    reference = answer.json()["reference"]
    said = words(amal.get(f"/messages/{reference}"))
    assert "Car Number plate A1" in said
    assert "Colour of the boat Oxblood" in said
    assert "Drum Litres 3" in said
    amal.post(f"/messages/{reference}/amend")
    amal.press("save")
    amal.press("check", **{"/vehicles/1/colour": "white"})
    assert "harbour" not in words(amal.page)  # nothing is filled into what is there
    sent(amal)
    boat = {**REPORT["vehicles"][1], "colour": "white"}
    assert stored(bureaus, reference) == {**REPORT, "vehicles": [REPORT["vehicles"][0], boat]}
    history = words(amal.get(f"/messages/{reference}/history"))
    assert "Vehicles 2 › Colour of the boat Oxblood White" in history


def test_the_api_tells_the_faults_of_the_class_that_an_object_fits(bureaus: Bureaus) -> None:
    wrong = {**REPORT, "vehicles": [{"plate": "a-b"}], "main": {"name": "x", "crew": []}, "kind": "other"}
    answer = bureaus.tunis.post(SEND, json=wrong)
    assert answer.status_code == 422
    found = {(one["code"], one["pointer"]): one["message"] for one in answer.json()["errors"]}
    assert found["pattern", "/vehicles/0/plate"]
    assert found["const", "/kind"] == "Kind of report: this must be “sighting”."
    assert ("required", "/main/length") in found or ("required", "/main/plate") in found


def test_the_form_of_the_api_has_the_branches_with_their_titles(bureaus: Bureaus) -> None:
    form = bureaus.tunis.get("/api/v1/forms/Report?lang=fr").json()
    fields = {field["name"]: field for section in form["sections"] for field in section["fields"]}
    assert [branch["label"] for branch in fields["vehicles"]["branches"]] == ["Voiture", "Bateau"]
    assert fields["main"]["branches"][1]["fields"][1]["label"] == "Longueur en mètres"


def test_a_form_to_be_tried_offers_the_classes_too(bureaus: Bureaus) -> None:
    page = Browser(bureaus.app).get("/docs/standard/forms/Report")
    assert page.count('data-branch="Boat"') == 2
    assert '<template data-row-of="/main!choice" data-branch="Car">' in page
