"""The languages of the desk: sentences, directions, instants, dates and lists as an officer reads them.

English sentences stand in code and templates; `locale/<language>.po` holds the others and is read
once at start. Digits are Latin everywhere, so that a number reads the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from gettext import c2py
from pathlib import Path
from typing import Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.units import format_unit

DIRECTORY = Path(__file__).parent / "locale"
FALLBACK = "en"
#: An international desk writes 23 November 2026 in English, never November 23.
CONVENTIONS = {"en": "en-GB"}

_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?(~?)")


class Gettext(Protocol):
    """A sentence in a language: `_("Version %(number)s", number=3)`."""

    def __call__(self, sentence: str, **values: object) -> str: ...


class Ngettext(Protocol):
    """A sentence with a number in a language; the number is there as `%(n)s`."""

    def __call__(self, singular: str, plural: str, n: int, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one language; a sentence with a number has a form a plural class."""

    sentences: Mapping[str, tuple[str, ...]]
    plural_class: Callable[[int], int]

    def sentence(self, english: str) -> str:
        """The sentence, in English when the catalogue lacks it."""
        return self.sentences.get(english, (english,))[0]

    def plural(self, singular: str, plural: str, n: int) -> str:
        """The sentence for that number."""
        forms = self.sentences.get(singular, (singular, plural))
        return forms[min(self.plural_class(n), len(forms) - 1)]

    def forms(self, singular: str, plural: str) -> tuple[str, ...]:
        """Every plural form, in the order of the plural classes."""
        return self.sentences.get(singular, (singular, plural))


class Languages:
    """The languages a desk offers, English first."""

    def __init__(self, languages: Sequence[str], directory: Path = DIRECTORY) -> None:
        self.codes = tuple(languages)
        self._locales = {code: _known(CONVENTIONS.get(code, code)) for code in self.codes}
        self._catalogues = {code: _catalogue(directory / f"{code}.po") for code in self.codes}

    def gettext(self, language: str) -> Gettext:
        """The function that says a sentence in that language."""
        catalogue, fill = self._catalogues[language], self._filler(language)

        def say(sentence: str, **values: object) -> str:
            return fill(catalogue.sentence(sentence), values)

        return say

    def ngettext(self, language: str) -> Ngettext:
        """The function that says a sentence with a number in that language."""
        catalogue, fill = self._catalogues[language], self._filler(language)

        def say(singular: str, plural: str, n: int, **values: object) -> str:
            return fill(catalogue.plural(singular, plural, n), {"n": n, **values})

        return say

    def plural_forms(self, language: str, singular: str, plural: str) -> dict[str, str]:
        """The forms by their CLDR name ("one", "few" …), for the script of the pages."""
        forms = self._catalogues[language].forms(singular, plural)
        tags = self._locales[language].plural_form.tags | {"other"}
        order = [tag for tag in ("zero", "one", "two", "few", "many", "other") if tag in tags]
        return dict(zip(order if len(order) == len(forms) else ("one", "other"), forms, strict=False))

    def direction(self, language: str) -> str:
        """`rtl` or `ltr`, from the language and never from the text; `auto` for one that is not known."""
        locale = self._locales.get(language) or _locale(language)
        return locale.text_direction if locale else "auto"

    def own_name(self, language: str) -> str:
        """The name of a language in itself: العربية, français."""
        locale = _locale(language)
        return (locale.get_display_name() if locale else None) or language

    def choose(self, *wishes: str | None, accept: str = "") -> str:
        """The first wish that is offered, then what the browser accepts, then English."""
        offered = {code.lower(): code for code in self.codes}
        for wish in filter(None, (*wishes, *_accepted(accept))):
            for tag in (wish.lower(), wish.lower().split("-")[0]):
                if tag in offered:
                    return offered[tag]
        return FALLBACK

    def show_instant(self, text: str, language: str, zone: str) -> str:
        """An instant in the reader's zone with its offset: `23 November 2026, 10:30 (UTC+01:00)`."""
        instant = datetime.fromisoformat(text).astimezone(_zone(zone))
        offset = instant.strftime("%z")
        say = self.gettext(language)
        return say(
            "%(day)s, %(time)s",
            day=format_date(instant, "long", locale=self._locales[language]),
            time=f"{instant:%H:%M} (UTC{offset[:3]}:{offset[3:]})",
        )

    def show_date(self, text: str, language: str) -> str:
        """A date as precise as it is known: `about 1980`, `May 1980`, `3 May 1980`."""
        found = _PARTIAL_DATE.fullmatch(text)
        if found is None:
            return text
        year, month, day, about = found.groups()
        locale = self._locales[language]
        try:
            known = date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            return text
        if day:
            shown = format_date(known, "long", locale=locale)
        elif month:
            shown = format_skeleton("yMMMM", datetime(known.year, known.month, 1, tzinfo=UTC), locale=locale)
        else:
            shown = year
        say = self.gettext(language)
        return say("about %(date)s", date=shown) if about else shown

    def list_text(
        self, members: Iterable[str], language: str, joined: Literal["standard", "or"] = "standard"
    ) -> str:
        """A list as a phrase: `Tunis, Lyon and Madrid`."""
        return format_list(list(members), joined, locale=self._locales[language])

    def show_number(self, number: float, language: str) -> str:
        """A count with the separators of the language, in Latin digits."""
        return format_decimal(number, locale=self._locales[language])

    def show_size(self, size_bytes: int, language: str) -> str:
        """The size of a file in the larger unit: `482 kB`."""
        units = ((1_000_000, "digital-megabyte", "0.#"), (1_000, "digital-kilobyte", "0"))
        for bytes_, unit, pattern in units:
            if size_bytes >= bytes_:
                size, locale = size_bytes / bytes_, self._locales[language]
                return format_unit(size, unit, "short", pattern, locale)
        return format_unit(size_bytes, "digital-byte", "short", locale=self._locales[language])

    def _filler(self, language: str) -> Callable[[str, Mapping[str, object]], str]:
        """Puts values into a sentence; in a language written from the right they are isolated."""
        direction = self.direction(language)

        def fill(sentence: str, values: Mapping[str, object]) -> str:
            if not values:
                return sentence
            return sentence % {
                name: _isolated(value, direction) if isinstance(value, str) else value
                for name, value in values.items()
            }

        return fill


def _isolated(text: str, direction: str) -> str:
    """Isolation: a Latin name or a number keeps its order inside Arabic.

    The first strong letter decides; a text made of isolated parts has none, and is Arabic.
    """
    if direction != "rtl":
        return text
    return f"\u2067{text}\u2069" if "\u2068" in text else f"\u2068{text}\u2069"


def _catalogue(path: Path) -> Catalogue:
    if not path.exists():
        return Catalogue({}, lambda n: int(n != 1))
    with path.open("rb") as file:
        catalogue = read_po(file)
    sentences: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if english and all(forms):
            sentences[english] = forms
    return Catalogue(sentences, c2py(catalogue.plural_expr))


def _accepted(header: str) -> list[str]:
    """The languages of an Accept-Language header, the best first."""
    weighed = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighed.append((-float(quality or 1), tag))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def _known(language: str) -> Locale:
    """How dates, numbers and lists are written in a language; as in English where CLDR does not know it."""
    return _locale(language) or Locale.parse(CONVENTIONS[FALLBACK], sep="-")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
