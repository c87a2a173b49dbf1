"""A form that is tried in the browser alone: it grows, and judges by the same rules as the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Route, expect

from ilink_runtime import form
from ilink_runtime.conditions import fires, from_json, holds
from ilink_runtime.reference import Reference, reference
from tests.agreement.messages import written
from tests.browser.conftest import Visit
from tests.browser.house import House
from tests.browser.visitor import Visitor
from tools import site

pytestmark = pytest.mark.browser

ROOT = "/docs/standard"


def alone(visitor: Visitor) -> None:
    """From now on forms come as the static site has them: they post nowhere."""

    def without_server(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=site.alone(answer.text()))

    visitor.page.route(f"**{ROOT}/forms/*", without_server)


def test_a_form_grows_and_judges_itself(visit: Visit, desk: House) -> None:
    visitor = visit("", "en")
    alone(visitor)
    visitor.go(f"{ROOT}/forms/RedNotice?lang=en")
    visitor.press("add:/subject/other_names")
    expect(visitor.at("/subject/other_names/0/family_name")).to_be_focused()
    visitor.press("add:/subject/other_names")
    visitor.at("/subject/other_names/1/family_name").fill("Alias")
    visitor.press("remove:/subject/other_names/0")
    visitor.at("/subject/date_of_birth").fill("١٩٨٠")
    visitor.at("/subject/date_of_birth#month").fill("5")
    visitor.press("try")
    expect(visitor.find("#verdict")).to_be_focused()
    message = json.loads(visitor.find("#verdict pre").inner_text())
    assert message == {
        "message_type": "RedNotice",
        "subject": {"other_names": [{"family_name": "Alias"}], "date_of_birth": "1980-05"},
    }
    hindering = visitor.find("#verdict [data-level=record]")
    expect(hindering).to_contain_text("Status of the person: this is needed.")
    expect(visitor.find("#verdict [data-level=publish]")).to_contain_text("Summarise the facts.")
    expect(visitor.find("[data-good]")).to_be_hidden()


@pytest.mark.parametrize(("language", "every"), [("en", 1), ("ar", 4)])
def test_the_script_reads_a_form_as_the_server_does(
    visit: Visit, desk: House, language: str, every: int
) -> None:
    """The example of a type, typed in: the message that the server read is what the script reads.

    Of every type in English; the language changes no more than how a few widgets are read.
    """
    visitor = visit("", language)
    bundle = desk.app.state.bundle
    for name, definition in list(bundle.forms.items())[::every]:
        example = bundle.reference["examples"][name]
        pairs = [pair for section in form.show(definition, example) for pair in form.pairs(section.entries)]
        address = f"{ROOT}/forms/{name}?lang={language}"
        answer = visitor.page.request.post(
            address,
            data=urlencode([*pairs, ("action", "try")]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        visitor.page.route(f"**{address}", answered_with(answer.text()))
        visitor.go(address)
        assert visitor.page.evaluate("new Typed().message()") == example
        assert json.loads(visitor.find("#verdict pre").inner_text()) == example
        assert visitor.page.evaluate("faults(new Typed().message())") == []


def answered_with(page: str) -> Callable[[Route], None]:
    """Answers with a page."""
    return lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8")


def test_the_script_and_the_server_know_the_same_rules(visit: Visit, desk: House) -> None:
    visitor = visit("", "fr")
    elements = reference(desk.app.state.bundle)
    texts = desk.app.state.bundle.texts["fr"]
    broken, shown = 0, ""
    for entry in sorted(written(), key=lambda entry: entry.type):
        if entry.type != shown:
            shown = entry.type
            visitor.go(f"{ROOT}/forms/{shown}?lang=fr")
        asked = "([type, message]) => [...faultsOfRules(type, message, '')].map((fault) => fault.said).sort()"
        said = visitor.page.evaluate(asked, [entry.type, entry.message])
        ours = sorted(
            texts[f"rules.{code}.title"] for code in broken_rules(elements, entry.type, entry.message)
        )
        assert said == ours, entry.name
        broken += len(ours)
    assert broken


def broken_rules(elements: Reference, class_name: str, value: Mapping[str, Any]) -> Iterator[str]:
    """The rules that an object and the objects inside it break."""
    for code in elements.classes[class_name].get("rules", ()):
        rule = elements.rules[code]
        when = from_json(rule["when"]) if "when" in rule else None
        asked = rule["then"] if fires(when, value) else rule.get("otherwise")
        if asked is not None and holds(from_json(asked), value) is False:
            yield code
    for field in elements.fields(class_name):
        if field.range_kind == "classes":
            inside = value.get(field.name)
            for member in inside if isinstance(inside, list) else [inside]:
                if isinstance(member, Mapping):
                    yield from broken_rules(elements, field.range, member)


def test_the_one_list_is_searched_without_a_server(visit: Visit) -> None:
    visitor = visit("", "fr")
    visitor.go(f"{ROOT}/index?lang=fr&q=date+de+naissance")
    shown = visitor.find("[data-find] li:visible")
    expect(shown.first).to_contain_text("Date de naissance")
    assert shown.count() < 20
    visitor.find("#reference-box").fill("PRENOM")
    expect(shown.filter(has_text="forename").first).to_contain_text("Prénom")
