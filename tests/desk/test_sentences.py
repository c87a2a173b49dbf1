"""Every sentence of the desk is said in every language, with the same places and all its plural forms."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from ilink_generators.catalogue_lint import findings
from ilink_runtime import languages
from tools.sentences import said, updated

TRANSLATED = ("ar", "es", "fr")
#: CLDR's plural classes; French and Spanish have "many" for whole millions.
FORMS = {"ar": 6, "es": 3, "fr": 3}
STATES = {"state: machine", "state: reviewed"}


def catalogue(language: str) -> dict[str | tuple[str, ...], Message]:
    """The entries of a catalogue."""
    with (languages.DIRECTORY / f"{language}.po").open("rb") as file:
        return {_english(entry): entry for entry in read_po(file) if entry.id}


def test_sentences_are_found() -> None:
    assert {"Sign in", "about %(date)s", ("Send to %(n)s bureau", "Send to %(n)s bureaus")} <= set(said())


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    known = catalogue(language)
    assert not [sentence for sentence in said() if sentence not in known]
    assert not [sentence for sentence in known if sentence not in said()]
    assert not [entry.id for entry in known.values() if not all(_texts(entry)) or entry.fuzzy]


@pytest.mark.parametrize("language", TRANSLATED)
def test_places_are_the_same_and_plurals_complete(language: str) -> None:
    assert findings(languages.DIRECTORY / f"{language}.po") == []
    counted = [entry for entry in catalogue(language).values() if not isinstance(entry.id, str)]
    assert counted
    assert {len(_texts(entry)) for entry in counted} == {FORMS[language]}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_entry_says_who_stands_behind_it(language: str) -> None:
    assert not [entry.id for entry in catalogue(language).values() if not STATES & set(entry.user_comments)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_entries_stand_in_the_order_of_the_code(language: str) -> None:
    """`python -m tools.sentences` puts them so."""
    path = languages.DIRECTORY / f"{language}.po"
    assert path.read_text("utf-8") == updated(path)


def _english(entry: Message) -> str | tuple[str, ...]:
    return entry.id if isinstance(entry.id, str) else tuple(entry.id)


def _texts(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))
