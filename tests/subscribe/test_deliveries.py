"""What a subscription is told, by asking with a cursor: on both databases, over HTTP."""

from __future__ import annotations

import base64
import io
import json
import threading
from typing import Any

import pytest
from sqlalchemy import select

from ilink_runtime import access, database, deliveries, people, subscriptions
from ilink_runtime.access import Reader
from ilink_runtime.adapters import loading
from ilink_runtime.adapters.formats import read as read_records
from ilink_runtime.deliveries import Given, Seen, changed
from ilink_runtime.problems import Problem
from tests.api.bureaus import Bureaus, diffusion, notice, publishable, sent
from tests.store.test_effects import request
from tests.subscribe.subscriber import Copy, subscribed

API = "/api/v1/messages"
HELD = Given("R", 1, "new", "RedNotice", "TN", 2, "published", "")
GONE = Given("R", 1, "removed", "RedNotice", "TN", None, None, "")


@pytest.mark.parametrize(
    ("given", "seen", "kind"),
    [
        (None, None, None),
        (None, Seen("R", "RedNotice", "TN", 2, "published"), "new"),
        (GONE, Seen("R", "RedNotice", "TN", 2, "published"), "new"),
        (GONE, None, None),
        (HELD, None, "removed"),
        (HELD, Seen("R", "RedNotice", "TN", 2, "published"), None),
        (HELD, Seen("R", "RedNotice", "TN", 3, "processing"), "amended"),
        (HELD, Seen("R", "RedNotice", "TN", 2, "withdrawn"), "withdrawn"),
    ],
)
def test_what_happened_follows_from_what_was_told_and_what_is_seen(
    given: Given | None, seen: Seen | None, kind: str | None
) -> None:
    assert changed(given, seen) == kind


def told(copy: Copy) -> list[tuple[str, str]]:
    return [(one["kind"], one["reference"]) for one in copy.follow()]


def amend(bureaus: Bureaus, reference: str, message: dict[str, Any]) -> None:
    etag = bureaus.tunis.get(f"{API}/{reference}").headers["etag"]
    said = bureaus.tunis.put(f"{API}/{reference}", json=message, headers={"If-Match": etag})
    assert said.status_code == 200, said.text


def delete(bureaus: Bureaus, reference: str) -> None:
    etag = bureaus.tunis.get(f"{API}/{reference}").headers["etag"]
    assert bureaus.tunis.delete(f"{API}/{reference}", headers={"If-Match": etag}).status_code == 204


def test_a_message_from_its_first_day_to_its_last(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, publishable()).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    (first,) = copy.follow()
    assert (first["kind"], first["owner"], first["status"], first["version"]) == (
        "new",
        "TN",
        "processing",
        1,
    )
    assert first["message"]["subject"]["family_name"] == "Benhaddou"
    assert copy.follow() == []
    etag = bureaus.lyon.get(f"{API}/{reference}").headers["etag"]
    assert bureaus.lyon.post(f"{API}/{reference}/publication", headers={"If-Match": etag}).status_code == 200
    assert told(copy) == [("published", reference)]
    amend(bureaus, reference, publishable() | {"urgency": "urgent"})
    assert told(copy) == [("amended", reference)]
    assert copy.held[reference]["message"]["urgency"] == "urgent"
    sent(bureaus.tunis, request("SuspensionRequest", reference))
    assert told(copy) == [("removed", reference)]
    etag = bureaus.tunis.get(f"{API}/{reference}").headers["etag"]
    bureaus.tunis.post(f"{API}/{reference}/resume", headers={"If-Match": etag})
    assert ("new", reference) in told(copy)  # not `resumed`: others do not learn why it was away
    delete(bureaus, reference)
    last = copy.follow()
    assert ("removed", reference) in [(one["kind"], one["reference"]) for one in last]
    assert all(set(one) == {"cursor", "kind", "reference", "at"} for one in last)
    assert copy.held == {}


def test_what_was_hidden_before_it_was_told_never_was(bureaus: Bureaus) -> None:
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    seen = sent(bureaus.tunis, diffusion()).json()["reference"]
    hidden = sent(bureaus.tunis, diffusion()).json()["reference"]
    amend(bureaus, hidden, diffusion(handling={"hidden_from": ["ES"]}))
    deleted = sent(bureaus.tunis, diffusion()).json()["reference"]
    delete(bureaus, deleted)
    assert told(copy) == [("new", seen)]
    amend(bureaus, seen, diffusion(recipients=["FR"]))
    assert told(copy) == [("removed", seen)]
    amend(bureaus, seen, diffusion(recipients=["FR"], urgency="urgent"))
    assert told(copy) == []


