"""What can be said against a model only when all of it is known."""

from __future__ import annotations

from collections.abc import Mapping

from ilink_generators.load_types import Types
from ilink_generators.model_files import ModelFiles
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Class, Group, Kind, Rule, Type


def check_slots(
    files: ModelFiles, types: Types, classes: Mapping[str, Class], groups: Mapping[str, Group]
) -> None:
    """Whether every object can be made, read as one class, told from a reference and shown in a section."""
    for class_ in classes.values():
        for slot in class_.slots:
            if slot.group and slot.group not in groups:
                files.refuse_slot(class_, slot, files.no_such("slot_group", slot.group, groups))
            is_text = slot.kind is Kind.CODE or (
                slot.kind is Kind.TYPE and types.base(slot.range) == "string"
            )
            if slot.designates_type and not is_text:
                files.refuse_slot(class_, slot, "designates_type needs a text as range.")


def check_number_ranges(files: ModelFiles, types: Mapping[str, Type], classes: Mapping[str, Class]) -> None:
    """A number inside a range finds it only as an identifier does."""
    for class_ in classes.values():
        if class_.number_range is None:
            continue
        kind = class_.slot(class_.number_range[0]).range
        if kind in types and types[kind].thread == "never":
            message = f"range: {kind} makes no threads, so no number would find the range."
            files.refuse(files.sections["classes"][class_.name], "annotations", class_.name, message)


def check_rule_codes(files: ModelFiles, classes: Mapping[str, Class]) -> None:
    """A code is public and names one sentence."""
    known: dict[str, Rule] = {}
    for rule in (rule for class_ in classes.values() for rule in class_.rules):
        other = known.setdefault(rule.code, rule)
        if other.origin != rule.origin:
            where = f"{other.origin} has this code too."
            origin = rule.origin
            files.faults.append(ModelFault("refused", origin.file, origin.line, f"rule {rule.code}", where))
