"""A country's own form at the desk: asked, kept with its draft, judged, sent, and read by others."""

from __future__ import annotations

import re

from fastapi import FastAPI

from tests.desk.test_pages import Browser, app

__all__ = ["app"]


def test_anybody_reads_the_form_in_the_language_of_the_country(app: FastAPI) -> None:
    somebody = Browser(app)
    page = somebody.get("/forms/RedNotice?profile=ch&lang=de")
    assert '<html lang="de"' in page
    assert "Familienname" in page
    assert "Kantonale Dienststelle" in page
    assert "/subject/dna_profiles" not in page
    assert '<option value="immediate"' not in page
    assert 'value="immediate"' not in page


def test_a_draft_stays_in_the_form_it_was_begun_in(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice?profile=ch")
    assert ("/purpose", "wanted_person") in amal.posting()
    amal.press("check", **{"/subject/family_name": "Invented", "/subject/status": "charged"})
    assert amal.path.endswith("/check")
    assert "Cantonal office: this is needed." in amal.page
    amal.get(amal.path.removesuffix("/check"))
    assert 'name="/national_fields/CH.office_code"' in amal.page
    amal.press(
        "check",
        **{
            "/national_fields/CH.office_code": "BE-4",
            "/national_reference": "CH/2026/18",
            "/subject/sex": "M",
            "/subject/date_of_birth#year": "1980",
        },
    )
    assert "Cantonal office: this is needed." not in amal.page


def test_what_a_country_adds_is_sent_and_read(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice?profile=ch")
    amal.press(
        "check",
        **{
            "/subject/family_name": "Erfunden",
            "/subject/forename": "Muster",
            "/subject/status": "charged",
            "/subject/sex": "M",
            "/subject/nationalities": "TN",
            "/subject/date_of_birth#year": "1980",
            "/national_reference": "CH/2026/19",
            "/national_fields/CH.office_code": "BE-4",
            "/arrest_warrants/0/number": "17/2026",
            "/arrest_warrants/0/country": "TN",
            "/arrest_warrants/0/issue_date#year": "2026",
            "/arrest_warrants/0/issue_date#month": "3",
            "/arrest_warrants/0/issue_date#day": "2",
        },
    )
    send = re.search(r'action="(/drafts/[^"]*/send)"', amal.page)
    assert send, amal.page[-3000:]
    revision = re.search(r'name="revision" value="([0-9]+)"', amal.page)
    assert revision is not None
    amal.post(send[1], revision=revision[1])
    assert amal.path.startswith("/messages/")
    assert "CH.office_code" in amal.page
    assert "BE-4" in amal.page


def test_a_draft_outlives_the_profile_of_its_country(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice?profile=ch")
    amal.press("save", **{"/subject/family_name": "Left", "/national_fields/CH.office_code": "BE-5"})
    path = amal.path
    known = dict(app.state.bundle.profiled)
    try:
        app.state.bundle.profiled.clear()
        page = amal.get(path)
    finally:
        app.state.bundle.profiled.update(known)
    assert amal.status == 200
    assert "BE-5" in page
    assert "CH.office_code" in page


def test_a_page_of_a_country_without_forms_is_not_there(app: FastAPI) -> None:
    somebody = Browser(app)
    somebody.get("/forms/RedNotice?profile=zz")
    assert somebody.status == 404