def test_asking_again_gives_the_same(bureaus: Bureaus) -> None:
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(5)]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"), limit=2)
    first = copy.page(0)
    assert [one["reference"] for one in first["deliveries"]] == references[:2]
    assert (first["next"], first["more"]) == (2, True)
    assert copy.page(0) == first
    second = copy.page(2)
    assert copy.page(0) == first
    assert copy.page(2) == second
    assert told(copy) == [("new", one) for one in references]
    assert copy.page(copy.cursor) == {"deliveries": [], "next": 5, "more": False}


def test_what_changed_since_comes_once_and_later(bureaus: Bureaus) -> None:
    """From an old cursor nothing is read that is no longer so, and nothing is missed."""
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(4)]
    identity = subscribed(bureaus, "ES")
    Copy(bureaus.madrid, identity).follow()
    sent(bureaus.tunis, request("SuspensionRequest", references[0]))
    amend(bureaus, references[1], diffusion(urgency="urgent"))
    again = Copy(bureaus.madrid, identity, limit=2)
    page = again.page()
    assert (page["deliveries"], page["more"]) == ([], True)  # both of the page have moved behind
    assert told(again)[:2] == [("new", references[2]), ("new", references[3])]
    assert set(again.held) == set(references[1:])
    assert again.held[references[1]]["message"]["urgency"] == "urgent"
    # what came back between two visits is not lost to who asks from the beginning
    etag = bureaus.tunis.get(f"{API}/{references[0]}").headers["etag"]
    bureaus.tunis.post(f"{API}/{references[0]}/resume", headers={"If-Match": etag})
    again.follow()
    assert references[0] in again.held


