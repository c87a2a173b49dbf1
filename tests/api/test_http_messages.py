"""Messages over HTTP, on both databases: recorded, read, amended, published, returned, deleted."""

from __future__ import annotations

from sqlalchemy import select

from ilink_runtime.database import audit
from tests.api.bureaus import Bureaus, diffusion, notice, publishable, sent

MESSAGES = "/api/v1/messages"


def test_a_message_is_recorded_and_read(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    reference = receipt.json()["reference"]
    assert receipt.headers["location"] == f"{MESSAGES}/{reference}"
    assert receipt.json()["status"] == "processing"
    assert {fault["level"] for fault in receipt.json()["warnings"]} <= {"quality"}

    read = bureaus.madrid.get(f"{MESSAGES}/{reference}?lang=en")
    assert read.status_code == 200
    assert read.headers["etag"] == receipt.headers["etag"]
    assert read.headers["cache-control"] == "no-store"
    said = read.json()
    assert said["message"] == notice()
    assert (said["owner"], said["type"], said["version"]) == ("TN", "RedNotice", 1)
    assert said["status_label"] == "Request being processed"
    assert "being processed" in said["alert"]
    assert "Tunisia (TN)" in said["alert"]


def test_a_diffusion_goes_straight_to_its_recipients(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion(recipients=["ES"])).json()["reference"]
    read = bureaus.madrid.get(f"{MESSAGES}/{reference}")
    assert read.json()["status"] == "sent"
    assert "being processed" not in read.json()["alert"]
    assert bureaus.paris.get(f"{MESSAGES}/{reference}").status_code == 404


def test_who_has_it_already_gets_304(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address = receipt.headers["location"]
    again = bureaus.tunis.get(address, headers={"If-None-Match": receipt.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert bureaus.tunis.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_same_key_records_once(bureaus: Bureaus) -> None:
    first = sent(bureaus.tunis, notice(), **{"Idempotency-Key": "k-1"})
    again = sent(bureaus.tunis, notice(), **{"Idempotency-Key": "k-1"})
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other = bureaus.tunis.post(MESSAGES, json=diffusion(), headers={"Idempotency-Key": "k-1"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert sent(bureaus.madrid, notice(), **{"Idempotency-Key": "k-1"}).json() != first.json()
    assert bureaus.tunis.get("/api/v1/search").json()["total"] == 2


def test_a_change_needs_the_version_it_means(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address, etag = receipt.headers["location"], receipt.headers["etag"]
    changed = notice(urgency="urgent")
    assert bureaus.tunis.put(address, json=changed).json()["code"] == "precondition_required"
    assert bureaus.tunis.put(address, json=changed, headers={"If-Match": "*"}).status_code == 428
    amended = bureaus.tunis.put(address, json=changed, headers={"If-Match": etag})
    assert (amended.status_code, amended.json()["version"]) == (200, 2)
    late = bureaus.tunis.put(address, json=changed, headers={"If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert bureaus.tunis.get(address).headers["etag"] == amended.headers["etag"]

    history = bureaus.madrid.get(f"{address}/history?lang=en").json()["revisions"]
    assert [revision["version"] for revision in history] == [2, 1]
    assert history[0]["differences"] == [
        {"pointer": "/urgency", "label": "Urgency", "before": None, "after": "urgent"}
    ]


def test_only_the_owner_amends_and_deletes(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address, match = receipt.headers["location"], {"If-Match": receipt.headers["etag"]}
    for stranger in (bureaus.madrid, bureaus.lyon):
        refused = stranger.put(address, json=notice(), headers=match)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
        assert stranger.put(address, json=notice(purpose=5), headers=match).status_code == 403
        assert stranger.delete(address, headers=match).json()["code"] == "not_yours"
    assert bureaus.tunis.delete(address).status_code == 428
    assert bureaus.tunis.delete(address, headers=match).status_code == 204
    assert bureaus.tunis.get(address).status_code == 404
    assert bureaus.tunis.delete(address, headers=match).status_code == 404


def test_the_type_stays(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    match = {"If-Match": receipt.headers["etag"]}
    refused = bureaus.tunis.put(receipt.headers["location"], json=diffusion(), headers=match)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_publication_says_all_that_is_missing(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address, match = receipt.headers["location"], {"If-Match": receipt.headers["etag"]}
    assert bureaus.tunis.post(f"{address}/publication", headers=match).json()["code"] == "scope"
    refused = bureaus.lyon.post(f"{address}/publication", headers=match)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert "/facts_summary" in [fault["pointer"] for fault in refused.json()["errors"]]
    assert bureaus.lyon.get(address).json()["status"] == "processing"


def test_a_notice_is_published(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, publishable())
    address, match = receipt.headers["location"], {"If-Match": receipt.headers["etag"]}
    assert bureaus.lyon.post(f"{address}/publication").status_code == 428
    published = bureaus.lyon.post(f"{address}/publication", headers=match)
    assert (published.status_code, published.json()["status"]) == (200, "published"), published.text
    assert published.headers["etag"] != receipt.headers["etag"]
    assert bureaus.lyon.post(f"{address}/publication", headers=match).status_code == 412
    again = bureaus.lyon.post(f"{address}/publication", headers={"If-Match": published.headers["etag"]})
    assert again.json()["code"] == "not_reviewable"
    assert "being processed" not in bureaus.madrid.get(address).json()["alert"]


def test_a_notice_is_returned_with_the_reason(bureaus: Bureaus) -> None:
    receipt = sent(bureaus.tunis, notice())
    address, match = receipt.headers["location"], {"If-Match": receipt.headers["etag"]}
    for reason in ({}, {"reason": " "}, {"reason": 5}, {"reason": "x" * 5000}):
        assert bureaus.lyon.post(f"{address}/return", json=reason, headers=match).status_code == 422
    returned = bureaus.lyon.post(f"{address}/return", json={"reason": "No warrant."}, headers=match)
    assert returned.json()["status"] == "returned"
    assert bureaus.tunis.get(address).json()["returned_reason"] == "No warrant."
    assert bureaus.madrid.get(address).status_code == 404


def test_threads_say_why(bureaus: Bureaus) -> None:
    first = sent(bureaus.tunis, notice()).json()["reference"]
    second = sent(bureaus.madrid, diffusion()).json()["reference"]
    found = bureaus.paris.get(f"{MESSAGES}/{first}/threads?lang=en").json()["threads"]
    phone = next(thread for thread in found if thread["kind"] == "PhoneNumber")
    assert phone["canonical"] == "+21620123456"
    assert [other["hit"]["reference"] for other in phone["others"]] == [second]
    assert phone["paths"] == ["/subject/phone_numbers/0/number"]
    assert phone["labels"][0].endswith("Phone number")


def test_search_finds_in_another_script(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, notice()).json()["reference"]
    for asked in ("benhaddou", "بن حدو", "X1234567", "+216 20 123 456", reference):
        found = bureaus.madrid.get("/api/v1/search", params={"q": asked, "lang": "fr"}).json()
        assert [hit["reference"] for hit in found["hits"]] == [reference], asked
    assert found["facets"]["owner"] == {"TN": 1}
    nothing = bureaus.madrid.get("/api/v1/search", params={"q": "benhaddou", "owner": "ES"}).json()
    assert nothing["total"] == 0


def test_search_refuses_what_it_cannot_read(bureaus: Bureaus) -> None:
    for query in ("limit=x", "limit=101", "offset=-1", "type=Red", "status=x", "owner=ab%20c", "limit=٣"):
        refused = bureaus.madrid.get(f"/api/v1/search?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_request"), query
        assert refused.json()["parameter"] == query.partition("=")[0]


def test_faults_come_in_the_language_of_the_reader(bureaus: Bureaus) -> None:
    broken = notice(subject={"family_name": 5}, urgent=True)
    for language in ("en", "ar", "es", "fr"):
        refused = bureaus.tunis.post(MESSAGES, json=broken, headers={"Accept-Language": language})
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["content-language"] == language
        pointers = {fault["pointer"]: fault["code"] for fault in refused.json()["errors"]}
        assert pointers["/subject/family_name"] == "type"
        assert pointers["/subject/status"] == "required"
        assert pointers["/urgent"] == "unknown_field"


def test_the_type_is_named_or_suggested(bureaus: Bureaus) -> None:
    refused = bureaus.tunis.post(MESSAGES, json=notice(message_type="RedNotic"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/message_type"
    assert refused.json()["suggestion"] == "RedNotice"
    missing = bureaus.tunis.post(MESSAGES, json={"purpose": "locate"})
    assert missing.json()["errors"][0]["code"] == "required"
    nothings: tuple[object, ...] = ([], "text", 5)
    for nothing in nothings:
        assert bureaus.tunis.post(MESSAGES, json=nothing).status_code == 422


def test_every_read_is_in_the_audit_with_its_purpose(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, notice()).json()["reference"]
    reader = bureaus.client("ES", "contrôle d'identité")
    for path in ("", "/history", "/threads"):
        assert reader.get(f"{MESSAGES}/{reference}{path}").status_code == 200
    assert reader.get("/api/v1/search?q=Benhaddou").status_code == 200
    assert reader.get(f"{MESSAGES}/2026-00000000").status_code == 404
    entries = bureaus.store.read(
        lambda c: c.execute(
            select(audit).where(audit.c.bureau == "ES", audit.c.actor == "token:system")
        ).all()
    )
    assert [(entry.action, entry.reference) for entry in entries] == [
        ("read", reference),
        ("history", reference),
        ("threads", reference),
        ("search", None),
    ]
    assert {entry.purpose for entry in entries} == {"contrôle d'identité"}
    assert "Benhaddou" not in entries[-1].detail
