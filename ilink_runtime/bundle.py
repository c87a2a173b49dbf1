"""The bundle in memory: the generated JSON of one version of the standard, read once at start.

Nothing here runs code of the bundle; `models.py` and `tables.py` are for Python users.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    key: str = ""  # of members that stand under their keys
    compact: str = ""  # the slot whose value may stand for such a member
    classes: tuple[str, ...] = ()  # of objects, where values of several kinds may stand


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """A class as the server walks it."""

    name: str
    slots: Mapping[str, SlotPlace]
    ancestors: tuple[str, ...]
    thread: str
    canonical: str | None
    designator: str | None = None  # the slot whose value names the class
    number_range: tuple[str, str] | None = None  # the slots of the first and the last number
    innocent: bool = False  # it describes somebody who has only suffered what the message is about
    designations: tuple[str, ...] = ()  # what that slot may say of it


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
    reference: Mapping[str, Any]
    #: What countries say of forms, by country in small letters: their words, and forms by type.
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
    def profiled(self) -> Mapping[str, Bundle]:
        """The standard as countries have it, by country: with their forms, codes and words in place of ours.

        Messages are not judged by it: what a country must accept is the same for all.
        """
        return {country: self._profiled(said) for country, said in self.profiles.items()}

    def _profiled(self, said: Mapping[str, Any]) -> Bundle:
        words = said["profile"]
        languages = (*self.languages, *(one for one in words["languages"] if one not in self.languages))
        return replace(
            self,
            standard={**self.standard, "languages": languages},
            forms={**self.forms, **said["forms"]},
            texts={one: {**self.texts.get(one, {}), **words["texts"].get(one, {})} for one in languages},
            code_lists={**self.code_lists, **words["code_lists"]},
            profiles={},
        )

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
                tuple(node["number_range"]) if "number_range" in node else None,
                node.get("innocent", False),
                tuple(node.get("designations", ())),
            )
            for name, node in self.standard["classes"].items()
        }

    @cached_property
    def designated(self) -> Mapping[str, ClassPlace]:
        """The classes by what a type designator says of them."""
        return {said: place for place in self.classes.values() for said in (place.name, *place.designations)}

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
    def ranged(self) -> frozenset[str]:
        """The types whose values can stand in a range of numbers."""
        return frozenset(
            place.slots[place.number_range[0]].range for place in self.classes.values() if place.number_range
        )

    def is_query(self, message_type: str) -> bool:
        """Whether the messages of a type only ask: nobody else sees them, and they link to nothing."""
        return message_type in self.messages and self.messages[message_type]["routing"] == "query"

    @cached_property
    def etag(self) -> str:
        """A short hash of the whole bundle: two servers with the same one say the same things."""
        digest = hashlib.sha256()
        for part in (self.standard, self.schema, self.forms, self.texts, self.code_lists, self.profiles):
            digest.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        return digest.hexdigest()[:16]

    def text(self, key: str, language: str) -> str:
        """A text of the standard; in English when the language lacks it, else the key's last word."""
        found = self.texts.get(language, {}).get(key) or self.texts["en"].get(key)
        return (
            found if found is not None else re.sub(r"_", " ", key.removesuffix(".title").rsplit(".", 1)[-1])
        )


_FILES = ("standard.json", "schema.json", "code_lists.json", "tables.json", "reference.json")
_FOLDERS = ("forms", "texts", "profiles/*")


def read(directory: Path = DEFAULT) -> Bundle:
    """Reads a bundle from its folder; FileNotFoundError names the first file that is missing."""
    files: dict[str, str | bytes] = {name: (directory / name).read_bytes() for name in _FILES}
    for pattern in _FOLDERS:
        for path in sorted(directory.glob(f"{pattern}/*.json")):
            files[path.relative_to(directory).as_posix()] = path.read_bytes()
    return of(files, directory)


def of(files: Mapping[str, str | bytes], directory: Path = DEFAULT) -> Bundle:
    """The bundle that generated files make, by their paths; KeyError names one that is missing."""

    def folder(name: str) -> dict[str, Any]:
        return {
            Path(path).stem: orjson.loads(text) for path, text in files.items() if path.startswith(f"{name}/")
        }

    return Bundle(
        directory=directory,
        standard=orjson.loads(files["standard.json"]),
        schema=orjson.loads(files["schema.json"]),
        forms=folder("forms"),
        texts=folder("texts"),
        code_lists=orjson.loads(files["code_lists.json"]),
        tables=tuple(orjson.loads(files["tables.json"])["tables"]),
        reference=orjson.loads(files["reference.json"]),
        profiles=_profiles(files),
    )


def _profiles(files: Mapping[str, str | bytes]) -> dict[str, dict[str, Any]]:
    """What countries say of forms, from the folders `profiles/<cc>`."""
    found: dict[str, dict[str, Any]] = {}
    for path, text in files.items():
        if path.startswith("profiles/"):
            _folder, country, name = path.removesuffix(".json").split("/")
            said = found.setdefault(country, {"profile": {}, "forms": {}})
            if name == "profile":
                said["profile"] = orjson.loads(text)
            else:
                said["forms"][name] = orjson.loads(text)
    return found
