"""The General Secretariat publishes a notice, or returns it; other bureaus hear of it at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import house, notices
from tests.browser.conftest import Visit
from tests.browser.house import LANGUAGES, House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

REASONS = {
    "en": "The summary of facts names no place.",
    "ar": "ملخص الوقائع لا يذكر المكان.",
    "es": "El resumen de los hechos no indica el lugar.",
    "fr": "L’exposé des faits ne nomme aucun lieu.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_returned_and_then_published(visit: Visit, desk: House, language: str) -> None:
    """Returned with a reason, which the owner reads; sent again, published, and told to an open feed."""
    receipt = desk.record(house.officer("TN", language), notices.red_notice(language))
    lyon, tunis = visit("IPSG", language), visit("TN", language)
    _return(lyon, receipt.reference, REASONS[language])
    tunis.go(f"/messages/{receipt.reference}")
    expect(tunis.find("main")).to_contain_text(REASONS[language])
    expect(tunis.find(".handling")).to_contain_text(tunis.words.title("MessageStatus.returned"))
    _send_again(tunis, receipt.reference)
    london = visit("GB", language)
    _watch_the_feed(london)
    _publish(lyon, receipt.reference)
    _hears_of_news(london, receipt.reference)


def _return(lyon: Visitor, reference: str, reason: str) -> None:
    words = lyon.words
    lyon.go(f"/messages/{reference}")
    lyon.page.get_by_role("link", name=words.say("Return it with a reason")).click()
    lyon.expect_refusal(422)
    lyon.find('form[action$="/return"] button').click()
    expect(lyon.find(".fault-summary")).to_be_focused()
    expect(lyon.find(".fault-summary")).to_contain_text(words.say("Write why you return it."))
    lyon.at("reason").fill(reason)
    lyon.find('form[action$="/return"] button').click()
    lyon.page.wait_for_url(f"**/messages/{reference}")


def _send_again(tunis: Visitor, reference: str) -> None:
    tunis.page.get_by_role("button", name=tunis.words.say("Change this message")).click()
    tunis.at("/facts_place").fill("Sfax")
    tunis.press("check")
    tunis.find('form[action$="/send"] button').click()
    assert tunis.reference() == reference
    expect(tunis.find(".handling")).to_contain_text(tunis.words.title("MessageStatus.processing"))


def _publish(lyon: Visitor, reference: str) -> None:
    lyon.go(f"/messages/{reference}")
    lyon.page.get_by_role("button", name=lyon.words.say("Publish this notice")).click()
    lyon.page.wait_for_url(f"**/messages/{reference}")
    expect(lyon.find(".handling")).to_contain_text(lyon.words.title("MessageStatus.published"))
    expect(lyon.find('form[action$="/publish"]')).to_have_count(0)


def _watch_the_feed(reader: Visitor) -> None:
    with reader.page.expect_response("**/api/v1/stream"):
        reader.go("/")
    reader.page.evaluate("document.documentElement.dataset.untouched = 'yes'")


def _hears_of_news(reader: Visitor, reference: str) -> None:
    news = reader.find("#live a")
    told = reader.words.count("%(n)s new message – show", "%(n)s new messages – show", 1)
    expect(news).to_have_text(re.compile(re.escape(told)))
    assert reader.page.evaluate("document.documentElement.dataset.untouched") == "yes"
    news.click()
    hit = reader.find(f'.hit:has(a[href*="{reference}"])')
    expect(hit).to_contain_text(reader.words.title("MessageStatus.published"))
    expect(hit).to_contain_text(reader.words.title("Country.TN"))


def test_nobody_else_publishes(visit: Visit, desk: House) -> None:
    """Only the General Secretariat has the buttons of a review, only the owner those of a change."""
    receipt = desk.record("tn-fr", notices.red_notice("fr"))
    for place, publishes, changes in (("IPSG", 1, 0), ("TN", 0, 1), ("ES", 0, 0)):
        visitor = visit(place, "fr")
        visitor.go(f"/messages/{receipt.reference}")
        expect(visitor.find('form[action$="/publish"]')).to_have_count(publishes)
        expect(visitor.find('form[action$="/amend"]')).to_have_count(changes)
        expect(visitor.find(f'main a[href="/messages/{receipt.reference}/delete"]')).to_have_count(changes)
