"""The three levels at which a message is judged, each with the ones before it: record, publish, quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ilink_runtime.bundle import Bundle
from ilink_runtime.validation import Fault, Level, Validator, validator

LEVELS: tuple[Level, ...] = ("record", "publish", "quality")

#: From a message type, a message and a level to the faults; the type is one of the bundle's.
FaultsOf = Callable[[str, Any, Level], list[Fault]]


def faults_of(bundle: Bundle) -> FaultsOf:
    """Makes the validators of a standard ready, all its message types at all levels."""
    validators: Mapping[str, dict[Level, Validator]] = {
        name: {
            "record": validator(bundle.schema, name),
            "publish": validator(bundle.schema, f"{name}.publish"),
            "quality": validator(bundle.schema, f"{name}.quality"),
        }
        for name in bundle.messages
    }

    def faults(message_type: str, message: Any, level: Level) -> list[Fault]:
        by_level = validators[message_type]
        if level != "quality":
            return by_level[level](message)
        found = by_level["publish"](message)
        missing = {fault.path for fault in found if fault.code == "required"}
        return found + [
            fault
            for fault in by_level["quality"](message)
            if not (fault.code == "required" and fault.path in missing)
        ]

    return faults


def hinders(fault: Fault) -> bool:
    """Whether a fault forbids something; what is left is a warning."""
    return fault.level != "quality"
