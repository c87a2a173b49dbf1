"""A value that may be of several classes: chosen in the form, kept in a draft, found again in a record."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_runtime import bundle, form
from ilink_runtime.bundle import Bundle
from ilink_runtime.classes import fitting
from ilink_runtime.levels import Levels
from ilink_runtime.sentences import label
from ilink_runtime.values import classes_of
from tests.desk.foreign import REPORT, made

LEVELLED = Path(__file__).parents[1] / "compiler" / "cases" / "unions_at_levels" / "model.yaml"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return made(tmp_path_factory.mktemp("fleet"))


def read_back(fleet: Bundle, message: dict[str, Any], *, draft: bool = False) -> dict[str, Any]:
    """What is posted of a message that nobody touched."""
    definition = fleet.forms["Report"]
    sections = form.show(definition, message, fitting(fleet))
    pairs = [pair for section in sections for pair in form.pairs(section.entries)]
    return form.read(definition, pairs, keep_rows=draft)


def field(fleet: Bundle, name: str) -> Any:
    fields = [one for section in fleet.forms["Report"]["sections"] for one in section["fields"]]
    return next(one for one in fields if one["name"] == name)


def test_a_record_comes_back_from_the_form_as_it_was(fleet: Bundle) -> None:
    assert Levels(fleet).faults("Report", REPORT, "quality") == []
    assert read_back(fleet, REPORT) == REPORT


WORDS = st.from_regex("[A-Z][a-z]{0,6}", fullmatch=True)
PEOPLE = st.fixed_dictionaries({"surname": WORDS}, optional={"role": WORDS})
CARS = st.fixed_dictionaries(
    {"plate": st.from_regex("[A-Z0-9]{1,5}", fullmatch=True)},
    optional={"name": WORDS, "colour": st.sampled_from(["red", "blue"])},
)
BOATS = st.fixed_dictionaries(
    {"length": st.floats(1, 99).map(lambda number: round(number, 1))},
    optional={"name": WORDS, "crew": st.lists(PEOPLE, min_size=1, max_size=2)},
)
CRATES = st.fixed_dictionaries({"form": st.sampled_from(["ex:crate", "https://example.org/crate"])})
DRUMS = st.fixed_dictionaries({"form": st.just("ex:Drum"), "litres": st.integers(0, 9)})
REPORTS = st.fixed_dictionaries(
    {"number": WORDS, "kind": st.just("sighting")},
    optional={
        "vehicles": st.lists(CARS | BOATS, min_size=1, max_size=3),
        "main": CARS | BOATS,
        "seen": st.lists(
            PEOPLE | st.builds(lambda town: {"town": town}, WORDS) | WORDS, min_size=1, max_size=3
        ),
        "cargo": CRATES | DRUMS | st.integers(-9, 9),
    },
)


@settings(deadline=None, max_examples=80)
@given(message=REPORTS)
def test_every_record_comes_back_from_the_form_as_it_was(fleet: Bundle, message: dict[str, Any]) -> None:
    assert Levels(fleet).faults("Report", message, "record") == []
    assert read_back(fleet, message) == message
    draft = read_back(fleet, message, draft=True)
    assert form.message(fleet.forms["Report"], draft) == message
    assert read_back(fleet, draft, draft=True) == draft


def test_each_class_has_its_fields_in_the_definition(fleet: Bundle) -> None:
    vehicles = field(fleet, "vehicles")
    assert [branch["range"] for branch in vehicles["branches"]] == ["Car", "Boat"]
    assert "fields" not in vehicles
    assert [one["name"] for one in vehicles["branches"][0]["fields"]] == ["name", "plate", "colour"]
    assert [branch["kind"] for branch in field(fleet, "seen")["branches"]] == ["class", "class", "type"]
    crate = field(fleet, "cargo")["branches"][0]["fields"][0]
    assert (crate["widget"], crate["value"]) == ("hidden", "ex:crate")


def test_what_was_chosen_is_kept_before_anything_else_is_said(fleet: Bundle) -> None:
    definition = fleet.forms["Report"]
    body, place = form.add(definition, {}, "/vehicles:Boat")
    assert place == "/vehicles/0"
    body, place = form.add(definition, body, "/main:Boat")
    assert place == "/main"
    body, _ = form.add(definition, body, "/cargo:Drum")
    kept = read_back(fleet, body, draft=True)
    shown = form.show(definition, kept, fitting(fleet))
    chosen = [form.find(shown, pointer) for pointer in ("/main", "/cargo")]
    assert [entry.branch.field["range"] for entry in chosen if entry and entry.branch] == ["Boat", "Drum"]
    assert form.find(shown, "/vehicles/0/length") is not None
    # A name fits a car as well: the draft remembers that it is a boat's.
    kept["vehicles"][0]["name"] = "Hirondelle"
    assert form.find(form.show(definition, kept, fitting(fleet)), "/vehicles/0/length") is not None
    assert form.message(definition, kept)["vehicles"] == [{"name": "Hirondelle"}]


def test_nothing_is_chosen_twice_and_nothing_that_is_not_offered(fleet: Bundle) -> None:
    definition = fleet.forms["Report"]
    for place in ("/main", "/main:Person", "/vehicles", "/vehicles:", "/number:Car", ":Car"):
        with pytest.raises(ValueError, match=place.partition(":")[0] or "Car"):
            form.add(definition, {}, place)
    with pytest.raises(ValueError, match="/main"):
        form.add(definition, {"main": {"length": 3}}, "/main:Car")
    assert form.remove(definition, deepcopy(REPORT), "/main") == (
        {name: value for name, value in REPORT.items() if name != "main"},
        "/main",
    )
    with pytest.raises(ValueError, match="/number"):
        form.remove(definition, deepcopy(REPORT), "/number")


def test_a_new_form_and_a_new_row_begin_with_what_the_model_offers(fleet: Bundle) -> None:
    definition = fleet.forms["Report"]
    assert form.begun(definition) == {"desk": "harbour", "urgent": True}
    body, _ = form.add(definition, {}, "/seen:Person")
    assert body["seen"] == [{"#is": "Person", "role": "witness"}]
    assert "desk" not in read_back(fleet, REPORT)  # nothing is filled into what is there


def test_the_only_value_is_no_question(fleet: Bundle) -> None:
    kind = field(fleet, "kind")
    assert (kind["widget"], kind["value"]) == ("fixed", "sighting")
    assert form.read(fleet.forms["Report"], [("/number", "1"), ("/kind", "other")])["kind"] == "sighting"
    assert [fault.code for fault in Levels(fleet).faults("Report", {**REPORT, "kind": "x"}, "record")] == [
        "const"
    ]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            {"vehicles": [{"plate": "a-b"}, {"length": 0}]},
            {"pattern /vehicles/0/plate", "too_small /vehicles/1/length"},
        ),
        ({"main": {"length": "long"}}, {"type /main/length"}),
        ({"seen": [{"town": 5}]}, {"type /seen/0/town"}),
        ({"seen": [7]}, {"alternatives /seen/0"}),
        ({"vehicles": [{"length": 4, "crew": [{"role": "x"}]}]}, {"required /vehicles/0/crew/0/surname"}),
        ({"cargo": {"form": "ex:Drum"}}, {"required /cargo/litres"}),
    ],
)
def test_faults_are_those_of_the_class_that_an_object_fits(
    fleet: Bundle, change: dict[str, Any], found: set[str]
) -> None:
    faults = Levels(fleet).faults("Report", {**REPORT, **change}, "record")
    assert {f"{fault.code} {fault.path}" for fault in faults} == found


def test_what_was_chosen_is_judged_and_not_what_would_fit(fleet: Bundle) -> None:
    written = {"number": "1", "kind": "sighting", "vehicles": [{"#is": "Boat", "plate": "A1"}]}
    message = form.without_choices(written)
    assert Levels(fleet).faults("Report", message, "record", written) == []  # it is a car, whatever was meant
    written["vehicles"] = [{"#is": "Boat", "name": "Hirondelle"}]
    faults = Levels(fleet).faults("Report", form.without_choices(written), "record", written)
    assert [fault.path for fault in faults] == ["/vehicles/0/length"]


def test_labels_are_those_of_the_class(fleet: Bundle) -> None:
    classes = classes_of(fleet, "Report", REPORT)
    assert (classes["/vehicles/0"], classes["/seen/1"], classes["/cargo"]) == ("Car", "Place", "Drum")
    said = [label(fleet, "Report", f"/vehicles/{number}/colour", "en", classes) for number in (0, 1)]
    assert said == ["Vehicles 1 › Colour of the car", "Vehicles 2 › Colour of the boat"]


def test_of_fields_of_which_one_is_needed_the_form_says_so(fleet: Bundle) -> None:
    assert [one.get("one_of") for one in field(fleet, "keepers")["fields"]] == [True, True]


def test_advice_reaches_the_class_that_an_object_fits(tmp_path: Path) -> None:
    """Without a designator a level asks its rules of the classes that have some."""
    write(generate(load(LEVELLED)), tmp_path)
    levels = Levels(bundle.read(tmp_path))

    def faults(**message: Any) -> list[str]:
        found = levels.faults("Harbour", message, "quality")
        return [f"{fault.level} {fault.code} {fault.path}" for fault in found]

    assert faults(vehicles=[{"plate": "A1"}, {"length": 1, "flag": "TN"}]) == [
        "quality too_small /vehicles/1/length"
    ]
    assert faults(seen={"length": 3}) == ["publish required /seen/flag"]
    assert faults(seen={"length": 3, "flag": "TN"}, vehicles=[{"plate": "A1"}]) == []
    assert faults(seen="x") == ["record alternatives /seen"]
    assert faults(vehicles=[{"name": "x"}]) == ["record required /vehicles/0/plate"]


POSTED = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "/main#is",
                "/main",
                "/vehicles/0#is",
                "/vehicles/0/length",
                "/seen/1#is",
                "/seen/1",
                "/cargo#is",
                "#is",
            ]
        ),
        st.sampled_from(["Car", "Boat", "string", "integer", "ex:Drum", "x", ""]),
    )
)


@settings(deadline=None, max_examples=100)
@given(posted=POSTED, place=st.sampled_from(["/main:Boat", "/cargo:integer", "/main", "/vehicles/0"]))
def test_whatever_is_posted_is_a_draft(fleet: Bundle, posted: list[tuple[str, str]], place: str) -> None:
    definition = fleet.forms["Report"]
    draft = form.read(definition, posted, keep_rows=True)
    assert read_back(fleet, draft, draft=True) == draft
    assert "#is" not in str(form.message(definition, draft))
    for change in (form.add, form.remove):
        try:
            changed, _ = change(definition, draft, place)
        except ValueError:
            continue
        assert changed != draft
