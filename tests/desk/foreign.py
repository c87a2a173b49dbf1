"""A small model of somebody else, whose values may be of several classes; made into a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_runtime import bundle
from ilink_runtime.bundle import Bundle

FLEET = Path(__file__).parent / "fleet" / "fleet.yaml"

#: Something of everything that the model has.
REPORT: dict[str, Any] = {
    "number": "17",
    "kind": "sighting",
    "vehicles": [
        {"plate": "A1", "colour": "red"},
        {"name": "Hirondelle", "length": 7.5, "colour": "red", "crew": [{"surname": "Example"}]},
    ],
    "main": {"length": 3},
    "seen": ["a bird", {"town": "Sfax"}, {"surname": "Muster"}],
    "cargo": {"form": "https://example.org/Drum", "litres": 3},
    "keepers": [{"email": "nobody@example.org"}],
}


def made(folder: Path) -> Bundle:
    """The bundle of the model, written into a folder."""
    write(generate(load(FLEET)), folder)
    return bundle.read(folder)
