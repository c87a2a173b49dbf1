"""`ilink adapter new`: what is proposed for samples of many countries, and that it always passes check.

A folder of `proposed/` is a sample, the adapter that is proposed for it, and its encoding by its name.
`ILINK_WRITE=1 pytest tests/adapters/test_proposing.py` writes the adapters anew, for a change that is meant.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from ilink_generators.adapters import checked, compiled_one
from ilink_generators.adapters.proposing import proposed
from ilink_generators.adapters.read_adapter import read_text
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.adapters.sample import SampleRefused
from ilink_generators.load import load
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Standard
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded, from_text

CASES = sorted((Path(__file__).parent / "proposed").iterdir())
ENCODINGS = {"german_csv": "windows-1252"}
ROOT = Path(__file__).parents[2]


@cache
def _standard() -> Standard:
    return load(ROOT / "schema")


def _propose(sample: Path, encoding: str = "utf-8", country: str = "ZZ", message: str = "RedNotice") -> str:
    return proposed(_standard(), "zz-mine", country, message, sample, encoding)


def _compiled(text: str) -> tuple[Loaded | None, list[ModelFault]]:
    faults: list[ModelFault] = []
    adapter = with_mappings(read_text(text, faults), _standard())
    rules = checked(_standard(), adapter, faults)
    return (None if faults else from_text("zz-mine", *compiled_one(adapter, rules))), faults


def _carried(text: str, sample: Path) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The messages that a proposed adapter makes of its own sample, and the troubles."""
    loaded, faults = _compiled(text)
    assert loaded is not None, faults
    messages, troubles = [], []
    with sample.open("rb") as source:
        for entry in formats.read(source, loaded.spec):
            assert entry.tree is not None, entry
            carried = loaded.to_standard(entry.tree)
            messages.append(carried.tree)
            troubles += [(trouble.code, trouble.place) for trouble in carried.troubles]
    return messages, troubles


def _sample(case: Path) -> Path:
    return next(path for path in sorted(case.iterdir()) if path.name != "adapter.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_sample_is_proposed_as_its_case_says(case: Path) -> None:
    text = _propose(_sample(case), ENCODINGS.get(case.name, "utf-8"))
    if os.environ.get("ILINK_WRITE"):
        (case / "adapter.yaml").write_text(text, "utf-8")
    assert text == (case / "adapter.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    "case", [case for case in CASES if "xsd" not in case.name], ids=lambda case: case.name
)
def test_a_proposal_carries_its_own_sample(case: Path) -> None:
    messages, troubles = _carried((case / "adapter.yaml").read_text("utf-8"), _sample(case))
    assert len(messages) > 0
    assert troubles == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if "fixed" not in case.name], ids=lambda case: case.name
)
def test_most_places_of_a_sample_are_matched(case: Path) -> None:
    said = (case / "adapter.yaml").read_text("utf-8").splitlines()[0]
    places, matched, sure, left = map(int, re.findall("[0-9]+", said))
    assert matched + left == places
    assert matched > 0.85 * places
    assert sure > 0.6 * matched


def test_what_a_person_would_see_in_the_messages() -> None:
    case = next(case for case in CASES if case.name == "portuguese_csv")
    (first, second), _troubles = _carried((case / "adapter.yaml").read_text("utf-8"), _sample(case))
    subject = first["subject"]
    assert (subject["forename"], subject["family_name"]) == ("Eustáquio", "Ribeirinho Gôes")
    assert subject["physical_description"]["height"] == 178
    assert [name["family_name"] for name in subject["other_names"]] == ["Taquinho", "Ribe"]
    assert first["arrest_warrants"][0]["issue_date"] == "2025-11-05"
    assert second["subject"]["date_of_birth"] == "1990"


def test_names_that_others_use_are_of_the_model_and_go_into_no_generated_file() -> None:
    sex = _standard().classes["Person"].slot("sex")
    assert "Geschlecht" in sex.aliases
    assert "mujer" in _standard().code_lists[sex.range].codes[0].aliases
    for path in (ROOT / "ilink_runtime/generated").rglob("*.*"):
        assert path.suffix == ".pyc" or "Geschlecht" not in path.read_text("utf-8"), path


def _written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_number_alone_is_no_phone_number(tmp_path: Path) -> None:
    text = _propose(_written(tmp_path, "a.json", '[{"number": "1", "account": {"number": "2"}}]'))
    assert "field: national_reference}" in text
    assert "phone_numbers" not in text
    assert "# decide: {place: account/number, field: …}" in text


