"""The three levels at which a message is judged: record, publish (record too), quality (all three)."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from ilink_runtime import restriction
from ilink_runtime.bundle import Bundle
from ilink_runtime.validation import Fault, Level, validator

LEVELS: tuple[Level, ...] = ("record", "publish", "quality")


class Levels:
    """The validators of a standard, each made when a message type is first judged at a level."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._validator = cache(partial(validator, bundle.schema))

    def faults(self, message_type: str, message: Any, level: Level) -> list[Fault]:
        """All faults up to a level; the type is one of the standard's."""
        if level != "quality":
            return [
                *restriction.faults(self._bundle, message_type, message),
                *self._validator(_definition(message_type, level))(message),
            ]
        found = self.faults(message_type, message, "publish")
        missing = {fault.path for fault in found if fault.code == "required"}
        return found + [
            fault
            for fault in self.warnings(message_type, message)
            if not (fault.code == "required" and fault.path in missing)
        ]

    def warnings(self, message_type: str, message: Any) -> list[Fault]:
        """What forbids nothing."""
        found = self._validator(_definition(message_type, "quality"))(message)
        return [fault for fault in found if not hinders(fault)]


def _definition(message_type: str, level: Level) -> str:
    return message_type if level == "record" else f"{message_type}.{level}"


def hinders(fault: Fault) -> bool:
    """Whether a fault forbids something; what is left is a warning."""
    return fault.level != "quality"
