"""Names in the machine-readable zone of travel documents: `ERIKSSON<<ANNA<MARIA` (ICAO 9303 part 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anyascii import anyascii

from ilink_runtime.adapters.converters import Parted

#: Letters that the zone writes otherwise than without their marks (part 3, section 6, table A).
_LETTERS = str.maketrans(
    {
        "Ä": "AE",
        "Å": "AA",
        "Æ": "AE",
        "Ð": "D",
        "Ö": "OE",
        "Ø": "OE",
        "Ü": "UE",
        "ß": "SS",
        "Þ": "TH",
        "Œ": "OE",
    }
)
_APOSTROPHES = re.compile("['\u2019\u02bc`]")


class MrzName(Parted):
    """A family name and forenames in one text of the zone, which holds capitals and `<` only.

    What the zone cannot hold is written as ICAO says and noted: marks on letters, hyphens, apostrophes,
    and what is longer than the zone has room for.
    """

    def __init__(self, separator: str, count: int, longest: int = 39) -> None:
        super().__init__(separator, count)
        self._longest = longest

    def _joined(self, values: Sequence[str | None]) -> str | None:
        said = [text for value in values if value and (text := _in_zone(value))]
        return self._separator.join(said)[: self._longest].rstrip("<") or None

    def _parts(self, text: str) -> list[str | None]:
        parts: list[str | None] = [
            part.replace("<", " ").strip() or None for part in text.split(self._separator, self._count - 1)
        ]
        return parts + [None] * (self._count - len(parts))


def _in_zone(name: str) -> str:
    plain = anyascii(_APOSTROPHES.sub("", name.upper().translate(_LETTERS))).upper()
    return re.sub("[^A-Z]+", "<", plain).strip("<")
