"""Converters by example: what a country writes, what the standard says, and what is noted."""

from __future__ import annotations

from typing import Any

import pytest

from ilink_runtime.adapters.converters import (
    Codes,
    FeetInches,
    InLanguage,
    Joined,
    Number,
    Several,
    Split,
    Text,
    Words,
)
from ilink_runtime.adapters.dates import Dates
from ilink_runtime.adapters.mrz import MrzName
from ilink_runtime.adapters.notes import Notes

HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1.5,
    1e300,
    "",
    "x" * 1000,
    "\u0000",
    [],
    [[]],
    {},
    {"text": 1},
    [None],
    10**40,
]
CONVERTERS = [
    Text(),
    Codes([("1", "M")]),
    Number(),
    FeetInches(marked=True),
    FeetInches(marked=False),
    Words(["Y"], ["N"]),
    InLanguage("fr"),
    Split(",", Text()),
    Several(Number()),
    Dates(("yyyymmdd",)),
    Dates(("yyyymmdd",), hijri=True),
]


@pytest.mark.parametrize("converter", CONVERTERS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("value", HOSTILE, ids=repr)
def test_no_value_breaks_a_converter(converter: Any, value: Any) -> None:
    converter.read(value, "X", Notes())
    converter.write(value, "x", Notes())


@pytest.mark.parametrize(
    ("marked", "said", "cm"),
    [(True, "5'11\"", 180), (False, "511", 180), (True, "6'0\"", 183), (False, "600", 183)],
)
def test_feet_and_inches(marked: bool, said: str, cm: int) -> None:
    notes = Notes()
    assert FeetInches(marked=marked).read(said, "HGT", notes) == cm
    assert FeetInches(marked=marked).write(cm, "height", notes) == said
    assert not notes.originals


def test_a_century_is_confirmed_and_never_guessed() -> None:
    dates, notes = Dates(("yymmdd",)), Notes()
    assert dates.read("740812", "born", notes) is None
    assert [trouble.code for trouble in notes.troubles] == ["century_unknown"]
    assert dates.read("740812", "born", Notes(), "19") == "1974-08-12"
    assert dates.read("740812", "born", Notes(), "1974") == "1974-08-12"
    assert dates.read("740812", "born", Notes(), "1975") is None


def test_names_of_a_zone() -> None:
    names, notes = MrzName("<<", 2, 39), Notes()
    assert names.split("ERIKSSON<<ANNA<MARIA", "names", notes) == ["ERIKSSON", "ANNA MARIA"]
    assert not notes.originals
    assert names.read(["Müller", "Zoë"], ["family_name", "forename"], notes) == "MUELLER<<ZOE"
    assert notes.originals == {"family_name": ["MUELLER", "Müller"], "forename": ["ZOE", "Zoë"]}


def test_a_number_among_joined_names_comes_back_as_one() -> None:
    notes = Notes()
    assert Joined(" ", 3).read(["0 1", 0, None], ("a", "b", "c"), notes) == "0 1 0"
    assert notes.originals == {"a": ["0", "0 1"], "b": ["1", 0], "c": ["0", None]}


def test_a_transliteration_is_marked() -> None:
    notes = Notes()
    assert notes.latin("subject/family_name", "محمد")
    assert notes.machine == ["/subject/family_name"]
