"""The three levels at which a message is judged: record, publish (record too), quality (all three)."""

from __future__ import annotations

from typing import Any

from ilink_runtime import restriction
from ilink_runtime.bundle import Bundle
from ilink_runtime.validation import Fault, Level, validator

LEVELS: tuple[Level, ...] = ("record", "publish", "quality")


class Levels:
    """The validators of a standard, ready for all its message types at all levels."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._hindering = {
            (name, level): validator(bundle.schema, name if level == "record" else f"{name}.publish")
            for name in bundle.messages
            for level in LEVELS[:2]
        }
        self._quality = {name: validator(bundle.schema, f"{name}.quality") for name in bundle.messages}

    def faults(self, message_type: str, message: Any, level: Level) -> list[Fault]:
        """All faults up to a level; the type is one of the standard's."""
        if level != "quality":
            return [
                *restriction.faults(self._bundle, message_type, message),
                *self._hindering[message_type, level](message),
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
        return [fault for fault in self._quality[message_type](message) if not hinders(fault)]


def hinders(fault: Fault) -> bool:
    """Whether a fault forbids something; what is left is a warning."""
    return fault.level != "quality"
