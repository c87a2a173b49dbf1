"""Converters: how a national value becomes one of the standard and back, as pairs of `read` and `write`.

`read` gives the standard's value, or None with a trouble in the notes; where the way back would not
give the same text it notes the original. `write` gives the national value, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from ilink_runtime.adapters.digits import ARABIC_INDIC, TO_ARABIC_INDIC
from ilink_runtime.adapters.notes import Notes
from ilink_runtime.adapters.trees import alone, objects

#: Values that a converter remembers, none of more characters than this.
MOST_SEEN = 10_000
LONGEST = 100
#: A plain number of a length that no measurement exceeds.
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


_CM_PER_INCH = Decimal("2.54")
_SCALARS = frozenset((str, int, float))
_TEXTS = frozenset((str,))
#: Centimetres of less than ten feet.
_TALLEST = 303


class Converter(Protocol):
    """A pair of directions."""

    def read(self, value: Any, place: str, notes: Notes) -> Any:
        """From the national value to the standard's."""

    def write(self, value: Any, place: str, notes: Notes) -> Any:
        """From the standard's value to the national one."""


class Text:
    """A text as it stands; the language of a national text is not known here.

    `unknown` are texts that say nothing, such as a dash for a missing name.
    """

    def __init__(self, *, unknown: Sequence[str] = ()) -> None:
        self._unknown = tuple(unknown)

    def read(self, value: Any, place: str, notes: Notes) -> str | None:
        """The text; a number becomes one."""
        if value in self._unknown:
            notes.original(place, None, value)
            return None
        return value if value.__class__ is str else notes.text(place, value)

    def write(self, value: Any, place: str, notes: Notes) -> Any:
        """The text as it stands; one that would say nothing there is noted."""
        if value in self._unknown:
            notes.original(place, None, value)
        return value


def _said(value: Any) -> str | None:
    """A scalar as a text: JSON may hold a code as a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


class Codes:
    """A table of codes: national code to the standard's, and the preferred national code of each back.

    A national code whose row has an empty text says nothing, such as one for “not known”.
    """

    def __init__(
        self,
        rows: Sequence[tuple[str, str]],
        *,
        otherwise: str | None = None,
        back_otherwise: str | None = None,
        same: bool = False,
        back: Mapping[str, str] | None = None,
    ) -> None:
        self.there = dict(rows)
        self.back: dict[str, str] = dict(back or {})
        for national, standard in rows:
            self.back.setdefault(standard, national)
        self._otherwise, self._back_otherwise, self._same = otherwise, back_otherwise, same
        #: The rows that both directions give the same.
        self.known = {
            national: code for national, code in rows if national and code and self.back[code] == national
        }
        self.known_back = {code: national for national, code in self.known.items()}

    def read(self, value: Any, place: str, notes: Notes) -> str | None:
        """The standard's code; an unknown one is a trouble unless the table says what it means."""
        if value.__class__ is str and (exact := self.known.get(value)) is not None:
            return exact
        text = value if value.__class__ is str else _said(value)
        if text is None:
            notes.trouble("not_a_text", place, value)
            return None
        code = self.there.get(text)
        if code is None:
            code = text if self._same else self._otherwise
            if code is None:
                notes.trouble("unknown_code", place, value)
                return None
        if not code:
            notes.original(place, None, value)
            return None
        back = self.back.get(code, code if self._same else self._back_otherwise)
        if back != value:
            notes.original(place, back, value)
        elif self._same and text and len(text) <= LONGEST and len(self.known) < MOST_SEEN:
            self.known[text] = code
            self.known_back[code] = text
        return code

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """The national code; one that the table lacks is a trouble unless it says what to write."""
        if value.__class__ is not str:
            notes.trouble("not_a_text", place, value)
            return None
        if (exact := self.known_back.get(value)) is not None:
            return exact
        code = self.back.get(value)
        if code is None:
            code = value if self._same else self._back_otherwise
            if code is None:
                notes.trouble("no_national_code", place, value)
                return None
        read_back = self.there.get(code, code if self._same else self._otherwise) or None
        if read_back != value:
            notes.original(place, read_back, value)
        return code


class Listed:
    """A code with its list and version, as XÖV writes one: `code`, `@listURI` and `@listVersionID`.

    The version says which edition the sender used; the table decides what is read. A list that is not
    named is that of the element; another one is a trouble.
    """

    def __init__(self, codes: Codes, uri: str, version: str) -> None:
        self._codes, self._uri, self._version = codes, uri, version

    def read(self, value: Any, place: str, notes: Notes) -> str | None:
        """The standard's code."""
        if not isinstance(value, dict):
            notes.trouble("not_a_listed_code", place, value)
            return None
        if value.get("@listURI", self._uri) != self._uri:
            notes.trouble("another_list", place, value)
            return None
        inside = Notes()
        code = self._codes.read(value.get("code"), place, inside)
        notes.troubles += inside.troubles
        back = None if code is None else self.write(code, place, Notes())
        if back != value:
            notes.original(place, back, value)
        return code

    def write(self, value: Any, place: str, notes: Notes) -> dict[str, str] | None:
        """The national code with its list."""
        code = self._codes.write(value, place, notes)
        if code is None:
            return None
        return {"@listURI": self._uri, "@listVersionID": self._version, "code": code}


