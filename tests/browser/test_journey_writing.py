"""From the sign-in to a notice that was sent, in each language."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import house, notices, paper
from tests.browser.conftest import Visit
from tests.browser.house import LANGUAGES, Words
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

ARABIC = re.compile(r"[\u0621-\u064a]")
OTHER = {"en": "ar", "ar": "fr", "es": "ar", "fr": "en"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_in_says_why(visit: Visit, language: str) -> None:
    """A wrong password is told in words; the right one leads on to where one was going."""
    visitor = visit("", language)
    page, words = visitor.page, visitor.words
    visitor.go(f"/sign-in?lang={language}&next=/forms")
    visitor.at("username").fill(house.officer("GB", language))
    visitor.at("password").fill("something else entirely")
    visitor.expect_refusal(422)
    page.get_by_role("button", name=words.say("Sign in"), exact=True).click()
    summary = visitor.find(".fault-summary")
    expect(summary).to_contain_text(words.say("Say why you will read data."))
    visitor.at("purpose").select_option("wanted_person")
    visitor.at("password").fill("something else entirely")
    visitor.expect_refusal(422)
    page.get_by_role("button", name=words.say("Sign in"), exact=True).click()
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(words.say("The user name or the password is not right. Type both again."))
    visitor.at("password").fill(house.PASSWORD)
    page.get_by_role("button", name=words.say("Sign in"), exact=True).click()
    page.wait_for_url("**/forms*")
    assert visitor.lead() == words.say("Write a message")
    expect(visitor.find(".who")).to_contain_text("Winifred Ashgrove")
    page.get_by_role("link", name=words.title("RedNotice")).first.click()
    assert visitor.lead() == words.title("RedNotice")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_is_written_corrected_and_sent(visit: Visit, language: str) -> None:
    """Every fault at once, the language switched in the middle, rows added and removed, then sent."""
    visitor = visit("TN", language)
    notice = notices.red_notice(language)
    subject = notice.pop("subject")
    _check_with_gaps(visitor)
    _correct(visitor)
    paper.fill(visitor, {"subject": subject, "facts_summary": notice.pop("facts_summary")})
    _switch_language(visitor, OTHER[language])
    _grow_and_shrink(visitor)
    paper.fill(visitor, notice)
    visitor.press("check")
    visitor.page.wait_for_url("**/check")
    _look_at_the_answers(visitor, subject["family_name"])
    visitor.find('form[action$="/send"] button').click()
    visitor.reference()
    _read_what_was_sent(visitor)


def _check_with_gaps(visitor: Visitor) -> None:
    words = visitor.words
    visitor.go("/forms/RedNotice")
    visitor.at("/subject/forename").fill("Elyas")
    visitor.press("check")
    summary = visitor.find(".fault-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    number = links.count()
    assert number >= 2
    assert str(number) in visitor.page.title()
    title = words.count("There is %(n)s thing to correct", "There are %(n)s things to correct", number)
    expect(summary.get_by_role("heading")).to_have_text(title)
    for link in links.all():
        _leads_to_its_field(visitor, link.get_attribute("href") or "", link.inner_text())
    links.first.click()
    focused = visitor.page.evaluate("document.activeElement.id || document.activeElement.name")
    assert f"#{focused}" == links.first.get_attribute("href")


def _leads_to_its_field(visitor: Visitor, href: str, sentence: str) -> None:
    assert href.startswith("#/")
    _is_in_the_language(visitor.words, sentence)
    field = visitor.at(href.removeprefix("#"))
    expect(field).to_have_count(1)
    expect(visitor.at(f"{href.removeprefix('#')}!fault")).to_contain_text(sentence)
    said_by = field.evaluate("f => (f.closest('[aria-describedby]') || f).getAttribute('aria-describedby')")
    assert f"{href.removeprefix('#')}!fault" in said_by


def _is_in_the_language(words: Words, sentence: str) -> None:
    assert bool(ARABIC.search(sentence)) == (words.language == "ar"), sentence
    if words.language != "en":
        assert "this is needed" not in sentence


def _correct(visitor: Visitor) -> None:
    paper.fill(visitor, {"subject": {"status": "charged"}, "purpose": "wanted_person"})


def _switch_language(visitor: Visitor, other: str) -> None:
    """There and back again: every value stays, also the labels that were typed for codes."""
    before = paper.values(visitor.page)
    visitor.find(f'button[value="language:{other}"]').click()
    expect(visitor.find(f'html[lang="{other}"]')).to_have_count(1)
    there = paper.values(visitor.page)
    translated = {name for name in before if name.endswith("/language")}
    assert {n: v for n, v in before.items() if n not in translated} == {
        n: v for n, v in there.items() if n in before and n not in translated
    }
    visitor.find(f'button[value="language:{visitor.words.language}"]').click()
    expect(visitor.find(f'html[lang="{visitor.words.language}"]')).to_have_count(1)
    assert paper.values(visitor.page) == before


def _grow_and_shrink(visitor: Visitor) -> None:
    names, phones = "/subject/other_names", "/subject/phone_numbers"
    aliases = [{"family_name": name, "kind": "alias"} for name in ("Premier", "Deuxième")]
    paper.fill(visitor, {"other_names": aliases}, "/subject")
    paper.add_row(visitor, phones)
    paper.add_row(visitor, phones)
    visitor.at(f"{phones}/1/number").fill("+34600000001")
    visitor.at(f"{phones}/2/number").fill("+447400000003")
    paper.remove_row(visitor, f"{phones}/1")
    expect(visitor.at(f"{phones}/1/number")).to_have_value("+447400000003")
    paper.remove_row(visitor, f"{names}/0")
    expect(visitor.at(f"{names}/0/family_name")).to_have_value("Deuxième")


def _look_at_the_answers(visitor: Visitor, family_name: str) -> None:
    main = visitor.find("main")
    assert visitor.lead() == visitor.words.say("Check answers")
    for answer in (family_name, "Deuxième", "+447400000003", visitor.words.title("Country.TN")):
        expect(main).to_contain_text(answer)
    expect(main).not_to_contain_text("+34600000001")
    lacking = visitor.words.count(
        "%(n)s thing is still needed before publication",
        "%(n)s things are still needed before publication",
        1,
    )
    expect(main).not_to_contain_text(lacking)


def _read_what_was_sent(visitor: Visitor) -> None:
    words = visitor.words
    banner = visitor.find(".handling")
    expect(banner).to_contain_text(words.title("MessageStatus.processing"))
    expect(banner).to_contain_text(words.say("Visible to every bureau"))
    expect(banner.locator(".handling-ask")).to_be_visible()
    expect(visitor.find(".kind-line")).to_have_text(words.title("RedNotice"))
