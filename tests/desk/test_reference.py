"""The pages of the reference: for everybody, in every language, with no link that leads nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from ilink_runtime import database
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings

LANGUAGES = ("en", "ar", "es", "fr")
ROOT = "/docs/standard"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody who is not signed in."""
    url = f"sqlite:///{tmp_path_factory.mktemp('reference') / 'ilink.sqlite3'}"
    with TestClient(create_app(Settings(database=url))) as client:
        yield client


def links(html: str) -> list[str]:
    """Where a page leads."""
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', html)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_link_leads_nowhere(reader: TestClient, language: str) -> None:
    waiting, pages = [f"{ROOT}?lang={language}"], dict[str, str]()
    asked: set[tuple[str, str]] = set()
    while waiting:
        address = waiting.pop()
        answer = reader.get(address)
        assert answer.status_code == 200, address
        pages[address] = answer.text
        for link in links(answer.text):
            bare, _, anchor = link.partition("#")
            bare = bare or address
            if bare.startswith(ROOT) and f"lang={language}" in bare:
                asked.add((bare, anchor))
                if bare not in pages and bare not in waiting:
                    waiting.append(bare)
    bundle = reader.app.state.bundle  # type: ignore[attr-defined]
    for kind, names in (
        ("classes", bundle.reference["classes"]),
        ("codes", bundle.reference["code_lists"]),
        ("types", bundle.reference["types"]),
        ("forms", bundle.forms),
    ):
        assert {f"{ROOT}/{kind}/{name}?lang={language}" for name in names} <= pages.keys()
    missing = {(at, anchor) for at, anchor in asked if anchor and f'id="{anchor}"' not in pages[at]}
    assert not missing


def test_a_page_is_in_the_language_asked_for(reader: TestClient) -> None:
    arabic = reader.get(f"{ROOT}/classes/RedNotice?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in arabic
    texts = reader.app.state.bundle.texts["ar"]  # type: ignore[attr-defined]
    assert texts["RedNotice.title"] in arabic
    assert texts["rules.red-facts.title"] in arabic
    assert "RPD-83(2)(b)" in arabic


def test_the_strict_policy_holds_and_nothing_is_inline(reader: TestClient) -> None:
    for path in ("", "/classes/Person", "/rules", "/index", "/forms/RedNotice"):
        answer = reader.get(ROOT + path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=", answer.text)
        assert re.findall(r"<script(?![^>]*src=)(?![^>]*application/json)", answer.text) == []


def test_the_search_finds_fields_codes_types_and_rules(reader: TestClient) -> None:
    arabic = reader.app.state.bundle.texts["ar"]["Person.date_of_birth.title"]  # type: ignore[attr-defined]
    for language, words, name in (
        ("en", "date of birth", "date_of_birth"),
        ("en", "RED-FACTS", "red-facts"),
        ("fr", "numéro de téléphone", "PhoneNumber"),
        ("ar", arabic, "date_of_birth"),
        ("en", "Tunisia", "TN"),
    ):
        found = reader.get(ROOT, params={"q": words, "lang": language}).text
        assert f">{name}</bdi>" in found, words
    nothing = reader.get(ROOT, params={"q": "no such thing", "lang": "en"}).text
    assert "0 elements for" in nothing


@pytest.mark.parametrize("path", ["/classes/Nobody", "/codes/Nobody", "/types/Nobody", "/forms/Person", "/x"])
def test_what_is_not_there_is_not_found(reader: TestClient, path: str) -> None:
    assert reader.get(ROOT + path).status_code == 404


def test_an_example_stands_with_its_type(reader: TestClient) -> None:
    page = reader.get(f"{ROOT}/classes/RedNotice?lang=en").text
    shown = re.search(r'<pre class="json"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert shown is not None
    assert json.loads(unescape(shown[1])) == reader.app.state.bundle.reference["examples"]["RedNotice"]  # type: ignore[attr-defined]
    assert "Before publication it still lacks" not in page


def test_a_form_is_tried_without_a_script_and_nothing_is_kept(reader: TestClient) -> None:
    address = f"{ROOT}/forms/RedNotice?lang=en"
    name = "/subject/other_names/0/family_name"
    typed = {"/subject/family_name": "Benhaddou"}
    grown = reader.post(address, data={"action": "add:/subject/other_names", **typed})
    assert f'name="{name}"' in grown.text
    assert 'value="Benhaddou"' in grown.text
    judged = reader.post(address, data={"action": "try", **typed, name: "Alias"})
    shown = re.search(r'<pre class="json"[^>]*>(.*?)</pre>', judged.text, re.DOTALL)
    assert shown is not None
    assert json.loads(unescape(shown[1])) == {
        "message_type": "RedNotice",
        "subject": {"family_name": "Benhaddou", "other_names": [{"family_name": "Alias"}]},
    }
    assert "Status of the person: this is needed." in judged.text
    assert "Add an arrest warrant or a court sentence." in judged.text
    store = reader.app.state.store  # type: ignore[attr-defined]
    for table in (database.message, database.draft):
        assert store.read(lambda c, table=table: c.scalar(select(func.count()).select_from(table))) == 0


@pytest.mark.parametrize(
    "action", ["add:/nowhere", "remove:/subject/other_names/7", "add:", "remove:/", "try:x", "\u0000"]
)
def test_a_button_that_is_not_there_does_nothing(reader: TestClient, action: str) -> None:
    assert reader.post(f"{ROOT}/forms/RedNotice", data={"action": action}).status_code == 200


def test_a_good_message_is_told_so(reader: TestClient) -> None:
    """The example of a type, typed into its form, has nothing against it."""
    from ilink_runtime import form

    bundle = reader.app.state.bundle  # type: ignore[attr-defined]
    for name, definition in bundle.forms.items():
        example = bundle.reference["examples"][name]
        pairs = [pair for section in form.show(definition, example) for pair in form.pairs(section.entries)]
        data: dict[str, list[str]] = {"action": ["try"]}
        for key, value in pairs:
            data.setdefault(key, []).append(value)
        page = reader.post(f"{ROOT}/forms/{name}?lang=en", data=data).text
        assert "<p data-good>" in page, name


def test_the_pages_need_only_the_bundle(tmp_path: Path) -> None:
    """A foreign model has no message type of ours, no sections, no translations."""
    from ilink_generators import build, load

    case = Path(__file__).parents[1] / "compiler/cases/designated_unions/model.yaml"
    build.write(build.generate(load(case)), tmp_path / "bundle")
    settings = Settings(database=f"sqlite:///{tmp_path / 'x.sqlite3'}", standard=tmp_path / "bundle")
    with TestClient(create_app(settings)) as client:
        reference = client.app.state.bundle.reference  # type: ignore[attr-defined]
        for path in ("", "/classes", "/codes", "/types", "/rules", "/index"):
            assert client.get(ROOT + path).status_code == 200
        for name in reference["classes"]:
            assert client.get(f"{ROOT}/classes/{name}").status_code == 200
