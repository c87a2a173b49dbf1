"""Files on the pages, without a script: chosen with a box, kept by the draft, shown to who may see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from ilink_runtime import form, languages
from ilink_runtime.pages.file_boxes import BOX, FileBox, boxed
from tests.api.bureaus import Bureaus, opened, publishable
from tests.desk.test_pages import Browser

PNG = b"\x89PNG\r\n\x1a\n an invented picture"
PDF = b"%PDF-1.7 an invented warrant"
HASH = sha256(PNG).hexdigest()
PHOTO = "/subject/photographs/0"


@pytest.fixture(scope="module")
def bureaus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    with opened(f"sqlite:///{tmp_path_factory.mktemp('files') / 'desk.sqlite3'}") as found:
        yield found


@pytest.fixture(scope="module")
def seats(bureaus: Bureaus) -> dict[str, Any]:
    """The cookies of an officer of each bureau."""
    return {code: bureaus.officer(code)[0].cookies for code in ("TN", "ES")}


@pytest.fixture
def amal(bureaus: Bureaus, seats: dict[str, Any]) -> Browser:
    return _sitting(bureaus, seats["TN"])


@pytest.fixture
def mario(bureaus: Bureaus, seats: dict[str, Any]) -> Browser:
    return _sitting(bureaus, seats["ES"])


def _sitting(bureaus: Bureaus, cookies: Any) -> Browser:
    browser = Browser(bureaus.app)
    browser.http.cookies = cookies
    return browser


def choose(
    browser: Browser, content: bytes, name: str = "photo.png", kind: str = "image/png", *, at: str = PHOTO,
    action: str = "save", **typed: str,
) -> str:  # fmt: skip
    """Chooses a file and presses a button, as a browser posts both."""
    changed = {name.replace("__", "/"): value for name, value in typed.items()}
    data: dict[str, list[str]] = {}
    pairs = [pair for pair in browser.posting() if pair[0] not in changed and not pair[0].endswith(BOX)]
    for field, value in [*pairs, *changed.items(), ("action", action)]:
        data.setdefault(field, []).append(value)
    path = re.search(r'<form id="draft"[^>]*action="([^"]*)"', browser.page)
    assert path is not None
    answer = browser.http.post(path[1], data=data, files={at + BOX: (name, content, kind)})
    browser.page, browser.path, browser.status = answer.text, answer.url.path, answer.status_code
    return browser.page


def begun(browser: Browser) -> None:
    """A draft with an empty photograph."""
    browser.get("/forms/RedNotice")
    browser.press("add:/subject/photographs", __subject__family_name="Pictured")


def fields(browser: Browser) -> dict[str, str]:
    """What the form would post of the photograph."""
    return {name: value for name, value in browser.posting() if name.startswith(f"{PHOTO}/")}


def test_a_chosen_file_fills_what_is_known_of_it(amal: Browser) -> None:
    begun(amal)
    choose(amal, PNG, r"C:\Users\amal\صورة" + "\u202e.png", **{f"{PHOTO}/description": "Front"})
    assert amal.status == 200
    known = fields(amal)
    assert known[f"{PHOTO}/file_name"] == "صورة.png"
    assert known[f"{PHOTO}/media_type"] == "image/png"
    assert known[f"{PHOTO}/size_bytes"] == str(len(PNG))
    assert known[f"{PHOTO}/sha256"] == HASH
    assert known[f"{PHOTO}/description"] == "Front"
    for name in ("file_name", "media_type", "size_bytes", "sha256"):
        assert re.search(f'<input type="hidden" name="{PHOTO}/{name}"', amal.page)
    picture = re.search(r'<img class="thumbnail" src="([^"]+)" alt="([^"]*)"', amal.page)
    assert picture is not None
    assert picture[2] == "Front"
    assert amal.http.get(picture[1]).content == PNG


def test_a_draft_keeps_its_file_over_rows_savings_and_languages(amal: Browser) -> None:
    begun(amal)
    choose(amal, PNG, action="add:/subject/photographs")
    amal.press("save", __subject__forename="Zied")
    amal.press("language:ar")
    amal.press("language:en")
    known = fields(amal)
    assert known[f"{PHOTO}/sha256"] == HASH
    choose(amal, PNG + b"2", at="/subject/photographs/1")
    assert dict(amal.posting())["/subject/photographs/1/sha256"] == sha256(PNG + b"2").hexdigest()
    amal.press(f"remove:{PHOTO}")
    assert fields(amal)[f"{PHOTO}/sha256"] == sha256(PNG + b"2").hexdigest()
    assert "/subject/photographs/1" not in dict(amal.posting())


def test_a_file_is_taken_out_and_exchanged(amal: Browser) -> None:
    begun(amal)
    choose(amal, PNG)
    choose(amal, PNG + b"better")
    assert fields(amal)[f"{PHOTO}/sha256"] == sha256(PNG + b"better").hexdigest()
    amal.press(f"drop:{PHOTO}")
    assert not any(fields(amal)[f"{PHOTO}/{name}"] for name in ("file_name", "media_type", "sha256"))
    assert "thumbnail" not in amal.page
    amal.press("drop:/nowhere/7")
    assert amal.status == 200


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"<html><script>alert(1)</script>", "image/jpeg", "The file is not the picture that it says it is."),
        (b"", "image/png", "The file is empty."),
        (b"x" * (10 * 1024 * 1024 + 1), "application/pdf", "The file is too large."),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_its_box(
    amal: Browser, content: bytes, kind: str, sentence: str
) -> None:
    """What was written with it is saved."""
    begun(amal)
    choose(amal, content, kind=kind, __subject__forename="Kept")
    assert amal.status == 422
    assert sentence in amal.page.split('class="fault-summary"')[1].split("</section>")[0]
    assert f'id="{PHOTO}{BOX}!fault"' in amal.page
    amal.press("save")
    assert dict(amal.posting())["/subject/forename"] == "Kept"
    assert fields(amal)[f"{PHOTO}/sha256"] == ""


def test_the_first_save_of_a_form_takes_a_file(amal: Browser) -> None:
    amal.get("/forms/RedNotice")
    choose(amal, PNG)
    assert re.fullmatch(r"/drafts/[0-9a-f]+", amal.path)
    assert fields(amal)[f"{PHOTO}/sha256"] == HASH
    amal.get("/forms/RedNotice")
    choose(amal, b"no picture")
    assert amal.status == 422
    choose(amal, PNG)
    assert re.fullmatch(r"/drafts/[0-9a-f]+", amal.path)


def test_a_file_for_no_box_is_ignored(amal: Browser) -> None:
    begun(amal)
    for at in ("/subject", "/nowhere", "/subject/photographs", "/subject/photographs/0/sha256", ""):
        choose(amal, PNG, at=at)
        assert amal.status == 200, at
        assert fields(amal)[f"{PHOTO}/sha256"] == ""


def test_a_broken_or_endless_form_is_refused(amal: Browser) -> None:
    begun(amal)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for content in (b"", b"--x\r\nnothing", b"--x\r\n\r\n\r\n--x--", b"\xff" * 1000):
        assert amal.http.post(amal.path, content=content, headers=kind).status_code in {400, 403}
    assert (
        amal.http.post(amal.path, content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code
        == 400
    )
    assert amal.http.post(amal.path, content=b"x" * 12_000_000, headers=kind).status_code == 413
    assert amal.http.post("/sign-in", content=b"x" * 2_000_000, headers=kind).status_code == 413


def test_pictures_and_files_are_shown_to_who_reads_the_message(
    bureaus: Bureaus, amal: Browser, mario: Browser
) -> None:
    for content, kind in ((PNG, "image/png"), (PDF, "application/pdf")):
        uploaded = bureaus.tunis.put("/api/v1/files", content=content, headers={"Content-Type": kind})
        assert uploaded.status_code == 201
    message = publishable()
    message["subject"]["photographs"] = [
        {"file_name": "front.png", "sha256": HASH},
        {"file_name": "described.png", "sha256": "0" * 64},
    ]
    warrant = {"kind": "arrest_warrant", "file_name": "<b>.pdf", "sha256": sha256(PDF).hexdigest()}
    message["attachments"] = [warrant]
    recorded = bureaus.tunis.post("/api/v1/messages", json=message)
    reference = recorded.json()["reference"]
    place = f"/api/v1/messages/{reference}/files"
    for reader in (amal, mario):
        page = reader.get(f"/messages/{reference}?lang=en")
        pictures = re.findall(r'<img class="(\w+)" src="([^"]+)" alt="([^"]*)"', page)
        shown = (f"{place}/{HASH}", "front.png")
        assert pictures == [("portrait", *shown), ("thumbnail", *shown)]
        assert f'<a href="{place}/{sha256(PDF).hexdigest()}"><bdi>&lt;b&gt;.pdf</bdi></a>' in page
        assert f"{place}/{'0' * 64}" not in page
        assert "0" * 64 in page  # what is only described is read as it was written
        assert reader.http.get(pictures[0][1]).content == PNG


def test_answers_are_checked_with_their_pictures(amal: Browser) -> None:
    begun(amal)
    choose(amal, PNG, __subject__status="charged", __purpose="wanted_person", action="check")
    assert amal.path.endswith("/check")
    found = re.search(r'<img class="thumbnail" src="([^"]+)"', amal.page)
    assert found is not None
    assert amal.http.get(found[1]).content == PNG
    revision = re.search(r'name="revision" value="(\d+)"', amal.page)
    assert revision is not None
    amal.post(f"{amal.path.removesuffix('/check')}/send", revision=revision[1])
    found = re.search(r'<img class="thumbnail" src="(/api/v1/messages/[^"]+)"', amal.page)
    assert found is not None
    assert amal.http.get(found[1]).content == PNG


def test_a_hash_typed_by_hand_shows_no_other_bureaus_file(
    bureaus: Bureaus, amal: Browser, mario: Browser
) -> None:
    bureaus.tunis.put("/api/v1/files", content=PNG + b"of Tunis")
    hash_ = sha256(PNG + b"of Tunis").hexdigest()
    for browser, found in ((amal, True), (mario, False)):
        begun(browser)
        browser.press("save", **{f"{PHOTO}/sha256": hash_})
        assert ("thumbnail" in browser.page) is found


def test_fields_of_two_files_in_one_place_are_two_boxes() -> None:
    def entry(pointer: str, kind: str) -> form.Entry:
        field = {"name": pointer.rpartition("/")[2], "range": kind, "multivalued": False}
        return form.Entry(field, pointer, "text", pointer)

    entries = [
        entry("/scan/sha256", "Sha256"),
        entry("/number", "DocumentNumber"),
        entry("/photo/name", "FileName"),
        entry("/photo/hash", "Sha256"),
        entry("/scan/title", "FileName"),
        entry("/list/title", "FileName"),
    ]
    found = list(boxed(entries))
    assert [e.pointer for e in found] == ["/scan", "/number", "/photo", "/list/title"]
    assert [e.file_name for e in found if isinstance(e, FileBox)] == ["/scan/title", "/photo/name"]


def test_a_size_is_told_in_the_readers_language() -> None:
    spoken = languages.Languages(("en", "ar", "es", "fr"))
    assert [spoken.show_size(size, "en") for size in (0, 999, 1000, 482_133, 10 * 1024 * 1024)] == [
        "0 byte",
        "999 byte",
        "1 kB",
        "482 kB",
        "10.5 MB",
    ]
    for language in ("ar", "es", "fr"):
        assert "482" in spoken.show_size(482_133, language)
