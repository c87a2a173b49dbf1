"""The three levels at which a message is judged: record, publish (record too), quality (all three)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from typing import Any

from ilink_runtime import restriction
from ilink_runtime.bundle import Bundle
from ilink_runtime.validation import MOST, Fault, Level, validator
from ilink_runtime.values import classes_of, value_at

LEVELS: tuple[Level, ...] = ("record", "publish", "quality")


class Levels:
    """The validators of a standard, each made when a message type is first judged at a level."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._validator = cache(partial(validator, bundle.schema))

    def faults(
        self, message_type: str, message: Any, level: Level, written: Mapping[str, Any] | None = None
    ) -> list[Fault]:
        """All faults up to a level; the type is one of the standard's.

        Of an object that may be of several classes, those of its class: `written` is the message with the
        classes that were chosen in its form.
        """
        if level != "quality":
            found = [
                *restriction.faults(self._bundle, message_type, message),
                *self._validator(_definition(message_type, level))(message),
            ]
            return self._of_classes(found, message_type, message, written)
        found = self.faults(message_type, message, "publish", written)
        said = set(map(_what, found))
        return found + [
            fault for fault in self.warnings(message_type, message, written) if _what(fault) not in said
        ]

    def of_range(self, name: str, value: Any) -> list[Fault]:
        """What stands against a value of a class, type or code list of the standard, at the record level."""
        return self._validator(name)(value)

    def _of_classes(
        self, found: list[Fault], message_type: str, message: Any, written: Mapping[str, Any] | None = None
    ) -> list[Fault]:
        if not any(map(_is_open, found)):
            return found
        classes = classes_of(self._bundle, message_type, message if written is None else written)
        told = (one for fault in found for one in self._of_class(fault, message, classes))
        return list(islice(told, MOST))

    def _of_class(self, fault: Fault, message: Any, classes: Mapping[str, str]) -> Iterator[Fault]:
        """In place of a fault that an object is of no class what it lacks to be of its own."""
        if not _is_open(fault) or fault.path not in classes:
            yield fault
            return
        name, value = classes[fault.path], value_at(message, fault.path)
        inner = self.of_range(name, value)
        if (
            fault.level != "record"
            and (also := _definition(name, fault.level)) in self._bundle.schema["$defs"]
        ):
            inner = [*inner, *self.of_range(also, value)]
        if not inner and fault.level == "record":
            yield fault  # it is of more than one class
        for one in inner:
            paths = tuple(fault.path + path for path in one.paths)
            moved = replace(one, path=fault.path + one.path, paths=paths)
            yield from self._of_class(moved, message, classes) if one.path else (moved,)

    def warnings(
        self, message_type: str, message: Any, written: Mapping[str, Any] | None = None
    ) -> list[Fault]:
        """What forbids nothing."""
        said = self._validator(_definition(message_type, "quality"))(message)
        found = self._of_classes(said, message_type, message, written)
        return [fault for fault in found if not hinders(fault)]


def _is_open(fault: Fault) -> bool:
    """Whether a fault only says that a value is none of several."""
    return fault.code == "alternatives" and fault.rule is None


def _what(fault: Fault) -> tuple[str, str, str | None]:
    """What a fault says, at whichever level; that a field is missing is one thing for all rules."""
    return fault.code, fault.path, None if fault.code == "required" else fault.rule


def _definition(message_type: str, level: Level) -> str:
    return message_type if level == "record" else f"{message_type}.{level}"


def hinders(fault: Fault) -> bool:
    """Whether a fault forbids something; what is left is a warning."""
    return fault.level != "quality"
