"""The owner changes a message and deletes it; drafts outlive a sign-in."""

from __future__ import annotations

import pytest
from playwright.sync_api import APIResponse, Route, expect

from ilink_runtime.signin import COOKIE
from tests.browser import house, notices, paper
from tests.browser.conftest import Visit
from tests.browser.house import LANGUAGES, House
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SAVED = "Saved: %(instant)s"


@pytest.mark.parametrize("language", LANGUAGES)
def test_changed_with_a_history_then_deleted(visit: Visit, desk: House, language: str) -> None:
    """A new version with its differences; what another window holds is stale; then gone for everybody."""
    notice = notices.red_notice(language)
    reference = desk.record(house.officer("TN", language), notice).reference
    tunis = visit("TN", language)
    stale_draft = _begin_change(tunis, reference)
    tunis.go(f"/messages/{reference}/delete")
    stale_delete = tunis.page
    tunis.page = tunis.context.new_page()
    _change(tunis, reference, "Nouveau-Nom")
    _shows_difference(tunis, reference, notice["subject"]["family_name"], "Nouveau-Nom")
    _cannot_send(tunis, stale_draft)
    tunis.expect_refusal(412)
    stale_delete.locator('form[action$="/delete"] button').click()
    expect(stale_delete.locator("main h1")).to_be_visible()
    tunis.go(f"/messages/{reference}")
    _delete(tunis, reference)
    visit("ES", language).go(f"/messages/{reference}", 404)


def _begin_change(tunis: Visitor, reference: str) -> str:
    tunis.go(f"/messages/{reference}")
    tunis.page.get_by_role("button", name=tunis.words.say("Change this message")).click()
    tunis.page.wait_for_url("**/drafts/*")
    return tunis.page.url


def _change(tunis: Visitor, reference: str, name: str) -> None:
    _begin_change(tunis, reference)
    tunis.at("/subject/family_name").fill(name)
    tunis.press("check")
    tunis.page.get_by_role("button", name=tunis.words.say("Send the new version")).click()
    assert tunis.reference() == reference
    expect(tunis.find("main h1")).to_contain_text(name)


def _shows_difference(tunis: Visitor, reference: str, before: str, after: str) -> None:
    tunis.page.get_by_role("link", name=tunis.words.say("History"), exact=True).click()
    tunis.page.wait_for_url(f"**/messages/{reference}/history")
    change = tunis.find("main tbody tr")
    expect(change).to_have_count(1)
    for words in (tunis.words.title("NameParts.family_name"), before, after):
        expect(change).to_contain_text(words)
    expect(tunis.find("main .record-section")).to_have_count(2)


def _cannot_send(tunis: Visitor, draft: str) -> None:
    """The draft was begun from a version that is no longer the latest."""
    tunis.go(f"{draft.removeprefix(tunis.house.address)}/check")
    tunis.expect_refusal(412)
    with tunis.page.expect_navigation():
        tunis.find('form[action$="/send"] button').click()
    expect(tunis.find("main h1")).to_be_visible()
    assert "/send" in tunis.page.url


def _delete(tunis: Visitor, reference: str) -> None:
    tunis.page.get_by_role("link", name=tunis.words.say("Delete this message")).click()
    button = tunis.words.say("Delete it for every bureau")
    tunis.page.get_by_role("button", name=button).click()
    tunis.page.wait_for_url(f"{tunis.house.address}/")
    tunis.go(f"/messages/{reference}", 404)
    tunis.go(f"/messages/{reference}/history", 404)
    tunis.go(f"/search?q={reference}")
    expect(tunis.find(".hit")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_outlives_the_sign_in(visit: Visit, desk: House, language: str) -> None:
    """It saves itself, is there after signing out and in; what an ended session cut off is carried on."""
    visitor = visit("", language)
    visitor.wear(desk.new_session(house.officer("TN", language)))
    name = f"Brouillon {language}"
    _write(visitor, name)
    visitor.find('form[action="/sign-out"] button').click()
    visitor.page.wait_for_url("**/sign-in*")
    _sign_in(visitor)
    visitor.go("/drafts")
    visitor.page.get_by_role("link", name=name).click()
    expect(visitor.at("/subject/forename")).to_have_value("Ilyès")
    visitor.context.clear_cookies(name=COOKIE)
    visitor.at("/subject/occupation").fill("Horloger")
    visitor.expect_refusal(401)
    visitor.press("save")
    _sign_in(visitor)
    visitor.find('main form[action^="/drafts/"] button').click()
    visitor.page.wait_for_url("**/drafts/*")
    expect(visitor.at("/subject/occupation")).to_have_value("Horloger")
    expect(visitor.at("/subject/forename")).to_have_value("Ilyès")


def _write(visitor: Visitor, name: str) -> None:
    visitor.go("/forms/BlueNotice")
    visitor.at("/subject/family_name").fill(name)
    visitor.page.wait_for_url("**/drafts/*")
    visitor.at("/subject/forename").fill("Ilyès")
    with visitor.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        pass
    assert saved.value.ok
    expect(visitor.at("saved")).to_contain_text(visitor.words.say(SAVED, instant="").strip("\u2068\u2069 "))


def _sign_in(visitor: Visitor) -> None:
    visitor.at("username").fill(house.officer("TN", visitor.words.language))
    visitor.at("password").fill(house.PASSWORD)
    visitor.at("purpose").select_option("wanted_person")
    visitor.find('main form[action^="/sign-in"] button').last.click()
    visitor.find(".who").wait_for()


def test_a_button_waits_for_the_saving_under_way(visit: Visit) -> None:
    """Who presses a button while the form saves itself is not told that a colleague was there."""
    visitor = visit("TN", "en")
    visitor.go("/forms/BlueNotice")
    visitor.press("save")
    visitor.page.wait_for_url("**/drafts/*")
    address = visitor.page.url
    held: list[tuple[Route, APIResponse]] = []
    visitor.page.route(address, lambda route: held.append((route, route.fetch())), times=1)
    with visitor.page.expect_request(address):
        visitor.at("/subject/family_name").fill("Lentissime")
    while not held:
        visitor.page.wait_for_timeout(50)
    visitor.at("/subject/forename").fill("Odalric")
    visitor.press("check")
    route, answer = held.pop()
    route.fulfill(response=answer)
    expect(visitor.find(".fault-summary")).to_be_focused()
    assert paper.values(visitor.page)["/subject/forename"] == "Odalric"
    assert paper.values(visitor.page)["/subject/family_name"] == "Lentissime"
