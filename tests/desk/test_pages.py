"""The pages by hand, without a browser: what is written is kept, checked, sent, read and found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.testclient import TestClient

from ilink_runtime import people
from ilink_runtime.app import create_app
from ilink_runtime.pages.standard_css import colours
from ilink_runtime.settings import Settings

PASSWORD = "an invented password"
PEOPLE = {
    "amal": ("TN", "Amal Example", "en", "Africa/Tunis"),
    "lena": ("IPSG", "Léna Exemple", "fr", "Europe/Paris"),
    "mario": ("ES", "Mario Ejemplo", "es", "Europe/Madrid"),
}


class Posting(HTMLParser):
    """What a browser would post from the form of a draft, if nobody touched it."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.inside = False
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "draft"
        if not self.inside:
            return
        name = given.get("name", "")
        if tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.pairs.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            self.pairs.append((name, ""))
        elif tag == "option" and self._select and "selected" in given:
            self.pairs[-1] = (self._select, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.pairs.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text.removeprefix("\n"))
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text + data)


class Browser:
    """An officer's browser with JavaScript off."""

    def __init__(self, app: FastAPI, username: str = "") -> None:
        self.http = TestClient(app, follow_redirects=True)
        self.page = ""
        self.path = ""
        self.status = 0
        if username:
            self.post("/sign-in", username=username, password=PASSWORD, purpose="wanted_person", next="/")

    def get(self, path: str) -> str:
        return self._keep(self.http.get(path))

    def post(self, path: str, pairs: list[tuple[str, str]] | None = None, **fields: str) -> str:
        token = re.search(r'name="csrf" value="([^"]*)"', self.page)
        data: dict[str, list[str]] = {"csrf": [token[1] if token else ""]}
        for name, value in [*(pairs or ()), *fields.items()]:
            data.setdefault(name, []).append(value) if name != "csrf" else None
        return self._keep(self.http.post(path, data=data))

    def press(self, action: str, **typed: str) -> str:
        """Presses a button of the form of a draft, after typing into some of its fields."""
        changed = {name.replace("__", "/"): value for name, value in typed.items()}
        kept = [pair for pair in self.posting() if pair[0] not in changed]
        path = re.search(r'<form id="draft"[^>]*action="([^"]*)"', self.page)
        assert path is not None
        return self.post(path[1], [*kept, *changed.items(), ("action", action)])

    def posting(self) -> list[tuple[str, str]]:
        parser = Posting()
        parser.feed(self.page)
        return parser.pairs

    def _keep(self, response: Any) -> str:
        self.page, self.path, self.status = response.text, response.url.path, response.status_code
        return self.page


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """A server with three bureaus."""
    database = tmp_path_factory.mktemp("desk") / "desk.sqlite3"
    made = create_app(replace(Settings(), database=f"sqlite:///{database}"))

    def settle(connection: Connection) -> None:
        for code, kind in (("TN", "ncb"), ("IPSG", "secretariat"), ("ES", "ncb"), ("FR", "ncb")):
            people.create_bureau(connection, code, kind, code)
        for username, (bureau, name, language, zone) in PEOPLE.items():
            people.create_user(connection, username, name, bureau, PASSWORD, language, zone)

    made.state.store.write(settle)
    with TestClient(made):
        yield made


def write_notice(amal: Browser, family_name: str, **more: str) -> str:
    """Sends a Red Notice that can be recorded; its reference."""
    amal.get("/forms/RedNotice")
    amal.press(
        "check",
        __subject__family_name=family_name,
        __subject__status="charged",
        __purpose="wanted_person",
        **more,
    )
    assert amal.path.endswith("/check"), amal.page
    draft = amal.path.removesuffix("/check")
    revision = re.search(r'name="revision" value="(\d+)"', amal.page)
    assert revision is not None
    amal.post(f"{draft}/send", revision=revision[1])
    assert amal.path.startswith("/messages/")
    return amal.path.removeprefix("/messages/")


def test_everybody_reads_forms_and_nobody_the_messages(app: FastAPI) -> None:
    stranger = Browser(app)
    assert 'dir="rtl"' in stranger.get("/forms/RedNotice?lang=ar")
    assert "النشرة الحمراء" in stranger.page
    for path in ("/messages/2026-AAAAAAAA", "/search", "/drafts", "/threads/2026-AAAAAAAA"):
        stranger.get(path)
        assert stranger.status == 401
        assert 'name="password"' in stranger.page
    assert stranger.get("/forms/Nothing")
    assert stranger.status == 404