def test_requests_go_and_come_with_their_message(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    added = sent(bureaus.tunis, request("Addendum", reference)).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    copy.follow()
    assert set(copy.held) == {reference, added}
    sent(bureaus.tunis, request("SuspensionRequest", reference))
    copy.follow()
    assert copy.held == {}
    etag = bureaus.tunis.get(f"{API}/{reference}").headers["etag"]
    bureaus.tunis.post(f"{API}/{reference}/resume", headers={"If-Match": etag})
    copy.follow()
    assert set(copy.held) >= {reference, added}


def test_types_and_from_now(bureaus: Bureaus) -> None:
    before = sent(bureaus.tunis, notice()).json()["reference"]
    notices = Copy(bureaus.madrid, subscribed(bureaus, "ES", "notices", types=["RedNotice"]))
    later = Copy(bureaus.madrid, subscribed(bureaus, "ES", "later", from_now=True))
    after = sent(bureaus.tunis, diffusion()).json()["reference"]
    assert told(notices) == [("new", before)]
    assert told(later) == [("new", after)]
    delete(bureaus, before)
    assert told(notices) == [("removed", before)]
    assert told(later) == []


def test_a_part_that_is_hidden_is_in_no_delivery(bureaus: Bureaus) -> None:
    entries = [{"pointer": "/subject/phone_numbers", "restricted_to": ["ES"]}]
    message = notice(handling={"field_restrictions": entries})
    reference = sent(bureaus.tunis, message).json()["reference"]
    madrid = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    paris = Copy(bureaus.paris, subscribed(bureaus, "FR"))
    misp = Copy(bureaus.paris, subscribed(bureaus, "FR", "misp", adapter="misp-interpol-notice"))
    csv = Copy(bureaus.paris, subscribed(bureaus, "FR", "csv", adapter="zz-csv-arabic"))
    for copy in (madrid, paris, misp, csv):
        copy.follow()
    assert "+21620123456" in json.dumps(madrid.held[reference])
    for copy in (paris, misp, csv):
        assert "21620123456" not in _all_text(copy.held[reference])


def _all_text(item: dict[str, Any]) -> str:
    record = item.get("record", {})
    return json.dumps(item) + base64.b64decode(record.get("base64", "")).decode("windows-1256")


def test_a_delivery_is_in_the_format_of_the_country(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, notice(review_date="2027-05-01")).json()["reference"]
    sent(bureaus.tunis, diffusion())
    csv = Copy(bureaus.madrid, subscribed(bureaus, "ES", "csv", adapter="ch-csv-recherche"))
    (one,) = csv.follow()
    assert (one["reference"], one["record"]["media_type"]) == (reference, "text/csv; charset=iso-8859-1")
    assert "message" not in one
    record = base64.b64decode(one["record"]["base64"])
    spec = bureaus.app.state.adapters["ch-csv-recherche"].spec
    (entry,) = _entries(record, spec)
    assert entry.tree is not None
    assert (entry.tree["ILINK_OWNER"], entry.tree["ILINK_EXPIRES_AT"]) == ("TN", one["expires_at"])
    assert "Benhaddou" in entry.tree.values()
    misp = Copy(bureaus.madrid, subscribed(bureaus, "ES", "misp", adapter="misp-interpol-notice"))
    (one,) = misp.follow()
    assert one["record"]["media_type"] == "application/json"
    assert "Benhaddou" in json.dumps(one["record"]["json"])


def _entries(record: bytes, spec: Any) -> list[Any]:
    return list(read_records(io.BytesIO(record), spec))


def test_what_cannot_be_said_in_the_format_comes_by_its_reference(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, publishable()).json()["reference"]
    public = Copy(bureaus.madrid, subscribed(bureaus, "ES", adapter="interpol-public-red"))
    (one,) = public.follow()
    assert one["reasons"] == [{"code": "not_published", "place": ""}]
    assert not {"record", "message"} & set(one)
    amend(bureaus, reference, publishable() | {"public_extract_consent": True})
    (one,) = public.follow()
    assert one["reasons"], "a notice that awaits publication is not public, whatever its sender consents to"
    etag = bureaus.lyon.get(f"{API}/{reference}").headers["etag"]
    bureaus.lyon.post(f"{API}/{reference}/publication", headers={"If-Match": etag})
    (one,) = public.follow()
    assert one["record"]["json"]


def test_a_name_that_lists_withhold_is_not_pushed(bureaus: Bureaus) -> None:
    child = diffusion()
    child["subject"]["date_of_birth"] = "2015-05-17"
    reference = sent(bureaus.tunis, child).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    (one,) = copy.follow()
    assert (one["reference"], one["reasons"]) == (reference, [{"code": "withheld", "place": ""}])
    assert "Benhaddou" not in json.dumps(one)
    own = Copy(bureaus.tunis, subscribed(bureaus, "TN"))
    assert own.follow()[0]["message"]["subject"]["family_name"] == "Benhaddou"


def test_a_service_is_told_what_it_may_see(bureaus: Bureaus) -> None:
    bureaus.store.write(lambda c: people.create_entity(c, "FR", "dgpn", "Police"))
    secret = bureaus.store.write(lambda c: people.create_token(c, "FR", "cars", "read", entity="dgpn"))
    service = bureaus.client("FR")
    service.headers["authorization"] = f"Bearer {secret}"
    copy = Copy(service, subscribed(bureaus, "FR", "cars", entity="dgpn"))
    of_bureau = Copy(bureaus.paris, subscribed(bureaus, "FR", "cases"))
    sent(bureaus.tunis, diffusion(handling={"hidden_from_entities": ["FR/dgpn"]}))
    assert told(copy) == []
    assert len(told(of_bureau)) == 1
    for client, other in ((service, of_bureau), (bureaus.paris, copy), (bureaus.madrid, copy)):
        path = f"/api/v1/subscriptions/{other.subscription}"
        assert client.get(f"{path}/deliveries").status_code == 404
        assert client.post(f"{path}/confirmations", json={"references": []}).status_code == 404
        listed = client.get("/api/v1/subscriptions").json()["subscriptions"]
        assert other.subscription not in {one["id"] for one in listed}


def test_paused_and_ended(bureaus: Bureaus) -> None:
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    path = f"/api/v1/subscriptions/{copy.subscription}/deliveries"
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    _set(bureaus, "paused")
    assert bureaus.madrid.get(path).status_code == 409
    _set(bureaus, "active")
    assert told(copy) == [("new", reference)]
    _set(bureaus, "ended")
    assert bureaus.madrid.get(path).status_code == 404
    with pytest.raises(Problem):
        _set(bureaus, "active")
    assert subscribed(bureaus, "ES") != copy.subscription  # the name is free again


def _set(bureaus: Bureaus, state: str) -> None:
    bureaus.store.write(lambda c: subscriptions.set_state(c, "ES", "copy", state))


def test_a_cursor_of_nowhere_is_said_to_be_one(bureaus: Bureaus) -> None:
    path = f"/api/v1/subscriptions/{subscribed(bureaus, 'ES')}/deliveries"
    for after, status in (("7", 409), ("x", 400), ("-1", 400), ("99999999999999999999", 400), ("0", 200)):
        assert bureaus.madrid.get(path, params={"after": after}).status_code == status
    assert bureaus.madrid.get(path, params={"limit": 0}).status_code == 200
    assert bureaus.madrid.get(path, params={"limit": 201}).status_code == 400
    assert bureaus.client().get(path).status_code == 401
    assert bureaus.madrid.get("/api/v1/subscriptions/nothing/deliveries").status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"name": "no spaces"},
        {"purpose": " "},
        {"code": "XX"},
        {"entity": "dgpn"},
        {"types": ["Nothing"]},
        {"adapter": "nothing"},
        {"adapter": "icao-9303-td3"},
        {"adapter": "zz-csv-arabic", "types": ["YellowNotice"]},
    ],
)
def test_what_the_administrator_cannot_make(bureaus: Bureaus, more: dict[str, Any]) -> None:
    said = {"code": "ES", "name": "copy", "purpose": "p"} | more
    state = bureaus.app.state
    adapters = loading.described(state.settings.standard)["adapters"]
    with pytest.raises(Problem):
        bureaus.store.write(lambda c: subscriptions.create(c, state.bundle, adapters, **said))
    subscribed(bureaus, "ES")
    with pytest.raises(Problem):
        subscribed(bureaus, "ES")


