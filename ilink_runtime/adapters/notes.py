"""What happened while a record was carried: faults, and originals that the way back would not give."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from anyascii import anyascii

from ilink_runtime.adapters.trees import Tree, objects


class Trouble(NamedTuple):
    """A value that could not be carried: what is wrong, where it stands in its own terms."""

    code: str
    place: str
    value: Any


class Notes:
    """The notes of one record. `originals` holds by place what the way back gives, and what stood there.

    `doubtful` says that an object or list may be missing on the other side, so that pieces alone may
    not find their place again: the way back is then tried at once (`leftovers.carried`). `machine`
    are the pointers of what no person wrote, such as a transliteration.
    """

    __slots__ = ("contents", "doubtful", "machine", "originals", "troubles")

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self.originals: dict[str, list[Any]] = {}
        self.machine: list[str] = []
        self.doubtful = False
        #: The files that stood in the record, by their texts.
        self.contents: dict[str, bytes] = {}

    def trouble(self, code: str, place: str, value: Any) -> None:
        """Notes a value that cannot be carried; it comes back as it stood."""
        self.troubles.append(Trouble(code, place, value))
        self.original(place, None, value)

    def refuse(self, place: str, value: Any) -> None:
        """Notes that a record is of a kind that the adapter does not carry; what stood there is left over."""
        self.troubles.append(Trouble("another_kind", place, value))

    def original(self, place: str, given_back: Any, stood: Any) -> None:
        """Notes what stood at a place, because the way back would write it otherwise."""
        self.originals[place] = [given_back, stood]
        self.doubtful = self.doubtful or given_back is None

    def latin(self, pointer: str, value: Any) -> str | None:
        """A text in Latin letters, as a machine writes it; the place is marked so that an officer sees it."""
        if not isinstance(value, str) or not value.strip():
            return None
        self.machine.append(f"/{pointer}")
        return anyascii(value)

    def objects(self, place: str, values: Any) -> list[Tree]:
        """The objects of a list; one that stands alone is a list of one, and comes back alone."""
        if isinstance(values, dict):
            self.original(place, None, values)
        return objects(values)

    def scalars(self, place: str, values: Any, *, alone: bool) -> list[Tree]:
        """The scalars of a list, each as an object whose only place is `.`; others say nothing."""
        if not isinstance(values, list):
            if values is None:
                return []
            if not alone:
                self.original(place, None, values)
            values = [values]
        return [{} if isinstance(one, dict | list) else {".": one} for one in values]

    def columns(self, prefix: str, record: Tree, back: Tree, names: tuple[str, ...], inside: Notes) -> None:
        """Notes the columns of a zipped list that the way back writes otherwise, and its troubles."""
        self.troubles += [Trouble(one.code, prefix + one.place, one.value) for one in inside.troubles]
        for name in names:
            stood, again = record.get(name), back.get(name)
            if stood not in (again, "") and stood is not None:
                if not isinstance(stood, str):
                    self.troubles.append(Trouble("not_a_text", prefix + name, stood))
                self.original(prefix + name, again, stood)

    def entries(self, place: str, stood: list[Tree], again: list[Tree], inside: Notes) -> None:
        """Notes the troubles of a list that became columns, and the list where they do not give it."""
        self.troubles += [Trouble(one.code, f"{place}/{one.place}", one.value) for one in inside.troubles]
        if again != stood:
            self.original(place, again or None, stood)
            self.doubtful = True

    def text(self, place: str, value: Any) -> str | None:
        """A text out of a value that is none: a number keeps its digits and comes back as a number."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.original(place, str(value), value)
            return str(value)
        self.trouble("not_a_text", place, value)
        return None


class Carried(NamedTuple):
    """A tree that was carried over, what stayed behind, and what went wrong.

    `leftovers` is what was not carried and what must be restored on the way back; `lost` are the
    JSON Pointers of the values among it. `machine` are the pointers of what no person wrote.
    """

    tree: Tree
    leftovers: Tree
    lost: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    machine: tuple[str, ...] = ()
    #: The files that stood in the record, by their texts.
    contents: Mapping[str, bytes] = MappingProxyType({})