class Number:
    """A number as a country writes it: its decimal sign, its sign between groups, and its unit.

    `factor` turns a national number into the standard's unit; `digits` are the decimals written.
    `unknown` are numbers that say nothing, such as a height of 0. `arabic` writes Arabic-Indic digits;
    both kinds are read.
    """

    def __init__(
        self,
        *,
        decimal: str = ".",
        group: str = "",
        factor: Decimal = Decimal(1),
        digits: int = 0,
        whole: bool = True,
        as_text: bool = True,
        unknown: Sequence[str] = (),
        arabic: bool = False,
    ) -> None:
        self._arabic = arabic
        self._decimal, self._group, self._factor, self._digits = decimal, group, factor, digits
        self._whole, self._as_text, self._unknown = whole, as_text, tuple(unknown)
        self._seen: dict[Any, tuple[int | float, Any]] = {}
        #: National texts that come back as they stand, with their numbers.
        self.known: dict[str, int | float] = {}
        #: Numbers of the standard that come back as they were, with what is written.
        self.known_back: dict[int | float, Any] = {}

    def read(self, value: Any, place: str, notes: Notes) -> int | float | None:
        """The number in the standard's unit, rounded to a whole one where the standard wants that."""
        known = self._seen.get(value) if value.__class__ in _SCALARS else None
        if known is None:
            if str(value).strip() in self._unknown:
                notes.original(place, None, value)
                return None
            number = self._number(value)
            if number is None:
                notes.trouble("not_a_number", place, value)
                return None
            found = int(number.to_integral_value(ROUND_HALF_UP)) if self._whole else float(number)
            known = found, self._written(found)
            if len(self._seen) < MOST_SEEN and (value.__class__ is not str or len(value) <= LONGEST):
                self._seen[value] = known
        if known[1] != value:
            notes.original(place, known[1], value)
        elif value.__class__ is str and value not in self.known and len(self.known) < MOST_SEEN:
            self.known[value] = known[0]
        return known[0]

    def write(self, value: Any, place: str, notes: Notes) -> Any:
        """The national number, as text or as a number."""
        if value.__class__ is int and (exact := self.known_back.get(value)) is not None:
            return exact
        if not isinstance(value, int | float) or isinstance(value, bool):
            notes.trouble("not_a_number", place, value)
            return None
        written = self._written(value)
        again = self.read(written, place, Notes())
        if again != value:
            notes.original(place, again, value)
        elif value.__class__ is int and len(self.known_back) < MOST_SEEN:
            self.known_back[value] = written
        return written

    def _number(self, value: Any) -> Decimal | None:
        if isinstance(value, bool | dict | list):
            return None
        text = str(value).strip().translate(ARABIC_INDIC)
        plain = text.replace(self._group, "") if self._group else text
        plain = plain.replace(self._decimal, ".") if self._decimal != "." else plain
        if not _NUMBER.fullmatch(plain):
            return None
        return Decimal(plain) * self._factor

    def _written(self, value: int | float) -> Any:
        text = f"{Decimal(str(value)) / self._factor:.{self._digits}f}"
        if not self._as_text:
            return float(text) if self._digits else int(text)
        whole, _, rest = text.partition(".")
        if self._group:
            whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", self._group, whole)
        said = f"{whole}{self._decimal}{rest}" if rest else whole
        return said.translate(TO_ARABIC_INDIC) if self._arabic else said


class FeetInches:
    """A length in feet and inches: `5'11"` when it is `marked`, else `511` as NCIC writes it."""

    def __init__(self, *, marked: bool) -> None:
        self._marked = marked
        self._pattern = re.compile(r"""([0-9])'\s*([0-9]{1,2})"?""" if marked else "([0-9])([0-9]{2})")

    def read(self, value: Any, place: str, notes: Notes) -> int | None:
        """Whole centimetres."""
        match = self._pattern.fullmatch(str(value).strip()) if isinstance(value, str | int) else None
        if match is None or int(match[2]) > 11:
            notes.trouble("not_a_number", place, value)
            return None
        inches = Decimal(int(match[1]) * 12 + int(match[2]))
        found = int((inches * _CM_PER_INCH).to_integral_value(ROUND_HALF_UP))
        if (back := self._written(found)) != value:
            notes.original(place, back, value)
        return found

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """The nearest whole inch; the centimetres are noted where that is another length."""
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _TALLEST:
            notes.trouble("not_a_number", place, value)
            return None
        written = self._written(value)
        if (again := self.read(written, place, Notes())) != value:
            notes.original(place, again, value)
        return written

    def _written(self, value: int | float) -> str:
        inches = (Decimal(str(value)) / _CM_PER_INCH).to_integral_value(ROUND_HALF_UP)
        feet, rest = divmod(int(inches), 12)
        return f"{feet}'{rest}\"" if self._marked else f"{feet}{rest:02d}"


