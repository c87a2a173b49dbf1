"""What happened while a record was carried: faults, and originals that the way back would not give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ilink_runtime.adapters.trees import Tree


class Trouble(NamedTuple):
    """A value that could not be carried: what is wrong, where it stands in its own terms."""

    code: str
    place: str
    value: Any


@dataclass(slots=True)
class Notes:
    """The notes of one record. `originals` holds by place what the way back gives, and what stood there."""

    troubles: list[Trouble] = field(default_factory=list)
    originals: dict[str, list[Any]] = field(default_factory=dict)

    def trouble(self, code: str, place: str, value: Any) -> None:
        """Notes a value that cannot be carried; it comes back as it stood."""
        self.troubles.append(Trouble(code, place, value))
        self.originals[place] = [None, value]

    def original(self, place: str, given_back: Any, stood: Any) -> None:
        """Notes what stood at a place, because the way back would write it otherwise."""
        self.originals[place] = [given_back, stood]

    def text(self, place: str, value: Any) -> str | None:
        """A text out of a value that is none: a number keeps its digits and comes back as a number."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.original(place, str(value), value)
            return str(value)
        self.trouble("not_a_text", place, value)
        return None


@dataclass(frozen=True, slots=True)
class Carried:
    """A tree that was carried over, what stayed behind, and what went wrong.

    `leftovers` is what was not carried and what must be restored on the way back; `lost` are the
    JSON Pointers of the values among it.
    """

    tree: Tree
    leftovers: Tree
    lost: tuple[str, ...]
    troubles: tuple[Trouble, ...]
