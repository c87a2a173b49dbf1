"""Which classes are messages, and how the server is to treat them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from ilink_generators.load_rules import notes_of
from ilink_generators.model_files import ModelFiles
from ilink_generators.model_text import Mapped
from ilink_generators.standard import Class, Effect, Kind, Routing, Sender, Slot, Treatment, class_ranges

#: The colour of a type that says none.
GREY = "#5b6770"
#: An ISO 8601 duration of whole years or months.
_DURATION = re.compile(r"P[1-9][0-9]?[YM]")


def mark_messages(files: ModelFiles, classes: dict[str, Class]) -> dict[str, Class]:
    """Gives the message types their treatment; what an annotation cannot mean is refused.

    In a foreign model the messages are each tree root, else each class with fields that is nobody's range.
    """
    chosen = _chosen(files, classes)
    reader = _Treatments(files, classes, chosen)
    return {name: replace(c, treatment=reader.of(c)) if name in chosen else c for name, c in classes.items()}


def _chosen(files: ModelFiles, classes: Mapping[str, Class]) -> set[str]:
    concrete = [c for c in classes.values() if not c.abstract and not c.mixin]
    if "Message" in classes:
        return {c.name for c in concrete if "Message" in c.ancestors}
    roots = {c.name for c in concrete if files.sections["classes"][c.name].get("tree_root")}
    ranges = {name for c in classes.values() for slot in c.slots for name in class_ranges(slot)}
    free = [c for c in concrete if ranges.isdisjoint((c.name, *c.ancestors))]
    return roots or {c.name for c in free if c.slots} or {c.name for c in concrete}


class _Treatments:
    """The annotations of message types, read and checked."""

    def __init__(self, files: ModelFiles, classes: Mapping[str, Class], messages: set[str]) -> None:
        self._files = files
        self._classes = classes
        self._messages = messages

    def of(self, class_: Class) -> Treatment:
        """The treatment of one message type, its own words before those that it inherits."""
        nodes = self._files.sections["classes"]
        notes: dict[str, str] = {}
        for ancestor in (*reversed(class_.ancestors), class_.name):
            notes.update(notes_of(nodes[ancestor]))
        node = nodes[class_.name]

        def one_of(tag: str, allowed: object) -> Any:
            few = get_args(allowed)
            return self._files.one_of(node, class_.name, notes.get(tag, few[0]), few)

        return Treatment(
            family=next((name for name in class_.ancestors if self._classes[name].abstract), ""),
            notice_type=notes.get("notice_type", ""),
            colour=notes.get("colour", GREY),
            routing=cast(Routing, one_of("routing", Routing)),
            headline=self._path(node, class_, "headline", notes),
            short_title=notes.get("short_title", class_.title),
            retention=self._duration(node, class_.name, notes.get("retention", "")),
            effect=cast(Effect, one_of("effect", Effect)),
            sender=cast(Sender, one_of("sender", Sender)),
            entered_by=self._path(node, class_, "entered_by", notes),
            answered_by=self._message_type(node, class_.name, "answered_by", notes),
            reported_by=self._message_type(node, class_.name, "reported_by", notes),
        )

    def _path(self, node: Mapped, class_: Class, tag: str, notes: Mapping[str, str]) -> str:
        """Names of fields joined by dots, from the message inwards."""
        path = notes.get(tag, "")
        places: tuple[Class, ...] = (class_,)
        for name in filter(None, path.split(".")):
            found = [slot for place in places for slot in place.slots if slot.name == name]
            if not found:
                known = {slot.name for place in places for slot in place.slots}
                self._files.refuse(
                    node, "annotations", class_.name, f"{tag}: {self._files.no_such('slot', name, known)}"
                )
                return ""
            places = tuple(c for slot in found for c in self._inside(slot))
        return path

    def _inside(self, slot: Slot) -> list[Class]:
        if slot.kind is not Kind.CLASS:
            return []
        return [c for c in self._classes.values() if c.name == slot.range or slot.range in c.ancestors]

    def _duration(self, node: Mapped, element: str, text: str) -> str:
        if text and not _DURATION.fullmatch(text):
            what = f"retention: “{text}” is not a duration in years or months, such as P5Y or P6M."
            self._files.refuse(node, "annotations", element, what)
        return text

    def _message_type(self, node: Mapped, element: str, tag: str, notes: Mapping[str, str]) -> str:
        name = notes.get(tag, "")
        if name and name not in self._messages:
            what = f"{tag}: {self._files.no_such('message type', name, self._messages)}"
            self._files.refuse(node, "annotations", element, what)
        return name
