"""The oracle: mappings of ours as linkml-map's own specifications, carried out by linkml-map.

It says renames, code tables, constants, nesting, lists, units and a few expressions; it has no
leftovers, no notes, and nothing for what a country's format does beyond that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from linkml_map.transformer.object_transformer import ObjectTransformer  # type: ignore[import-untyped]
from linkml_runtime import SchemaView  # type: ignore[import-untyped]

from ilink_generators import load
from ilink_generators.adapters import checked, compiled_one
from ilink_generators.adapters.read_adapter import read_parts
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.model_text import ModelFault
from ilink_runtime.adapters.loading import Loaded, from_text
from ilink_runtime.adapters.trees import Tree

ROOT = Path(__file__).parents[2]


@cache
def ours(folder: str) -> Loaded:
    """The adapter of a folder, as the compiler makes it."""
    faults: list[ModelFault] = []
    standard = load(ROOT / "schema")
    (read,) = read_parts(ROOT / folder / "adapter.yaml", faults)
    adapter = with_mappings(read, standard)
    rules = checked(standard, adapter, faults)
    assert not faults, faults
    return from_text(adapter.name, *compiled_one(adapter, rules))


def theirs(name: str, direction: str) -> Callable[[Tree], Tree]:
    """linkml-map's way `into` the standard or `out_of` it, by the file of that name."""
    said = yaml.safe_load((Path(__file__).parent / "linkml_map" / f"{name}.yaml").read_text("utf-8"))
    schema = SchemaView(yaml.safe_dump(said["schema"]))
    transformer = ObjectTransformer(source_schemaview=schema, target_schemaview=schema)
    transformer.create_transformer_specification(said[direction])
    types = {"into": ("Record", "Message"), "out_of": ("Message", "Record")}[direction]
    return partial(_mapped, transformer, *types)


def _mapped(transformer: ObjectTransformer, source: str, target: str, tree: Tree) -> Tree:
    found: Tree = transformer.map_object(tree, source_type=source, target_type=target)
    return found


def said(tree: Any) -> Any:
    """A tree without what says nothing: linkml-map writes a null for each field that it has no value for.

    A number of a unit is as exact as a measure is.
    """
    if isinstance(tree, dict):
        inner = {name: said(value) for name, value in tree.items()}
        return {name: value for name, value in inner.items() if value not in (None, {}, [])}
    if isinstance(tree, list):
        return [said(value) for value in tree]
    return round(tree, 6) if isinstance(tree, float) else tree
