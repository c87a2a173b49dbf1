"""The bundled adapters compiled, with their examples: a national file and what is expected of it."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ilink_generators import load
from ilink_generators.adapters import generate
from ilink_generators.adapters.resolve import Resolved, Resolver
from ilink_generators.standard import Standard
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats import Entry, Spec

ROOT = Path(__file__).parents[2]
FOLDERS = ROOT / "national_adapters"
FILES = sorted(path.parent.name for path in FOLDERS.glob("*/adapter.yaml"))
#: How the expected result of an example ends; the national record stands beside it under the same stem.
EXPECTED = ".expected.json"


@dataclass(frozen=True)
class Example:
    """One invented national record, and what it must become."""

    adapter: str
    path: Path
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.adapter}/{self.path.stem}"

    @property
    def national(self) -> bytes:
        """The record as the country writes it."""
        return self.path.read_bytes()


@cache
def examples(name: str) -> tuple[Example, ...]:
    """The examples of an adapter, in the order of their names; of a part, those of its message type."""
    adapter = standard().adapters[name]
    folder = FOLDERS / adapter.file / "examples"
    found = (
        Example(name, national, json.loads(expected.read_text("utf-8")))
        for expected in sorted(folder.glob(f"*{EXPECTED}"))
        for national in folder.glob(f"{expected.name.removesuffix(EXPECTED)}.*")
        if not national.name.endswith(EXPECTED)
    )
    return tuple(one for one in found if one.expected["message"]["message_type"] == adapter.message)


@cache
def standard() -> Standard:
    """The standard of this project with its adapters."""
    return load(ROOT / "schema", FOLDERS)


#: The adapters and parts of adapters that records come in by.
NAMES = sorted(name for name, one in standard().adapters.items() if one.asks or one.search is None)


@cache
def _generated() -> dict[str, str]:
    return generate(standard())


@cache
def rules(name: str) -> tuple[Resolved, ...]:
    """The resolved rules of an adapter."""
    return Resolver(standard(), standard().adapters[name], []).rules()


@cache
def module(name: str) -> ModuleType:
    """The compiled adapter."""
    adapter = standard().adapters[name]
    spec = importlib.util.spec_from_loader(f"bundled_{adapter.module}", None)
    assert spec is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[found.__name__] = found
    exec(compile(_generated()[f"adapters/{adapter.module}.py"], name, "exec"), found.__dict__)
    return found


@cache
def format_of(name: str) -> Spec:
    """The national format of an adapter, as the server reads it."""
    said = json.loads(_generated()["adapters.json"])["adapters"][name]["format"]
    places = {
        "order": tuple(tuple(place) for place in said["order"]),
        "lists": frozenset(tuple(place) for place in said["lists"]),
    }
    return Spec(**said | places)


def entries(name: str, data: bytes) -> list[Entry]:
    """The records of a national file."""
    return list(formats.read(io.BytesIO(data), format_of(name)))


def written(name: str, trees: Iterable[dict[str, Any]]) -> bytes:
    """Records as a national file."""
    return b"".join(formats.write(trees, format_of(name)))
