"""Files over HTTP: uploaded as they are, given out through the messages and drafts that name them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from ilink_runtime import database
from ilink_runtime.settings import MEBIBYTE
from tests.api.bureaus import Bureaus, diffusion, notice, sent

API = "/api/v1"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
HTML = b"<!doctype html><script>alert(document.cookie)</script>"


def put(client: TestClient, content: Any, kind: str = "image/png", **headers: str) -> Any:
    return client.put(f"{API}/files", content=content, headers={"Content-Type": kind, **headers})


def showing(hash_: str, name: str = "photo.png", **changes: Any) -> dict[str, Any]:
    """A diffusion with a photograph."""
    message = diffusion(**changes)
    message["subject"]["photographs"] = [{"file_name": name, "sha256": hash_}]
    return message


def attached(hash_: str, name: str) -> dict[str, Any]:
    return diffusion(attachments=[{"kind": "arrest_warrant", "file_name": name, "sha256": hash_}])


def test_a_file_goes_with_a_message_to_who_may_see_it(bureaus: Bureaus) -> None:
    uploaded = put(bureaus.tunis, PNG)
    hash_ = sha256(PNG).hexdigest()
    assert uploaded.status_code == 201
    assert uploaded.json() == {"sha256": hash_, "media_type": "image/png", "size_bytes": len(PNG)}
    receipt = sent(bureaus.tunis, showing(hash_, recipients=["ES"]))
    place = f"{receipt.headers['location']}/files/{hash_}"
    for client in (bureaus.tunis, bureaus.madrid, bureaus.lyon):
        found = client.get(place)
        assert (found.status_code, found.content) == (200, PNG)
    assert bureaus.paris.get(place).status_code == 404
    told = bureaus.madrid.get(receipt.headers["location"]).json()
    assert told["files"] == [uploaded.json()]
    deleted = bureaus.tunis.delete(receipt.headers["location"], headers={"If-Match": receipt.headers["etag"]})
    assert deleted.status_code == 204
    assert bureaus.tunis.get(place).status_code == 404


def test_a_picture_is_shown_and_anything_else_is_handed_out(bureaus: Bureaus) -> None:
    name = 'صورة "1".png'
    hash_ = put(bureaus.tunis, PNG, "application/octet-stream").json()["sha256"]
    receipt = sent(bureaus.tunis, showing(hash_, name))
    headers = bureaus.madrid.get(f"{receipt.headers['location']}/files/{hash_}").headers
    assert headers["content-type"] == "image/png"
    assert headers["content-disposition"] == f"inline; filename*=UTF-8''{quote(name, safe='')}"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"] == "private, no-cache"
    assert headers["etag"] == f'"{hash_}"'
    for content, kind in ((HTML, "text/html"), (b"<svg onload='x'/>", "image/svg+xml"), (b"%PDF", "")):
        hash_ = put(bureaus.tunis, content, kind).json()["sha256"]
        receipt = sent(bureaus.tunis, attached(hash_, "../../etc/x\r\nSet-Cookie: a"))
        headers = bureaus.madrid.get(f"{receipt.headers['location']}/files/{hash_}").headers
        assert headers["content-disposition"].startswith("attachment; filename*=UTF-8''..%2F..%2Fetc")
        assert "set-cookie" not in headers
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_who_has_a_file_is_asked_whether_he_still_may(bureaus: Bureaus) -> None:
    hash_ = put(bureaus.tunis, PNG).json()["sha256"]
    receipt = sent(bureaus.tunis, showing(hash_))
    place = f"{receipt.headers['location']}/files/{hash_}"
    known = {"If-None-Match": bureaus.madrid.get(place).headers["etag"]}
    assert bureaus.madrid.get(place, headers=known).status_code == 304
    restricted = bureaus.tunis.put(
        receipt.headers["location"],
        json=showing(hash_, handling={"hidden_from": ["ES"]}),
        headers={"If-Match": receipt.headers["etag"]},
    )
    assert restricted.status_code == 200
    assert bureaus.madrid.get(place, headers=known).status_code == 404
    assert bureaus.paris.get(place, headers=known).status_code == 304


def test_a_photograph_in_a_restricted_part_is_not_there(bureaus: Bureaus) -> None:
    hash_ = put(bureaus.tunis, PNG).json()["sha256"]
    part = {"pointer": "/subject/photographs", "hidden_from": ["FR"]}
    receipt = sent(bureaus.tunis, showing(hash_, handling={"field_restrictions": [part]}))
    place = receipt.headers["location"]
    assert bureaus.madrid.get(f"{place}/files/{hash_}").content == PNG
    assert bureaus.paris.get(place).json()["files"] == []
    assert bureaus.paris.get(f"{place}/files/{hash_}").status_code == 404


def test_a_hash_alone_opens_nothing(bureaus: Bureaus) -> None:
    """Not another bureau's file, nor one that stands in another message."""
    hash_ = put(bureaus.tunis, PNG).json()["sha256"]
    with_it, without = sent(bureaus.tunis, showing(hash_)), sent(bureaus.tunis, diffusion())
    guessed = sent(bureaus.madrid, showing(hash_))
    never = sent(bureaus.madrid, showing("0" * 64))
    missing = bureaus.madrid.get(f"{never.headers['location']}/files/{'0' * 64}")
    assert bureaus.madrid.get(guessed.headers["location"]).json()["files"] == []
    for client in (bureaus.tunis, bureaus.madrid):
        assert client.get(f"{with_it.headers['location']}/files/{hash_}").status_code == 200
        for place in (without.headers["location"], guessed.headers["location"]):
            refused = client.get(f"{place}/files/{hash_}")
            assert (refused.status_code, refused.json()) == (404, missing.json())
    draft = bureaus.madrid.post(
        f"{API}/drafts", json={"type": "WantedPersonDiffusion", "body": showing(hash_)}
    )
    assert bureaus.madrid.get(f"{draft.headers['location']}/files/{hash_}").status_code == 404


