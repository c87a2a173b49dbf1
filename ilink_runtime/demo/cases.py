"""A case of the demonstration: a message, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

Message = dict[str, Any]
Status = Literal["processing", "published", "returned", "sent", "recorded", "suspended", "withdrawn"]


@dataclass(slots=True)
class Case:
    """A message, its sender, how long ago it was sent, how it stands, and its name in its story."""

    bureau: str
    message: Message
    age: timedelta = timedelta()
    status: Status = "processing"
    name: str = ""
