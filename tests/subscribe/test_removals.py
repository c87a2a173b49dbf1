"""Copies that are to be removed: listed to the owner until the bureau says that they are gone."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from ilink_runtime import people, subscriptions
from ilink_runtime.languages import Languages
from tests.api.bureaus import Bureaus, diffusion, sent
from tests.subscribe.subscriber import Copy, subscribed
from tests.subscribe.test_deliveries import amend, delete

REMOVALS = "/api/v1/removals"


def listed(client: TestClient, state: str = "unconfirmed") -> list[tuple[str, str, bool]]:
    """Reference, bureau, and whether it was told."""
    said = client.get(REMOVALS, params={"state": state})
    assert said.status_code == 200, said.text
    found = said.json()
    assert found["total"] == len(found["removals"])
    return [(one["reference"], one["bureau"], one["told_at"] is not None) for one in found["removals"]]


def test_from_the_deletion_to_its_confirmation(bureaus: Bureaus) -> None:
    deleted, hidden, kept = (sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(3))
    madrid = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    paris = Copy(bureaus.paris, subscribed(bureaus, "FR"))
    for copy in (madrid, paris):
        copy.follow()
    assert listed(bureaus.tunis) == []
    delete(bureaus, deleted)
    amend(bureaus, hidden, diffusion(handling={"hidden_from": ["FR"]}))
    expected = {(deleted, "ES", False), (deleted, "FR", False), (hidden, "FR", False)}
    assert set(listed(bureaus.tunis)) == expected, "known before their systems come"
    for copy in (madrid, paris):
        copy.follow()
    assert set(listed(bureaus.tunis)) == {(*one[:2], True) for one in expected}
    assert set(listed(bureaus.lyon)) == set(listed(bureaus.tunis))
    for other in (bureaus.madrid, bureaus.paris):
        assert listed(other) == []
    assert paris.confirm(deleted, kept, "2026-00000000") == {
        "confirmed": [deleted],
        "unknown": [kept, "2026-00000000"],
    }
    assert set(listed(bureaus.tunis)) == {(deleted, "ES", True), (hidden, "FR", True)}
    assert listed(bureaus.tunis, "confirmed") == [(deleted, "FR", True)]
    assert paris.confirm(deleted)["confirmed"] == [deleted], "said twice, it is as well"
    (one,) = bureaus.tunis.get(REMOVALS, params={"state": "confirmed"}).json()["removals"]
    assert set(one) == {
        "reference",
        "type",
        "type_label",
        "owner",
        "bureau",
        "given_at",
        "told_at",
        "confirmed_at",
    }
    assert one["told_at"] <= one["confirmed_at"]


def test_what_came_back_must_not_be_gone(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    copy.follow()
    amend(bureaus, reference, diffusion(recipients=["FR"]))
    copy.follow()
    copy.confirm(reference)
    amend(bureaus, reference, diffusion())
    copy.follow()
    assert listed(bureaus.tunis, "confirmed") == listed(bureaus.tunis) == []
    assert copy.confirm(reference)["confirmed"] == []
    amend(bureaus, reference, diffusion(recipients=["FR"]))
    copy.follow()
    assert listed(bureaus.tunis) == [(reference, "ES", True)]


def test_a_subscription_that_ended_still_holds_copies(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    copy.follow()
    bureaus.store.write(lambda c: subscriptions.set_state(c, "ES", "copy", "ended"))
    delete(bureaus, reference)
    assert listed(bureaus.tunis) == [(reference, "ES", False)]
    assert copy.confirm(reference)["confirmed"] == [reference]
    assert listed(bureaus.tunis) == []
    assert [one[:2] for one in listed(bureaus.tunis, "confirmed")] == [(reference, "ES")]


def test_a_service_is_another_but_learns_nothing_of_others(bureaus: Bureaus) -> None:
    bureaus.store.write(lambda c: people.create_entity(c, "TN", "customs", "Customs"))
    secret = bureaus.store.write(lambda c: people.create_token(c, "TN", "customs", "read", entity="customs"))
    service = bureaus.client("TN")
    service.headers["authorization"] = f"Bearer {secret}"
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]
    own = Copy(bureaus.tunis, subscribed(bureaus, "TN"))
    customs = Copy(service, subscribed(bureaus, "TN", "customs", entity="customs"))
    for copy in (own, customs):
        copy.follow()
    delete(bureaus, reference)
    assert listed(bureaus.tunis) == [(reference, "TN/customs", False)]
    assert service.get(REMOVALS).status_code == 403


@pytest.mark.parametrize("more", [{"references": "x"}, {"references": [1]}, {"references": ["x"] * 1001}, {}])
def test_what_confirms_nothing(bureaus: Bureaus, more: dict[str, Any]) -> None:
    path = f"/api/v1/subscriptions/{subscribed(bureaus, 'ES')}/confirmations"
    assert bureaus.madrid.post(path, json=more).status_code == 422
    assert bureaus.client().post(path, json={"references": []}).status_code == 401
    assert bureaus.tunis.get(REMOVALS, params={"state": "other"}).status_code == 400


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_the_owner_reads_it_on_a_page(bureaus: Bureaus, language: str) -> None:
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(2)]
    copy = Copy(bureaus.madrid, subscribed(bureaus, "ES"))
    copy.follow()
    client = _officer(bureaus, "TN")
    say = Languages(bureaus.app.state.bundle.languages).gettext(language)
    title = say("Copies to be removed")
    assert (title == "Copies to be removed") is (language == "en")
    page = client.get("/removals", params={"lang": language}).text
    assert say("There is none.") in page
    assert title not in client.get("/", params={"lang": language}).text
    for reference in references:
        delete(bureaus, reference)
    assert say("not yet: its system has not come") in client.get("/removals", params={"lang": language}).text
    copy.follow()
    copy.confirm(references[0])
    page = client.get("/removals", params={"lang": language}).text
    assert references[1] in page
    assert references[0] not in page
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
    assert "Benhaddou" not in page
    assert title in client.get("/", params={"lang": language}).text
    page = client.get("/removals", params={"lang": language, "state": "confirmed"}).text
    assert references[0] in page
    assert references[1] not in page


def _officer(bureaus: Bureaus, code: str) -> TestClient:
    from sqlalchemy import delete as remove

    from ilink_runtime import database

    bureaus.store.write(lambda c: c.execute(remove(database.session)))
    bureaus.store.write(lambda c: c.execute(remove(database.user)))
    return bureaus.officer(code)[0]
