"""The home page as an officer in a hurry sees it, and sections of forms that stay folded until needed."""

from __future__ import annotations

import re

from fastapi import FastAPI

from ilink_runtime.pages import kinds
from tests.desk.test_pages import Browser, _etag, app, write_notice

__all__ = ["app"]

#: The folded part of the handling; its summary says "Show the fields".
FOLDED = re.compile(
    r'<section class="form-section" id="section-access_more".*?<details class="folded"( open)?>', re.S
)


def folded(page: str) -> bool:
    """Whether the seldom used part of the handling is folded."""
    found = FOLDED.search(page)
    assert found
    return not found[1]


def waiting(page: str) -> int:
    """How many messages wait for the reader."""
    found = re.search(r'<a href="/\?status=[^"]*">[^<]*</a> \((\d+)\)', page)
    assert found, page
    return int(found[1])


def test_the_home_page_offers_the_first_forms_of_each_family(app: FastAPI) -> None:
    page = Browser(app, "amal").get("/")
    families = kinds.families(app.state.bundle)
    listed = re.findall(r'href="/forms/(\w+)"', page)
    shown = [family.kinds if family.asks else family.kinds[: kinds.FIRST] for family in families]
    assert sorted(listed) == sorted(kind.type for some in shown for kind in some)
    assert len(listed) < sum(len(family.kinds) for family in families)
    assert '<a href="/forms">' in page


def test_what_waits_is_counted_for_who_must_act(app: FastAPI) -> None:
    amal, lena = Browser(app, "amal"), Browser(app, "lena")
    before = waiting(lena.get("/")), waiting(amal.get("/"))
    reference = write_notice(amal, "Waiting")
    assert waiting(lena.get("/")) == before[0] + 1
    lena.get(f"/messages/{reference}/return")
    lena.post(f"/messages/{reference}/return", etag=_etag(lena), reason="Say where it happened.")
    assert waiting(lena.get("/")) == before[0]
    assert waiting(amal.get("/")) == before[1] + 1
    assert waiting(Browser(app, "mario").get("/")) == 0


def test_drafts_are_counted(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    counted = re.compile(r'<a href="/drafts">Drafts</a> \((\d+)\)')
    before = counted.search(amal.get("/"))
    amal.get("/forms/BlueNotice")
    amal.press("save", __subject__family_name="Counted")
    after = counted.search(amal.get("/"))
    assert before
    assert after
    assert int(after[1]) == int(before[1]) + 1


def test_a_folded_section_opens_when_something_stands_in_it(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    assert folded(amal.get("/forms/RedNotice"))
    assert 'href="#section-access_more"' in amal.page
    amal.press("save", __subject__family_name="Folded")
    assert folded(amal.page)
    amal.press("save", __handling__handling_code="H1")
    assert not folded(amal.page)


def test_a_folded_section_opens_at_a_fault(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    amal.get("/forms/RedNotice")
    amal.press("add:/handling/field_restrictions", __subject__family_name="Folded")
    amal.press("check", __handling__field_restrictions__0__pointer="/subject/phone_numbers/7")
    assert 'class="fault-summary"' in amal.page
    assert not folded(amal.page)
