"""`threads.json`: which places of each message can show that two cases are one, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ilink_generators.plain_json import dump
from ilink_generators.standard import Class, Kind, Standard, Type


def generate(standard: Standard) -> dict[str, str]:
    """One file, `threads.json`: the kinds, and for each message the places (`*` is any member of a list)."""
    kinds: dict[str, Any] = {}
    elements: tuple[Type | Class, ...] = (*standard.types.values(), *standard.classes.values())
    for element in elements:
        if element.thread != "never":
            kinds[element.name] = {"strength": element.thread, "canonical": element.canonical}
    places = {
        message.name: [{"path": path, "kind": kind} for path, kind in _places(standard, message, "", ())]
        for message in standard.messages()
    }
    return {"threads.json": dump({"kinds": kinds, "messages": places})}


def _places(
    standard: Standard, class_: Class, path: str, outer: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    if class_.thread != "never":
        yield path, class_.name
    if class_.name in outer:
        return
    for slot in class_.slots:
        here = f"{path}/{slot.name}" + ("/*" if slot.multivalued else "")
        if slot.kind is Kind.CLASS:
            for inner in standard.concrete(slot.range):
                yield from _places(standard, inner, here, (*outer, class_.name))
        elif slot.kind is Kind.TYPE and standard.types[slot.range].thread != "never":
            yield here, slot.range
