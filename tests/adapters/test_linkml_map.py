"""What linkml-map can express, it and our compiled adapters carry to the same result."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.linkml_map import ours, said, theirs

FEW = settings(deadline=None, max_examples=60)
_TEXT = st.text("ABcdéñ -ابت", min_size=1, max_size=8)
_WORD = st.text("ABcdéñ", min_size=1, max_size=8)
_COUNTRY = st.sampled_from(["CH", "FR", "TN"])
_DATE = st.dates()

FLAT = "tests/adapters/cases/flat"
FLAT_IN, FLAT_OUT = theirs("flat", "into"), theirs("flat", "out_of")
RED = "national_adapters/interpol-public-red"
RED_IN = theirs("public_red", "into")


def _some(**places: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=places)


def _joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {name: value for one in found for name, value in one.items()})


RENAMED = _some(**dict.fromkeys(("id", "fam", "famo", "pob", "occ", "reg", "ff", "fg", "mf", "mg"), _TEXT))
CODES = _some(sex=st.sampled_from("129"), st=st.sampled_from("CAS"), eye=st.sampled_from(["CHE", "FRA"]))
DATES = _some(**dict.fromkeys(("born", "died"), _DATE.map(lambda day: f"{day:%d.%m.}{day.year:04d}")))
#: linkml-map's `+` needs both names; an adapter takes either.
NAMES: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries({"g1": _WORD, "g2": _WORD})
LISTS = _some(nat=st.lists(_COUNTRY, min_size=1, max_size=3).map(",".join))
UNITS = _some(h=st.integers(100, 220).map(lambda cm: f"{cm / 100:.2f}"), w=st.integers(30, 200).map(str))


@FEW
@given(record=_joined(RENAMED, CODES, DATES, NAMES, LISTS, UNITS))
def test_a_flat_record_becomes_the_same_message(record: dict[str, Any]) -> None:
    assert ours(FLAT).to_standard(record).tree == said(FLAT_IN(record))


@FEW
@given(record=_joined(RENAMED, CODES, DATES, NAMES, LISTS, UNITS))
def test_a_message_becomes_the_same_flat_record(record: dict[str, Any]) -> None:
    message = ours(FLAT).to_standard(record).tree
    found, expected = ours(FLAT).to_national(message).tree, said(FLAT_OUT(message))
    if "h" in found:  # linkml-map has no word for two decimals
        expected["h"] = f"{expected['h']:.2f}"
    assert found == expected


WARRANT = st.fixed_dictionaries(
    {"charge": _TEXT, "charge_translation": _TEXT}, optional={"issuing_country_id": _COUNTRY}
)
#: linkml-map makes an object of constants alone where the text is missing; an adapter makes none.
NOTICE = st.fixed_dictionaries(
    {"distinguishing_marks": _TEXT},
    optional={
        "entity_id": _WORD,
        "name": _WORD,
        "forename": _WORD,
        "date_of_birth": _DATE.map(lambda day: f"{day.year:04d}/{day:%m/%d}"),
        "place_of_birth": _TEXT,
        "country_of_birth_id": _COUNTRY,
        "sex_id": st.sampled_from("MFU"),
        "nationalities": st.lists(_COUNTRY, min_size=1, max_size=3),
        "languages_spoken_ids": st.lists(st.sampled_from(["ARA", "FRE", "ENG"]), min_size=1, max_size=3),
        "height": st.integers(100, 220).map(lambda cm: cm / 100),
        "weight": st.integers(30, 200),
        "eyes_colors_id": st.lists(st.sampled_from(["BRO", "BLU"]), min_size=1, max_size=2),
        "hairs_id": st.lists(st.sampled_from(["BLA", "RED"]), min_size=1, max_size=2),
        "arrest_warrants": st.lists(WARRANT, max_size=3),
    },
)


@FEW
@given(record=NOTICE)
def test_a_public_notice_becomes_the_same_message(record: dict[str, Any]) -> None:
    assert ours(RED).to_standard(record).tree == said(RED_IN(record))
