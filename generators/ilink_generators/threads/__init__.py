"""`threads.json`: which places of each message can show that two cases are one, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ilink_generators.plain_json import dump
from ilink_generators.standard import Class, Kind, Slot, Standard, Type


def generate(standard: Standard) -> dict[str, str]:
    """One file, `threads.json`: the kinds, and for each message the places (`*` is any member of a list)."""
    kinds: dict[str, Any] = {}
    elements: tuple[Type | Class, ...] = (*standard.types.values(), *standard.classes.values())
    for element in elements:
        if element.thread != "never":
            kinds[element.name] = {"strength": element.thread, "canonical": element.canonical}
    holding = _holding(standard)
    places = {
        message.name: [
            {"path": path, "kind": kind} for path, kind in _places(standard, holding, message, "", ())
        ]
        for message in standard.messages()
    }
    return {"threads.json": dump({"kinds": kinds, "messages": places})}


def _holding(standard: Standard) -> frozenset[str]:
    """The classes in which something makes threads, at any depth."""
    found: set[str] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for class_ in standard.classes.values():
            if class_.thread != "never" or any(_holds(standard, slot, found) for slot in class_.slots):
                found.add(class_.name)
    return frozenset(found)


def _holds(standard: Standard, slot: Slot, found: set[str]) -> bool:
    if slot.kind is Kind.CLASS:
        return any(inner.name in found for inner in standard.concrete(slot.range))
    return slot.kind is Kind.TYPE and standard.types[slot.range].thread != "never"


def _places(
    standard: Standard, holding: frozenset[str], class_: Class, path: str, outer: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    if class_.thread != "never":
        yield path, class_.name
    if class_.name in outer or class_.name not in holding:
        return
    for slot in class_.slots:
        here = f"{path}/{slot.name}" + ("/*" if slot.multivalued else "")
        if slot.kind is Kind.CLASS:
            for inner in standard.concrete(slot.range):
                yield from _places(standard, holding, inner, here, (*outer, class_.name))
        elif slot.kind is Kind.TYPE and standard.types[slot.range].thread != "never":
            yield here, slot.range
