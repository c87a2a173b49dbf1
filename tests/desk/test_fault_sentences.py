"""What an officer reads about every fault there is, in four languages, held by `golden/*.txt`.

The messages are of a standard of their own (`golden/model.yaml`), so that a change of the real one
changes nothing here. `pytest tests/desk/test_fault_sentences.py --update-golden` writes the files anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_runtime import bundle as bundles
from ilink_runtime import sentences
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.levels import Levels
from ilink_runtime.message_types import type_of
from ilink_runtime.messages import Stored
from ilink_runtime.objections import objections
from ilink_runtime.problems import Problem
from ilink_runtime.validation import Fault

FOLDER = Path(__file__).parent / "golden"
LANGUAGES = ("en", "ar", "fr", "es")
TODAY = date(2026, 11, 23)
READER = Reader(bureau="TN", actor="user:amal")
FINE = {"message_type": "Report", "name": "Nadia", "place": "Sfax", "country": "TN", "weight": 70.5}


def held(owner: str = "TN", status: str = "published", **envelope: Any) -> Stored:
    """A message that a request concerns, or that is amended."""
    known = {"owner": owner, "type": "Report", "status": status, "concerns": None, "extended_at": None}
    return Stored("1", {**known, "recorded_at": "2026-11-01T09:30:00.000Z", **envelope}, {}, "", {})


@dataclass(frozen=True)
class Case:
    """A message with all that is wrong with it."""

    message: dict[str, Any]
    target: Stored | None = None
    stored: Stored | None = None


def report(**fields: Any) -> Case:
    """A report that is fine but for these fields."""
    return Case({**FINE, **fields})


EXTENSION = {"message_type": "Extension", "concerns": "2026-0000-0001", "keep_until": "2027-06-30"}
SUSPENSION = {"message_type": "Suspension", "concerns": "2026-0000-0001", "suspended_until": "2026-12-31"}

CASES: dict[str, Case] = {
    "types": report(
        name=5, height="tall", weight="heavy", armed="yes", names="Nadi", things=["x"], seen=[], colour={}
    ),
    "shapes": report(
        colour="green",
        plate="ab-1",
        version="two",
        nickname="N",
        place="A place with far too long a name",
        names=["one"],
        things=[{"number": "1"}, {"number": "2"}, {"number": "1", "maker": None}],
    ),
    "mark": report(mark="A1"),
    "limits": report(height=12, names=["one", "two", "three", "four"]),
    "too_large": report(height=300),
    "unknown_fields": report(nmae="Nadia", zzz=1, things=[{"a/b~c": 1}]),
    "missing": Case({"message_type": "Report", "country": "TN"}),
    "rules": report(armed=True, colour="blue", plate="AB-123", mark="ring"),
    "none_of_several": report(amount="much"),
    "union_car": report(vehicle={"kind": "Car", "sails": 2}),
    "union_boat": report(vehicle={"kind": "Boat"}),
    "union_unknown": report(vehicle={"kind": "Plane", "wings": 2}),
    "no_such_type": Case({"message_type": "Reprot"}),
    "no_type": Case({}),
    "dates_and_orders": report(
        seen={
            "first": "2026-02-30",
            "last": "2026-02-31",
            "least": 5,
            "most": 3,
            "at": "yesterday",
            "local": "noon",
            "when": "soon",
        },
        blanks={"first_number": "AB100", "last_number": "AB099"},
    ),
    "date_order": report(seen={"first": "2026-03-02", "last": "2026-03-01"}),
    "numbers": report(
        marks={
            "iban": "GB00WEST12345698765432",
            "card": "4111111111111112",
            "wallet": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "imo": "IMO 9074720",
            "mmsi": "12",
            "mrz": "P<UTOERIKSSON<<ANNA",
            "vin": "1M8GDM9A0KP042788",
            "imei": "490154203237519",
            "phone": "+216 1",
            "email": "nobody",
            "hash": "abc",
            "media": "picture",
            "web": "not a place",
        },
        vehicle={"kind": "Boat", "sails": 1, "hull": "X"},
    ),
    "restrictions": report(
        handling={
            "field_restrictions": [
                {"pointer": "/things/3", "restricted_to": ["FR"]},
                {"pointer": "/review_date", "restricted_to": ["FR"]},
            ]
        }
    ),
    "not_issuer": report(country="FR"),
    "review_too_early": report(review_date="2026-11-22"),
    "review_too_late": report(review_date="2030-01-01"),
    "no_such_message": Case(EXTENSION),
    "not_owner": Case(EXTENSION, target=held(owner="FR")),
    "bears_nothing": Case(SUSPENSION, target=held(status="withdrawn")),
    "keep_until_missing": Case({**EXTENSION, "keep_until": None}, target=held()),
    "suspended_too_long": Case({**SUSPENSION, "suspended_until": "2027-12-31"}, target=held()),
    "concerns_changed": Case(EXTENSION, target=held(), stored=held(concerns="2026-0000-0002")),
}


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The standard of the golden files."""
    folder = tmp_path_factory.mktemp("golden")
    write(generate(load(FOLDER / "model.yaml")), folder)
    return bundles.read(folder)


def faults(standard: Bundle, case: Case) -> tuple[str, list[Fault]]:
    """Everything that is wrong with a message, at all levels, and its type."""
    try:
        name = type_of(standard, case.message, None)
    except Problem as problem:
        return problem.message_type, list(problem.faults)
    return name, [
        *Levels(standard).faults(name, case.message, "quality"),
        *objections(standard, READER, name, case.message, case.target, case.stored, TODAY),
    ]


def told(standard: Bundle, case: Case) -> Iterator[str]:
    """A line for a fault, its data, and a line a language."""
    name, found = faults(standard, case)
    for fault in found:
        rule = f" {fault.rule} ({fault.rule_ref})" if fault.rule else ""
        yield f"{fault.code} {' | '.join(fault.paths) or fault.path} {fault.level}{rule}"
        for language in LANGUAGES:
            said = sentences.sentence(standard, name, fault, language)
            yield f"  {language}  {re.sub('[⁦-⁩]', '', said)}"
        yield ""


@pytest.mark.parametrize("name", CASES)
def test_sentences_are_those_of_the_golden_file(
    name: str, standard: Bundle, request: pytest.FixtureRequest
) -> None:
    path = FOLDER / f"{name}.txt"
    said = "\n".join(told(standard, CASES[name]))
    if request.config.getoption("--update-golden"):
        path.write_text(said, "utf-8")
    assert said == path.read_text("utf-8")


def test_every_golden_file_has_a_case() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)


def test_every_check_has_a_sentence() -> None:
    assert {*CHECKS, *OBJECT_CHECKS} == set(sentences.CHECKS)


def test_every_sentence_of_a_fault_stands_in_a_golden_file() -> None:
    lines = [line for name in CASES for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()]
    english = [line.removeprefix("  en  ") for line in lines if line.startswith("  en  ")]
    written = [
        *sentences.SENTENCES.values(),
        *sentences.REQUIRED_BY_LEVEL.values(),
        sentences.UNKNOWN_FIELD_NEAR,
        sentences.NONE_OF_SEVERAL,
        *sentences.CHECKS.values(),
        *(f"%(label)s: this must be {kind}." for kind in sentences.TYPES.values()),
    ]
    assert not [template for template in written if not any(map(_like(template).fullmatch, english))]


def _like(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(template)))
