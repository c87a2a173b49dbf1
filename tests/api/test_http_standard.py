"""What anybody may ask over HTTP: forms, code lists, validation, health, the description."""

from __future__ import annotations

import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from ilink_runtime.api.operations import OPERATIONS
from ilink_runtime.bundle import Bundle
from ilink_runtime.middleware import SECURITY_HEADERS
from tests.api.bureaus import diffusion, notice

API = "/api/v1"


def test_the_forms_are_listed(anybody: TestClient, standard: Bundle) -> None:
    forms = anybody.get(f"{API}/forms?lang=fr").json()["forms"]
    assert [form["type"] for form in forms] == list(standard.messages)
    for form in forms:
        assert anybody.get(form["href"]).status_code == 200


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr"])
def test_a_form_holds_its_texts_and_small_code_lists(anybody: TestClient, language: str) -> None:
    answer = anybody.get(f"{API}/forms/RedNotice?lang={language}")
    form = answer.json()
    assert answer.headers["content-language"] == form["language"] == language
    assert form["direction"] == ("rtl" if language == "ar" else "ltr")
    fields = [field for section in form["sections"] for field in section["fields"]]
    assert all(field["label"] for field in fields)
    assert all(section["label"] for section in form["sections"])
    assert all(rule["label"] for rule in form["rules"])
    assert {code["code"] for code in form["code_lists"]["Sex"]["codes"]} == {"F", "M", "U"}
    assert form["code_lists"]["Language"]["href"] == f"{API}/code-lists/Language"


