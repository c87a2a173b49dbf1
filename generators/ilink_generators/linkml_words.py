"""Which words of LinkML mean something to ilink, and which only inform; any other is refused.

Nothing in a model is ever silently ignored: a word that would change what is valid, and that is in
neither table, stops the load with its file and line.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any


def _table(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Words that document an element and change nothing about what is valid.
INFORMS = _table(
    """
    name title description aliases structured_aliases alt_descriptions see_also comments notes examples
    todos exact_mappings close_mappings related_mappings narrow_mappings broad_mappings mappings
    implements instantiates in_subset from_schema imported_from source in_language deprecated
    deprecated_element_has_exact_replacement deprecated_element_has_possible_replacement contributors
    created_by created_on last_updated_on modified_by status rank categories keywords definition_uri
    id_prefixes id_prefixes_are_closed local_names conforms_to extensions annotations class_uri slot_uri
    type_uri enum_uri uri repr singular_name is_usage_slot usage_slot_name owner domain_of values_from
    string_serialization implicit_prefix
    """
)

SCHEMA = INFORMS | _table(
    """
    id version license prefixes default_prefix default_range default_curi_maps emit_prefixes imports
    types enums classes slots subsets slot_names_unique settings metamodel_version source_file
    source_file_date source_file_size generation_date bindings
    """
)
TYPE = INFORMS | _table(
    """
    typeof base pattern structured_pattern minimum_value maximum_value equals_string equals_string_in
    equals_number union_of unit any_of all_of none_of exactly_one_of
    """
)
ENUM = INFORMS | _table(
    """
    permissible_values include minus inherits reachable_from matches concepts code_set code_set_tag
    code_set_version pv_formula is_a mixins abstract mixin
    """
)
VALUE = INFORMS | _table(
    """
    text meaning unit is_a mixins
    """
)
CLASS = INFORMS | _table(
    """
    is_a mixins abstract mixin tree_root attributes slots slot_usage rules unique_keys any_of all_of
    none_of exactly_one_of slot_conditions union_of extra_slots alias subclass_of defining_slots
    slot_names_unique represents_relationship disjoint_with children_are_mutually_disjoint
    classification_rules
    """
)
SLOT_TESTS = _table(
    """
    required value_presence equals_string equals_string_in equals_number minimum_value maximum_value
    pattern structured_pattern minimum_cardinality maximum_cardinality exact_cardinality has_member
    all_members range range_expression any_of all_of none_of exactly_one_of multivalued inlined
    inlined_as_list unit
    """
)
SLOT = (
    INFORMS
    | SLOT_TESTS
    | _table(
        """
    is_a mixins abstract mixin recommended enum_range bindings slot_group is_grouping_slot
    designates_type alias identifier key ifabsent subproperty_of list_elements_unique
    list_elements_ordered domain inherited readonly shared symmetric reflexive locally_reflexive
    irreflexive asymmetric transitive inverse is_class_field transitive_form_of
    reflexive_transitive_form_of role relational_role path_rule disjoint_with
    children_are_mutually_disjoint union_of type_mappings
    """
    )
)
RULE = INFORMS | _table(
    """
    preconditions postconditions elseconditions bidirectional open_world deactivated
    """
)
CONDITION = INFORMS | _table(
    """
    is_a slot_conditions any_of all_of none_of exactly_one_of
    """
)
SLOT_CONDITION = INFORMS | SLOT_TESTS
UNIQUE_KEY = INFORMS | _table(
    """
    unique_key_name unique_key_slots consider_nulls_inequal
    """
)

#: Words of LinkML that no artefact here can hold to, with what to write instead.
REFUSED = {
    "apply_to": "say mixins where they are used.",
    "equals_expression": "nothing is computed here; say a rule, or leave the field out.",
    "array": "say multivalued, or a class for each dimension.",
}


_BOOLEANS = (
    "required recommended multivalued inlined inlined_as_list abstract mixin tree_root designates_type "
    "is_grouping_slot identifier key deactivated is_usage_slot bidirectional open_world "
    "list_elements_unique consider_nulls_inequal"
)
_INTEGERS = "minimum_cardinality maximum_cardinality exact_cardinality rank"
_NUMBERS = "minimum_value maximum_value equals_number"
_TEXTS = (
    "id name title description version license default_range range is_a typeof base pattern slot_group "
    "equals_string value_presence text meaning alias subproperty_of ifabsent"
)
_LISTS = "aliases imports mixins equals_string_in unique_key_slots exact_mappings union_of inherits"
_MAPPINGS = (
    "has_member all_members range_expression preconditions postconditions elseconditions structured_pattern "
    "enum_range extra_slots"
)
_NAMED = "types enums classes attributes slot_usage permissible_values unique_keys slot_conditions"
_LISTS_OF_MAPPINGS = "rules any_of all_of none_of exactly_one_of bindings include minus"

#: Texts that may be written as a number or a date in YAML.
LOOSE_TEXTS = frozenset(f"{_TEXTS} {_LISTS}".split())


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


def _is_named(value: object) -> bool:
    return isinstance(value, dict | list)


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
        (_NAMED, _is_named, "a mapping"),
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
_CLASS_NOTES = "checks thread canonical widget innocent range"
_MESSAGE_NOTES = (
    "colour notice_type routing headline short_title retention effect sender entered_by answered_by"
    " reported_by"
)
_WRITTEN_NOTES = "example source version code rule_ref colour short_title pattern retention"

#: The annotations that ilink reads, by the kind of element; any other annotation is somebody else's.
NOTES: dict[frozenset[str], frozenset[str]] = {
    TYPE: frozenset(_TYPE_NOTES.split()),
    ENUM: _table(
        """
    open source version cldr pattern
    """
    ),
    VALUE: _table(
        """
    status masked label_source
    """
    ),
    CLASS: frozenset(f"{_CLASS_NOTES} {_MESSAGE_NOTES}".split()),
    SLOT: _table(
        """
    sensitive masked_under_age folded
    """
    ),
    RULE: _table(
        """
    code level rule_ref
    """
    ),
}
#: Numbers and truth values that YAML made of these lose how they were written.
WRITTEN_NOTES = frozenset(_WRITTEN_NOTES.split())
