"""Every word of LinkML's own model is implemented, informs, or is refused by name."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from linkml_runtime import SchemaView  # type: ignore[import-untyped]

from ilink_generators import linkml_words as words

ELEMENTS = {
    "schema_definition": words.SCHEMA,
    "class_definition": words.CLASS,
    "slot_definition": words.SLOT,
    "type_definition": words.TYPE,
    "enum_definition": words.ENUM,
    "permissible_value": words.VALUE,
    "class_rule": words.RULE,
    "anonymous_class_expression": words.CONDITION,
    "unique_key": words.UNIQUE_KEY,
}


@cache
def _metamodel() -> Any:
    spec = find_spec("linkml_runtime")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0])
    return SchemaView(str(folder / "linkml_model" / "model" / "schema" / "meta.yaml"))


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_word_stands_in_a_table(element: str) -> None:
    known = {slot.alias or slot.name for slot in _metamodel().class_induced_slots(element)}
    assert known - ELEMENTS[element] - set(words.REFUSED) == set()


def test_the_document_names_every_word_that_is_refused() -> None:
    document = (Path(__file__).parents[2] / "docs" / "linkml-support.md").read_text("utf-8")
    assert {word for word in words.REFUSED if f"`{word}`" not in document} == set()
