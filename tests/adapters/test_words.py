"""The language of adapters is a LinkML model: readers, editors and the documentation know the same words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from linkml_runtime import SchemaView  # type: ignore[import-untyped]

from ilink_generators.adapters import words
from ilink_generators.load import load
from ilink_generators.plain_json import dump

ROOT = Path(__file__).parents[2]
ADAPTERS = sorted((ROOT / "national_adapters").glob("*/adapter.yaml"))
EDITED = json.loads((ROOT / "national_adapters/adapter.schema.json").read_bytes())


def test_what_editors_complete_by_is_what_the_language_says() -> None:
    said = dump(words.editor_schema(load(words.LANGUAGE)))
    assert said == (ROOT / "national_adapters/adapter.schema.json").read_text("utf-8"), "ilink adapter schema"


def test_the_documentation_is_what_the_language_says() -> None:
    said = words.documented(load(words.LANGUAGE))
    assert said == (ROOT / "docs/adapter-language.md").read_text("utf-8"), "ilink adapter words"


def test_linkml_itself_reads_the_language() -> None:
    view = SchemaView(str(words.LANGUAGE))
    for part in ("Adapter", "Format", "Rule", "CodeTable"):
        assert set(words.words(part)) <= set(view.class_slots(part))


@pytest.mark.parametrize("path", ADAPTERS, ids=lambda path: path.parent.name)
def test_an_editor_finds_nothing_wrong_with_a_bundled_adapter(path: Path) -> None:
    said = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
    assert [error.message for error in Draft202012Validator(EDITED).iter_errors(said)] == []


def test_an_editor_sees_a_word_that_is_none() -> None:
    said = {
        "adapter": "zz-x",
        "title": "X",
        "country": "zz",
        "message": "RedNotice",
        "format": {"type": "csv"},
    }
    broken = said | {"rules": [{"place": "A", "feild": "subject.forename"}]}
    (error,) = Draft202012Validator(EDITED).iter_errors(broken)
    assert "feild" in error.message
    assert (
        list(Draft202012Validator(EDITED).iter_errors(said | {"rules": [{"constant": 10, "field": "x"}]}))
        == []
    )
