"""Dates as countries write them: by format, by calendar, whole or in part.

The standard's partial date is a subset of EDTF (`1980`, `1980-05`, `1980-05-17`, each with `~` when it
is approximate). A part that a country writes as unknown (`00`) is left out, never padded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from hijridate import Gregorian, Hijri

from ilink_runtime.adapters.digits import ARABIC_INDIC, TO_ARABIC_INDIC
from ilink_runtime.adapters.notes import Notes

#: What a format is made of, and what it matches in a national text.
_TOKENS = {
    "yyyy": r"(?P<y>[0-9]{4})",
    "yy": r"(?P<yy>[0-9]{2})",
    "mm": r"(?P<m>[0-9]{2})",
    "dd": r"(?P<d>[0-9]{2})",
}
_TOKEN = re.compile("yyyy|yy|mm|dd")
_STANDARD = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)")

#: Dates that a converter remembers: those of people who live fall on some forty thousand days.
MOST_SEEN = 50_000
LONGEST = 20

#: The years that the Umm al-Qura tables of `hijridate` hold.
HIJRI_YEARS = range(1343, 1501)


class Dates:
    """Dates in one of several formats, the most exact one first.

    `unknown` is how a missing day or month is written (`00`). `century` turns two digits of a year
    into four by adding it; without it two digits are a trouble, because a century is confirmed and
    never guessed. `arabic` writes Arabic-Indic digits; both kinds are read.
    """

    def __init__(
        self,
        formats: Sequence[str],
        *,
        hijri: bool = False,
        unknown: str = "",
        century: int | None = None,
        arabic: bool = False,
        whole: bool = False,
    ) -> None:
        self._formats = [(_pattern(text), text) for text in formats]
        self._hijri, self._unknown, self._century = hijri, unknown, century
        self._arabic, self._whole = arabic, whole
        self._seen: dict[tuple[str, str], tuple[str, str | None]] = {}
        #: National texts that come back as they stand, with their dates; none whose century was confirmed.
        self.known: dict[str, str] = {}
        #: Dates of the standard that come back as they were.
        self.known_back: dict[str, str] = {}

    def read(self, value: Any, place: str, notes: Notes, confirmed: Any = None) -> str | None:
        """The date in the standard's form, as exact as it was written and no more.

        `confirmed` is what a record says of the century of two digits: `19`, or the year `1980` itself.
        """
        if value.__class__ is not str:
            value = notes.text(place, value)
            if value is None:
                return None
        elif confirmed is None and (exact := self.known.get(value)) is not None:
            return exact
        said = confirmed if isinstance(confirmed, str) else ""
        known = self._seen.get((value, said))
        if known is None:
            known = self._read(value, place, notes, said)
            if known is None:
                return None
            if len(self._seen) < MOST_SEEN and len(value) <= LONGEST:
                self._seen[value, said] = known
        found, back = known
        if back != value:
            notes.original(place, back, value)
        elif not said and len(self.known) < MOST_SEEN:
            self.known[value] = found
        return found

    def _read(self, value: Any, place: str, notes: Notes, confirmed: str) -> tuple[str, str | None] | None:
        parts = self._parts(str(value).translate(ARABIC_INDIC).strip(), confirmed)
        if parts is not None and parts[0] < 0:
            notes.trouble("century_unknown", place, value)
            return None
        found = None
        if parts is not None:
            found = _gregorian(*parts) if self._hijri else _said(*parts)
        if found is None or (self._whole and len(found) != 10):
            notes.trouble("not_a_date", place, value)
            return None
        return found, self._written(found)

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """The date in the first format that can say it; what it cannot say is noted."""
        if value.__class__ is str and (exact := self.known_back.get(value)) is not None:
            return exact
        written = self._written(value) if isinstance(value, str) else None
        if written is None:
            notes.trouble("no_national_date", place, value)
            return None
        again = self.read(written, place, Notes(), value[:2])
        if again != value:
            notes.original(place, again, value)
        elif len(self.known_back) < MOST_SEEN:
            self.known_back[value] = written
        return written

    def _parts(self, text: str, confirmed: str) -> tuple[int, int, int] | None:
        for pattern, _format in self._formats:
            match = pattern.fullmatch(self._blanked(text))
            if match:
                found = match.groupdict()
                year = int(found.get("y") or 0)
                if not found.get("y"):
                    year = self._year(found["yy"], confirmed)
                return year, int(found.get("m") or 0), int(found.get("d") or 0)
        return None

    def _year(self, digits: str, confirmed: str) -> int:
        """The year of two digits: as confirmed, else in the century that the adapter names; else -1."""
        if len(confirmed) == 2 and confirmed.isdecimal():
            return int(confirmed) * 100 + int(digits)
        if len(confirmed) == 4 and confirmed.isdecimal() and confirmed[2:] == digits:
            return int(confirmed)
        return -1 if confirmed or self._century is None else self._century + int(digits)

    def _blanked(self, text: str) -> str:
        return text if not self._unknown or self._unknown == "00" else text.replace(self._unknown, "00")

    def _written(self, value: str) -> str | None:
        match = _STANDARD.fullmatch(value)
        if match is None:
            return None
        parts = tuple(int(part or 0) for part in match.groups()[:3])
        if self._hijri:
            parts = _hijri(*parts)
        for _, text in self._formats:
            if (written := self._in(text, parts)) is not None:
                return written.translate(TO_ARABIC_INDIC) if self._arabic else written
        return None

    def _in(self, text: str, parts: tuple[int, ...]) -> str | None:
        year, month, day = parts
        if ("mm" not in text and month) or ("dd" not in text and day):
            return None
        if not self._unknown and (("mm" in text and not month) or ("dd" in text and not day)):
            return None
        said = {
            "yyyy": f"{year:04d}",
            "yy": f"{year % 100:02d}",
            "mm": f"{month:02d}" if month else self._unknown,
            "dd": f"{day:02d}" if day else self._unknown,
        }
        return _TOKEN.sub(lambda token: said[token[0]], text)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _TOKEN.split(text)
    tokens = _TOKEN.findall(text)
    return re.compile(
        "".join(
            re.escape(part) + _TOKENS.get(token, "") for part, token in zip(parts, [*tokens, ""], strict=True)
        )
    )


def _said(year: int, month: int, day: int) -> str | None:
    """A Gregorian date in the standard's form; None when there is no such day."""
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    if not month:
        return f"{year:04d}" if not day else None
    return f"{year:04d}-{month:02d}-{day:02d}" if day else f"{year:04d}-{month:02d}"


@lru_cache(maxsize=8192)
def _gregorian(year: int, month: int, day: int) -> str | None:
    """A date of the Hijri calendar; one without its day, or outside the tables, is approximate.

    A Hijri year begins in the middle of a Gregorian one, so that a year alone is no year of ours.
    """
    if month > 12 or day > 30 or not 1 <= year < 10000 or (day and not month):
        return None
    if year not in HIJRI_YEARS:
        return f"{round(year * 0.970229 + 621.5643):04d}~"
    if month and day:
        try:
            return Hijri(year, month, day).to_gregorian().isoformat()
        except (ValueError, OverflowError):
            return None
    middle = Hijri(year, month or 7, 15 if month else 1).to_gregorian()
    return f"{middle.year:04d}-{middle.month:02d}~" if month else f"{middle.year:04d}~"


@lru_cache(maxsize=8192)
def _hijri(year: int, month: int, day: int) -> tuple[int, ...]:
    """The Hijri date of a Gregorian one, as exact as that is."""
    try:
        found = Gregorian(year, month or 7, day or 15).to_hijri()
        return found.year, found.month if month else 0, found.day if day else 0
    except (ValueError, OverflowError):
        return round((year - 621.5643) / 0.970229), 0, 0
