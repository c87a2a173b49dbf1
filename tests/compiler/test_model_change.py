"""A field, a code and a rule added in the model alone are everywhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ilink_generators import generate, load
from tests.agreement.judges import Judges
from tests.agreement.messages import written

SCHEMA = Path(__file__).parents[2] / "schema"


@pytest.fixture
def changed(tmp_path: Path) -> dict[str, str]:
    """The bundle of a copied model with a new field, a new code and a new rule."""
    folder = tmp_path / "schema"
    shutil.copytree(SCHEMA, folder)
    _insert(
        folder / "person.yaml",
        "  Person:\n",
        "      occupation:\n",
        "      blood_group:\n        title: Blood group\n        description: If it is known.\n"
        "        range: ShortText\n        slot_group: identity\n",
    )
    _insert(
        folder / "codes" / "person.yaml", "  Sex:\n", "      U:\n", "      X:\n        title: Unspecified\n"
    )
    _insert(
        folder / "information.yaml",
        "    rules:\n",
        "      - title:",
        "      - title: Say when you need the answer.\n"
        "        annotations: {code: blue-reply-by, level: publish, rule_ref: RPD-12}\n"
        "        postconditions:\n          slot_conditions:\n            reply_by: {required: true}\n",
    )
    return generate(load(folder))


def _insert(path: Path, after: str, before: str, text: str) -> None:
    head, _, rest = path.read_text("utf-8").partition(after)
    inside, found, tail = rest.partition(before)
    assert found, path
    path.write_text(f"{head}{after}{inside}{text}{before}{tail}", "utf-8")


def test_a_field_a_code_and_a_rule(changed: dict[str, str], tmp_path: Path) -> None:
    schema, forms = json.loads(changed["schema.json"]), json.loads(changed["forms/BlueNotice.json"])
    tables = {table["name"]: table for table in json.loads(changed["tables.json"])["tables"]}
    texts = json.loads(changed["texts/en.json"])
    assert "blood_group" in schema["$defs"]["Person"]["properties"]
    assert "blood_group" in {column["name"] for column in tables["person"]["columns"]}
    assert "blood_group: " in changed["models.py"]
    assert "blood_group: " in changed["tables.py"]
    assert "/subject/blood_group" in {f["pointer"] for s in forms["sections"] for f in s["fields"]}
    assert texts["Person.blood_group.title"] == "Blood group"
    assert "X" in {code["code"] for code in json.loads(changed["code_lists.json"])["Sex"]["codes"]}
    assert texts["Sex.X.title"] == "Unspecified"
    assert "blue-reply-by" in {rule["code"] for rule in forms["rules"]}
    assert texts["rules.blue-reply-by.title"] == "Say when you need the answer."

    judges = Judges(changed, tmp_path)
    message = next(entry.message for entry in written() if entry.name == "blue_full")
    message["subject"] |= {"blood_group": "AB", "sex": "X"}
    assert judges.agree("BlueNotice", message)
    assert [(f.path, f.level, f.rule) for f in judges.faults("BlueNotice.publish", message)] == [
        ("/reply_by", "publish", "blue-reply-by")
    ]
    message["reply_by"] = "2026-12-31"
    assert judges.faults("BlueNotice.publish", message) == []


def test_a_section_is_folded_by_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    shutil.copytree(SCHEMA, folder)
    _insert(folder / "groups.yaml", "  finance:\n", "    title:", "    annotations: {folded: true}\n")
    form = json.loads(generate(load(folder))["forms/RedNotice.json"])
    assert [section["name"] for section in form["sections"] if "folded" in section] == [
        "finance",
        "access_more",
    ]
