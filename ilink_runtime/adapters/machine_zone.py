"""Parts of machine-readable zones (ICAO Doc 9303, part 3): names between fillers, and check digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anyascii import anyascii

from ilink_runtime.adapters.notes import Notes
from ilink_runtime.adapters.trees import Tree

FILLER = "<"
_VALUES = {letter: number for number, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_WEIGHTS = (7, 3, 1)
#: Letters that a zone writes otherwise than without their marks (section 6, table A); apostrophes are
#: left out, and what else it has no letter for stands as a filler.
_LETTERS = str.maketrans(
    {"Ä": "AE", "Å": "AA", "Æ": "AE", "Ð": "D", "Ö": "OE", "Ø": "OE", "Ü": "UE", "Þ": "TH", "Œ": "OE"}
)
_APOSTROPHES = re.compile("['\u2019\u02bc`]")
_OTHER = re.compile("[^A-Z0-9]+")


class MrzNames:
    """Surname and forenames in one place: `DOE<<JANE<MARY`."""

    def __init__(self, width: int) -> None:
        self._width = width

    def split(self, value: object, place: str, notes: Notes) -> list[str | None]:
        """The surname and the forenames, each with blanks between its parts."""
        if not isinstance(value, str):
            notes.trouble("not_a_text", place, value)
            return [None, None]
        parts = self._parts(value)
        if (again := self._joined(parts)) != value:
            notes.original(place, again, value)
        return parts

    def read(self, values: Sequence[object], places: Sequence[str], notes: Notes) -> str | None:
        """The zone's text of a surname and forenames, cut where the zone ends."""
        text = self._joined([value if isinstance(value, str) else None for value in values])
        back = [None, None] if text is None else self._parts(text)
        for place, again, stood in zip(places, back, values, strict=True):
            if again != stood:
                notes.original(place, again, stood)
        return text

    def _parts(self, text: str) -> list[str | None]:
        family, _, given = text.rstrip(FILLER).partition(FILLER * 2)
        return [one.replace(FILLER, " ").strip() or None for one in (family, given)]

    def _joined(self, names: Sequence[str | None]) -> str | None:
        family, given = (_in_zone(name or "") for name in names)
        text = f"{family}{FILLER * 2}{given}" if given else family
        return text[: self._width].rstrip(FILLER) or None


def _in_zone(name: str) -> str:
    plain = anyascii(_APOSTROPHES.sub("", name.upper().translate(_LETTERS))).upper()
    return _OTHER.sub(FILLER, plain).strip(FILLER)


class CheckDigit:
    """The digit that holds the characters of some columns together, fillers at their ends included."""

    def __init__(self, columns: Sequence[str], widths: Sequence[int]) -> None:
        self._columns, self._widths = tuple(columns), tuple(widths)

    def read(self, record: Tree, place: str, notes: Notes) -> None:
        """Notes a digit that is not that of the columns; columns without a character may have none."""
        said = record.get(place)
        expected = self._digit(record) if any(record.get(name) for name in self._columns) else None
        if said != expected:
            if said and (expected is not None or said not in (FILLER, "0")):
                notes.trouble("wrong_check_digit", place, said)
            notes.original(place, expected, said)
        elif said and any(name in notes.originals for name in self._columns):
            notes.original(place, None, said)  # of what may not come back, the digit may not either

    def write(self, record: Tree, place: str) -> None:
        """Writes the digit of the columns as they are written now."""
        if any(record.get(name) for name in self._columns):
            record[place] = self._digit(record)

    def _digit(self, record: Tree) -> str:
        said = zip(self._columns, self._widths, strict=True)
        text = "".join(str(record.get(name) or "").ljust(width, FILLER) for name, width in said)
        return str(sum(_VALUES.get(char, 0) * _WEIGHTS[i % 3] for i, char in enumerate(text)) % 10)
