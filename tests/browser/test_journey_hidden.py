"""A message that is hidden from a bureau, or restricted to others, does not exist there."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import house, notices
from tests.browser.conftest import Visit
from tests.browser.house import LANGUAGES, House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "handling", [{"hidden_from": ["GB"]}, {"restricted_to": ["ES"]}], ids=["hidden", "restricted"]
)
def test_not_there_for_the_other_bureau(
    visit: Visit, desk: House, language: str, handling: dict[str, Any]
) -> None:
    """Neither by its page, nor by search, nor in the list, nor in the news, nor as a connection."""
    london = visit("GB", language)
    with london.page.expect_response("**/api/v1/stream"):
        london.go("/")
    hidden = notices.red_notice(language, handling=handling)
    document = hidden["subject"]["identity_documents"][0]
    sender = house.officer("TN", language)
    reference = desk.record(sender, hidden).reference
    desk.publish(reference)
    seen = notices.diffusion(language, ["GB", "ES"], identity_documents=[document])
    connected = desk.record(sender, seen).reference
    told = london.words.count("%(n)s new message – show", "%(n)s new messages – show", 1)
    expect(london.find("#live a")).to_have_text(told)
    london.go("/")
    expect(london.find(f'a[href*="{connected}"]')).to_be_visible()
    assert reference not in london.page.content()
    london.go(f"/search?q={document['number']}")
    expect(london.find(".hit")).to_have_count(1)
    assert reference not in london.page.content()
    london.go(f"/messages/{connected}")
    assert reference not in london.page.content()
    for path in (f"/messages/{reference}", f"/messages/{reference}/history", f"/threads/{reference}"):
        london.go(path, 404)
    madrid = visit("ES", language)
    madrid.go(f"/messages/{connected}")
    expect(madrid.find(f'a[href="/messages/{reference}"]').first).to_be_visible()
