"""Which words of LinkML mean something to ilink, and which only inform; any other is refused.

Nothing in a model is ever silently ignored: a word that would change what is valid, and that is in
neither table, stops the load with its file and line.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

#: Words that document an element and change nothing about what is valid.
INFORMS = frozenset(
    [
        "name",
        "title",
        "description",
        "aliases",
        "structured_aliases",
        "alt_descriptions",
        "see_also",
        "comments",
        "notes",
        "examples",
        "todos",
        "exact_mappings",
        "close_mappings",
        "related_mappings",
        "narrow_mappings",
        "broad_mappings",
        "mappings",
        "implements",
        "instantiates",
        "in_subset",
        "from_schema",
        "imported_from",
        "source",
        "in_language",
        "deprecated",
        "deprecated_element_has_exact_replacement",
        "deprecated_element_has_possible_replacement",
        "contributors",
        "created_by",
        "created_on",
        "last_updated_on",
        "modified_by",
        "status",
        "rank",
        "categories",
        "keywords",
        "definition_uri",
        "id_prefixes",
        "local_names",
        "conforms_to",
        "extensions",
        "annotations",
        "class_uri",
        "slot_uri",
        "type_uri",
        "enum_uri",
        "uri",
        "repr",
        "singular_name",
        "is_usage_slot",
        "owner",
        "domain_of",
    ]
)

SCHEMA = INFORMS | frozenset(
    [
        "id",
        "version",
        "license",
        "prefixes",
        "default_prefix",
        "default_range",
        "default_curi_maps",
        "emit_prefixes",
        "imports",
        "types",
        "enums",
        "classes",
        "slots",
        "subsets",
        "slot_names_unique",
        "settings",
        "metamodel_version",
        "source_file",
        "source_file_date",
        "source_file_size",
        "generation_date",
    ]
)
TYPE = INFORMS | frozenset(
    [
        "typeof",
        "base",
        "pattern",
        "minimum_value",
        "maximum_value",
        "equals_string",
        "equals_string_in",
        "unit",
    ]
)
ENUM = INFORMS | frozenset(["permissible_values"])
VALUE = INFORMS | frozenset(["text", "meaning", "unit"])
CLASS = INFORMS | frozenset(
    [
        "is_a",
        "mixins",
        "abstract",
        "mixin",
        "tree_root",
        "attributes",
        "slots",
        "slot_usage",
        "rules",
        "unique_keys",
        "any_of",
        "all_of",
        "none_of",
        "exactly_one_of",
        "slot_conditions",
    ]
)
SLOT_TESTS = frozenset(
    [
        "required",
        "value_presence",
        "equals_string",
        "equals_string_in",
        "equals_number",
        "minimum_value",
        "maximum_value",
        "pattern",
        "minimum_cardinality",
        "maximum_cardinality",
        "exact_cardinality",
        "has_member",
        "all_members",
        "range_expression",
        "any_of",
        "all_of",
        "none_of",
        "exactly_one_of",
    ]
)
SLOT = (
    INFORMS
    | SLOT_TESTS
    | frozenset(
        [
            "is_a",
            "mixins",
            "abstract",
            "mixin",
            "range",
            "recommended",
            "multivalued",
            "inlined",
            "inlined_as_list",
            "slot_group",
            "is_grouping_slot",
            "designates_type",
            "unit",
            "domain",
            "alias",
            "identifier",
            "key",
            "ifabsent",
        ]
    )
)
RULE = INFORMS | frozenset(["preconditions", "postconditions", "elseconditions", "deactivated"])
CONDITION = INFORMS | frozenset(["slot_conditions", "any_of", "all_of", "none_of", "exactly_one_of"])
SLOT_CONDITION = INFORMS | SLOT_TESTS
UNIQUE_KEY = INFORMS | frozenset(["unique_key_name", "unique_key_slots"])


_BOOLEANS = (
    "required recommended multivalued inlined inlined_as_list abstract mixin tree_root designates_type "
    "is_grouping_slot identifier key deactivated is_usage_slot"
)
_INTEGERS = "minimum_cardinality maximum_cardinality exact_cardinality rank"
_NUMBERS = "minimum_value maximum_value equals_number"
_TEXTS = (
    "id name title description version license default_range range is_a typeof base pattern slot_group "
    "equals_string value_presence text meaning"
)
_LISTS = "imports mixins equals_string_in unique_key_slots exact_mappings"
_MAPPINGS = (
    "types enums classes attributes slot_usage permissible_values unique_keys slot_conditions has_member "
    "all_members range_expression preconditions postconditions elseconditions"
)
_LISTS_OF_MAPPINGS = "rules any_of all_of none_of exactly_one_of"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(map(_is_text, value)))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict)


def _is_mappings(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_mapping, value))


Shape = tuple[Callable[[Any], bool], str]

#: What the value of a word must be, and how a refusal says it.
SHAPES: dict[str, Shape] = {
    word: (is_right, expected)
    for words, is_right, expected in (
        (_BOOLEANS, lambda value: isinstance(value, bool), "true or false"),
        (_INTEGERS, lambda value: _is_number(value) and isinstance(value, int), "a whole number"),
        (_NUMBERS, _is_number, "a number"),
        (_TEXTS, _is_text, "a text; write it in quotes"),
        (_LISTS, _is_texts, "a list of texts; write each in quotes"),
        (_MAPPINGS, _is_mapping, "a mapping"),
        (_LISTS_OF_MAPPINGS, _is_mappings, "a list of mappings"),
    )
    for word in words.split()
}
#: `slots` names the slots of a class, and defines those of a schema.
SCHEMA_SLOTS: Shape = SHAPES["classes"]
CLASS_SLOTS: Shape = SHAPES["mixins"]


def misshapen(word: str, value: Any, known: frozenset[str]) -> str | None:
    """What the value of a word should be instead, or None when it is; no value at all is no fault."""
    shape = SHAPES.get(word)
    if word == "slots":
        shape = SCHEMA_SLOTS if known is SCHEMA else CLASS_SLOTS
    elif word == "annotations":
        shape = (lambda value: isinstance(value, dict | list), "a mapping")
    return None if value is None or shape is None or shape[0](value) else shape[1]


_TYPE_NOTES = "min_length max_length check check_level canonical thread widget search direction example"
_CLASS_NOTES = "checks thread canonical widget innocent"
_MESSAGE_NOTES = (
    "colour notice_type routing headline short_title retention effect sender entered_by answered_by"
)
_WRITTEN_NOTES = "example source version code rule_ref colour short_title pattern retention"

#: The annotations that ilink reads, by the kind of element; any other annotation is somebody else's.
NOTES: dict[frozenset[str], frozenset[str]] = {
    TYPE: frozenset(_TYPE_NOTES.split()),
    ENUM: frozenset(["open", "source", "version", "cldr", "pattern"]),
    VALUE: frozenset(["status", "masked", "label_source"]),
    CLASS: frozenset(f"{_CLASS_NOTES} {_MESSAGE_NOTES}".split()),
    SLOT: frozenset(["sensitive", "masked_under_age"]),
    RULE: frozenset(["code", "level", "rule_ref"]),
}
#: Numbers and truth values that YAML made of these lose how they were written.
WRITTEN_NOTES = frozenset(_WRITTEN_NOTES.split())
