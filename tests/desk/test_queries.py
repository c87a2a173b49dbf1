"""Queries by hand: an officer asks, reads the possible hits, opens one and reports it to its owner."""

from __future__ import annotations

import re

from fastapi import FastAPI

from tests.desk.test_pages import Browser, app, write_notice

__all__ = ["app"]


def ask(officer: Browser, query_type: str, **typed: str) -> str:
    """Sends a query; its reference."""
    officer.get(f"/forms/{query_type}")
    officer.press("check", __purpose="border_control", **typed)
    assert officer.path.endswith("/check"), officer.page
    draft = officer.path.removesuffix("/check")
    revision = re.search(r'name="revision" value="(\d+)"', officer.page)
    assert revision is not None
    officer.post(f"{draft}/send", revision=revision[1])
    assert officer.path.startswith("/messages/")
    return officer.path.removeprefix("/messages/")


def test_from_a_question_to_a_hit_report(app: FastAPI) -> None:
    found = write_notice(Browser(app, "amal"), "Querymann", __subject__forename="Otto")
    mario = Browser(app, "mario")
    for query_type in ("PersonQuery", "DocumentQuery", "VehicleQuery", "IdentifierQuery"):
        assert f'href="/forms/{query_type}"' in mario.get("/")
    mario.post("/language", lang="en", next="/")
    query = ask(mario, "PersonQuery", __family_name="QUERYMANN", __forename="otto")
    assert "1 possible hit" in mario.page
    assert "The same: <bdi>Family name</bdi>" in mario.page
    assert "Only for the bureau that asks and the General Secretariat" in mario.page
    assert "Asked by: Spain" in mario.page
    assert "In the database" not in mario.page
    assert "Change this query" in mario.page
    assert "Connections" not in mario.page
    opened = f"/messages/{found}?query={query}"
    assert f'href="{opened}"' in mario.page
    report = re.search(r'href="(/forms/HitReport[^"]*)"', mario.page)
    assert report is not None
    assert "Querymann" in mario.get(opened)

    mario.get(report[1].replace("&amp;", "&"))
    posting = dict(mario.posting())
    assert posting["/concerns"] == found
    assert posting["/query"] == query
    assert posting["/recipients/0"] == "TN"
    mario.press("check", __purpose="border_control", __match="possible")
    draft = mario.path.removesuffix("/check")
    revision = re.search(r'name="revision" value="(\d+)"', mario.page)
    assert revision is not None
    mario.post(f"{draft}/send", revision=revision[1])
    hit = mario.path
    assert "Hit report" in Browser(app, "amal").get(hit)


def test_no_hit_says_so_and_what_to_do(app: FastAPI) -> None:
    mario = Browser(app, "mario")
    mario.post("/language", lang="en", next="/")
    ask(mario, "VehicleQuery", __registration_plate="NOBODY 99")
    assert '<h2 id="candidates-title">No hit</h2>' in mario.page
    assert "That proves nothing." in mario.page
    assert "Report a hit" not in mario.page


def test_a_query_is_checked_and_named_for_what_it_is(app: FastAPI) -> None:
    mario = Browser(app, "mario")
    mario.post("/language", lang="en", next="/")
    mario.get("/forms/VehicleQuery")
    mario.press("check", __purpose="border_control")
    assert "Give the registration plate, the VIN or the engine number of the vehicle." in mario.page
    mario.press("check", __registration_plate="1 X")
    assert mario.path.endswith("/check")
    assert "Ask the database" in mario.page
    assert "Send to every bureau" not in mario.page
    assert "Only your own bureau and the General Secretariat see it." in mario.get("/forms")


def test_a_form_is_prefilled_only_from_what_the_officer_may_see(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    shown = write_notice(amal, "Shown")
    hidden = write_notice(amal, "Hidden", __handling__hidden_from__0="ES")
    mario = Browser(app, "mario")
    for reference, recipients in ((shown, ["TN"]), (hidden, []), ("2026-00000000", [])):
        mario.get(f"/forms/HitReport?concerns={reference}&purpose=locate")
        posting = mario.posting()
        assert dict(posting)["/concerns"] == reference
        assert [value for name, value in posting if name.startswith("/recipients") and value] == recipients
        assert dict(posting)["/purpose"] == ""
    assert mario.get("/forms/RedNotice?concerns=2026-00000000") == mario.get(
        "/forms/RedNotice?concerns=2026-1"
    )
    stranger = Browser(app)
    assert "2026-00000000" in stranger.get("/forms/HitReport?concerns=2026-00000000")


def test_a_candidate_of_somebody_elses_query_is_not_opened(app: FastAPI) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    found, query = write_notice(amal, "Twostep"), ask(mario, "PersonQuery", __family_name="Twostep")
    assert "Twostep" in mario.get(f"/messages/{found}?query={query}")
    amal.get(f"/messages/{found}?query={query}")
    assert amal.status == 404
    amal.get(f"/messages/{query}")
    assert amal.status == 404
