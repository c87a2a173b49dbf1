"""An officer says of which class a thing is, in the form of somebody else's model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from ilink_runtime import form
from ilink_runtime.classes import fitting
from tests.browser import house
from tests.browser.house import House
from tests.browser.test_pages_reference import ROOT, alone, answered_with
from tests.browser.visitor import Visitor
from tests.desk.foreign import REPORT, made

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("fleet")
    made(folder / "bundle")
    with house.opened(folder, standard=folder / "bundle") as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, fleet: House) -> Iterator[Visitor]:
    found = Visitor(browser, fleet, "en")
    yield found
    found.close()


def test_the_form_grows_by_what_is_chosen(visitor: Visitor) -> None:
    visitor.sit(house.officer("TN", "en"))
    visitor.go("/forms/Report")
    expect(visitor.at("/desk")).to_have_value("harbour")
    visitor.at("/number").fill("5")
    visitor.press("add:/vehicles:Boat")
    expect(visitor.at("/vehicles/0/name")).to_be_focused()
    expect(visitor.at("/number")).to_have_value("5")
    visitor.at("/vehicles/0/length").fill("7.5")
    visitor.press("add:/vehicles:Car")
    visitor.at("/vehicles/1/plate").fill("B2")
    visitor.press("add:/main:Car")
    expect(visitor.at("/main/plate")).to_be_visible()
    expect(visitor.find('button[value="add:/main:Boat"]')).to_be_hidden()
    visitor.press("remove:/main")
    expect(visitor.find('button[value="add:/main:Boat"]')).to_be_visible()
    visitor.press("add:/main:Boat")
    visitor.at("/main/name").fill("Hirondelle")
    visitor.press("add:/seen:Person")
    expect(visitor.at("/seen/0/role")).to_have_value("witness")
    visitor.press("remove:/vehicles/1")
    expect(visitor.at("/vehicles/1/plate")).to_have_count(0)
    visitor.press("save")
    visitor.page.reload()
    expect(visitor.at("/vehicles/0/length")).to_have_value("7.5")
    expect(visitor.at("/main/length")).to_be_visible()
    visitor.at("/seen/0/surname").fill("Muster")
    visitor.at("/main/length").fill("4")
    visitor.press("check")
    visitor.find('form[action$="/send"] button').click()
    visitor.reference()
    expect(visitor.find("main")).to_contain_text("Hirondelle")
    assert visitor.find("main .branch").all_inner_texts() == ["Boat", "Boat", "Person"]


def test_the_script_alone_knows_what_was_chosen(visitor: Visitor) -> None:
    alone(visitor)
    visitor.go(f"{ROOT}/forms/Report?lang=en")
    visitor.press("add:/vehicles:Boat")
    visitor.press("add:/vehicles:Car")
    visitor.at("/vehicles/1/plate").fill("B2")
    visitor.press("add:/main:Boat")
    expect(visitor.find('button[value="add:/main:Car"]')).to_be_hidden()
    visitor.at("/main/name").fill("Hirondelle")
    visitor.press("add:/cargo:Drum")
    visitor.press("remove:/cargo")
    visitor.press("add:/cargo:integer")
    visitor.at("/cargo").fill("12")
    visitor.press("add:/keepers")
    visitor.at("/number").fill("5")
    visitor.press("try")
    message = json.loads(visitor.find("#verdict pre").inner_text())
    assert message == {
        "number": "5",
        "desk": "harbour",
        "kind": "sighting",
        "urgent": True,
        "vehicles": [{"plate": "B2"}],
        "main": {"name": "Hirondelle"},
        "cargo": 12,
    }
    links = visitor.find("#verdict [data-level=record] a").all()
    assert [link.get_attribute("href") for link in links] == ["#/main/length"]


def test_the_script_reads_what_the_server_shows(visitor: Visitor, fleet: House) -> None:
    bundle = fleet.app.state.bundle
    sections = form.show(bundle.forms["Report"], REPORT, fitting(bundle))
    pairs = [pair for section in sections for pair in form.pairs(section.entries)]
    address = f"{ROOT}/forms/Report?lang=en"
    answer = visitor.page.request.post(
        address,
        data=urlencode([*pairs, ("action", "try")]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    visitor.page.route(f"**{address}", answered_with(answer.text()))
    visitor.go(address)
    assert visitor.page.evaluate("new Typed().message()") == REPORT
    assert visitor.page.evaluate("faults(new Typed().message())") == []
