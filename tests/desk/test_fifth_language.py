"""A fifth language is one catalogue beside the model: form, codes, rules and pages speak it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from starlette.testclient import TestClient

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_generators.translations import updated
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings

SCHEMA = Path(__file__).parents[2] / "schema"


@dataclass(frozen=True)
class Invented:
    """A language by its tag, how its page is written, and how it calls itself."""

    tag: str
    direction: str
    own_name: str
    turkey: str  # what CLDR calls Türkiye there; empty where CLDR does not know the language

    def said(self, english: str) -> str:
        """The invented translation of a text."""
        return f"{self.tag}⟨{english}⟩"


#: One that CLDR knows, one that is written from the right, one of a region, one that nobody knows.
PORTUGUESE = Invented("pt", "ltr", "português", "Turquia")
ALL = (
    PORTUGUESE,
    Invented("fa", "rtl", "فارسی", "ترکیه"),
    Invented("sr-Latn", "ltr", "srpski (latinica)", "Turska"),
    Invented("qaa", "ltr", "qaa", ""),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server of the standard with the invented languages; nothing but catalogues was added."""
    folder = tmp_path_factory.mktemp("fifth")
    schema = folder / "schema"
    shutil.copytree(SCHEMA, schema)
    standard = load(schema)
    for language in ALL:
        catalogue = schema / "translations" / f"{language.tag}.po"
        catalogue.write_text(updated(standard, language.tag), "utf-8")
        with catalogue.open("rb") as file:
            entries = read_po(file)
        for entry in entries:
            if entry.id and not entry.string:
                entry.string = language.said(str(entry.id))
        with catalogue.open("wb") as file:
            write_po(file, entries, omit_header=False)
    write(generate(load(schema)), folder / "bundle")
    app = create_app(Settings(database=f"sqlite:///{folder / 'ilink.db'}", standard=folder / "bundle"))
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize("language", ALL, ids=lambda language: language.tag)
def test_form_codes_and_rules_speak_it(desk: TestClient, language: Invented) -> None:
    form = desk.get("/api/v1/forms/RedNotice", params={"lang": language.tag}).json()
    english = desk.get("/api/v1/forms/RedNotice", params={"lang": "en"}).json()
    assert (form["language"], form["direction"]) == (language.tag, language.direction)
    assert form["label"] == language.said(english["label"])
    for part in ("sections", "rules"):
        assert [one["label"] for one in form[part]] == [language.said(one["label"]) for one in english[part]]
    sex = form["code_lists"]["Sex"]["codes"]
    assert {code["label"] for code in sex} == {
        language.said(label) for label in ("Female", "Male", "Unknown")
    }


@pytest.mark.parametrize("language", ALL, ids=lambda language: language.tag)
def test_names_of_countries_come_from_cldr_where_it_knows_the_language(
    desk: TestClient, language: Invented
) -> None:
    lang = {"lang": language.tag}
    labels = {
        code["code"]: code["label"]
        for code in desk.get("/api/v1/code-lists/Country", params=lang).json()["codes"]
    }
    assert labels["TN"] != "Tunisia"
    assert labels["TW"] == language.said("Taiwan, China")


@pytest.mark.parametrize("language", ALL, ids=lambda language: language.tag)
def test_faults_name_the_field_in_it_and_the_sentence_falls_back_to_english(
    desk: TestClient, language: Invented
) -> None:
    sent = {"message_type": "RedNotice", "national_reference": 5}
    answer = desk.post("/api/v1/validate", params={"lang": language.tag}, json=sent)
    said = {fault["pointer"]: fault["message"] for fault in answer.json()["errors"]}["/national_reference"]
    isolated = re.sub("[\u2066-\u2069]", "", said)
    assert isolated.startswith(language.said("National reference"))
    assert isolated.endswith(": this must be a text.")


@pytest.mark.parametrize("language", ALL, ids=lambda language: language.tag)
def test_the_page_is_in_it_and_the_switch_offers_it(desk: TestClient, language: Invented) -> None:
    page = desk.get("/forms/RedNotice", params={"lang": language.tag})
    assert page.status_code == 200
    assert f'<html lang="{language.tag}" dir="{language.direction}">' in page.text
    assert language.said("Red Notice") in page.text
    assert "Skip to the content" in page.text
    for offered in ALL:
        assert f'hreflang="{offered.tag}" dir="{offered.direction}"' in page.text
        assert f">{offered.own_name}</a>" in page.text


def test_a_browser_is_answered_in_it(desk: TestClient) -> None:
    page = desk.get("/forms/RedNotice", headers={"Accept-Language": "pt-BR, en;q=0.5"})
    assert '<html lang="pt" dir="ltr">' in page.text
    page = desk.get("/forms/RedNotice", headers={"Accept-Language": "sr-latn"})
    assert '<html lang="sr-Latn" dir="ltr">' in page.text
