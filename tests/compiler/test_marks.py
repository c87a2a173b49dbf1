"""What a model marks for lists and threads reaches the server: codes, ages, and somebody innocent."""

from __future__ import annotations

import json
from pathlib import Path

from ilink_generators import generate, load

MODEL = """
id: https://example.org/marks
name: marks
version: "1"
default_range: string
imports: [linkml:types]
classes:
  Report:
    tree_root: true
    attributes:
      status: {range: Status}
      born: {annotations: {masked_under_age: 18}}
      plain: {}
      passport: {range: UsedPassport, inlined: true}
  UsedIdentity:
    abstract: true
    annotations: {innocent: true}
    attributes:
      name: {}
  UsedPassport:
    is_a: UsedIdentity
enums:
  Status:
    permissible_values:
      suspect: {}
      victim: {annotations: {masked: true}}
"""


def test_marks_reach_the_bundle(tmp_path: Path) -> None:
    (tmp_path / "marks.yaml").write_text(MODEL, "utf-8")
    files = generate(load(tmp_path / "marks.yaml"), ("standard_json", "code_lists"))
    classes = json.loads(files["standard.json"])["classes"]
    assert [name for name, node in classes.items() if node.get("innocent")] == ["UsedPassport"]
    ages = {slot["name"]: slot.get("masked_under_age") for slot in classes["Report"]["slots"]}
    assert {name: age for name, age in ages.items() if age} == {"born": 18}
    codes = json.loads(files["code_lists.json"])["Status"]["codes"]
    assert [code["code"] for code in codes if code.get("masked")] == ["victim"]
