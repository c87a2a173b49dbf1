"""Reads a LinkML model and resolves it into a `Standard`; only the `load_…` modules know LinkML.

Imports, inheritance, mixins, slot_usage and types are applied here once. What cannot be represented
is refused with file, line and name: nothing in a model is silently ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ilink_generators.adapters.read_adapter import read_adapters
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.load_checks import check_number_ranges, check_rule_codes, check_slots
from ilink_generators.load_classes import Classes
from ilink_generators.load_rules import notes_of
from ilink_generators.load_slots import Slots
from ilink_generators.load_types import Types
from ilink_generators.model_files import ModelFiles, at, text_of
from ilink_generators.model_text import Mapped, ModelRefused
from ilink_generators.names import clashes
from ilink_generators.overlays import overlay_files, overlays
from ilink_generators.profiles.read_profile import read_profiles
from ilink_generators.standard import Class, Group, Standard


def load(path: str | Path, adapters: str | Path | None = None) -> Standard:
    """Loads a model and its translations into a Standard.

    `path` is the root file, or a folder holding one root file named like it or `ilink.yaml`;
    `adapters` is the folder of what the countries say, one folder each: their adapters and profiles.
    Raises ModelRefused with every fault found, each naming file, line and element.
    """
    # Its library costs more than a whole build that finds nothing to do.
    from ilink_generators.translations import read_catalogues

    root = _root_file(Path(path))
    files = ModelFiles(root)
    standard = _resolved(files)
    catalogues = overlays(standard, root, files.schema) | read_catalogues(root.parent / "translations")
    inputs = (*files.read, *overlay_files(root), *sorted((root.parent / "translations").glob("*.po")))
    if adapters is None:
        return replace(standard, translations=catalogues, inputs=inputs)
    return replace(
        standard,
        translations=catalogues,
        adapters={
            name: with_mappings(adapter, standard) for name, adapter in read_adapters(adapters).items()
        },
        profiles=read_profiles(adapters),
        inputs=(*inputs, *sorted(Path(adapters).glob("*/*.yaml"))),
    )


def _root_file(path: Path) -> Path:
    if path.is_dir():
        for name in ("ilink.yaml", f"{path.name}.yaml"):
            if (path / name).is_file():
                return path / name
    return path


def _resolved(files: ModelFiles) -> Standard:
    types = Types(files)
    slots = Slots(files, types)
    classes = Classes(files, slots).classes()
    standard = Standard(
        name=str(files.schema.get("name", files.root.stem)),
        title=text_of(files.schema, "title") or str(files.schema.get("name", "")),
        version=str(files.schema.get("version") or "0"),
        license=str(files.schema.get("license") or ""),
        types=types.types(),
        code_lists=types.code_lists(),
        classes=classes,
        groups=_groups(files, classes),
    )
    for name in files.sections["slots"]:
        slots.family(name)
    check_slots(files, types, standard.classes, standard.groups)
    check_number_ranges(files, standard.types, standard.classes)
    check_rule_codes(files, standard.classes)
    files.faults += clashes(standard.types, standard.code_lists, standard.classes)
    if files.faults:
        raise ModelRefused(files.faults)
    return standard


def _groups(files: ModelFiles, classes: Mapping[str, Class]) -> dict[str, Group]:
    """The sections: grouping slots by rank, else what the fields of a model without them name."""
    slots = files.sections["slots"]
    found = [
        _group(files, name, node, node.get("rank") or 0)
        for name, node in slots.items()
        if node.get("is_grouping_slot")
    ]
    if not found:
        named = dict.fromkeys(
            slot.group for class_ in classes.values() for slot in class_.slots if slot.group
        )
        found = [
            _group(files, name, slots.get(name) or Mapped("", 0), rank) for rank, name in enumerate(named)
        ]
    return {group.name: group for group in sorted(found, key=lambda group: group.rank)}


def _group(files: ModelFiles, name: str, node: Mapped, rank: int) -> Group:
    folded = files.one_of(node, name, notes_of(node).get("folded", "false"), ("false", "true"))
    title, description = text_of(node, "title") or name, text_of(node, "description")
    return Group(name, title, description, rank, folded == "true", at(node))
