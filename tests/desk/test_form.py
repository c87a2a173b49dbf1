"""A form shows a message and reads it back equal; what officers type becomes what the standard stores."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilink_runtime import bundle, form

STANDARD = bundle.read()
RED = STANDARD.forms["RedNotice"]

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "Nd", "P", "Zs")), min_size=1, max_size=12)
TEXTS = WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: text and text[-1] != "~")
YEARS = st.integers(1000, 2999).map(str)
TWO = st.integers(1, 28).map("{:02d}".format)
PARTIAL_DATES = st.builds(
    "{}{}{}".format, YEARS, st.sampled_from(["", "-01", "-05-03", "-12-28"]), st.sampled_from(["", "~"])
)  # fmt: skip


def values(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What can stand in a field."""
    match form.control(field):
        case "rows":
            return st.lists(objects(field["fields"]).filter(bool), min_size=1, max_size=2)
        case "group" | "free_text":
            return objects(field["fields"]).filter(bool)
        case "codes" | "list":
            return st.lists(scalars(field), min_size=1, max_size=3)
    return scalars(field)


def scalars(field: dict[str, Any]) -> st.SearchStrategy[Any]:
    match field["widget"]:
        case "number":
            return st.integers(-(10**14), 10**14) | st.sampled_from([0.5, 178.25, -3.0])
        case "checkbox":
            return st.booleans()
        case "partial_date":
            return PARTIAL_DATES
        case "date":
            return st.builds("{}-{}-{}".format, YEARS, TWO, TWO)
    plain = field.get("direction") == "ltr" or field["widget"] in form.LATIN_DIGITS
    return st.from_regex(r"[A-Z0-9+]{1,9}", fullmatch=True) if plain else TEXTS


def objects(fields: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which few of the fields are there; the language of a text never without the text."""
    optional = {field["name"]: st.none() | st.none() | st.none() | values(field) for field in fields}
    made = st.fixed_dictionaries(optional).map(
        lambda value: {name: part for name, part in value.items() if part is not None}
    )
    if {"text", "language"} <= optional.keys():
        return made.map(lambda value: value if value.keys() != {"language"} else {})
    return made


@st.composite
def messages(draw: st.DrawFn) -> dict[str, Any]:
    """Messages as the form of a Red Notice can hold them."""
    message: dict[str, Any] = {"message_type": "RedNotice"}
    fields = [
        field for section in RED["sections"] for field in section["fields"] if field["widget"] != "hidden"
    ]
    for field in draw(st.lists(st.sampled_from(fields), max_size=8, unique_by=lambda f: f["pointer"])):
        value = draw(values(field))
        *way, last = field["pointer"].strip("/").split("/")
        holder = message
        for step in way:
            holder = holder.setdefault(step, {})
        holder[last] = value
    return message


def posted(message: dict[str, Any]) -> list[tuple[str, str]]:
    """What a browser posts when nobody touches the form of a message."""
    return [pair for section in form.show(RED, message) for pair in form.pairs(section.entries)]


@settings(deadline=None, max_examples=60)
@given(messages())
def test_what_is_shown_is_read_back_equal(message: dict[str, Any]) -> None:
    assert form.read(RED, posted(message)) == message


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (
            {"/subject/date_of_birth#year": "١٩٨٠", "/subject/date_of_birth#month": "۵"},
            {"date_of_birth": "1980-05"},
        ),
        (
            {"/subject/date_of_birth#year": "1980", "/subject/date_of_birth#about": "true"},
            {"date_of_birth": "1980~"},
        ),
        ({"/subject/date_of_birth#about": "true"}, {}),
        (
            {"/subject/date_of_birth#year": "80s?", "/subject/date_of_birth#day": "3"},
            {"date_of_birth": "80s?--03"},
        ),
        ({"/subject/physical_description/height": "١٧٨"}, {"physical_description": {"height": 178}}),
        ({"/subject/physical_description/height": "tall"}, {"physical_description": {"height": "tall"}}),
        ({"/subject/phone_numbers/7/number": "+٢١٦ ٢٠"}, {"phone_numbers": [{"number": "+216 20"}]}),
        (
            {"/subject/phone_numbers/0/number": "\u2066+216 20\u2069"},
            {"phone_numbers": [{"number": "+216 20"}]},
        ),
        ({"/subject/family_name": "  Ben \r\n"}, {"family_name": "Ben"}),
        ({"/subject/nothing": "x", "/subject/phone_numbers/x/number": "1", "/../sex": "M"}, {}),
    ],
)
def test_what_is_typed_becomes_what_is_stored(pairs: dict[str, str], expected: dict[str, Any]) -> None:
    assert form.read(RED, pairs.items()).get("subject", {}) == expected


def test_rows_are_numbered_anew_and_empty_ones_kept_only_in_a_draft() -> None:
    names = "/subject/other_names"
    pairs = [
        (f"{names}/0", ""),
        (f"{names}/0/forename", ""),
        (f"{names}/4/forename", "Ali"),
        (f"{names}/4", ""),
    ]
    assert form.read(RED, pairs)["subject"]["other_names"] == [{"forename": "Ali"}]
    draft = form.read(RED, pairs, keep_rows=True)
    assert draft["subject"]["other_names"] == [{}, {"forename": "Ali"}]
    assert form.pruned(draft)["subject"]["other_names"] == [{"forename": "Ali"}]


def test_the_language_of_a_text_that_was_not_written_is_nothing() -> None:
    assert "facts_summary" not in form.read(
        RED, [("/facts_summary/text", ""), ("/facts_summary/language", "en")]
    )


def test_a_label_becomes_its_code() -> None:
    read = form.read(
        RED, [("/facts_country", "Tunisia")], code_of=lambda code_list, text: f"{code_list}:{text}"
    )
    assert read["facts_country"] == "Country:Tunisia"


def test_rows_are_added_and_removed_only_where_the_form_has_them() -> None:
    added, place = form.add(RED, {"subject": {}}, "/subject/phone_numbers")
    assert (added, place) == ({"subject": {"phone_numbers": [{}]}}, "/subject/phone_numbers/0")
    assert form.add(RED, added, "/subject/nationalities")[0]["subject"]["nationalities"] == [""]
    nested, place = form.add(RED, {"arrest_warrants": [{}]}, "/arrest_warrants/0/charge/translations")
    assert nested == {"arrest_warrants": [{"charge": {"translations": [{}]}}]}
    assert place == "/arrest_warrants/0/charge/translations/0"
    without: Any = ({"subject": {"phone_numbers": []}}, "/subject/phone_numbers")
    assert form.remove(RED, added, "/subject/phone_numbers/0") == without
    for pointer in ("/subject", "/subject/family_name", "/nothing", "", "/subject/phone_numbers:Phone"):
        with pytest.raises(ValueError, match=pointer or "^$"):
            form.add(RED, {}, pointer)
    for pointer in ("/subject/phone_numbers/9", "/subject", "/x/0", "/subject/phone_numbers/x"):
        with pytest.raises(ValueError, match=pointer):
            form.remove(RED, added, pointer)


def test_a_message_of_another_shape_is_shown_as_far_as_it_fits() -> None:
    sections = form.show(RED, {"subject": "?", "facts_summary": ["x"], "arrest_warrants": {"a": 1}})
    assert form.find(sections, "/subject/family_name") is not None
