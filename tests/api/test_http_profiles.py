"""A country's own form over HTTP: in its languages, tighter, and judged besides the standard."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from ilink_runtime.bundle import Bundle
from tests.api.bureaus import notice

API = "/api/v1"
OFFICE = {"CH.office_code": "BE-4"}


def fields_of(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["pointer"]: field for section in form["sections"] for field in section["fields"]}


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("de", "Familienname"),
        ("it", "Cognome"),
        ("fr", "Nom de famille"),
        ("en", None),
        ("ar", None),
        ("es", None),
    ],
)
def test_a_form_is_served_as_a_country_has_it(
    anybody: TestClient, standard: Bundle, language: str, label: str | None
) -> None:
    answer = anybody.get(f"{API}/forms/RedNotice?profile=ch&lang={language}")
    form = answer.json()
    assert (answer.status_code, form["language"]) == (200, language)
    assert answer.headers["content-language"] == language
    fields = fields_of(form)
    slot = standard.classes["Person"].slots["family_name"] if "Person" in standard.classes else None
    expected = label or (slot and standard.text(f"{slot.text}.title", language))
    assert fields["/subject/family_name"]["label"] == expected
    assert "/subject/dna_profiles" not in fields
    assert fields["/subject/date_of_birth"]["required"]
    assert fields["/urgency"]["codes"] == ["routine", "urgent"]
    assert fields["/purpose"]["default"] == "wanted_person"
    own = fields["/national_fields/CH.office_code"]
    assert own["required"]
    assert own["label"] not in ("", "CH.office code")
    assert {code["code"] for code in form["code_lists"]["CH.RedNotice.procedure"]["codes"]} == {
        "ordinary",
        "urgent",
    }
    assert [section["name"] for section in form["sections"]][:2] == ["sending", "identity"]


def test_the_form_of_the_standard_stays_as_it_was(anybody: TestClient, standard: Bundle) -> None:
    anybody.get(f"{API}/forms/RedNotice?profile=ch")
    form = anybody.get(f"{API}/forms/RedNotice").json()
    assert set(fields_of(form)) == {
        field["pointer"] for section in standard.forms["RedNotice"]["sections"] for field in section["fields"]
    }
    unprofiled = anybody.get(f"{API}/forms/YellowNotice?profile=CH&lang=de").json()
    assert "profile" not in unprofiled
    assert unprofiled["language"] == "de"


def test_a_profiled_form_is_kept_until_it_changes(anybody: TestClient) -> None:
    first = anybody.get(f"{API}/forms/RedNotice?profile=ch&lang=de")
    again = anybody.get(
        f"{API}/forms/RedNotice?profile=ch&lang=de", headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("country", ["xx", "..", "ch/../../x", "%00", "ch' OR 1"])
def test_a_country_without_a_profile_is_not_found(anybody: TestClient, country: str) -> None:
    for path in (f"{API}/forms/RedNotice", "/forms/RedNotice"):
        assert anybody.get(path, params={"profile": country}).status_code == 404
    assert anybody.post(f"{API}/validate", params={"profile": country}, json=notice()).status_code == 404


def test_validation_says_what_a_country_asks_for_besides(anybody: TestClient) -> None:
    message = notice(urgency="immediate", national_fields={"CH.procedure": "slow"})
    message["subject"]["identity_documents"].append({"document_type": "passport"})
    plain = anybody.post(f"{API}/validate", json=message).json()
    own = anybody.post(f"{API}/validate?profile=ch&lang=de", json=message).json()
    added = {(fault["pointer"], fault["code"]) for fault in own["errors"]} - {
        (fault["pointer"], fault["code"]) for fault in plain["errors"]
    }
    assert added == {
        ("/national_reference", "required"),
        ("/national_fields/CH.office_code", "required"),
        ("/national_fields/CH.procedure", "not_in_list"),
        ("/urgency", "not_in_list"),
        ("/subject/identity_documents/1/number", "required"),
    } - {(fault["pointer"], fault["code"]) for fault in plain["errors"]}
    said = {fault["pointer"]: fault["message"] for fault in own["errors"]}
    assert said["/national_fields/CH.office_code"].startswith("Kantonale Dienststelle")


def test_what_passes_the_profile_passes_the_standard(anybody: TestClient) -> None:
    message = notice(national_reference="CH/2026/17", urgency="urgent", national_fields=OFFICE)
    assert anybody.post(f"{API}/validate?profile=ch", json=message).json()["valid"]
    assert anybody.post(f"{API}/validate", json=message).json()["valid"]
    # And nobody else needs what a country asks for.
    assert anybody.post(f"{API}/validate", json=notice()).json()["valid"]
