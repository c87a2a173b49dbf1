"""The whole way with JavaScript switched off: filled, refused, corrected, sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import house, notices, paper
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_sent_without_script(visit: Visit, language: str) -> None:
    """Every button is a plain form button; rows grow by a round trip."""
    visitor = visit("", language, java_script_enabled=False)
    visitor.go(f"/sign-in?lang={language}&next=/forms/RedNotice")
    visitor.at("username").fill(house.officer("TN", language))
    visitor.at("password").fill(house.PASSWORD)
    visitor.at("purpose").select_option("wanted_person")
    visitor.find('main form[action^="/sign-in"] button').last.click()
    visitor.page.wait_for_url("**/forms/RedNotice*")
    notice = notices.red_notice(language)
    status = notice["subject"].pop("status")
    notice["subject"]["other_names"] = [{"family_name": "Autre", "kind": "alias"}]
    paper.fill(visitor, notice)
    paper.add_row(visitor, "/subject/other_names")
    paper.remove_row(visitor, "/subject/other_names/1")
    visitor.press("check")
    summary = visitor.find(".fault-summary")
    expect(summary.get_by_role("link")).to_have_count(1)
    assert "1" in visitor.page.title()
    summary.get_by_role("link").click()
    paper.fill(visitor, {"subject": {"status": status}})
    visitor.press("check")
    visitor.page.wait_for_url("**/check")
    visitor.find('form[action$="/send"] button').click()
    visitor.reference()
    banner = visitor.find(".handling")
    expect(banner).to_contain_text(visitor.words.title("MessageStatus.processing"))
    expect(visitor.find("main")).to_contain_text("Autre")
