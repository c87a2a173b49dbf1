"""What passes a profile passes the standard, whatever the profile says and the message holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_generators import Standard, load
from ilink_generators.forms import form
from ilink_generators.profiles import generate
from ilink_generators.profiles.compare import loosened
from ilink_generators.profiles.language import FormProfile, NationalField, Profile
from ilink_generators.profiles.tighten import tightened
from ilink_runtime import profiles
from ilink_runtime.form import is_free_text
from tests.agreement.strategies import Messages

SCHEMA = Path(__file__).parents[2] / "schema"
TYPES = ("RedNotice", "YellowNotice", "StolenVehicle")


@cache
def the_standard() -> Standard:
    return load(SCHEMA)


@cache
def standard_form(message_type: str) -> dict[str, Any]:
    return form(the_standard(), the_standard().classes[message_type])


def paths(fields: list[dict[str, Any]], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for field in fields:
        path = f"{prefix}{field['pointer'].strip('/').replace('/', '.')}"
        if field["widget"] != "hidden":
            yield path, field
        yield from paths(field.get("fields", []), f"{path}.")


def all_fields(made: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [field for section in made["sections"] for field in section["fields"]]


@st.composite
def said_profiles(draw: st.DrawFn) -> FormProfile:
    """What a country might say of a form: all the words, about any fields, allowed or not."""
    message_type = draw(st.sampled_from(TYPES))
    known = dict(paths(all_fields(standard_form(message_type))))
    some = st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True)
    coded = sorted(path for path, field in known.items() if field["kind"] == "code")
    codes = {}
    for path in draw(st.lists(st.sampled_from(coded), max_size=3, unique=True)):
        texts = the_standard().code_lists[known[path]["range"]].texts
        codes[path] = tuple(draw(st.lists(st.sampled_from(texts), min_size=1, max_size=4, unique=True)))
    return FormProfile(
        message=message_type,
        hide=tuple(draw(some)),
        require=tuple(draw(some)),
        codes=codes,
        labels={path: {"fr": "Autrement"} for path in draw(some)},
        order=tuple(draw(some)),
        sections=tuple(draw(st.permutations(sorted(the_standard().groups)))[:3]),
        fields=tuple(
            NationalField(name, {"en": name}, required=draw(st.booleans()))
            for name in draw(st.lists(st.sampled_from(["office", "case"]), unique=True))
        ),
    )


def accepts(fields: list[dict[str, Any]], message: Any) -> bool:
    """Whether a form takes a message as far as needs and codes go: a judge of its own, for this test."""
    for field in fields:
        value = message
        for step in field["pointer"].strip("/").split("/"):
            value = value.get(step) if isinstance(value, dict) else None
        if value in (None, [], {}) or (is_free_text(field) and not value):
            if field["required"]:
                return False
            continue
        members = value if isinstance(value, list) else [value]
        codes = field.get("codes") or (
            the_standard().code_lists[field["range"]].texts
            if field["kind"] == "code" and field["range"] in the_standard().code_lists
            else None
        )
        if codes is not None and any(member not in codes for member in members):
            return False
        if "fields" in field and not all(accepts(field["fields"], member) for member in members):
            return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=said_profiles(), data=st.data())
def test_what_a_profiled_form_takes_the_form_of_the_standard_takes(
    said: FormProfile, data: st.DataObject
) -> None:
    faults: list[Any] = []
    profile = Profile("CH", "Any", Path("profile.yaml"), forms=(said,))
    before = standard_form(said.message)
    after = tightened(the_standard(), profile, said, before, faults).form
    if faults:
        return  # refused, so nothing can pass it
    assert loosened(before, after) == []
    message = data.draw(Messages(the_standard()).of(said.message))
    for path in said.require:
        if path in message and data.draw(st.booleans()):
            del message[path]
    # A field that is hidden, or another country's, is not asked, and needed by nobody: the rest decides.
    message.pop("national_fields", None)
    if accepts(all_fields(after), message):
        assert accepts(all_fields(before), message)
    narrowed = [fault for fault in profiles.faults(after, message) if fault.code == "not_in_list"]
    assert not narrowed or not accepts(all_fields(after), message)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda field: field.update(required=False), "required"),
        (lambda field: field.update(publish=False), "publish"),
        (lambda field: field.update(multivalued=True), "multivalued"),
        (lambda field: field.update(range="Anything"), "range"),
        (lambda field: field.update(max_length=10**6), "max_length"),
        (lambda field: field.update(pointer="/elsewhere"), "no such field"),
    ],
)
def test_the_judge_finds_every_way_to_loosen(change: Any, named: str) -> None:
    before = standard_form("RedNotice")
    for number, field in enumerate(all_fields(before)):
        after = deepcopy(before)
        change(all_fields(after)[number])
        changed = all_fields(after)[number] != field
        loosens = changed and (named != "max_length" or "max_length" in field)
        found = [what for what in loosened(before, after) if named in what or "stands no more" in what]
        assert bool(found) == loosens, (field["pointer"], found)


def test_a_form_that_takes_more_codes_or_lacks_a_needed_field_loosens() -> None:
    narrow = deepcopy(standard_form("RedNotice"))
    sex = next(field for field in all_fields(narrow) if field["name"] == "sex")
    sex["codes"] = ["F"]
    wide = deepcopy(narrow)
    next(field for field in all_fields(wide) if field["name"] == "sex")["codes"] = ["F", "M"]
    assert loosened(narrow, wide) == ["/subject/sex: there are more codes to choose."]
    for section in wide["sections"]:
        section["fields"] = [field for field in section["fields"] if field["name"] != "purpose"]
    assert "/purpose: it is needed and stands no more in the form." in loosened(narrow, wide)


def test_a_country_without_place_for_its_own_fields_hears_it(standard: Standard) -> None:
    message = standard.classes["RedNotice"]
    slots = tuple(slot for slot in message.slots if slot.name != "national_fields")
    poorer = replace(standard, classes={**standard.classes, "RedNotice": replace(message, slots=slots)})
    said = FormProfile("RedNotice", fields=(NationalField("office", {"en": "Office"}),))
    faults: list[Any] = []
    profile = Profile("CH", "Any", Path("profile.yaml"), forms=(said,))
    tightened(poorer, profile, said, form(poorer, poorer.classes["RedNotice"]), faults)
    assert ["no place" in str(fault) for fault in faults] == [True]


def test_the_words_are_there_in_every_language(standard: Standard) -> None:
    adapters = SCHEMA.parent / "national_adapters"
    files = generate(load(SCHEMA, adapters))
    countries = {name.split("/")[1] for name in files}
    assert countries
    for country in countries:
        said = orjson.loads(files[f"profiles/{country}/profile.json"])
        languages = (*standard.languages(), *said["languages"])
        for name in (
            name for name in files if name.startswith(f"profiles/{country}/") and "profile.json" not in name
        ):
            labels = orjson.loads(files[name])["profile"]["labels"]
            assert labels
            for text in labels.values():
                assert all(said["texts"][language][f"{text}.title"] for language in languages)