def test_a_draft_shows_its_files_to_its_bureau(bureaus: Bureaus) -> None:
    hash_ = put(bureaus.tunis, PNG).json()["sha256"]
    body = showing(hash_)
    draft = bureaus.tunis.post(f"{API}/drafts", json={"type": "WantedPersonDiffusion", "body": body})
    place = f"{draft.headers['location']}/files/{hash_}"
    assert bureaus.tunis.get(place).content == PNG
    assert bureaus.tunis.get(place.replace(hash_, "0" * 64)).status_code == 404
    for client in (bureaus.madrid, bureaus.lyon):
        assert client.get(place).status_code == 404


def test_reading_a_file_needs_a_purpose_and_is_audited(bureaus: Bureaus) -> None:
    hash_ = put(bureaus.tunis, PNG).json()["sha256"]
    receipt = sent(bureaus.tunis, showing(hash_))
    place = f"{receipt.headers['location']}/files/{hash_}"
    without = bureaus.client("ES", purpose="").get(place)
    assert (without.status_code, without.json()["code"]) == (400, "purpose_required")
    assert bureaus.client().get(place).status_code == 401
    bureaus.madrid.get(place)
    row = bureaus.store.read(
        lambda c: c.execute(select(database.audit).order_by(database.audit.c.id.desc())).first()
    )
    assert row is not None
    assert (row.action, row.bureau, row.purpose) == ("file", "ES", "investigation")
    assert row.reference == receipt.json()["reference"]


def test_an_officer_uploads_with_his_token_only(bureaus: Bureaus) -> None:
    officer, csrf = bureaus.officer("TN")
    assert (put(officer, PNG).status_code, put(officer, PNG).json()["code"]) == (403, "csrf")
    assert put(officer, PNG, **{"X-CSRF-Token": csrf}).status_code == 201
    assert put(bureaus.client(), PNG).status_code == 401


@pytest.mark.parametrize(
    ("content", "headers", "refusal"),
    [
        (b"", {}, (422, "bad_file")),
        (HTML, {}, (422, "bad_file")),
        (HTML, {"Content-Type": "image/gif"}, (422, "bad_file")),
        (PNG, {"Content-Type": "../../x"}, (422, "bad_file")),
        (PNG, {"Content-Type": "x" * 5000}, (422, "bad_file")),
        (PNG, {"Content-Encoding": "gzip"}, (415, "unsupported_media_type")),
        (PNG, {"Content-Range": "bytes 0-9/100"}, (400, "bad_request")),
        (PNG, {"Content-Length": "5"}, (400, "bad_request")),
        (PNG, {"Content-Length": "50000"}, (400, "bad_request")),
        (PNG, {"Content-Length": "-1"}, (400, "bad_request")),
        (PNG, {"Content-Length": "9" * 40}, (413, "too_large")),
        (b"x" * (10 * MEBIBYTE + 1), {"Content-Type": "text/plain"}, (413, "too_large")),
    ],
)
def test_a_hostile_upload_is_answered(
    one_server: Bureaus, content: bytes, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    refused = put(one_server.tunis, content, **headers)
    assert (refused.status_code, refused.json()["code"]) == refusal
    assert refused.headers["content-type"] == "application/problem+json"
    chunks = (content[at : at + 1_000_000] for at in range(0, len(content), 1_000_000))
    if "Content-Length" not in headers and content:
        assert put(one_server.tunis, chunks, **headers).status_code == refusal[0]


def test_the_largest_file_is_taken(one_server: Bureaus) -> None:
    uploaded = put(one_server.tunis, PNG + b"\0" * (10 * MEBIBYTE - len(PNG)))
    assert (uploaded.status_code, uploaded.json()["size_bytes"]) == (201, 10 * MEBIBYTE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=40), st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30)
)
def test_any_bytes_of_any_kind_are_taken_or_refused(one_server: Bureaus, content: bytes, kind: str) -> None:
    answer = one_server.tunis.put(
        f"{API}/files", content=content, headers=[(b"content-type", kind.encode("latin-1"))]
    )
    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert answer.json()["sha256"] == sha256(content).hexdigest()


@pytest.mark.parametrize("hash_", ["%00", "%2e%2e%2f", "x" * 5000, "%ED%A0%80", "'", "0" * 64])
def test_a_hostile_hash_is_answered(one_server: Bureaus, hash_: str) -> None:
    reference = sent(one_server.tunis, notice()).json()["reference"]
    for place in (f"messages/{reference}", f"messages/{'x' * 500}", "drafts/none"):
        assert one_server.tunis.get(f"{API}/{place}/files/{hash_}").status_code in {400, 404}


def test_the_description_tells_of_files(one_server: Bureaus) -> None:
    paths = one_server.client().get(f"{API}/openapi.json").json()["paths"]
    put_file = paths[f"{API}/files"]["put"]
    assert put_file["requestBody"]["content"] == {"*/*": {}}
    assert put_file["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/File")
    given_out = paths[f"{API}/messages/{{reference}}/files/{{sha256}}"]["get"]
    assert given_out["responses"]["200"]["content"] == {"*/*": {}}
