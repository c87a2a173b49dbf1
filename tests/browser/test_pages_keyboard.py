"""The desk by keyboard alone: no mouse, and the focus always to be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import paper
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MOST_STEPS = 500

_FOCUS_SHOWS = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def test_a_message_is_sent_by_keyboard(visit: Visit) -> None:
    """From the first Tab to the message that was sent."""
    visitor = visit("TN", "fr")
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/")
    keys.press("Tab")
    expect(visitor.find(".skip")).to_be_focused()
    keys.press("Enter")
    expect(visitor.at("main")).to_be_focused()
    _walk_to(visitor, 'main a[href="/forms/RedNotice"]')
    keys.press("Enter")
    page.wait_for_url("**/forms/RedNotice*")
    _walk_to(visitor, '[id="/subject/family_name"]')
    keys.type("Clavier")
    _walk_to(visitor, 'button[value="add:/subject/phone_numbers"]')
    keys.press("Enter")
    expect(visitor.at("/subject/phone_numbers/0/number")).to_be_focused()
    keys.type("+21620999001")
    _walk_to(visitor, 'button[value="check"]')
    keys.press("Enter")
    expect(visitor.find(".fault-summary")).to_be_focused()
    _correct(visitor)
    _walk_to(visitor, 'button[value="check"]')
    keys.press("Enter")
    page.wait_for_url("**/check")
    _walk_to(visitor, 'form[action$="/send"] button')
    keys.press("Enter")
    visitor.reference()
    expect(visitor.find("main h1")).to_contain_text("Clavier")


def _correct(visitor: Visitor) -> None:
    keys = visitor.page.keyboard
    for pointer in ("/subject/status", "/purpose"):
        visitor.find(".fault-summary").focus()
        _walk_to(visitor, f'.fault-summary a[href="#{pointer}"]')
        keys.press("Enter")
        expect(visitor.at(pointer)).to_be_focused()
        keys.press("ArrowDown")
        assert paper.values(visitor.page)[pointer]


def test_keys_of_the_desk(visit: Visit) -> None:
    """`/` goes to the search box, `?` shows the keys, arrows walk through messages."""
    visitor = visit("TN", "en")
    keys = visitor.page.keyboard
    visitor.go("/")
    keys.press("/")
    expect(visitor.at("search-box")).to_be_focused()
    visitor.page.evaluate("document.activeElement.blur()")
    keys.press("?")
    expect(visitor.at("keys")).to_be_visible()
    keys.press("Escape")
    expect(visitor.at("keys")).to_be_hidden()


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_enter_in_a_box_saves(visit: Visit, language: str) -> None:
    """Enter in a box keeps the draft and the language of the page, whatever button stands first."""
    visitor = visit("TN", language)
    visitor.go("/forms/BlueNotice")
    visitor.at("/subject/family_name").fill("Entrée")
    with visitor.page.expect_navigation():
        visitor.at("/subject/family_name").press("Enter")
    expect(visitor.at("/subject/family_name")).to_have_value("Entrée")
    assert visitor.find("html").get_attribute("lang") == language
    assert "/drafts/" in visitor.page.url


def test_suggestions_by_keyboard(visit: Visit) -> None:
    """A long list is found by some letters, without accents, and taken with the arrows and Enter."""
    visitor = visit("TN", "fr")
    visitor.go("/forms/RedNotice")
    box = visitor.at("/facts_summary/language")
    box.fill("")
    box.press_sequentially("espag")
    expect(visitor.find('[role="option"]').first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(visitor.words.title("Language.es"))


def _walk_to(visitor: Visitor, selector: str) -> None:
    """Presses Tab until the focus is there; it can be seen on the way's end."""
    for _step in range(MOST_STEPS):
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert visitor.page.evaluate(_FOCUS_SHOWS), selector
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")
