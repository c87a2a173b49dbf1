"""Hand-written messages about invented people, each with the verdict it deserves.

`good` has no fault at any level, `publishable` only faults of quality, `recordable` faults before
publication, `broken` faults that keep it from being stored. `faults` names those that must be said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Written:
    """A message of the corpus."""

    name: str
    about: str
    verdict: str
    message: dict[str, Any]
    faults: list[str] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The type that the message is sent as; `diffusion_as_red` is sent as what it says."""
        return str(self.message["message_type"])


def written() -> list[Written]:
    """The corpus, in the order of its names."""
    return [
        Written(path.stem, **json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))
    ]
