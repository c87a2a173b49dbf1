"""Every sentence of the desk is said in every language, with the same places and all its plural forms."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ilink_runtime import languages

ROOT = Path(languages.__file__).parent
KEYWORDS = {"_": None, "say": None, "ngettext": (1, 2), "plural_forms": (1, 2)}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
PLACES = re.compile(r"%\(\w+\)s|\{\w*\}")
TRANSLATED = ("ar", "es", "fr")
#: CLDR's plural classes; French and Spanish have "many" for whole millions.
FORMS = {"ar": 6, "es": 3, "fr": 3}


@cache
def said() -> set[str | tuple[str, ...]]:
    """The sentences in code and templates."""
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS)}


def catalogue(language: str) -> dict[str | tuple[str, ...], Message]:
    """The entries of a catalogue."""
    with (languages.DIRECTORY / f"{language}.po").open("rb") as file:
        return {_english(entry): entry for entry in read_po(file) if entry.id}


def test_sentences_are_found() -> None:
    assert {"Sign in", "about %(date)s", ("Send to %(n)s bureau", "Send to %(n)s bureaus")} <= said()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    known = catalogue(language)
    assert not [sentence for sentence in said() if sentence not in known]
    assert not [sentence for sentence in known if sentence not in said()]
    assert not [entry.id for entry in known.values() if not all(_texts(entry)) or entry.fuzzy]


@pytest.mark.parametrize("language", TRANSLATED)
def test_places_are_the_same_and_plurals_complete(language: str) -> None:
    for entry in catalogue(language).values():
        english = entry.id if isinstance(entry.id, list | tuple) else (entry.id,)
        for text in _texts(entry):
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(english[0])), text
        if len(english) > 1:
            assert len(_texts(entry)) == FORMS[language], english


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_says_who_stands_behind_it(language: str) -> None:
    states = {"state: machine", "state: reviewed"}
    assert not [entry.id for entry in catalogue(language).values() if not states & set(entry.user_comments)]


def _english(entry: Message) -> str | tuple[str, ...]:
    return entry.id if isinstance(entry.id, str) else tuple(entry.id)


def _texts(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))
