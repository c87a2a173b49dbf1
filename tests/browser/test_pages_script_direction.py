"""Arabic pages: identifiers keep their order, and the vendored font draws the letters."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import house, notices
from tests.browser.conftest import Visit
from tests.browser.house import House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

IBAN = "TN5904018104003691234567"

#: The left edges of the characters of the first text that holds these words, on the screen.
_LEFT_EDGES = """(root, words) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const start = walker.currentNode.data.indexOf(words);
        if (start < 0) continue;
        return [...words].map((_, at) => {
            const range = document.createRange();
            range.setStart(walker.currentNode, start + at);
            range.setEnd(walker.currentNode, start + at + 1);
            return range.getClientRects()[0].left;
        });
    }
    return [];
}"""

_SVG_EDGES = """(root, words) => {
    const text = [...root.querySelectorAll("text")].find((one) => one.textContent.includes(words));
    return text ? [...words].map((_, at) => text.getStartPositionOfChar(at).x) : [];
}"""


def test_identifiers_are_isolated(visit: Visit, desk: House) -> None:
    """A phone, a document, a reference and a plate read from left to right wherever they stand."""
    notice = notices.red_notice("ar")
    subject = notice["subject"]
    subject["vehicles"] = [{"registration_plate": "176 TN 4032"}]
    subject["bank_accounts"] = [{"iban": IBAN}]
    phone, document = subject["phone_numbers"][0]["number"], subject["identity_documents"][0]["number"]
    reference = desk.record("tn-ar", notice).reference
    shared: dict[str, Any] = {"phone_numbers": [{"number": phone}]}
    desk.record("gb-ar", notices.diffusion("ar", ["ES"], **shared))
    reader = visit("ES", "ar")
    reader.go(f"/messages/{reference}")
    for words in (phone, document, reference, "176 TN 4032", IBAN, notice["national_reference"]):
        _reads_from_the_left(reader.find("main"), words)
    _reads_from_the_left(reader.find("main table"), phone)
    reader.go(f"/threads/{reference}")
    _reads_from_the_left(reader.find("main table"), phone)
    edges = reader.find("svg.chart").evaluate(_SVG_EDGES, phone)
    assert edges
    assert edges == sorted(edges)
    reader.go(f"/search?q={document}")
    _reads_from_the_left(reader.find(".hits"), reference)


def test_changed_numbers_are_isolated(visit: Visit, desk: House) -> None:
    """Also in the table of what a new version changed, and in the sentence of a fault."""
    notice = notices.red_notice("ar")
    phone = notice["subject"]["phone_numbers"][0]["number"]
    reference = desk.record("tn-ar", notice).reference
    tunis = visit("TN", "ar")
    tunis.go(f"/messages/{reference}")
    tunis.find('form[action$="/amend"] button').click()
    box = tunis.at("/subject/phone_numbers/0/number")
    expect(box).to_have_css("direction", "ltr")
    box.fill("+21671000111")
    tunis.press("check")
    _reads_from_the_left(tunis.find("main"), "+21671000111")
    tunis.find('form[action$="/send"] button').click()
    tunis.reference()
    tunis.go(f"/messages/{reference}/history")
    for words in (phone, "+21671000111"):
        _reads_from_the_left(tunis.find("main"), words)


def _reads_from_the_left(root: Locator, words: str) -> None:
    edges = root.evaluate(_LEFT_EDGES, words)
    assert edges, words
    assert edges == sorted(edges), words


def test_the_vendored_font_is_used(visit: Visit) -> None:
    """Arabic is drawn by our own font, not by whatever the machine has."""
    visitor = visit("", "ar")
    visitor.go("/sign-in?lang=ar")
    loaded = visitor.page.evaluate(
        """async () => { await document.fonts.ready;
        return [...document.fonts].filter((f) => f.status === "loaded").map((f) => f.family) }"""
    )
    assert any("Noto Sans Arabic" in family for family in loaded), loaded
    fonts = _fonts_of(visitor, "main h1")
    assert all(font["isCustomFont"] for font in fonts), fonts
    # A space may come from the Latin face; the letters may not.
    glyphs = {font["familyName"]: font["glyphCount"] for font in fonts}
    assert glyphs["Noto Sans Arabic"] > sum(glyphs.values()) / 2, glyphs


def _fonts_of(visitor: Visitor, selector: str) -> list[dict[str, Any]]:
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found: list[dict[str, Any]] = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return found


@pytest.mark.parametrize("language", house.LANGUAGES)
def test_dates_are_mirrored(visit: Visit, language: str) -> None:
    """Day, month, year follow the direction of the page."""
    visitor = visit("TN", language)
    visitor.go("/forms/RedNotice")
    day = visitor.at("/subject/date_of_birth#day").bounding_box()
    year = visitor.at("/subject/date_of_birth").bounding_box()
    assert day is not None
    assert year is not None
    assert (day["x"] > year["x"]) == (language == "ar")
