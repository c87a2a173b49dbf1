"""Two worlds that differ only in what is hidden from Paris: Paris hears the same in both, on every route.

In one world Tunis sends a second diffusion to Madrid alone, with the same phone, passport and name
as a message that Paris sees; Madrid amends nothing, Tunis deletes another hidden one. Photographs
are uploaded for hidden messages, and Paris asks for them by their hash everywhere. And a message
that Paris sees in both has parts, in that world alone, which Paris may not see. References,
instants and random ids are made alike, then every answer is compared byte by byte. In both worlds Tunis
sets aside a message that Paris saw, of which Paris hears only that it is gone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from ilink_runtime import access, feed, pages, restriction
from ilink_runtime.access import Reader
from ilink_runtime.api.operations import OPERATIONS
from ilink_runtime.bundle import Bundle
from tests.api.bureaus import Bureaus, diffusion, notice, opened, person_query, sent
from tests.databases import Databases, OnSqlite
from tests.store.test_effects import request

NOWHERE = "2020-00000000"
#: A photograph that Paris may see, and one of the hidden messages.
SEEN, SECRET = (b"\x89PNG\r\n\x1a\n" + name for name in (b"seen", b"secret"))
HASHES = {"SEEN FILE": sha256(SEEN).hexdigest(), "SECRET FILE": sha256(SECRET).hexdigest()}
QUERIES = (
    "",
    "Benhaddou",
    "بن حدو",
    "X1234567",
    "+21620123456",
    "Verborgen",
    "Benhadou",
    "HIDDEN/1",
    "+34600111222",
)
RANDOM = re.compile(
    r"[0-9a-f]{32}|2[0-9]{3}-[0-9A-Z]{8}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|[0-9]{1,2} \w+ [0-9]{4}, [0-9:]{5}"
)
Answers = dict[str, tuple[int, dict[str, str], str]]


def _page_routes(router: Any) -> Iterator[tuple[str, str]]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in sorted(route.methods or ()))
        elif hasattr(route, "original_router"):
            yield from _page_routes(route.original_router)


ROUTES = sorted({*((one.method, "/api/v1" + one.path) for one in OPERATIONS), *_page_routes(pages.router)})
#: Streams never end (asked for otherwise below); leaving the desk would end the others' answers.
LEFT_OUT = {("GET", "/api/v1/stream"), ("POST", "/sign-out"), ("POST", "/sign-in"), ("POST", "/demo/sign-in")}


def _hide(bureaus: Bureaus) -> dict[str, str]:
    """What only one world has; the references under names."""
    for bureau in (bureaus.tunis, bureaus.madrid):
        _upload(bureau, SECRET)
    subject = diffusion()["subject"] | {"other_names": [{"kind": "alias", "family_name": "Verborgen"}]}
    subject |= _photographed("SECRET FILE")["subject"]
    to_madrid = sent(
        bureaus.tunis, diffusion(subject=subject, recipients=["ES"], national_reference="HIDDEN/1")
    )
    hidden = sent(bureaus.madrid, _photographed("SECRET FILE", handling={"hidden_from": ["FR"]}))
    gone = sent(bureaus.tunis, diffusion(handling={"restricted_to": ["ES"]}))
    question = sent(bureaus.madrid, person_query()).json()["reference"]
    bureaus.tunis.delete(gone.headers["location"], headers={"If-Match": gone.headers["etag"]})
    amended = {"If-Match": hidden.headers["etag"]}
    changed = notice(handling={"hidden_from": ["FR"]}, urgency="urgent")
    assert bureaus.madrid.put(hidden.headers["location"], json=changed, headers=amended).status_code == 200
    _ask_about(bureaus, to_madrid.json()["reference"])
    return {
        "HIDDEN": to_madrid.json()["reference"],
        "HIDDEN NOTICE": hidden.json()["reference"],
        "HIDDEN QUERY": question,
        "GONE": gone.json()["reference"],
    }


def _partly(number: str, *, with_hidden: bool) -> dict[str, Any]:
    """A message of which Paris sees all but, in one world, two parts; nor does it learn of them."""
    phones = [{"number": "+21655555555"}]
    subject = diffusion()["subject"] | {"phone_numbers": phones}
    if not with_hidden:
        return diffusion(subject=subject)
    entries = [
        {"pointer": "/subject/phone_numbers/0", "restricted_to": ["ES"]},
        {"pointer": "/subject/other_names", "hidden_from": ["FR"]},
    ]
    subject |= {
        "phone_numbers": [{"number": number}, *phones],
        "other_names": [{"kind": "alias", "family_name": "Verborgen"}],
    }
    handling = {"field_restrictions": entries, "hidden_from": ["DE"], "hidden_from_entities": ["FR/dgpn"]}
    return diffusion(subject=subject, handling=handling)


def _send_partly(bureaus: Bureaus, *, with_hidden: bool) -> str:
    """Sends it, and amends it."""
    first = sent(bureaus.tunis, _partly("+21620123456", with_hidden=with_hidden))
    changed = _partly("+34600111222", with_hidden=with_hidden) | {"urgency": "urgent"}
    amended = bureaus.tunis.put(
        first.headers["location"], json=changed, headers={"If-Match": first.headers["etag"]}
    )
    assert amended.status_code == 200
    return str(first.json()["reference"])


def _ask_about(bureaus: Bureaus, hidden: str) -> None:
    """Requests about a hidden message, of every effect and of three bureaus: as hidden as it is."""
    for kind in ("Addendum", "ExtensionRequest", "SuspensionRequest"):
        sent(bureaus.tunis, request(kind, hidden))
    etag = bureaus.tunis.get(f"/api/v1/messages/{hidden}").headers["etag"]
    resumed = bureaus.tunis.post(f"/api/v1/messages/{hidden}/resume", headers={"If-Match": etag})
    assert resumed.status_code == 200
    asked = sent(bureaus.madrid, request("CancellationRequest", hidden))
    match = {"If-Match": asked.headers["etag"]}
    accepted = bureaus.lyon.post(f"{asked.headers['location']}/publication", headers=match)
    assert accepted.status_code == 200


def _world(bureaus: Bureaus, *, with_hidden: bool) -> Answers:
    """All that Paris can ask, and what it is answered."""
    _upload(bureaus.tunis, SEEN)
    first = sent(bureaus.tunis, _photographed("SEEN FILE")).json()["reference"]
    hidden = dict.fromkeys(("HIDDEN", "HIDDEN NOTICE", "HIDDEN QUERY", "GONE"), NOWHERE)
    if with_hidden:
        hidden = _hide(bureaus)
    second = sent(bureaus.madrid, diffusion()).json()["reference"]
    subject = diffusion()["subject"] | {"phone_numbers": [{"number": "+34600111222"}]}
    own = sent(bureaus.paris, _photographed("SECRET FILE", diffusion, recipients=["TN"], subject=subject))
    own = own.json()["reference"]
    partly = _send_partly(bureaus, with_hidden=with_hidden)
    aside = sent(bureaus.tunis, diffusion()).json()["reference"]
    added = sent(bureaus.tunis, request("Addendum", aside)).json()["reference"]
    sent(bureaus.tunis, request("SuspensionRequest", aside))
    asked = sent(bureaus.paris, person_query()).json()["reference"]
    references = {
        "FIRST": first,
        "SECOND": second,
        "OWN": own,
        "PARTLY": partly,
        "ASIDE": aside,
        "ADDED": added,
        "QUERY": asked,
        **hidden,
    }
    # What was asked stands in some answers; in both worlds it was nothing that Paris may see.
    names = {reference: "ASKED" if name in hidden else name for name, reference in references.items()}
    officer, csrf = bureaus.officer("FR")
    names[csrf] = "CSRF"
    begun = {"type": "RedNotice", "body": _photographed("SECRET FILE")}
    draft = bureaus.paris.post("/api/v1/drafts", json=begun).json()["id"]

    answers: Answers = {}
    for method, path in ROUTES:
        if (method, path) in LEFT_OUT:
            continue
        asked = references.items() if "{reference}" in path else [("", "")]
        guessed = HASHES.items() if "{sha256}" in path else [("", "")]
        for (called, reference), (photo, hash_) in product(asked, guessed):
            name = f"{called} {photo}".strip()
            place = re.sub(r"\{(type|message_type)[^}]*\}", "RedNotice", path)
            place = re.sub(r"\{(id|draft_id)[^}]*\}", draft, place)
            place = place.replace("{reference}", reference).replace("{name}", "Country")
            place = place.replace("{sha256}", hash_)
            api = path.startswith("/api/")
            client: TestClient = bureaus.paris if api else officer
            for query in QUERIES if path.endswith("/search") or path == "/" else ("",):
                more: dict[str, Any] = {"params": {"q": query, "lang": "en"}}
                if method in ("POST", "PUT", "DELETE"):
                    more["headers"] = {"If-Match": '"1"', "X-CSRF-Token": csrf}
                    more |= (
                        {"json": notice()} if api else {"data": {"csrf": csrf, "reason": "x", "lang": "en"}}
                    )
                said = client.request(method, place, **more)
                answers[f"{method} {path} {name} {query}"] = (
                    said.status_code,
                    {k: _alike(v, names) for k, v in said.headers.items() if k != "content-length"},
                    _alike(said.text, names),
                )
    paris = Reader("FR", "x", "p")
    _upto, news = bureaus.store.read(lambda c: feed.news_for(c, paris, 0))
    answers["stream"] = (200, {}, _alike(b"".join(map(feed.event, news)).decode(), names))
    return answers


def _upload(client: TestClient, content: bytes) -> None:
    assert client.put("/api/v1/files", content=content).status_code == 201


def _photographed(photo: str, kind: Callable[..., Any] = notice, **changes: Any) -> dict[str, Any]:
    """A message with a photograph."""
    message: dict[str, Any] = kind(**changes)
    message["subject"]["photographs"] = [{"file_name": "photo.png", "sha256": HASHES[photo]}]
    return message


def _alike(text: str, names: dict[str, str]) -> str:
    for found, name in names.items():
        text = text.replace(found, name)
    return RANDOM.sub("…", text)


def _both(databases: Databases, standard: Bundle) -> tuple[Answers, Answers]:
    with opened(databases.ready(standard)) as bureaus:
        without = _world(bureaus, with_hidden=False)
    with opened(databases.ready(standard)) as bureaus:
        return without, _world(bureaus, with_hidden=True)


def test_a_hidden_message_changes_nothing(databases: Databases, standard: Bundle) -> None:
    without, with_hidden = _both(databases, standard)
    assert without.keys() == with_hidden.keys()
    different = {key: (without[key], with_hidden[key]) for key in without if without[key] != with_hidden[key]}
    assert not different
    assert {status for status, _headers, _text in without.values()} >= {200, 403, 404}
    files = {key: status for key, (status, _headers, _text) in with_hidden.items() if "/files/" in key}
    assert [key.split("} ")[1].strip() for key, status in files.items() if status == 200] == [
        "FIRST SEEN FILE"
    ]
    assert not [key for key, (status, _headers, _text) in with_hidden.items() if status >= 500]


def test_the_comparison_sees_a_leak(
    tmp_path: Path, standard: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the predicate planted open, the two worlds differ on every kind of route."""
    from sqlalchemy import true

    for module in (access, *_users_of_visible()):
        if hasattr(module, "visible"):
            monkeypatch.setattr(module, "visible", lambda _reader: true())
    without, with_hidden = _both(OnSqlite(tmp_path), standard)
    different = {key for key in without if without[key] != with_hidden[key]}
    leaking = (
        "GET /api/v1/messages/{reference} HIDDEN",
        "GET /api/v1/messages/{reference}/files/{sha256} HIDDEN SECRET FILE",
        "GET /api/v1/messages/{reference}/threads FIRST",
        "GET /api/v1/messages/{reference}/history HIDDEN",
        "GET /api/v1/search",
        "stream",
        "GET / ",
        "GET /search",
        "GET /api/v1/messages/{reference}/candidates QUERY",
        "GET /messages/{reference} QUERY",
        "GET /messages/{reference} HIDDEN",
        "GET /threads/{reference} FIRST",
    )
    for place in leaking:
        assert any(place in key for key in different), place


def _users_of_visible() -> list[Any]:
    from ilink_runtime import candidates, search, submission, threads

    return [candidates, search, submission, threads, feed]


def test_the_comparison_sees_a_part_leak(
    tmp_path: Path, standard: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing taken out of a message, what Paris reads of it differs; so does what it finds."""
    monkeypatch.setattr(restriction, "redacted", lambda message, *_: message)
    monkeypatch.setattr(restriction, "open_part", lambda message: message)
    without, with_hidden = _both(OnSqlite(tmp_path), standard)
    different = {key for key in without if without[key] != with_hidden[key]}
    leaking = (
        "GET /api/v1/messages/{reference} PARTLY",
        "GET /api/v1/messages/{reference}/history PARTLY",
        "GET /api/v1/messages/{reference}/threads OWN",
        "GET /api/v1/search  Verborgen",
        "GET /search  Verborgen",
        "GET /messages/{reference} PARTLY",
        "GET /messages/{reference}/history PARTLY",
        "GET /threads/{reference} OWN",
    )
    for place in leaking:
        assert any(place in key for key in different), place
