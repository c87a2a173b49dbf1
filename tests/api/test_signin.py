"""Who may come in: tokens with scopes and purposes, cookies with CSRF tokens, nobody from another site."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from ilink_runtime import people, signin
from ilink_runtime.api.operations import OPERATIONS
from ilink_runtime.problems import Problem
from tests.api.bureaus import PASSWORD, Bureaus, diffusion, notice, sent

API = "/api/v1"


@pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}"
)
def test_nobody_gets_what_is_not_public(anybody: TestClient, operation) -> None:  # type: ignore[no-untyped-def]
    path = API + operation.path.format(
        reference="2026-00000000",
        id="0",
        sha256="0",
        type="RedNotice",
        name="Country",
        national_reference="17/2026",
    )
    answer = anybody.request(operation.method, path, json={}, headers={"If-Match": '"1"'})
    assert (answer.status_code == 401) is not operation.public
    if not operation.public:
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "credentials", ["Bearer", "Bearer x", "Bearer \u00e9", "Basic dTpw", "", "Bearer " + "x" * 5000]
)
def test_wrong_credentials_are_refused(anybody: TestClient, credentials: str) -> None:
    headers = [(b"authorization", credentials.encode()), (b"x-purpose", b"p")]
    assert anybody.get(f"{API}/search", headers=headers).status_code == 401


def test_a_token_says_its_purpose(bureaus: Bureaus) -> None:
    reference = sent(bureaus.client("TN", purpose=""), notice()).json()["reference"]
    for path in (f"/messages/{reference}", f"/messages/{reference}/history", "/search", "/stream"):
        refused = bureaus.client("TN", purpose="").get(API + path)
        assert (refused.status_code, refused.json()["code"]) == (400, "purpose_required")
    for purpose in (b"x" * 201, "a\u2028b".encode()):
        headers = {b"Authorization": f"Bearer {bureaus.tokens['TN']}".encode(), b"X-Purpose": purpose}
        assert bureaus.client().get(f"{API}/search", headers=headers).json()["code"] == "bad_request"


def test_a_purpose_is_utf8() -> None:
    scope = {"type": "http", "headers": [(b"x-purpose", b"\xff")]}
    with pytest.raises(Problem) as refused:
        signin.identify(Request(scope))
    assert refused.value.code == "bad_request"


def test_a_reading_token_writes_nothing(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address, match = receipt.headers["location"], {"If-Match": receipt.headers["etag"]}
    secret = bureaus.store.write(lambda c: people.create_token(c, "TN", "reader", "read"))
    reader = bureaus.client()
    reader.headers.update({"Authorization": f"Bearer {secret}", "X-Purpose": "reading"})
    assert reader.get(address).status_code == 200
    for refused in (
        reader.post(f"{API}/messages", json=notice()),
        reader.put(address, json=notice(), headers=match),
        reader.delete(address, headers=match),
        reader.post(f"{API}/drafts", json={"type": "RedNotice"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "scope")


def test_a_revoked_token_is_out_at_once(bureaus: Bureaus) -> None:
    assert bureaus.tunis.get(f"{API}/search").status_code == 200
    bureaus.store.write(lambda c: people.revoke_token(c, "TN", "system"))
    assert bureaus.tunis.get(f"{API}/search").status_code == 401


def test_the_owner_comes_from_the_token(bureaus: Bureaus) -> None:
    forged = notice(owner="ES", national_reference="ES/1")
    assert bureaus.tunis.post(f"{API}/messages", json=forged).json()["errors"][0]["code"] == "unknown_field"
    reference = sent(bureaus.tunis, notice()).json()["reference"]
    assert bureaus.madrid.get(f"{API}/messages/{reference}").json()["owner"] == "TN"


def test_a_cookie_reads_alone_and_writes_with_its_csrf_token(bureaus: Bureaus) -> None:
    officer, csrf = bureaus.officer("TN")
    assert officer.get(f"{API}/search").status_code == 200
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}):
        refused = officer.post(f"{API}/messages", json=notice(), headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert officer.post(f"{API}/messages", json=notice(), headers={"X-CSRF-Token": csrf}).status_code == 201
    other, _ = bureaus.officer("ES")
    refused = other.post(f"{API}/messages", json=notice(), headers={"X-CSRF-Token": csrf})
    assert refused.json()["code"] == "csrf"


def test_an_officer_is_told_in_his_own_language(bureaus: Bureaus) -> None:
    officer, _ = bureaus.officer("TN")
    bureaus.store.write(lambda c: people.set_language(c, "officer-tn", "ar"))
    refused = officer.get(f"{API}/messages/2026-00000000", headers={"Accept-Language": "fr"})
    assert refused.headers["content-language"] == "ar"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_posts_nothing(bureaus: Bureaus, site: str) -> None:
    officer, csrf = bureaus.officer("TN")
    headers = {"X-CSRF-Token": csrf, "Sec-Fetch-Site": site}
    assert officer.post(f"{API}/messages", json=notice(), headers=headers).json()["code"] == "csrf"
    form = {"username": "officer-tn", "password": PASSWORD, "purpose": "x"}
    entered = bureaus.client().post("/sign-in", data=form, headers={"Sec-Fetch-Site": site})
    assert (entered.status_code, "set-cookie" in entered.headers) == (403, False)
    assert bureaus.tunis.post(f"{API}/messages", json=diffusion(), headers=headers).status_code == 201


@pytest.mark.parametrize(("base", "secure"), [("http://ilink.test", False), ("https://ilink.test", True)])
def test_the_cookie_is_kept_from_scripts_and_other_sites(bureaus: Bureaus, base: str, secure: bool) -> None:
    bureaus.store.write(lambda c: people.create_user(c, "amal", "Amal", "TN", PASSWORD))
    form = {"username": "amal", "password": PASSWORD, "purpose": "investigation"}
    client = TestClient(bureaus.app, base_url=base, follow_redirects=False)
    entered = client.post("/sign-in", data=form)
    cookie = entered.headers["set-cookie"]
    assert entered.status_code == 303, entered.text
    assert cookie.startswith("ilink_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ("Secure" in cookie) is secure
    assert client.get(f"{API}/search").status_code == 200
