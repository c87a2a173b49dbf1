"""Hostile requests: refused in words, quickly, and never a 500."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.api.bureaus import NOTICE, Bureaus, diffusion, notice, publishable, sent

API = "/api/v1"


def _in_notice(text: str) -> bytes:
    """A notice with a JSON text as the family name."""
    return json.dumps(NOTICE).replace('"Benhaddou"', text).encode()


BODIES: dict[str, bytes] = {
    "empty": b"",
    "NaN": _in_notice("NaN"),
    "infinity": _in_notice("-Infinity"),
    "overflow": _in_notice("1e999"),
    "surrogate": _in_notice('"\\ud800"'),
    "surrogate pair the wrong way": _in_notice('"\\udc00\\ud800"'),
    "raw surrogate": _in_notice('"X"').replace(b"X", b"\xed\xa0\x80"),
    "NUL escaped": _in_notice('"a\\u0000b"'),
    "NUL raw": _in_notice('"a\x00b"'),
    "name of NUL": _in_notice('"x", "\\u0000": 1'),
    "other controls": _in_notice('"\\u0001\\u001f\\u007f"'),
    "repeated name": _in_notice('"x", "family_name": "y"'),
    "repeated name, escaped": _in_notice('"x", "famil\\u0079_name": "y"'),
    "large integer": _in_notice("9" * 5000),
    "integer beyond 2^53": _in_notice("9007199254740993"),
    "integer beyond 2^64": _in_notice("18446744073709551616"),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep in a field": _in_notice("[" * 500 + "]" * 500),
    "UTF-16": json.dumps(NOTICE).encode("utf-16"),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + json.dumps(NOTICE).encode(),
    "latin-1": _in_notice('"Müller"').decode().encode("latin-1"),
    "text": b'"RedNotice"',
    "number": b"5",
    "null": b"null",
    "list": b"[" + json.dumps(NOTICE).encode() + b"]",
    "form": b"message_type=RedNotice",
    "type is an object": json.dumps(NOTICE | {"message_type": {"$ref": "#"}}).encode(),
    "type is long": json.dumps(NOTICE | {"message_type": "R" * 100_000}).encode(),
    "type is of Python": json.dumps(NOTICE | {"message_type": "__class__"}).encode(),
    "unknown names": json.dumps(NOTICE | {f"x{number}": 1 for number in range(3000)}).encode(),
    "names with percent and braces": json.dumps(NOTICE | {"%(x)s {0} %n": 1, "~/{": {"}": "%s"}}).encode(),
    "long list": json.dumps(NOTICE | {"arrest_warrants": [{}] * 3000}).encode(),
    "very long list": json.dumps(NOTICE | {"arrest_warrants": [{}] * 100_000}).encode(),
    "long text": _in_notice(json.dumps("ا" * 100_000)),
    "regular expression bait": _in_notice(json.dumps("a" * 50_000 + "!")),
    "every slot an object": json.dumps(
        {name: {"a": {}} for name in NOTICE} | {"message_type": "RedNotice"}
    ).encode(),
    "every slot a list": json.dumps({name: [[]] for name in NOTICE} | {"message_type": "RedNotice"}).encode(),
    "every slot null": json.dumps(dict.fromkeys(NOTICE) | {"message_type": "RedNotice"}).encode(),
    "audience of objects": json.dumps(NOTICE | {"handling": {"hidden_from": [{}, [], None, 5]}}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", ["/messages", "/validate", "/drafts"])
def test_a_hostile_body_is_answered(one_server: Bureaus, path: str, body: bytes) -> None:
    began = time.process_time()
    answer = one_server.tunis.post(API + path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {200, 201, 400, 404, 413, 422}, answer.text[:500]
    assert time.process_time() - began < 2
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.content) < 500_000


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
    | st.sampled_from(
        ["2026-02-30", "0000-00-00", "9999-12-31", "+99999999999999999999", "TN", "١٢٣", "%s", "{0}"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _mutants(draw: st.DrawFn) -> dict[str, Any]:
    """A publishable notice with one or two of its values exchanged for something else."""
    message: Any = publishable()
    for _ in range(draw(st.integers(1, 2))):
        holder: Any = message
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = draw(VALUES)
            break
    found: dict[str, Any] = message
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_mutants())
def test_a_mutant_is_stored_whole_or_refused(one_server: Bureaus, message: dict[str, Any]) -> None:
    """What is recorded is read back equal."""
    body = json.dumps(message).encode(errors="surrogatepass")
    answer = one_server.tunis.post(
        f"{API}/messages", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {201, 400, 422}, answer.text[:500]
    verdict = one_server.tunis.post(
        f"{API}/validate?level=quality", content=body, headers={"Content-Type": "application/json"}
    )
    assert verdict.status_code in {200, 400, 422}
    if answer.status_code == 201:
        assert one_server.tunis.get(answer.headers["location"]).json()["message"] == json.loads(body)


def test_both_databases_hold_what_is_taken(bureaus: Bureaus) -> None:
    headers = {"Content-Type": "application/json"}
    for name in ("NUL escaped", "surrogate", "overflow", "other controls", "every slot null", "long text"):
        for path in ("/messages", "/drafts"):
            answer = bureaus.tunis.post(API + path, content=BODIES[name], headers=headers)
            assert answer.status_code in {201, 400, 404, 422}, (name, answer.text[:500])


ADDRESSES = [
    "/messages/%00",
    "/messages/2026-00000000%00",
    "/messages/%ED%A0%80",
    "/messages/%FF",
    "/messages/" + "x" * 5000,
    "/messages/..%2f..%2fetc%2fpasswd",
    "/messages/'%20OR%201=1--",
    "/messages/2026-00000000/history",
    "/drafts/%F0%9F%98%80",
    "/forms/__proto__",
    "/forms/RedNotice?lang=%00",
    "/forms/RedNotice?lang=../../etc",
    "/forms/RedNotice?lang=" + "x" * 5000,
    "/code-lists/Country?q=%00",
    "/code-lists/Country?q=" + "%D8%A7" * 3000,
    "/code-lists/Country?q=%25%27%22(",
    "/code-lists/%2e%2e",
    "/search?q=%00",
    "/search?q=%ED%A0%80%FF",
    "/search?q=" + "(" * 2000,
    "/search?q=%22%20OR%20*%20NEAR(%27",
    "/search?q=" + "a%20" * 3000,
    "/search?q=-&q=*",
    "/search?offset=99999999999999999999",
    "/search?limit=1e3",
    "/search?type=%00",
    "/search?owner=%27;DROP%20TABLE%20message",
    "/stream?x=%00",
]


def test_a_hostile_address_is_answered(bureaus: Bureaus) -> None:
    officer, _csrf = bureaus.officer("TN")
    for address in ADDRESSES:
        answer = bureaus.tunis.get(API + address)
        assert answer.status_code in {200, 400, 404}, (address, answer.text[:500])
        page = officer.get(address)
        assert page.status_code in {200, 303, 400, 404}, (address, page.text[:500])


def test_a_hostile_header_is_answered(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address = receipt.headers["location"]
    for header in (b'"' * 9000, b"\xff", b'W/"1"', b'"1", "2"', b"*, *"):
        assert bureaus.tunis.put(address, json=notice(), headers={b"If-Match": header}).status_code == 412
        assert bureaus.tunis.get(address, headers={b"If-None-Match": header}).status_code in {200, 304}
        assert bureaus.tunis.get(address, headers={b"Accept-Language": header}).status_code == 200
        assert bureaus.tunis.get(address, headers={b"Cookie": b"ilink_session=" + header}).status_code == 200
    for header in (b"\xff", b"", b"x" * 256, b"a\tb"):
        refused = bureaus.tunis.post(
            f"{API}/messages", json=diffusion(), headers={b"Idempotency-Key": header}
        )
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "application/xml", "application/json; charset=utf-16", "x"]
)
def test_only_json_is_taken(one_server: Bureaus, kind: str) -> None:
    body = json.dumps(NOTICE).encode()
    refused = one_server.tunis.post(f"{API}/messages", content=body, headers={"Content-Type": kind})
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "application/merge-patch+json", 'Application/JSON; charset="UTF-8"']
)
def test_json_is_taken_by_its_names(one_server: Bureaus, kind: str) -> None:
    body = json.dumps(NOTICE).encode()
    assert (
        one_server.tunis.post(f"{API}/validate", content=body, headers={"Content-Type": kind}).status_code
        == 200
    )


def test_a_long_body_is_refused_announced_or_not(one_server: Bureaus) -> None:
    headers = {"Content-Type": "application/json"}
    long = b'"' + b"x" * 1024 * 1024 + b'"'
    for content in (long, iter([long[:700_000], long[700_000:]])):
        refused = one_server.tunis.post(f"{API}/messages", content=content, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    page = one_server.client().post("/sign-in", content=long)
    assert page.status_code == 413
    lie = one_server.tunis.post(
        f"{API}/validate", content=b"{}", headers=headers | {"Content-Length": "9" * 40}
    )
    assert lie.status_code == 413
    none = one_server.tunis.post(f"{API}/validate", content=b"{}", headers=headers | {"Content-Length": "-1"})
    assert none.status_code == 400


def test_an_error_of_ours_is_not_told(
    one_server: Bureaus, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError(NOTICE["subject"]["family_name"])

    monkeypatch.setattr(one_server.app.state.levels, "faults", broken)
    with caplog.at_level(logging.ERROR):
        answer = one_server.tunis.post(f"{API}/validate", json=NOTICE)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["incident"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Benhaddou" not in answer.text + caplog.text


def test_a_database_that_is_away_is_busy(
    tmp_path_factory: pytest.TempPathFactory, one_server: Bureaus
) -> None:
    from ilink_runtime.writer import busy

    def away(*_: Any) -> Any:
        raise busy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_server.store, "aread", away)
        client: TestClient = one_server.tunis
        for path in ("/health", "/search"):
            answer = client.get(API + path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
