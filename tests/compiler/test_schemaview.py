"""LinkML's own reading of the model as the oracle: every slot of every class, as SchemaView resolves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from linkml_runtime import SchemaView  # type: ignore[import-untyped]

from ilink_generators import load
from ilink_generators.standard import Kind, Slot

ROOT = Path(__file__).parents[2]

DIAMOND = """
id: https://example.org/diamond
name: diamond
imports: [linkml:types]
default_range: string
classes:
  Base:
    attributes:
      a: {range: string}
      b: {range: string, required: true}
      c: {range: integer}
  Left: {is_a: Base, slot_usage: {a: {range: integer}, c: {minimum_value: 1}}}
  Mixed: {mixin: true, attributes: {m: {multivalued: true}}, slots: [s]}
  Other: {mixin: true, is_a: Mixed, slot_usage: {m: {required: true}, s: {range: date}}}
  Leaf: {is_a: Left, mixins: [Other], slot_usage: {c: {maximum_value: 5}}}
  Deeper: {is_a: Leaf, slot_usage: {a: {required: true}, m: {multivalued: false}}}
slots:
  general: {range: boolean, recommended: true}
  s: {is_a: general}
"""


@pytest.mark.parametrize("name", ["the standard", "diamond"])
def test_slots_are_what_schemaview_says(name: str, tmp_path: Path) -> None:
    path = ROOT / "schema" / "ilink.yaml"
    if name == "diamond":
        path = tmp_path / "diamond.yaml"
        path.write_text(DIAMOND)
    view = SchemaView(str(path))
    standard = load(path)
    grouping = {slot.name for slot in view.all_slots().values() if slot.is_grouping_slot}
    assert set(standard.classes) == set(view.all_classes())
    for class_ in standard.classes.values():
        theirs = {
            slot.name: slot for slot in view.class_induced_slots(class_.name) if slot.name not in grouping
        }
        assert {slot.name for slot in class_.slots} == set(theirs), class_.name
        for slot in class_.slots:
            assert _ours(slot) == _theirs(view, theirs[slot.name]), f"{class_.name}.{slot.name}"


def _ours(slot: Slot) -> dict[str, Any]:
    return {
        "range": slot.range,
        "kind": slot.kind,
        "required": slot.required,
        "recommended": slot.recommended,
        "multivalued": slot.multivalued,
        "minimum": slot.minimum,
        "maximum": slot.maximum,
        "designates_type": slot.designates_type,
        "group": slot.group,
    }


def _theirs(view: SchemaView, slot: Any) -> dict[str, Any]:
    range_ = str(slot.range or view.schema.default_range)
    return {
        "range": range_,
        "kind": Kind.CLASS
        if range_ in view.all_classes()
        else Kind.CODE
        if range_ in view.all_enums()
        else Kind.TYPE,
        "required": bool(slot.required),
        "recommended": bool(slot.recommended),
        "multivalued": bool(slot.multivalued),
        "minimum": slot.minimum_value,
        "maximum": slot.maximum_value,
        "designates_type": bool(slot.designates_type),
        "group": str(slot.slot_group or ""),
    }
