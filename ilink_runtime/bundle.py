"""The bundle in memory: the generated JSON of one version of the standard, read once at start.

Nothing here runs code of the bundle; `models.py` and `tables.py` are for Python users.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

DEFAULT = Path(__file__).parent / "generated"


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """A slot as the server walks it."""

    name: str
    kind: str  # type | code | class
    range: str
    text: str  # key of its label: "NameParts.family_name"
    multivalued: bool
    required: bool
    recommended: bool
    sensitive: bool
    group: str
    masked_under_age: int | None = None


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """A class as the server walks it."""

    name: str
    slots: Mapping[str, SlotPlace]
    ancestors: tuple[str, ...]
    thread: str
    canonical: str | None
    designator: str | None = None  # the slot whose value names the class
    innocent: bool = False  # it describes somebody who has only suffered what the message is about


@dataclass(frozen=True, slots=True)
class TypePlace:
    """A type as the server treats its values."""

    name: str
    base: str
    check: str | None
    check_level: str
    canonical: str | None
    thread: str
    widget: str
    search: str
    direction: str
    example: str = ""


@dataclass(frozen=True, eq=False)
class Bundle:
    """Everything the server knows of the standard."""

    directory: Path
    standard: Mapping[str, Any]
    schema: Mapping[str, Any]
    forms: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, Mapping[str, str]]
    code_lists: Mapping[str, Mapping[str, Any]]
    tables: tuple[Mapping[str, Any], ...]

    @property
    def version(self) -> str:
        """The version of the standard, stored with every message."""
        return str(self.standard["version"])

    @property
    def languages(self) -> tuple[str, ...]:
        """English first, then the languages that have a catalogue."""
        return tuple(self.standard["languages"])

    @property
    def messages(self) -> Mapping[str, Mapping[str, Any]]:
        """The message types with what the model says of them, in the order of the model."""
        return self.standard["messages"]  # type: ignore[no-any-return]

    @cached_property
    def classes(self) -> Mapping[str, ClassPlace]:
        """The classes that stand in some message."""
        return {
            name: ClassPlace(
                name,
                {slot["name"]: SlotPlace(**slot) for slot in node["slots"]},
                tuple(node["ancestors"]),
                node["thread"],
                node["canonical"],
                node.get("designator"),
                node.get("innocent", False),
            )
            for name, node in self.standard["classes"].items()
        }

    @cached_property
    def types(self) -> Mapping[str, TypePlace]:
        """The scalar types with their meaning."""
        return {name: TypePlace(name, **node) for name, node in self.standard["types"].items()}

    @cached_property
    def masked_codes(self) -> Mapping[str, frozenset[str]]:
        """The codes that make lists withhold a name, of the lists that have such codes."""
        found = {
            name: frozenset(code["code"] for code in node["codes"] if code.get("masked"))
            for name, node in self.code_lists.items()
        }
        return {name: codes for name, codes in found.items() if codes}

    @cached_property
    def etag(self) -> str:
        """A short hash of the whole bundle: two servers with the same one say the same things."""
        digest = hashlib.sha256()
        for part in (self.standard, self.schema, self.forms, self.texts, self.code_lists):
            digest.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        return digest.hexdigest()[:16]

    def text(self, key: str, language: str) -> str:
        """A text of the standard; in English when the language lacks it, else the key's last word."""
        found = self.texts.get(language, {}).get(key) or self.texts["en"].get(key)
        return (
            found if found is not None else re.sub(r"_", " ", key.removesuffix(".title").rsplit(".", 1)[-1])
        )


def read(directory: Path = DEFAULT) -> Bundle:
    """Reads a bundle from its folder; FileNotFoundError names the first file that is missing."""

    def load(name: str) -> Any:
        return orjson.loads((directory / name).read_bytes())

    def folder(name: str) -> dict[str, Any]:
        return {
            path.stem: orjson.loads(path.read_bytes()) for path in sorted((directory / name).glob("*.json"))
        }

    return Bundle(
        directory=directory,
        standard=load("standard.json"),
        schema=load("schema.json"),
        forms=folder("forms"),
        texts=folder("texts"),
        code_lists=load("code_lists.json"),
        tables=tuple(load("tables.json")["tables"]),
    )
