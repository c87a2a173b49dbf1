"""What a sample of a country's records shows: its format, its places and the values in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


class SampleRefused(Exception):
    """A sample that cannot be read."""


@dataclass
class Sample:
    """The words of a format, and its places with the values that were seen."""

    format: dict[str, Any]
    values: dict[str, list[Any]] = field(default_factory=dict)
    #: Places that hold lists of objects, and what those show.
    lists: dict[str, Sample] = field(default_factory=dict)
    records: int = 0

    def add(self, trees: Iterable[dict[str, Any]], above: str = "") -> None:
        """Takes note of the places of records that stand beside each other.

        A place that is a list of objects in one of them is one in all; XML says so by repeating it.
        """
        found: dict[str, list[Any]] = {}
        several: set[str] = set()
        for tree in trees:
            for numbered, value in tree.items():
                name = numbered.partition("[")[0] if self.format["type"] == "xml" else numbered
                here = value if isinstance(value, list) else [value]
                several |= {name} if name != numbered or isinstance(value, list) else set()
                found.setdefault(name, []).extend(
                    here if any(isinstance(one, dict) for one in here) else [value]
                )
        for name, values in found.items():
            place = f"{above}/{name}" if above else name
            objects = [one for one in values if isinstance(one, dict)]
            if not objects:
                self.values.setdefault(place, []).extend(values)
            elif name in several:
                self.lists.setdefault(place, Sample(self.format)).add(objects)
            else:
                self.add(objects, place)

    def texts(self) -> Iterator[str]:
        """Every text that was seen, those in lists too."""
        yield from (value for values in self.values.values() for value in values if isinstance(value, str))
        for inner in self.lists.values():
            yield from inner.texts()

    def places(self) -> int:
        """How many places there are, those in the objects of lists too."""
        return len(self.values) + sum(inner.places() for inner in self.lists.values())
