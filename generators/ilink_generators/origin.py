"""Where an element of a model stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an element stands in the model, for messages: `schema/person.yaml:14`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


#: The origin of what stands in no file.
NOWHERE = Origin("", 0)
