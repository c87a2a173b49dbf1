"""The invented bureaus: how people, places and numbers look in each country. One JSON file a bureau."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "bureaus"


@dataclass(frozen=True)
class Bureau:
    """A bureau of the demonstration; names are keyed by their Latin form, "" where it is the original.

    `phone` and `account` are patterns for `numbers.Numbers`. The phones are of ranges kept for films
    where a country has one, else of ranges that nobody has; the banks do not exist.
    """

    code: str
    name: str
    language: str
    script: str
    zone: str
    messages: int
    phone: str
    account: str
    currency: str
    court: str
    police: str
    cities: Mapping[str, str]
    streets: tuple[str, ...]
    family: Mapping[str, str]
    female: Mapping[str, str]
    male: Mapping[str, str]


def read(folder: Path = FOLDER) -> tuple[Bureau, ...]:
    """All bureaus, by their codes."""
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def _read(path: Path) -> Bureau:
    fields = json.loads(path.read_text("utf-8"))
    fields["streets"] = tuple(fields["streets"])
    for names in ("cities", "family", "female", "male"):
        if isinstance(fields[names], list):  # written in Latin letters only
            fields[names] = dict.fromkeys(fields[names], "")
    return Bureau(**fields)
