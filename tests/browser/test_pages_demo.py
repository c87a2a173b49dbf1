"""The demonstration offers its tour, and nothing else does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import house
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_one_click_signs_in(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The three steps in words, and a button for each invented officer."""
    with house.opened(tmp_path_factory.mktemp("demo"), demo=True) as demo:
        for language in house.LANGUAGES:
            visitor = Visitor(browser, demo, language)
            visitor.go(f"/?lang={language}")
            tour = visitor.find("section.tour")
            expect(tour).to_contain_text(
                visitor.words.say("You are in Tunis: write a Red Notice and send it.")
            )
            expect(tour.get_by_role("listitem")).to_have_count(3)
            tour.locator(f'button[value="{house.officer("TN", language)}"]').click()
            expect(visitor.find(".who")).to_contain_text("هالة بن ميلاد")
            visitor.close()


def test_no_tour_without_a_demonstration(visit: Visit) -> None:
    """A server in earnest asks for a password."""
    visitor = visit("", "en")
    visitor.go("/sign-in")
    expect(visitor.find("section.tour")).to_have_count(0)
    expect(visitor.at("password")).to_be_visible()
