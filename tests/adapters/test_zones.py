"""Machine-readable zones: check digits hold a zone together, and a century is confirmed."""

from __future__ import annotations

import pytest

from ilink_runtime.machine_readable import is_valid
from tests.adapters.bundled import Example, entries, examples, module, written

ZONES = ["icao-9303-td1", "icao-9303-td2", "icao-9303-td3"]
EXAMPLES = [example for name in ZONES for example in examples(name)]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_zone_is_one_by_the_check_of_the_standard_too(example: Example) -> None:
    assert is_valid(example.national.decode())


@pytest.mark.parametrize("name", ZONES)
def test_a_digit_that_was_changed_is_a_trouble(name: str) -> None:
    whole = examples(name)[0].national
    wrong = whole.replace(b"810517", b"810518")
    assert wrong != whole
    (entry,) = entries(name, wrong)
    assert entry.trouble is not None
    assert (entry.trouble.code, entry.trouble.place) == ("wrong_check_digit", "birth_check")


@pytest.mark.parametrize("name", ZONES)
def test_check_digits_are_made(name: str) -> None:
    whole = examples(name)[0].national
    (entry,) = entries(name, whole)
    assert entry.tree is not None
    assert not [place for place in entry.tree if place.endswith("_check")]
    assert written(name, [entry.tree]) == whole


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    ("confirmed", "born"), [("19", "1981-05-17"), ("1981", "1981-05-17"), ("18", "1881-05-17")]
)
def test_a_confirmed_century_completes_the_birth(name: str, confirmed: str, born: str) -> None:
    (entry,) = entries(name, examples(name)[0].national)
    assert entry.tree is not None
    there = module(name).to_standard({**entry.tree, "birth_century": confirmed})
    assert there.tree["subject"]["date_of_birth"] == born
    assert not there.troubles
