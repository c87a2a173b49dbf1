"""Drafts over HTTP: they belong to the bureau, and no saving is lost."""

from __future__ import annotations

from tests.api.bureaus import Bureaus, notice, sent

DRAFTS = "/api/v1/drafts"


def test_a_draft_is_begun_saved_and_thrown_away(bureaus: Bureaus) -> None:
    begun = bureaus.tunis.post(DRAFTS, json={"type": "RedNotice", "language": "ar", "body": {"purpose": 5}})
    assert begun.status_code == 201, begun.text
    address = begun.headers["location"]
    assert begun.json()["body"] == {"purpose": 5}
    assert bureaus.tunis.put(address, json={"body": {}}).status_code == 428
    match = {"If-Match": begun.headers["etag"]}
    saved = bureaus.tunis.put(address, json={"body": {"a": 1}, "language": "fr"}, headers=match)
    assert (saved.json()["revision"], saved.json()["language"]) == (2, "fr")
    for etag in (begun.headers["etag"], '"x"', '"99999999999"', "W/"):
        late = bureaus.tunis.put(address, json={"body": {}}, headers={"If-Match": etag})
        assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert bureaus.tunis.get(address).json()["body"] == {"a": 1}
    assert [draft["id"] for draft in bureaus.tunis.get(DRAFTS).json()["drafts"]] == [begun.json()["id"]]
    assert "body" not in bureaus.tunis.get(DRAFTS).json()["drafts"][0]
    assert bureaus.tunis.delete(address).status_code == 204
    assert bureaus.tunis.get(address).status_code == 404


def test_a_draft_belongs_to_its_bureau(bureaus: Bureaus) -> None:
    begun = bureaus.tunis.post(DRAFTS, json={"type": "RedNotice"})
    address, match = begun.headers["location"], {"If-Match": begun.headers["etag"]}
    for stranger in (bureaus.madrid, bureaus.lyon):
        assert stranger.get(address).status_code == 404
        assert stranger.put(address, json={"body": {}}, headers=match).status_code == 404
        assert stranger.delete(address).status_code == 404
        assert stranger.get(DRAFTS).json() == {"drafts": []}


def test_a_draft_may_amend_ones_own_message(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, notice()).json()["reference"]
    begun = {"type": "RedNotice", "reference": reference, "body": notice()}
    assert bureaus.tunis.post(DRAFTS, json=begun).json()["reference"] == reference
    assert bureaus.madrid.post(DRAFTS, json=begun).json()["code"] == "not_yours"
    assert bureaus.tunis.post(DRAFTS, json=begun | {"reference": "2026-00000000"}).status_code == 404
    other = bureaus.tunis.post(DRAFTS, json=begun | {"type": "WantedPersonDiffusion"})
    assert other.json()["code"] == "conflict"


def test_what_a_draft_cannot_be(bureaus: Bureaus) -> None:
    for sent_ in (
        {},
        {"type": 5},
        {"type": "RedNotice", "language": "xx"},
        {"type": "RedNotice", "body": []},
    ):
        assert bureaus.tunis.post(DRAFTS, json=sent_).status_code == 422, sent_
    assert bureaus.tunis.post(DRAFTS, json={"type": "Nothing"}).status_code == 404
    assert bureaus.tunis.post(DRAFTS, json={"type": "RedNotice", "reference": 5}).status_code == 404