class Words:
    """Yes and no in the words of a country; the first of each is what is written."""

    def __init__(self, yes: Sequence[str], no: Sequence[str]) -> None:
        self._codes = Codes([*((word, "yes") for word in yes), *((word, "no") for word in no)])

    def read(self, value: Any, place: str, notes: Notes) -> bool | None:
        """True or false."""
        found = self._codes.read(value, place, notes)
        return None if found is None else found == "yes"

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """The word."""
        if not isinstance(value, bool):
            notes.trouble("not_yes_or_no", place, value)
            return None
        return self._codes.back["yes" if value else "no"]


class Truth:
    """A truth value that both sides write as one."""

    def read(self, value: Any, place: str, notes: Notes) -> bool | None:
        """The value, if it is one."""
        if isinstance(value, bool):
            return value
        notes.trouble("not_yes_or_no", place, value)
        return None

    def write(self, value: Any, place: str, notes: Notes) -> Any:
        """The value."""
        return value


class InLanguage:
    """A text of one language as free text of the standard."""

    def __init__(self, language: str) -> None:
        self._language = language

    def read(self, value: Any, place: str, notes: Notes) -> dict[str, Any] | None:
        """Free text in that language."""
        text = value if value.__class__ is str else notes.text(place, value)
        return None if text is None else {"text": text, "language": self._language}

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """The text in that language: the original, or a translation; else the original, which is noted."""
        if not isinstance(value, dict):
            notes.trouble("not_a_text", place, value)
            return None
        plain: str | None = value.get("text")
        if plain is not None and len(value) == 2 and value.get("language") == self._language:
            return plain
        said = [value, *objects(value.get("translations"))]
        chosen = next((one for one in said if one.get("language") == self._language), value)
        text: str | None = chosen.get("text")
        if text is None:
            notes.original(place, None, value)
            return None
        again = {"text": text, "language": self._language}
        if again != value:
            notes.original(place, again, value)
        return text


class Split:
    """Several values in one text, between separators."""

    def __init__(self, separator: str, inner: Converter) -> None:
        self._separator, self._inner = separator, inner
        #: Texts that come back as they stand, and lists that do.
        self._exact: dict[str, list[Any]] = {}
        self._exact_back: dict[tuple[str, ...], str] = {}

    def read(self, value: Any, place: str, notes: Notes) -> list[Any] | None:
        """The values; blank ones say nothing."""
        if value.__class__ is not str:
            notes.trouble("not_a_text", place, value)
            return None
        if (exact := self._exact.get(value)) is not None:
            return exact.copy()
        inside = Notes()
        found = [
            item
            for part in value.split(self._separator)
            if (word := part.strip()) and (item := self._inner.read(word, place, inside)) is not None
        ]
        notes.troubles += inside.troubles
        back = self._separator.join(str(self._inner.write(item, place, Notes())) for item in found) or None
        if back != value:
            notes.original(place, back, value)
        elif not inside.troubles and _are_short(found) and len(self._exact) < MOST_SEEN:
            self._exact[value] = found.copy()
        return found or None

    def write(self, value: Any, place: str, notes: Notes) -> str | None:
        """One text; a value that itself holds the separator is noted."""
        try:
            if value.__class__ is list and (exact := self._exact_back.get(tuple(value))) is not None:
                return exact
        except TypeError:
            pass  # a list of objects
        if not isinstance(value, list):
            notes.trouble("not_a_list", place, value)
            return None
        inside = Notes()
        parts = [self._inner.write(item, place, inside) for item in value]
        notes.troubles += inside.troubles
        text = self._separator.join(str(part) for part in parts if part is not None)
        again = self.read(text, place, Notes())
        if again != value:
            notes.original(place, again, value)
        elif text and not inside.troubles and _are_short(value) and len(self._exact_back) < MOST_SEEN:
            self._exact_back[tuple(value)] = text
        return text or None


def _are_short(values: list[Any]) -> bool:
    """Whether a list is worth remembering: short texts alone, so that equal ones are the same."""
    return set(map(type, values)) == _TEXTS and len(values) + sum(map(len, values)) <= LONGEST


