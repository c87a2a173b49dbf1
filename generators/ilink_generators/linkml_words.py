"""Which words of LinkML mean something to ilink, and which only inform; any other is refused.

Nothing in a model is ever silently ignored: a word that would change what is valid, and that is in
neither table, stops the load with its file and line.
"""

from __future__ import annotations

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
        "id_prefixes_are_closed",
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
        "bindings",
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