def test_a_form_is_kept_until_it_changes(anybody: TestClient) -> None:
    first = anybody.get(f"{API}/forms/RedNotice?lang=en")
    etag = first.headers["etag"]
    again = anybody.get(f"{API}/forms/RedNotice?lang=en", headers={"If-None-Match": f'"x", W/{etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = anybody.get(f"{API}/forms/RedNotice?lang=fr", headers={"If-None-Match": etag})
    assert other.status_code == (200 if other.headers["etag"] != etag else 304)
    assert "Accept-Language" in first.headers["vary"]
    head = anybody.head(f"{API}/forms/RedNotice?lang=en")
    assert (head.status_code, head.headers["etag"]) == (200, etag)


def test_an_unknown_form_suggests_one(anybody: TestClient) -> None:
    missing = anybody.get(f"{API}/forms/RedNotic")
    assert (missing.status_code, missing.json()["suggestion"]) == (404, "RedNotice")


@pytest.mark.parametrize(
    ("asked", "code"),
    [("TN", "TN"), ("tn", "TN"), ("Tunis", "TN"), ("United King", "GB"), ("korea", "KP")],
)
def test_a_code_is_found_by_code_or_label(anybody: TestClient, asked: str, code: str) -> None:
    found = anybody.get(f"{API}/code-lists/Country", params={"q": asked, "lang": "en"}).json()["codes"]
    assert found[0]["code"] == code


def test_a_code_is_found_in_any_language_of_the_standard(anybody: TestClient, standard: Bundle) -> None:
    for language, texts in standard.texts.items():
        label = texts.get("Country.DE.title")
        if label:
            found = anybody.get(f"{API}/code-lists/Country", params={"q": label, "lang": "en"}).json()[
                "codes"
            ]
            assert found[0] == {"code": "DE", "label": "Germany", "status": "in_force"}, language


def test_a_code_list_comes_whole_or_in_part(anybody: TestClient, standard: Bundle) -> None:
    whole = anybody.get(f"{API}/code-lists/Country")
    assert len(whole.json()["codes"]) == len(standard.code_lists["Country"]["codes"])
    match = {"If-None-Match": whole.headers["etag"]}
    assert anybody.get(f"{API}/code-lists/Country", headers=match).status_code == 304
    assert len(anybody.get(f"{API}/code-lists/Country?q=a&limit=3").json()["codes"]) == 3
    assert anybody.get(f"{API}/code-lists/Country?q=a&limit=51").status_code == 400
    assert anybody.get(f"{API}/code-lists/Nothing").status_code == 404


def test_a_verdict_separates_errors_from_warnings(anybody: TestClient) -> None:
    fine = anybody.post(f"{API}/validate", json=notice()).json()
    assert fine == {"type": "RedNotice", "level": "record", "valid": True, "errors": [], "warnings": []}
    publish = anybody.post(f"{API}/validate?level=publish", json=notice()).json()
    assert publish["valid"] is False
    assert {fault["level"] for fault in publish["errors"]} == {"publish"}
    urgent = anybody.post(f"{API}/validate?level=quality", json=diffusion(urgency="immediate")).json()
    assert "/reply_by" in [fault["pointer"] for fault in urgent["warnings"]]
    assert anybody.post(f"{API}/validate?level=all", json=notice()).status_code == 400


def test_a_fault_has_all_that_a_caller_needs(anybody: TestClient) -> None:
    verdict = anybody.post(f"{API}/validate?level=publish&lang=en", json=notice()).json()
    fault = next(fault for fault in verdict["errors"] if fault["pointer"] == "/facts_summary")
    assert fault == {
        "code": "required",
        "pointer": "/facts_summary",
        "pointers": [],
        "level": "publish",
        "rule": "red-facts",
        "rule_ref": "RPD-83(2)(b)",
        "message": "Summary of facts: this is needed before publication.",
    }


def test_the_type_may_stand_in_the_address(anybody: TestClient) -> None:
    assert anybody.post(f"{API}/validate?type=RedNotice", json=notice()).json()["valid"]
    assert anybody.post(f"{API}/validate?type=Nothing", json={}).status_code == 404
    clash = anybody.post(f"{API}/validate?type=WantedPersonDiffusion", json=notice())
    assert clash.json()["errors"][0]["pointer"] == "/message_type"


def test_health(anybody: TestClient, standard: Bundle) -> None:
    health = anybody.get(f"{API}/health")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    assert health.json()["standard"]["version"] == standard.version


def test_the_description_is_valid_and_lists_every_operation(anybody: TestClient, standard: Bundle) -> None:
    description = anybody.get(f"{API}/openapi.json").json()
    validate(description)
    listed = {
        (method.upper(), path.removeprefix(API))
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert listed == {(operation.method, operation.path) for operation in OPERATIONS}
    assert set(standard.schema["$defs"]) <= set(description["components"]["schemas"])


@pytest.mark.parametrize(
    "path",
    [f"{API}/health", f"{API}/nothing", "/", "/nothing", "/static/ilink.css", "/static/no", "/sign-in"],
)
def test_every_answer_carries_the_security_headers(anybody: TestClient, path: str) -> None:
    answer = anybody.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_list(name) == [value]
    assert "cache-control" in answer.headers


def test_refusals_are_details_for_programs_and_pages_for_people(anybody: TestClient) -> None:
    assert anybody.get(f"{API}/nothing").headers["content-type"] == "application/problem+json"
    assert anybody.get("/nothing").headers["content-type"].startswith("text/html")
    wrong = anybody.patch(f"{API}/messages/2026-00000000")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert set(wrong.headers["allow"].split(", ")) >= {"GET", "PUT", "DELETE"}
    assert anybody.get(f"{API}/messages/").status_code == 404


def test_files_of_the_pages_are_kept(anybody: TestClient) -> None:
    plain = anybody.get("/static/ilink.css")
    assert plain.headers["cache-control"] == "public, max-age=3600"
    assert "immutable" in anybody.get("/static/ilink.css?v=1234").headers["cache-control"]
    match = {"If-None-Match": plain.headers["etag"]}
    assert anybody.get("/static/ilink.css", headers=match).status_code == 304
    assert anybody.get("/favicon.ico").headers["content-type"].startswith("image/")
