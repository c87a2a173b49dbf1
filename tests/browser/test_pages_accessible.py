"""Every kind of page by WCAG 2.2 AA, in every language, wide and narrow, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visit
from tests.browser.exhibition import exhibits
from tests.browser.house import House
from tests.browser.visitor import WIDE, Visitor

pytestmark = pytest.mark.browser

AXE = Axe()
OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
NARROW = {"width": 320, "height": 700}

_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const outside = (box) => box.right > width + 1 || box.left < -1;
    const told = [...document.querySelectorAll("main *, header *, footer *")]
        .filter((element) => outside(element.getBoundingClientRect()))
        .map((element) => element.outerHTML.slice(0, 160));
    return told.length ? told.slice(0, 5) : ["the page itself"];
}"""

#: Places that are named twice, and names that lead nowhere.
_LOOSE_ENDS = """() => {
    const places = [...document.querySelectorAll("[id]")].map((element) => element.id);
    const twice = places.filter((place, at) => places.indexOf(place) !== at);
    const named = (attribute) => [...document.querySelectorAll(`[${attribute}]`)]
        .flatMap((element) => element.getAttribute(attribute).split(" "));
    const links = named("href").filter((href) => href.startsWith("#")).map((href) => href.slice(1));
    const nowhere = [...links, ...["for", "aria-describedby", "aria-labelledby"].flatMap(named)]
        .filter((place) => !document.getElementById(place));
    return [...twice.map((place) => `twice: ${place}`), ...nowhere.map((place) => `nowhere: ${place}`)];
}"""


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"),
    [
        ("en", "light", WIDE),
        ("ar", "dark", WIDE),
        ("fr", "light", WIDE),
        ("ar", "light", NARROW),
        ("es", "dark", NARROW),
    ],
    ids=["en", "ar-dark", "fr", "ar-narrow", "es-dark-narrow"],
)
def test_no_violations(
    visit: Visit, desk: House, language: str, scheme: str, viewport: dict[str, int]
) -> None:
    """No violation that axe knows; nothing to scroll sideways; language and direction as the page says."""
    visitors: dict[str, Visitor] = {}
    found: dict[str, Any] = {}
    for exhibit in exhibits(desk, language):
        if exhibit.place not in visitors:
            visitors[exhibit.place] = visit(exhibit.place, language, color_scheme=scheme, viewport=viewport)
        visitor = visitors[exhibit.place]
        visitor.go(exhibit.path, exhibit.status)
        html = visitor.find("html")
        assert html.get_attribute("lang") == language
        assert html.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        problems = _violations(visitor)
        for question in (_TOO_WIDE, _LOOSE_ENDS):
            problems += visitor.page.evaluate(question)
        if problems:
            found[exhibit.name] = problems
    assert not found, "\n".join(f"{name}: {problem}" for name, told in found.items() for problem in told)


def _violations(visitor: Visitor) -> list[str]:
    report = AXE.run(visitor.page, options=OPTIONS).response
    return [
        f"{violation['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for violation in report["violations"]
        for node in violation["nodes"][:3]
    ]
