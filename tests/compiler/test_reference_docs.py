"""`reference.json` says what the Standard says, and its examples are messages that can be published."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ilink_generators import Standard, generate, load
from ilink_generators.reference_docs import _slot
from ilink_runtime.bundle import of
from ilink_runtime.conditions import from_json
from ilink_runtime.reference import Reference
from ilink_runtime.validation import validator

ROOT = Path(__file__).parents[2]
CASES = sorted(
    path.parent
    for path in (ROOT / "tests/compiler/cases").glob("*/model.yaml")
    if not (path.parent / "errors.txt").exists()
)


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load(ROOT / "schema")


def made(standard: Standard) -> dict[str, Any]:
    """What the generator wrote, found by its name."""
    files = generate(standard, ["reference_docs"])
    assert list(files) == ["reference.json"]
    found: dict[str, Any] = json.loads(files["reference.json"])
    return found


def test_every_message_type_has_an_example_that_can_be_published(standard: Standard) -> None:
    examples = made(standard)["examples"]
    assert list(examples) == [message.name for message in standard.messages()]
    schema = json.loads(generate(standard, ["json_schema"])["schema.json"])
    for name, example in examples.items():
        assert validator(schema, f"{name}.publish")(example) == []


def test_the_same_model_gives_the_same_bytes(standard: Standard) -> None:
    again = generate(load(ROOT / "schema"), ["reference_docs"])
    assert again == generate(standard, ["reference_docs"])


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_examples_of_any_model_can_be_recorded(folder: Path) -> None:
    standard = load(folder / "model.yaml")
    schema = json.loads(generate(standard, ["json_schema"])["schema.json"])
    for name, example in made(standard)["examples"].items():
        assert validator(schema, name)(example) == []


@pytest.mark.parametrize("model", [ROOT / "schema", *(folder / "model.yaml" for folder in CASES)], ids=str)
def test_what_is_inherited_is_found_again(model: Path) -> None:
    standard = load(model)
    reference = Reference(of(generate(standard)))
    for class_ in standard.classes.values():
        fields = reference.fields(class_.name)
        assert [dict(field.row) for field in fields] == [
            json.loads(json.dumps(_slot(s))) for s in class_.slots
        ]
        assert all(field.holder in (class_.name, *class_.ancestors) for field in fields)


def test_rules_are_whole(standard: Standard) -> None:
    rules = made(standard)["rules"]
    said = {rule.code: rule for class_ in standard.classes.values() for rule in class_.rules}
    assert set(rules) == set(said)
    for code, rule in said.items():
        assert rules[code]["level"] == rule.level
        assert rules[code].get("rule_ref", "") == rule.rule_ref
        assert from_json(rules[code]["then"]) == rule.then
        assert (from_json(rules[code]["when"]) if "when" in rules[code] else None) == rule.when


def test_a_rule_that_nothing_can_fulfil_leaves_the_type_without_an_example(tmp_path: Path) -> None:
    model: dict[str, Any] = {
        "id": "https://example.org/x",
        "name": "x",
        "imports": ["linkml:types"],
        "classes": {
            "Thing": {
                "attributes": {"number": {"range": "string", "required": True, "pattern": "^[0-9]{4}$"}},
            }
        },
    }
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(model), "utf-8")
    assert made(load(tmp_path / "model.yaml"))["examples"] == {}
    model["classes"]["Thing"]["attributes"]["number"]["examples"] = [{"value": "no"}, {"value": "0417"}]
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(model), "utf-8")
    assert made(load(tmp_path / "model.yaml"))["examples"] == {}
    model["classes"]["Thing"]["attributes"]["number"]["examples"] = [{"value": "0417"}]
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(model), "utf-8")
    assert made(load(tmp_path / "model.yaml"))["examples"] == {"Thing": {"number": "0417"}}


def test_a_large_foreign_model_costs_less_than_reading_it(tmp_path: Path) -> None:
    """As wide as biolink: 335 classes in a tree, each with fields of its own and one that leads on."""
    classes: dict[str, Any] = {}
    for number in range(335):
        attributes: dict[str, Any] = {f"field_{number}_{other}": {"range": "string"} for other in range(10)}
        attributes[f"next_{number}"] = {"range": f"Thing{67 + number * 7 % 268}", "inlined": True}
        classes[f"Thing{number}"] = {"attributes": attributes, "tree_root": number == 0}
        if number >= 5:
            classes[f"Thing{number}"]["is_a"] = f"Thing{number // 5}"
    model = {
        "id": "https://example.org/wide",
        "name": "wide",
        "imports": ["linkml:types"],
        "classes": classes,
    }
    (tmp_path / "model.yaml").write_text(yaml.safe_dump(model), "utf-8")
    started = time.process_time()
    standard = load(tmp_path / "model.yaml")
    loaded = time.process_time()
    found = made(standard)
    assert time.process_time() - loaded < loaded - started
    assert len(found["classes"]) == 335
