"""`ilink dev` in the browser: from save to screen, and what a broken model shows."""

from __future__ import annotations

import shutil
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from ilink_generators import dev
from ilink_runtime import serving
from ilink_runtime.bench import Bench

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
#: Generous, for a machine that has other work; `pytest --durations` and the property say the figure.
BOUND_SECONDS = 3.0
SAVES = 5


@dataclass(frozen=True, slots=True)
class Editing:
    """A copy of the model under somebody's hands, and the bench that shows it."""

    schema: Path
    address: str

    def save(self, name: str, old: str, new: str) -> None:
        """Changes a file of the model; what is to be replaced must be there."""
        path = self.schema / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def editing(tmp_path: Path) -> Iterator[Editing]:
    schema = tmp_path / "schema"
    shutil.copytree(ROOT / "schema", schema)
    bench, done = Bench(), threading.Event()
    with serving.listen("127.0.0.1", 0) as listener:
        server = serving.Server(serving.config(bench.app), bench)
        threads = [
            threading.Thread(target=server.run, kwargs={"sockets": [listener]}),
            threading.Thread(target=dev.watch, args=(bench, schema, tmp_path / "adapters", done)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield Editing(schema, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            done.set()
            bench.stop()
            server.should_exit = True
            for thread in threads:
                thread.join(15)


@pytest.fixture
def page(browser: Browser, editing: Editing) -> Iterator[Page]:
    """The bench in a window; the browser complains about nothing."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(editing.address)
    expect(page.locator("iframe")).to_have_count(4, timeout=20_000)  # the first model is being made
    page.goto(f"{editing.address}/?form=RedNotice")
    yield page
    page.close()
    assert complaints == []


def column(page: Page, language: str) -> FrameLocator:
    """The form in a language."""
    return page.frame_locator(f"iframe[lang={language}]")


def test_from_save_to_screen(page: Page, editing: Editing) -> None:
    for language, words in (("en", "Occupation"), ("ar", "المهنة"), ("fr", "Profession")):
        expect(column(page, language).get_by_text(words, exact=True).first).to_be_attached()
    assert column(page, "ar").locator("html").get_attribute("dir") == "rtl"
    seconds = []
    before = "title: Occupation\n"
    for number in range(SAVES):
        after = f"title: Occupation {number}\n"
        started = time.perf_counter()
        editing.save("person.yaml", before, after)
        column(page, "en").get_by_text(f"Occupation {number}", exact=True).wait_for(state="attached")
        seconds.append(time.perf_counter() - started)
        before = after
    print(f"from save to screen: median {statistics.median(seconds):.2f} s")
    assert statistics.median(seconds) < BOUND_SECONDS


def test_a_refused_model_leaves_the_last_good_form(page: Page, editing: Editing) -> None:
    editing.save("person.yaml", "range: PlaceName\n", "range: PlaceNam\n")
    refused = page.locator("#said .fault-summary")
    expect(refused).to_contain_text("person.yaml:")
    expect(refused).to_contain_text("Person.place_of_birth")
    expect(refused).to_contain_text("Did you mean PlaceName?")
    expect(column(page, "en").get_by_text("Place of birth", exact=True)).to_be_attached()
    editing.save("person.yaml", "range: PlaceNam\n", "range: PlaceName\n")
    expect(refused).to_have_count(0)


def test_a_finding_stands_beside_its_field(page: Page, editing: Editing) -> None:
    editing.save("person.yaml", "        description: Every language that the person speaks.\n", "")
    for language in ("en", "ar"):
        fault = column(page, language).locator("[id='/subject/languages!fault']")
        expect(fault).to_contain_text("person.yaml:")
        expect(fault).to_contain_text("no help text. Say what to write.")
    editing.save("documents.yaml", "        description: ", "        comments: ")
    inside = column(page, "en").locator("[id='/subject/identity_documents!fault']")
    expect(inside).to_contain_text("documents.yaml:")


def test_the_names_of_the_forms_are_drawn_anew_too(page: Page, editing: Editing) -> None:
    editing.save("notices/blue.yaml", "title: Blue Notice\n    desc", "title: Azure Notice\n    desc")
    expect(page.locator("#form option", has_text="Azure Notice")).to_have_count(1)
