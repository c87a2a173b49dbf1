"""Requests about a message, over HTTP: their effects, their faults, what they make known and to whom."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from starlette.testclient import TestClient

from ilink_runtime import database, retention
from ilink_runtime.app import create_app
from ilink_runtime.cli import main
from ilink_runtime.settings import Settings
from tests.api.bureaus import Bureaus, diffusion, notice, opened, sent
from tests.store.test_effects import in_days, request

API = "/api/v1/messages"


def test_an_addendum_is_listed_with_its_message(bureaus: Bureaus) -> None:
    target = sent(bureaus.tunis, diffusion(recipients=["ES"])).json()["reference"]
    addendum = sent(bureaus.tunis, request("Addendum", target)).json()["reference"]
    (listed,) = bureaus.madrid.get(f"{API}/{target}/requests").json()["requests"]
    assert (listed["reference"], listed["effect"], listed["type_label"]) == (addendum, "add", "Addendum")
    assert bureaus.madrid.get(f"{API}/{addendum}").json()["concerns"] == target
    for reference in (target, addendum):
        assert bureaus.paris.get(f"{API}/{reference}/requests").status_code == 404


def test_a_suspension_and_its_end(bureaus: Bureaus) -> None:
    target = sent(bureaus.tunis, notice()).json()["reference"]
    sent(bureaus.tunis, request("SuspensionRequest", target))
    assert bureaus.madrid.get(f"{API}/{target}").status_code == 404
    said = bureaus.tunis.get(f"{API}/{target}")
    assert (said.json()["status"], said.json()["suspended_until"]) == ("suspended", in_days(30))
    match = {"If-Match": said.headers["etag"]}
    assert bureaus.madrid.post(f"{API}/{target}/resume", headers=match).status_code == 404
    assert bureaus.lyon.post(f"{API}/{target}/resume", headers=match).status_code == 403
    assert bureaus.tunis.post(f"{API}/{target}/resume").status_code == 428
    resumed = bureaus.tunis.post(f"{API}/{target}/resume", headers=match)
    assert (resumed.status_code, resumed.json()["status"]) == (200, "processing")
    again = {"If-Match": resumed.headers["etag"]}
    assert bureaus.tunis.post(f"{API}/{target}/resume", headers=again).status_code == 409
    assert bureaus.madrid.get(f"{API}/{target}").status_code == 200
    steps = bureaus.tunis.get(f"{API}/{target}/history").json()["steps"]
    assert [step["kind"] for step in steps] == ["resumed", "suspended"]


def test_all_faults_come_at_once_those_of_the_schema_and_those_of_the_day(bureaus: Bureaus) -> None:
    message = request("SuspensionRequest", "2020-00000000", suspended_until=in_days(400), purpose="fun")
    said = bureaus.tunis.post(API, json=message, params={"lang": "fr"})
    assert said.status_code == 422
    faults = {(fault["code"], fault["pointer"]): fault["message"] for fault in said.json()["errors"]}
    assert set(faults) == {
        ("not_in_list", "/purpose"),
        ("no_such_message", "/concerns"),
        ("too_late", "/suspended_until"),
    }
    assert "%" not in "".join(faults.values())


@pytest.mark.parametrize("concerns", ["\x00", "x" * 10_000, 7, None, ["2020-00000000"], {}])
@pytest.mark.parametrize("kind", ["Addendum", "SuspensionRequest"])
def test_whatever_stands_for_a_reference_is_a_fault(one_server: Bureaus, kind: str, concerns: Any) -> None:
    body = request(kind, "x") | {"concerns": concerns}
    said = one_server.tunis.post(API, json=body)
    assert said.status_code in (400, 422)


def test_the_general_secretariat_accepts_a_cancellation(bureaus: Bureaus) -> None:
    target = sent(bureaus.tunis, diffusion()).json()["reference"]
    asked = sent(bureaus.paris, request("CancellationRequest", target))
    place, match = asked.headers["location"], {"If-Match": asked.headers["etag"]}
    assert bureaus.tunis.get(place).status_code == 404
    accepted = bureaus.lyon.post(f"{place}/publication", headers=match)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert bureaus.tunis.get(f"{API}/{target}").json()["status"] == "cancelled"
    assert bureaus.tunis.get("/api/v1/search", params={"status": "cancelled"}).json()["total"] == 1


def test_the_messages_that_end_are_listed_for_their_owner(bureaus: Bureaus) -> None:
    soon = sent(bureaus.tunis, diffusion(review_date=in_days(20))).json()["reference"]
    sent(bureaus.tunis, diffusion(review_date=in_days(300)))
    (listed,) = bureaus.tunis.get(API).json()["messages"]
    assert (listed["reference"], listed["expires_at"]) == (soon, in_days(20))
    assert bureaus.tunis.get(API, params={"expiring": in_days(300)}).json()["total"] == 2
    assert bureaus.tunis.get(API, params={"expiring": in_days(19)}).json() == {"total": 0, "messages": []}
    assert bureaus.madrid.get(API).json()["total"] == 0
    assert bureaus.tunis.get(API, params={"expiring": "soon"}).status_code == 400


def test_a_server_sweeps_what_ran_out(url: str, bureaus: Bureaus) -> None:
    gone = sent(bureaus.tunis, diffusion()).json()["reference"]
    kept = sent(bureaus.tunis, diffusion()).json()["reference"]
    _run_out(bureaus, gone)
    with TestClient(create_app(Settings(database=url))):
        deadline = time.monotonic() + 20
        while bureaus.tunis.get(f"{API}/{gone}").status_code == 200:
            assert time.monotonic() < deadline
    assert bureaus.tunis.get(f"{API}/{kept}").status_code == 200


def test_the_command_says_first_and_then_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ilink.db'}"
    with opened(url) as bureaus:
        reference = sent(bureaus.tunis, diffusion()).json()["reference"]
        _run_out(bureaus, reference)
    for arguments, said in ((["--dry-run"], "would end"), ([], "ended"), ([], "0 messages ended")):
        result = CliRunner().invoke(main, ["expire", "--database", url, *arguments])
        assert result.exit_code == 0, result.output
        assert said in result.output
        assert (f"{reference} of TN: deleted" in result.output) == (not said.startswith("0"))


def _run_out(bureaus: Bureaus, reference: str) -> None:
    table = database.message
    yesterday = retention.today() - timedelta(days=1)
    bureaus.store.write(
        lambda c: c.execute(update(table).where(table.c.reference == reference).values(expires_at=yesterday))
    )
