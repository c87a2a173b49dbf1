"""Translations that stand in LinkML: a file `name.fr.yaml` beside the model, or its `extensions.locales`.

Both have the shape of a model and hold nothing but words. Nobody but its authors speaks for a foreign
model, so its words count as reviewed.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ilink_generators.model_files import one_line
from ilink_generators.model_text import Mapped, read
from ilink_generators.names import NAMING
from ilink_generators.standard import Standard, Translation

_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]+)*")


def overlays(standard: Standard, root: Path, schema: Mapping[str, Any]) -> dict[str, dict[str, Translation]]:
    """The translations of a model by language and element path."""
    found: dict[str, dict[str, Translation]] = {}
    for language, node in _overlays(root, schema):
        words = dict(_words(node))
        said = {}
        for path, english in standard.texts():
            text = words.get(path) or words.get(_of_any_list(path))
            if text:
                said[path] = Translation(text, "reviewed", english)
        found[language] = said
    return found


def overlay_files(root: Path) -> list[Path]:
    """The overlays beside a model, `name.fr.yaml`."""
    beside = sorted(root.parent.glob(f"{glob.escape(root.stem)}.*.yaml"))
    return [path for path in beside if _LANGUAGE.fullmatch(_language(root, path))]


def _language(root: Path, path: Path) -> str:
    return path.name[len(root.stem) + 1 : -len(".yaml")]


def _overlays(root: Path, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in overlay_files(root):
        yield _language(root, path), read(path, path.name)
    extensions = schema.get("extensions")
    locales = extensions.get("locales") if isinstance(extensions, Mapped) else None
    locales = locales.get("value") if isinstance(locales, Mapped) and "value" in locales else locales
    for language, node in (locales or {}).items() if isinstance(locales, Mapped | None) else ():
        if isinstance(node, Mapped) and _LANGUAGE.fullmatch(language):
            yield language, node


def _words(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The titles and descriptions of an overlay by the element paths of the standard."""
    for name, node in _members(schema, "classes"):
        yield from _said(name, node)
        for word in ("attributes", "slot_usage"):
            for slot, said in _members(node, word):
                yield from _said(f"{name}.{slot}", said)
    for name, node in _members(schema, "slots"):
        yield from _said(f"slots.{name}", node)
    for name, node in _members(schema, "enums"):
        yield from _said(name, node)
        for code, said in _members(node, "permissible_values"):
            yield from _said(f"{name}.{code}", said)
            yield from _said(f"*.{code}", said)


def _members(node: Mapping[str, Any], word: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    members = node.get(word)
    for name, said in members.items() if isinstance(members, Mapped) else ():
        if isinstance(said, Mapped):
            yield NAMING.get(word, str)(name), said


def _said(path: str, node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for word in ("title", "description"):
        if isinstance(node.get(word), str):
            yield f"{path}.{word}", one_line(node[word])


def _of_any_list(path: str) -> str:
    """A code has the same words in a list that is joined of others."""
    _, dot, rest = path.partition(".")
    return f"*{dot}{rest}"
