"""What is wrong with a catalogue before anybody reads it: a text, a place or a plural form is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from ilink_generators.standard import Standard
from ilink_generators.translations import status

#: CLDR's plural categories, in the order in which gettext numbers the forms.
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_PLACE = re.compile(r"%\(\w+\)s|\{\w*\}")


def untranslated(standard: Standard, folder: Path) -> list[str]:
    """The texts of a standard that a reader of another language would miss, each with what to do."""
    found = []
    for language in status(standard):
        catalogue = (folder / f"{language.language}.po").as_posix()
        what = f"not translated; run ilink translations update {language.language} and fill its msgstr."
        found += [f"{catalogue}: {path}: {what}" for path in language.missing]
        what = (
            f"the English has changed; run ilink translations update {language.language}, "
            "correct its msgstr and take out “fuzzy”."
        )
        found += [f"{catalogue}: {path}: {what}" for path in language.stale]
    return found


def places(text: str) -> list[str]:
    """Where a sentence is filled in: `%(name)s`, `{name}`; in the order of the alphabet."""
    return sorted(_PLACE.findall(text))


def findings(catalogue: Path) -> list[str]:
    """What is wrong with a `.po` file, `file:line: …`, each with what to do."""
    name = catalogue.as_posix()
    try:
        with catalogue.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        return [f"{name}:{getattr(error, 'lineno', None) or 1}: this is not a catalogue: {error}."]
    entries = [entry for entry in catalog if entry.id]
    return [
        f"{name}:{line}: {said}"
        for line, said in (
            *_header(catalog, catalogue.stem, entries),
            *(
                (entry.lineno or 1, f"“{_english(entry)[0]}”: {said}")
                for entry in entries
                for said in _entry(entry)
            ),
        )
    ]


def _header(catalog: Catalog, language: str, entries: list[Message]) -> Iterator[tuple[int, str]]:
    wanted = _categories(language)
    if wanted and catalog.num_plurals != len(wanted) and any(len(_english(entry)) > 1 for entry in entries):
        yield (
            1,
            f"the header says nplurals={catalog.num_plurals}; CLDR has {len(wanted)} plural forms for "
            f"{language} ({', '.join(wanted)}). Correct Plural-Forms and write msgstr[0] to "
            f"msgstr[{len(wanted) - 1}].",
        )


def _categories(language: str) -> list[str]:
    """The plural categories of a language; none when CLDR does not know it."""
    try:
        tags = Locale.parse(language, sep="-").plural_form.tags
    except (UnknownLocaleError, ValueError):
        return []
    return [category for category in _CATEGORIES if category in tags | {"other"}]


def _entry(entry: Message) -> Iterator[str]:
    english, forms = _english(entry), _forms(entry)
    if not any(forms):
        return  # not translated: that is for whoever counts what is missing
    empty = [f"msgstr[{number}]" for number, form in enumerate(forms) if not form]
    if empty:
        yield f"a plural form is missing; write {', '.join(empty)}."
    for form in filter(None, forms):
        lost = _less(places(english[-1]), places(form))
        more = _less(places(form), places(english[-1]))
        if lost:
            yield f"the translation lost {', '.join(lost)}; write it where the value belongs."
        if more:
            yield f"the translation has {', '.join(more)}, which the English has not; take it out."
        if entry.python_format and _stray(form):
            yield "a lone % stands in the translation; write %%."
    if "state: reviewed" in entry.user_comments and entry.context:
        yield "a comment cannot make it reviewed; take it out and run `ilink translations review`."


def _english(entry: Message) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def _forms(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))


def _less(some: list[str], others: list[str]) -> list[str]:
    left = list(some)
    for other in others:
        if other in left:
            left.remove(other)
    return left


def _stray(text: str) -> bool:
    """Whether a percent sign stands there that filling in would stumble over."""
    return "%" in _PLACE.sub("", text).replace("%%", "")
