"""Compiled adapters of a bundle, loaded when first asked for, each under a name made of its text.

A changed adapter is another module: whoever holds the old one goes on with it, and a new one is there
whole or not at all.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

import orjson

from ilink_runtime.adapters.formats import Spec
from ilink_runtime.adapters.notes import Carried
from ilink_runtime.adapters.trees import Carries, Tree


class Direction(Protocol):
    """One direction of an adapter; `theirs` are the leftovers of the other one."""

    def __call__(self, tree: Tree, theirs: Tree | None = None) -> Carried:
        """Carries a tree over."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An adapter that is ready: what `adapters.json` says of it, its format and both directions."""

    name: str
    described: Mapping[str, Any]
    spec: Spec
    to_standard: Direction
    to_national: Direction
    #: What of a national record comes back from the message.
    carried_in: Carries
    digest: str


def described(directory: Path) -> Mapping[str, Mapping[str, Any]]:
    """The adapters of a bundle by their names; a bundle without any has no such file."""
    path = directory / "adapters.json"
    if not path.is_file():
        return {}
    found: Mapping[str, Mapping[str, Any]] = orjson.loads(path.read_bytes())["adapters"]
    return found


def load(directory: Path, name: str) -> Loaded:
    """An adapter of a bundle. KeyError when there is none of that name."""
    says = described(directory)[name]
    return from_text(name, says, (directory / "adapters" / f"{says['module']}.py").read_text("utf-8"))


def from_text(name: str, says: Mapping[str, Any], text: str) -> Loaded:
    """An adapter from what the compiler made of it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    module = _module(f"ilink_adapter_{says['module']}_{digest[:16]}", text)
    return Loaded(
        name,
        says,
        spec(says["format"]),
        cast(Direction, module.to_standard),
        cast(Direction, module.to_national),
        cast(Carries, module.CARRIED_IN),
        digest,
    )


def spec(said: Mapping[str, Any]) -> Spec:
    """A format as `adapters.json` describes it."""
    order = tuple(tuple(place) for place in said["order"])
    return Spec(**{**said, "order": order, "lists": frozenset(tuple(place) for place in said["lists"])})


def _module(name: str, text: str) -> ModuleType:
    """The module of that text; it is known only after it has run to its end."""
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
    return sys.modules.setdefault(name, module)