def test_there_is_no_demo_sign_in_without_the_demo(app: FastAPI) -> None:
    stranger = Browser(app)
    assert "/demo/sign-in" not in stranger.get("/sign-in")
    stranger.post("/demo/sign-in", username="amal")
    assert stranger.status == 404


@pytest.mark.parametrize(
    "after", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_signing_in_leads_nowhere_else(app: FastAPI, after: str) -> None:
    visitor = Browser(app)
    visitor.post("/sign-in", username="amal", password=PASSWORD, purpose="wanted_person", next=after)
    assert visitor.path == "/"
    assert visitor.status == 200


def test_a_wrong_password_and_a_missing_purpose_are_refused(app: FastAPI) -> None:
    visitor = Browser(app)
    visitor.post("/sign-in", username="mario", password="wrong", purpose="wanted_person")
    assert visitor.status == 422
    visitor.post("/sign-in", username="mario", password=PASSWORD, purpose="")
    assert visitor.status == 422
    assert "Say why" in visitor.page


def test_a_form_without_its_token_is_refused(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.page = ""
    amal.post("/forms/RedNotice", action="save")
    assert amal.status == 403


def test_a_draft_keeps_every_value_over_rows_languages_and_savings(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press("add:/subject/other_names", __subject__family_name="Ben <b>Ali</b>")
    assert re.fullmatch(r"/drafts/[0-9a-f]+", amal.path)
    amal.press("add:/subject/other_names", __subject__other_names__0__forename="Zaid")
    amal.press("add:/subject/phone_numbers", __subject__other_names__1__forename="Zied")
    amal.press(
        "save", __subject__phone_numbers__0__number="+٢١٦ ٢٠ ١٢٣ ٤٥٦", __facts_summary__text="one\r\ntwo"
    )
    amal.press("save", **{"__subject__date_of_birth#year": "1980", "__subject__date_of_birth#about": "true"})
    before = dict(amal.posting())
    assert before["/subject/phone_numbers/0/number"] == "+216 20 123 456"
    assert before["/facts_summary/text"] == "one\ntwo"
    amal.press("language:ar")
    assert '<html lang="ar" dir="rtl">' in amal.page
    amal.press("language:en")
    same = {name: value for name, value in amal.posting() if name.startswith("/")}
    assert same == {name: value for name, value in before.items() if name.startswith("/")}
    amal.press("remove:/subject/other_names/0")
    assert dict(amal.posting())["/subject/other_names/0/forename"] == "Zied"
    amal.press("remove:/subject/family_name")
    assert amal.status == 200


def test_faults_stand_in_a_summary_and_at_their_fields(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press("add:/subject/identity_documents")
    amal.press("check", __subject__identity_documents__0__number="X1", __reply_by="no")
    amal.press("check", **{"__reply_by#year": "2026", "__reply_by#month": "13", "__reply_by#day": "1"})
    titles = re.search(r"<title>(\d+) faults: ", amal.page)
    links = re.findall(
        r'<li><a href="#([^"]+)">', amal.page.split('class="fault-summary"')[1].split("</section>")[0]
    )
    assert titles is not None
    assert len(links) == int(titles[1])
    assert {"/subject/identity_documents/0/document_type", "/subject/status", "/reply_by"} <= set(links)
    for link in links:
        assert f'id="{link}"' in amal.page
        assert f'id="{link}!fault"' in amal.page


def test_a_draft_that_a_colleague_saved_is_not_overwritten_unseen(app: FastAPI) -> None:
    first, second = Browser(app, "amal"), Browser(app, "amal")
    first.get("/forms/BlueNotice")
    first.press("save", __subject__family_name="First")
    second.get(first.path)
    first.press("save", __subject__family_name="Second")
    second.press("save", __subject__family_name="Third")
    assert second.status == 412
    assert dict(second.posting())["/subject/family_name"] == "Third"
    second.press("save")
    assert dict(second.posting())["/subject/family_name"] == "Third"


def test_what_was_written_survives_the_end_of_the_sign_in(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press("save", __subject__family_name="Before")
    draft, amal.http.cookies = amal.path, TestClient(app).cookies
    amal.press("save", __subject__family_name="After")
    assert amal.status == 401
    carried = re.findall(r'name="(carry:[^"]*)" value="([^"]*)"', amal.page)
    amal.post("/sign-in", carried, username="amal", password=PASSWORD, purpose="wanted_person", next=draft)
    again = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', amal.page.split("<main")[1])
    amal.post(draft, [pair for pair in again if pair[0] != "csrf"])
    assert dict(amal.posting())["/subject/family_name"] == "After"


def test_a_notice_is_sent_read_refused_returned_changed_and_deleted(app: FastAPI) -> None:
    amal, lena, mario = Browser(app, "amal"), Browser(app, "lena"), Browser(app, "mario")
    reference = write_notice(amal, "Qarmadi", __facts_summary__text="He robbed a bank.")
    here = f"/messages/{reference}"
    assert "Request being processed" in amal.page
    assert "Confirm with the owner before acting: Tunisia" in amal.page
    assert "Qarmadi" in mario.get("/")
    assert reference in mario.get("/search?q=qarmadi")
    assert 'lang="en" dir="ltr">He robbed a bank.' in mario.get(here)
    assert "Original : inglés" in mario.page or "Original: inglés" in mario.page
    mario.get(f"{here}/delete")
    mario.post(f"{here}/delete", etag='"1"')
    assert mario.status == 403
    mario.post(f"{here}/amend")
    assert mario.status == 403

    lena.get(here)
    lena.post(f"{here}/publish", etag=_etag(lena))
    assert lena.status == 422
    assert "fault-summary" in lena.page
    lena.get(f"{here}/return")
    lena.post(f"{here}/return", etag=_etag(lena), reason=" ")
    assert lena.status == 422
    lena.post(f"{here}/return", etag=_etag(lena), reason="Il manque le mandat.")
    assert lena.status == 200
    mario.get(here)
    assert mario.status == 404
    assert "Il manque le mandat." in amal.get(here)

    amal.post(f"{here}/amend")
    amal.press("check", __subject__forename="Sami")
    draft = amal.path.removesuffix("/check")
    revision = re.search(r'name="revision" value="(\d+)"', amal.page)
    assert revision is not None
    amal.post(f"{draft}/send", revision=revision[1])
    assert amal.path == here
    assert "Sami" in amal.get(f"{here}/history")
    amal.get(f"{here}/delete")
    amal.post(f"{here}/delete", etag=_etag(amal))
    assert amal.path == "/"
    for visitor in (amal, mario, lena):
        visitor.get(here)
        assert visitor.status == 404


def test_a_thread_says_what_is_the_same_and_where(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    references = []
    for name in ("Threadson", "Threadman"):
        amal.get("/forms/RedNotice")
        amal.press("add:/subject/phone_numbers", __subject__family_name=name)
        amal.press(
            "check",
            __subject__phone_numbers__0__number="+216 71 555 123",
            __subject__status="charged",
            __purpose="wanted_person",
        )
        revision = re.search(r'name="revision" value="(\d+)"', amal.page)
        assert revision is not None
        amal.post(f"{amal.path.removesuffix('/check')}/send", revision=revision[1])
        references.append(amal.path.removeprefix("/messages/"))
    page = amal.get(f"/threads/{references[0]}")
    assert "Threadman" in page
    assert '<bdi dir="ltr">+21671555123</bdi>' in page
    assert "<svg" in page
    assert "style=" not in page


def test_the_language_is_kept_for_the_officer(app: FastAPI) -> None:
    mario = Browser(app, "mario")
    mario.get("/")
    mario.post("/language", lang="fr", next="/forms")
    assert '<html lang="fr"' in mario.page
    assert mario.path == "/forms"
    mario.post("/language", lang="es", next="/")


def test_colours_come_only_from_plain_values() -> None:
    assert colours({"RedNotice": {"colour": "#B3261E"}}) == ".type-RedNotice{--type-colour:#b3261e}\n"
    assert colours({"A}b": {"colour": "#b3261e"}, "C": {"colour": "red;}"}, "D": {}}) == ""


def test_pages_hold_no_inline_style_or_script(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    for path in ("/", "/forms", "/forms/RedNotice", "/drafts", "/search?q=x", "/sign-in", "/messages/none"):
        page = amal.get(path)
        assert not re.search(r"<style|<script(?![^>]* src=)| style=| on\w+=", page), path


def test_the_script_and_the_sheet_are_ours(app: FastAPI) -> None:
    page = Browser(app).get("/sign-in")
    found = re.findall(r'(?:href|src)="(/static/[^"]+|/standard\.css[^"]*)"', page)
    assert len(found) == 6
    for path in found:
        assert TestClient(app).get(path).status_code == 200
    assert Path("ilink_runtime/static/ilink.js").exists()


def _etag(browser: Browser) -> str:
    found = re.search(r'name="etag" value="([^"]*)"', browser.page)
    assert found is not None
    return found[1].replace("&#34;", '"')
