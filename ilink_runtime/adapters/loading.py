"""Compiled adapters of a bundle, each loaded under a name made of its text.

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


def described(directory: Path) -> Mapping[str, Any]:
    """What a bundle says of its `adapters`, if it has some, and of the `standard` that they map to."""
    path = directory / "adapters.json"
    if not path.is_file():
        return {"standard": "", "adapters": {}}
    found: Mapping[str, Any] = orjson.loads(path.read_bytes())
    return found


def text_of(directory: Path, says: Mapping[str, Any]) -> str:
    """The module of an adapter; ValueError when it is not the one that `adapters.json` describes."""
    text = (directory / "adapters" / f"{says['module']}.py").read_text("utf-8")
    if text_digest(text) != says["digest"]:
        raise ValueError(f"{says['module']}.py is another one than adapters.json describes")
    return text


def text_digest(text: str) -> str:
    """The SHA-256 of a module, by which `adapters.json` names it."""
    return hashlib.sha256(text.encode()).hexdigest()


def standard_digest(standard: Mapping[str, Any]) -> str:
    """The SHA-256 of a standard as the server has it, in one spelling."""
    return hashlib.sha256(orjson.dumps(standard, option=orjson.OPT_SORT_KEYS)).hexdigest()


def from_text(name: str, says: Mapping[str, Any], text: str) -> Loaded:
    """An adapter from what the compiler made of it."""
    digest = text_digest(text)
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