class Several:
    """A list on both sides, each value by its own; in XML one that stands `alone` is no list."""

    def __init__(self, inner: Converter, *, alone: bool = False) -> None:
        self._inner, self._alone = inner, alone
        #: Lists of texts that come back as they stand, and those of the standard that do.
        self._exact: dict[tuple[str, ...], list[Any]] = {}
        self._exact_back: dict[tuple[str, ...], list[Any]] = {}

    def read(self, value: Any, place: str, notes: Notes) -> list[Any] | None:
        """The values; a single one that stands alone is a list of one."""
        try:
            if value.__class__ is list and (exact := self._exact.get(tuple(value))) is not None:
                return exact.copy()
        except TypeError:
            pass  # a list of objects
        inside = Notes()
        found = self._each(value, place, inside, self._inner.read)
        again = self._shown(self._each(found, place, Notes(), self._inner.write))
        if self._note(value, again, place, notes, inside):
            _remember(self._exact, value, found)
        return found or None

    def write(self, value: Any, place: str, notes: Notes) -> Any:
        """The national values."""
        try:
            if value.__class__ is list and (exact := self._exact_back.get(tuple(value))) is not None:
                return self._shown(exact.copy())
        except TypeError:
            pass  # a list of objects
        inside = Notes()
        found = self._each(value, place, inside, self._inner.write)
        again = self._each(found, place, Notes(), self._inner.read)
        if self._note(value, again, place, notes, inside):
            _remember(self._exact_back, value, found)
        return self._shown(found) if found else None

    def _each(self, value: Any, place: str, notes: Notes, convert: Any) -> list[Any]:
        values = value if isinstance(value, list) else [value]
        return [item for one in values if (item := convert(one, place, notes)) is not None]

    def _note(self, stood: Any, again: Any, place: str, notes: Notes, inside: Notes) -> bool:
        """Notes the troubles and what comes back otherwise; whether there was nothing to note."""
        notes.troubles += inside.troubles
        if (again or None) != stood:
            notes.original(place, again or None, stood)
            return False
        return not inside.troubles

    def _shown(self, values: list[Any]) -> Any:
        return alone(values) if self._alone else values


def _remember(lists: dict[tuple[str, ...], list[Any]], value: Any, found: list[Any]) -> None:
    if isinstance(value, list) and _are_short(value) and _are_short(found) and len(lists) < MOST_SEEN:
        lists[tuple(value)] = found.copy()


class Parted:
    """Several values that are one text on the other side, by rules of their own."""

    def __init__(self, separator: str, count: int) -> None:
        self._separator, self._count = separator, count

    def read(self, values: Sequence[Any], places: Sequence[str], notes: Notes) -> str | None:
        """One text of several; each must come back where it stood."""
        texts = [self._text(value, place, notes) for value, place in zip(values, places, strict=True)]
        text = self._joined(texts)
        again = [None] * self._count if text is None else self._parts(text)
        if again == texts:
            return text
        for place, back, said, stood in zip(places, again, texts, values, strict=True):
            if back != said:
                notes.original(place, back, None if stood == "" else stood)
        return text

    def split(self, value: Any, place: str, notes: Notes) -> Sequence[str | None]:
        """The parts of one text; what is more than there are places stands in the last one."""
        text = self._text(value, place, notes)
        if text is None:
            return [None] * self._count
        parts = self._parts(text)
        if (again := self._joined(parts)) != value:
            notes.original(place, again, value)
        return parts

    def _text(self, value: Any, place: str, notes: Notes) -> str | None:
        if value is None or value == "":
            return None
        return value if value.__class__ is str else notes.text(place, value)

    def _joined(self, values: Sequence[str | None]) -> str | None:
        said = [value for value in values if value]
        return self._separator.join(said) if said else None

    def _parts(self, text: str) -> list[str | None]:
        parts: list[str | None] = [part or None for part in text.split(self._separator, self._count - 1)]
        return parts + [None] * (self._count - len(parts))


class Joined(Parted):
    """Several values with a separator between them, such as the parts of an Arabic name.

    What one join and one split give back, as most names, takes no more than that.
    """

    def read(self, values: Sequence[Any], places: Sequence[str], notes: Notes) -> str | None:
        """One text of several; each must come back where it stood."""
        try:
            text = self._separator.join(values)
        except TypeError:  # one is missing, or is no text
            return super().read(values, places, notes)
        parts = text.split(self._separator, self._count - 1)
        exact = parts == [*values] and "" not in parts
        return text if exact else super().read(values, places, notes)

    def split(self, value: Any, place: str, notes: Notes) -> Sequence[str | None]:
        """The parts of one text; what is more than there are places stands in the last one."""
        if value.__class__ is str:
            parts = value.split(self._separator, self._count - 1)
            if len(parts) == self._count and "" not in parts:
                exact: list[str] = parts
                return exact
        return super().split(value, place, notes)