def test_each_delivery_is_in_the_audit(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    copy.follow()
    copy.follow()
    table = database.audit
    rows = bureaus.store.read(lambda c: c.execute(select(table).where(table.c.action == "deliver")).all())
    assert [(row.actor, row.bureau, row.purpose, row.reference) for row in rows] == [
        ("token:system", "ES", "case work", reference)
    ]


def test_nothing_is_lost_while_many_write(bureaus: Bureaus) -> None:
    """Writers and two visitors at a time: in the end each copy holds what its bureau may see."""
    identity = subscribed(bureaus, "ES")
    ours = [Copy(bureaus.client("ES"), identity, limit=3) for _ in range(2)]
    writing, failed = threading.Event(), []
    writing.set()

    def write() -> None:
        try:
            for number in range(8):
                reference = sent(bureaus.client("TN"), diffusion()).json()["reference"]
                if number % 3 == 0:
                    delete(bureaus, reference)
        except BaseException as error:
            failed.append(error)

    def visit(copy: Copy) -> None:
        try:
            while writing.is_set():
                copy.follow()
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(3)]
    visitors = [threading.Thread(target=visit, args=(copy,)) for copy in ours]
    for thread in (*writers, *visitors):
        thread.start()
    for thread in writers:
        thread.join(60)
    writing.clear()
    for thread in visitors:
        thread.join(60)
    assert not failed
    spain = Reader("ES", "token:system", "p")
    table = database.message
    seen = bureaus.store.read(
        lambda c: set(c.scalars(select(table.c.reference).where(access.visible(spain))))
    )
    for copy in ours:
        copy.follow()
        assert set(copy.held) == seen
    assert len(seen) == 15


def test_of_two_who_read_the_same_one_writes(bureaus: Bureaus) -> None:
    """The other reads again: a number is given once."""
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(2)]
    identity = subscribed(bureaus, "ES")

    def read(after: int) -> deliveries.Page:
        return bureaus.store.read(lambda c: deliveries.read(c, _no_adapter, identity, None, after, 1))

    def record(page: deliveries.Page) -> bool:
        return bureaus.store.write(lambda c: deliveries.record(c, page, None))

    assert [record(page) for page in (read(0), read(0))] == [True, False]
    assert record(read(1))
    sent(bureaus.tunis, request("SuspensionRequest", references[0]))
    assert [record(page) for page in (read(0), read(0))] == [True, False]


def _no_adapter(name: str) -> Any:
    raise KeyError(name)


def test_an_adapter_that_is_gone_is_said_to_be(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, notice())
    identity = subscribed(bureaus, "ES", adapter="zz-csv-arabic")
    with pytest.raises(Problem) as caught:
        bureaus.store.read(lambda c: deliveries.read(c, _no_adapter, identity, None, 0, 1))
    assert caught.value.status == 409


def test_long_news_of_others_is_looked_through_once(
    bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 3)
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    for _ in range(7):
        sent(bureaus.tunis, diffusion(recipients=["FR"]))
    assert told(copy) == []
    found = bureaus.store.read(lambda c: subscriptions.find(c, copy.subscription))
    assert found.position >= 7
    seen = sent(bureaus.tunis, diffusion()).json()["reference"]
    assert told(copy) == [("new", seen)]