def test_a_closed_list_is_proposed_only_where_a_value_is_known(tmp_path: Path) -> None:
    sample = _written(tmp_path, "a.json", '[{"kinds of case": "qqq", "name": "X"}]')
    assert "codes:" not in _propose(sample)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("height", "1,78", 'unit: [m, cm], decimal: ",", digits: "2"'),
        ("height", "178", "field: subject.physical_description.height}"),
        ("height", "70", "unit: [in, cm]"),
        ("height", "5'11\"", "unit: [ft-in, cm]"),
        ("weight lb", "180", "unit: [lb, kg]"),
        ("date of birth", "1980-00-00", 'date: [yyyy-mm-dd], unknown: "00"'),
        ("date of birth", "XX.05.1980", "date: [dd.mm.yyyy], unknown: XX"),
        ("date of birth", "1980-05-17T00:00:00", "date: [yyyy-mm-ddT00:00:00]"),
        ("date of birth", "1401/05/17", "date: [yyyy/mm/dd], calendar: hijri"),
        ("date of birth", "03/04/1980", "date: [dd/mm/yyyy]}  # decide: day or month first?"),
        ("glasses", "Ja", "yes: [Ja], no: [nein]"),
        ("full name", "DOE, JANE", 'fields: [subject.family_name, subject.forename], split: ", "'),
        ("nationality", "DEU", "codes: country"),
        ("Familienname", "Иванова", "field: subject.family_name_original"),
    ],
)  # fmt: skip
def test_values_say_how_they_are_written(name: str, value: str, rule: str, tmp_path: Path) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([[name, "other"], [value, "x"]])
    sample = _written(tmp_path, "a.csv", text.getvalue())
    proposal = _propose(sample)
    assert rule in proposal
    assert _carried(proposal, sample)[1] == []


def test_the_wrong_encoding_is_answered_with_those_that_fit(tmp_path: Path) -> None:
    sample = _written(tmp_path, "a.csv", "Name;Größe\nX;180\n".encode("windows-1252"))
    with pytest.raises(SampleRefused, match=r"is not utf-8.*windows-1252 \(Größe\)"):
        _propose(sample)


PROSE = "Prose that names no column because it goes on and on without an end in sight for a whole line."
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("\x00\x01", "was not recognised"),
        (PROSE, "was not recognised"),
        ("{broken", "no record"),
        ("<a><b></a>", "not XML"),
        (ZONE, "icao-9303"),
        ("a,a\n1,2\n", "stands twice"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SampleRefused, match=why):
        _propose(_written(tmp_path, "a.txt", text))


def test_the_language_is_the_country_s_own(tmp_path: Path) -> None:
    sample = _written(tmp_path, "a.csv", "Nome completo;Observações\nAna Exemplo;x\n")
    assert "language: pt" in _propose(sample, country="BR")


def test_every_message_type_has_a_proposal(tmp_path: Path) -> None:
    sample = _written(tmp_path, "a.csv", "reference;name;date;number\n1;X;2020-01-31;2\n")
    for message in _standard().messages():
        _loaded, faults = _compiled(_propose(sample, message=message.name))
        assert faults == []


def test_a_proposal_takes_no_time(tmp_path: Path) -> None:
    _standard()
    rows = [";".join(f"column {number}" for number in range(60)), *[";".join(["value"] * 60)] * 200]
    sample = _written(tmp_path, "a.csv", "\n".join(rows))
    begin = time.process_time()
    _propose(sample)
    assert time.process_time() - begin < 3


# -- any sample ------------------------------------------------------------------------------------

KNOWN = ["nom", "numero", "tipo", "date", "sexe", "name", "Vorname", "alias", "documents", "height", "id"]
NAMES = st.sampled_from(KNOWN) | st.text(max_size=8)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["F", "FRA", "1980-01-31", "01/02/1980", "0000", "A, B", "1,75", "yes", "passport"])
    | st.text(max_size=6)
)
RECORDS = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=5),
    lambda inner: st.dictionaries(NAMES, VALUES | inner | st.lists(inner, max_size=3), max_size=4),
    max_leaves=6,
)
ANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _passes_or_is_refused(sample: Path) -> None:
    try:
        text = _propose(sample)
    except SampleRefused:
        return
    _loaded, faults = _compiled(text)
    assert faults == []


@ANY
@given(records=st.lists(RECORDS, min_size=1, max_size=3))
def test_any_json_passes_or_is_refused(records: list[Any], tmp_path: Path) -> None:
    _passes_or_is_refused(_written(tmp_path, "a.json", json.dumps(records, default=str)))


@ANY
@given(rows=st.lists(st.lists(NAMES, min_size=2, max_size=5), min_size=1, max_size=4))
def test_any_csv_passes_or_is_refused(rows: list[list[str]], tmp_path: Path) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    _passes_or_is_refused(_written(tmp_path, "a.csv", text.getvalue().encode("utf-8", "ignore")))


@ANY
@given(record=RECORDS)
def test_any_xml_passes_or_is_refused(record: dict[str, Any], tmp_path: Path) -> None:
    def fill(element: Any, tree: dict[str, Any]) -> None:
        for name, value in tree.items():
            tag = re.sub("[^A-Za-z]", "", name) or "x"
            for one in value if isinstance(value, list) else [value]:
                below = etree.SubElement(element, tag)
                if isinstance(one, dict):
                    fill(below, one)
                elif one is not None:
                    below.text = "".join(char for char in str(one) if char.isprintable())

    root = etree.Element("{urn:zz:x}root")
    fill(root, record)
    _passes_or_is_refused(_written(tmp_path, "a.xml", etree.tostring(root)))


@ANY
@given(data=st.binary(max_size=60) | st.text(alphabet=" /.;:AB12\n", max_size=60).map(str.encode))
def test_any_bytes_pass_or_are_refused(data: bytes, tmp_path: Path) -> None:
    _passes_or_is_refused(_written(tmp_path, "a.dat", data))
