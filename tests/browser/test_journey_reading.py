"""Another bureau finds a notice, opens it in its own language, and sees what it is connected with."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import house, notices
from tests.browser.conftest import Visit
from tests.browser.house import LANGUAGES, House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

#: Who writes in which language, for a reader of each.
WRITTEN_IN = {"en": "ar", "ar": "fr", "es": "ar", "fr": "es"}
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize("language", LANGUAGES)
def test_found_by_whatever_one_knows(visit: Visit, desk: House, language: str) -> None:
    """A name in another script or without accents, a passport, an account, a phone in any spelling."""
    notice = notices.red_notice(language)
    reference = desk.record(house.officer("TN", language), notice).reference
    subject = notice["subject"]
    phone = subject["phone_numbers"][0]["number"]
    reader = visit("ES", language)
    for question in (
        subject["family_name_original"],
        _without_accents(f"{subject['forename']} {subject['family_name']}"),
        subject["bank_accounts"][0]["account_number"],
        subject["identity_documents"][0]["number"].lower(),
        f"{phone[:4]} {phone[4:6]}-{phone[6:]}",
        phone.translate(ARABIC_DIGITS),
    ):
        _search(reader, question)
        expect(_hit(reader, reference)).to_be_visible()
    _search(reader, "no such person at all")
    expect(_hit(reader, reference)).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_opened_in_ones_own_language(visit: Visit, desk: House, language: str) -> None:
    """Labels and codes in the reader's language; a translation where there is one, else the original."""
    written_in = WRITTEN_IN[language]
    notice = notices.red_notice(written_in)
    notice["facts_summary"]["translations"] = [
        {"language": language, "text": notices.FACTS[language], "state": "human", "author": "Translator 7"}
    ]
    reader = visit("ES", language)
    reader.go(f"/messages/{desk.record(house.officer('TN', written_in), notice).reference}")
    main = reader.find("main")
    for label in ("Country.FR", "Sex.M", "RedNotice", "TranslationState.human"):
        expect(main).to_contain_text(reader.words.title(label))
    translation = main.locator(".prose", has_text=notices.FACTS[language]).first
    assert translation.get_attribute("lang") == language
    original = reader.at("/arrest_warrants/0/charge").locator("xpath=..").locator(".prose").first
    expect(original).to_have_text(notices.FACTS[written_in])
    assert original.get_attribute("lang") == written_in
    assert original.get_attribute("dir") == ("rtl" if written_in == "ar" else "ltr")
    expect(main).to_contain_text(reader.words.title(f"Language.{written_in}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_threads_say_why(visit: Visit, desk: House, language: str) -> None:
    """A phone and a passport in messages of two bureaus connect them, with the places where they stand."""
    notice = notices.red_notice(language)
    subject = notice["subject"]
    shared: dict[str, Any] = {
        "phone_numbers": [{"number": subject["phone_numbers"][0]["number"]}],
        "identity_documents": subject["identity_documents"],
    }
    other = notices.diffusion(language, ["ES", "TN"], **shared)
    reference = desk.record(house.officer("TN", language), notice).reference
    elsewhere = desk.record(house.officer("GB", language), other).reference
    reader = visit("ES", language)
    reader.go(f"/messages/{reference}")
    _shows_thread(reader, elsewhere, other["subject"]["family_name"], shared)
    reader.page.get_by_role("link", name=reader.words.say("Connections"), exact=True).click()
    reader.page.wait_for_url("**/threads/*")
    _shows_thread(reader, elsewhere, other["subject"]["family_name"], shared)
    expect(reader.find("svg.chart")).to_be_visible()
    reader.find(f'td a[href="/messages/{elsewhere}"]').first.click()
    assert other["subject"]["family_name"] in reader.lead()


def _shows_thread(reader: Visitor, elsewhere: str, name: str, shared: dict[str, Any]) -> None:
    table = reader.find("main table")
    for kind, place, value in (
        ("PhoneNumber", "PhoneContact.number", shared["phone_numbers"][0]["number"]),
        ("DocumentNumber", "IdentityDocument.number", shared["identity_documents"][0]["number"]),
    ):
        row = table.locator("tbody tr", has_text=value)
        expect(row).to_contain_text(reader.words.title(kind))
        expect(row).to_contain_text(reader.words.title(place))
        expect(row.locator(f'a[href="/messages/{elsewhere}"]')).to_contain_text(name)
        expect(row).to_contain_text(reader.words.title("Country.GB"))


def _without_accents(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("œ", "oe"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def _search(reader: Visitor, question: str) -> None:
    if not reader.page.url.startswith(reader.house.address):
        reader.go("/")
    box = reader.at("search-box")
    box.fill(question)
    with reader.page.expect_navigation():
        box.press("Enter")


def _hit(reader: Visitor, reference: str) -> Any:
    return reader.find(f'.hit-title a[href*="{reference}"]')
