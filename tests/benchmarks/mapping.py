"""A compiled adapter against the same mapping written by hand: twenty-one places, three code tables.

The hand-written one does what somebody writes who trusts the records: no leftovers, no notes, no
check of a date. It is the floor, not a rival.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ilink_generators import load
from ilink_generators.adapters import checked, compiled_one
from ilink_generators.adapters.read_adapter import read_parts
from ilink_generators.model_text import ModelFault
from ilink_runtime.adapters.loading import Loaded, from_text
from tests.benchmarks.measure import Row, calls, in_turn

ROOT = Path(__file__).parents[2]
RECORD = {
    **{"id": "ZZ-1", "fam": "TEST", "g1": "ANNA", "g2": "ZOE", "famo": "Tést", "pob": "Hometown"},
    **{"born": "01.02.1980", "died": "03.04.2020", "sex": "1", "st": "C", "eye": "CHE", "nat": "ZZ,FR"},
    **{"h": "1.75", "w": "63", "occ": "clerk", "reg": "7", "ff": "A", "fg": "B", "mf": "C", "mg": "D"},
    "auth": "Bureau",
}
_SEX = {"1": "M", "2": "F", "9": "U"}
_STATUS = {"C": "convicted", "A": "charged", "S": "suspect"}
_COUNTRY = {"CHE": "CH", "FRA": "FR"}
_TEXTS = (
    *(
        ("fam", "family_name"),
        ("famo", "family_name_original"),
        ("pob", "place_of_birth"),
        ("occ", "occupation"),
    ),
    *(("reg", "national_register_number"), ("ff", "father_family_name"), ("fg", "father_forename")),
    *(("mf", "mother_maiden_name"), ("mg", "mother_forename")),
)


def rows() -> Iterator[Row]:
    """Both directions; the way back is written by hand too."""
    adapter = compiled()
    there = adapter.to_standard(RECORD)
    assert there.tree == into(RECORD)
    assert adapter.to_national(there.tree).tree == out_of(there.tree) == RECORD
    for what, ours, theirs in (
        (
            "a record of 21 places into the standard",
            lambda: adapter.to_standard(RECORD),
            lambda: into(RECORD),
        ),
        ("and out of it", lambda: adapter.to_national(there.tree), lambda: out_of(there.tree)),
    ):
        a, b, ratio = in_turn(
            lambda ours=ours: calls(ours, 5000),  # type: ignore[misc]
            lambda theirs=theirs: calls(theirs, 5000),  # type: ignore[misc]
        )
        yield Row(what, a * 1e6, b * 1e6, "us", "≥ 0.67 x by hand", ratio)


def compiled() -> Loaded:
    """The adapter, as the compiler makes it."""
    faults: list[ModelFault] = []
    (adapter,) = read_parts(ROOT / "tests/adapters/cases/flat/adapter.yaml", faults)
    rules = checked(load(ROOT / "schema"), adapter, faults)
    assert not faults, faults
    return from_text(adapter.name, *compiled_one(adapter, rules))


def into(record: dict[str, str]) -> dict[str, Any]:
    """The mapping by hand."""
    person: dict[str, Any] = {}
    for place, name in _TEXTS:
        if value := record.get(place):
            person[name] = value
    if value := " ".join(part for part in (record.get("g1"), record.get("g2")) if part):
        person["forename"] = value
    for place, name in (("born", "date_of_birth"), ("died", "date_of_death")):
        if value := record.get(place):
            day, month, year = value.split(".")
            person[name] = f"{year}-{month}-{day}"
    if value := record.get("sex"):
        person["sex"] = _SEX[value]
    if value := record.get("st"):
        person["status"] = _STATUS[value]
    if value := record.get("nat"):
        person["nationalities"] = value.split(",")
    body: dict[str, Any] = {}
    if value := record.get("h"):
        body["height"] = round(float(value) * 100)
    if value := record.get("w"):
        body["weight"] = int(value)
    if body:
        person["physical_description"] = body
    message: dict[str, Any] = {"message_type": "RedNotice", "purpose": "wanted_person", "subject": person}
    if value := record.get("id"):
        message["national_reference"] = value
    if value := record.get("auth"):
        message["requesting_authority"] = value
    if value := record.get("eye"):
        message["facts_country"] = _COUNTRY[value]
    return message


_BACK = [{code: national for national, code in table.items()} for table in (_SEX, _STATUS, _COUNTRY)]


def out_of(message: dict[str, Any]) -> dict[str, Any]:
    """The way back by hand."""
    person = message.get("subject") or {}
    body = person.get("physical_description") or {}
    record = {place: person[name] for place, name in _TEXTS if name in person}
    if value := person.get("forename"):
        first, _, second = value.partition(" ")
        record["g1"] = first
        if second:
            record["g2"] = second
    for place, name in (("born", "date_of_birth"), ("died", "date_of_death")):
        if value := person.get(name):
            record[place] = ".".join(reversed(value.split("-")))
    if value := person.get("sex"):
        record["sex"] = _BACK[0][value]
    if value := person.get("status"):
        record["st"] = _BACK[1][value]
    if value := message.get("facts_country"):
        record["eye"] = _BACK[2][value]
    if value := person.get("nationalities"):
        record["nat"] = ",".join(value)
    if (value := body.get("height")) is not None:
        record["h"] = f"{value / 100:.2f}"
    if (value := body.get("weight")) is not None:
        record["w"] = str(value)
    if value := message.get("national_reference"):
        record["id"] = value
    if value := message.get("requesting_authority"):
        record["auth"] = value
    return record
