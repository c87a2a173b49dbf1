"""Reads a LinkML model and resolves it into a `Standard`; only the `load_…` modules know LinkML.

Imports, inheritance, mixins, slot_usage and types are applied here once. What cannot be represented
is refused with file, line and name: nothing in a model is silently ignored.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ilink_generators.adapters.read_adapter import read_adapters
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.load_checks import check_rule_codes, check_slots
from ilink_generators.load_classes import Classes
from ilink_generators.load_slots import Slots
from ilink_generators.load_types import Types
from ilink_generators.model_files import ModelFiles, at, text_of
from ilink_generators.model_text import ModelRefused
from ilink_generators.names import clashes
from ilink_generators.standard import Group, Standard
from ilink_generators.translations import read_catalogues


def load(path: str | Path, adapters: str | Path | None = None) -> Standard:
    """Loads a model and its translations into a Standard.

    `path` is the root file, or a folder holding one root file named like it or `ilink.yaml`;
    `adapters` is the folder of the national adapters, one folder each.
    Raises ModelRefused with every fault found, each naming file, line and element.
    """
    root = _root_file(Path(path))
    standard = _resolved(ModelFiles(root))
    catalogues = read_catalogues(root.parent / "translations")
    found = read_adapters(adapters) if adapters else {}
    mapped = {name: with_mappings(adapter, standard) for name, adapter in found.items()}
    return replace(standard, translations=catalogues, adapters=mapped)


def _root_file(path: Path) -> Path:
    if path.is_dir():
        for name in ("ilink.yaml", f"{path.name}.yaml"):
            if (path / name).is_file():
                return path / name
    return path


def _resolved(files: ModelFiles) -> Standard:
    types = Types(files)
    slots = Slots(files, types)
    standard = Standard(
        name=str(files.schema.get("name", files.root.stem)),
        title=text_of(files.schema, "title") or str(files.schema.get("name", "")),
        version=str(files.schema.get("version") or "0"),
        license=str(files.schema.get("license") or ""),
        types=types.types(),
        code_lists=types.code_lists(),
        classes=Classes(files, slots).classes(),
        groups=_groups(files),
    )
    for name in files.sections["slots"]:
        slots.family(name)
    check_slots(files, types, slots, standard.classes, standard.groups)
    check_rule_codes(files, standard.classes)
    files.faults += clashes(standard.types, standard.code_lists, standard.classes)
    if files.faults:
        raise ModelRefused(files.faults)
    return standard


def _groups(files: ModelFiles) -> dict[str, Group]:
    found = [
        Group(
            name=name,
            title=text_of(node, "title") or name,
            description=text_of(node, "description"),
            rank=node.get("rank") or 0,
            origin=at(node),
        )
        for name, node in files.sections["slots"].items()
        if node.get("is_grouping_slot")
    ]
    return {group.name: group for group in sorted(found, key=lambda group: group.rank)}
