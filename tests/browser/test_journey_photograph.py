"""A photograph is uploaded in one bureau and looked at in another; with the script, and without it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from ilink_runtime.demo import portraits
from tests.browser import notices, paper
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

PHOTO = "/subject/photographs/0"
ROWS = "/subject/photographs"
NAME = "صورة أمامية.png"


def _drawing(number: int) -> FilePayload:
    return {"name": NAME, "mimeType": "image/png", "buffer": portraits.draw(number)}


@pytest.mark.parametrize(("script", "language"), [(True, "ar"), (False, "ar"), (True, "fr")])
def test_a_photograph_reaches_another_bureau(visit: Visit, script: bool, language: str) -> None:
    """Nobody types its name, kind, size or hash; it is seen on the form, the check page and by Madrid."""
    sender = visit("TN", language, java_script_enabled=script)
    sender.go("/forms/RedNotice")
    message = notices.red_notice(language)
    paper.fill(sender, {"subject": {"family_name": message["subject"]["family_name"]}})
    paper.add_row(sender, ROWS)
    sender.at(f"{PHOTO}#file").set_input_files(_drawing(4711))
    if not script:
        sender.press("save")
    _is_a_picture(sender.at(f"{PHOTO}!file").locator("img.thumbnail"), script)
    expect(sender.at(f"{PHOTO}!file")).to_contain_text(NAME)
    expect(sender.at(f"{PHOTO}/sha256")).to_be_hidden()
    subject = {name: value for name, value in message["subject"].items() if name != "family_name"}
    paper.fill(sender, message | {"subject": subject | {"photographs": [{"description": "من الأمام"}]}})
    sender.press("check")
    sender.page.wait_for_url("**/check")
    _is_a_picture(sender.find("main img.thumbnail"), script)
    sender.find('form[action$="/send"] button').click()
    reference = sender.reference()
    reader = visit("ES", "es")
    reader.go(f"/messages/{reference}")
    for css in ("portrait", "thumbnail"):
        picture = reader.find(f"main img.{css}")
        _is_a_picture(picture, True)
        assert picture.get_attribute("alt") == "من الأمام"
    expect(reader.find(".file-held")).to_contain_text(NAME)
    place = str(reader.find("img.thumbnail").get_attribute("src"))
    for code, status in (("GB", 200), ("", 401)):
        assert visit(code, "en").page.request.get(place).status == status


def test_a_file_is_refused_replaced_and_taken_out(visit: Visit, tmp_path: Path) -> None:
    """All in place: what else was written stays, and so does the page."""
    visitor = visit("TN", "en")
    visitor.go("/forms/RedNotice")
    paper.add_row(visitor, ROWS)
    visitor.at("/subject/family_name").fill("Written Meanwhile")
    box = visitor.at(f"{PHOTO}!file")
    visitor.expect_refusal(422)
    fake = tmp_path / "fake.jpg"
    fake.write_text("<html><script>alert(1)</script>")
    visitor.at(f"{PHOTO}#file").set_input_files(fake)
    expect(box).to_contain_text(visitor.words.say("The file is not the picture that it says it is."))
    for number in (1, 2):
        visitor.at(f"{PHOTO}#file").set_input_files(_drawing(number))
        expect(box.locator(f'img[src$="{_hash(number)}"]')).to_be_visible()
    visitor.find(f'button[value="drop:{PHOTO}"]').click()
    expect(box.locator("img")).to_have_count(0)
    expect(box).to_be_focused()
    large = tmp_path / "large.pdf"
    large.write_bytes(b"%PDF" + b"\0" * 10 * 1024 * 1024)
    visitor.at(f"{PHOTO}#file").set_input_files(large)
    expect(visitor.at("saved")).to_have_text(visitor.words.say("The file is too large."))
    visitor.at(f"{PHOTO}#file").set_input_files(_drawing(3))
    expect(box.locator("img")).to_be_visible()
    visitor.page.reload()
    expect(visitor.at("/subject/family_name")).to_have_value("Written Meanwhile")
    expect(box.locator(f'img[src$="{_hash(3)}"]')).to_be_visible()


def test_a_file_that_is_no_picture_is_kept_by_the_reader(visit: Visit) -> None:
    """The browser downloads it under its name; nothing of it is shown."""
    visitor = visit("TN", "en")
    visitor.go("/forms/RedNotice")
    paper.add_row(visitor, "/attachments")
    page = b"<script>alert(1)</script>"
    chosen: FilePayload = {"name": "warrant.html", "mimeType": "text/html", "buffer": page}
    visitor.at("/attachments/0#file").set_input_files(chosen)
    link = visitor.at("/attachments/0!file").get_by_role("link", name="warrant.html")
    with visitor.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "warrant.html"


def _hash(number: int) -> str:
    return sha256(portraits.draw(number)).hexdigest()


def _is_a_picture(image: Locator, script: bool) -> None:
    """It was decoded, which a page without script cannot be asked."""
    expect(image).to_be_visible()
    if script:
        image.scroll_into_view_if_needed()
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalWidth") == portraits.WIDTH
