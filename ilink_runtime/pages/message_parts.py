"""The parts of a message that can be restricted, by the labels that the form gives them.

An officer picks a part of what is filled in by its label; what is stored is its JSON Pointer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from ilink_runtime import form, sentences
from ilink_runtime.bundle import Bundle
from ilink_runtime.classes import fitting
from ilink_runtime.form import Entry
from ilink_runtime.restriction import may_be_restricted
from ilink_runtime.values import classes_of

#: The widget of the types whose values name a part of the message.
WIDGET = "message_part"


def parts(bundle: Bundle, message_type: str, body: Mapping[str, Any], language: str) -> dict[str, str]:
    """The label of each filled part by its pointer; labels that are alike end in the pointer.

    Empty for a standard none of whose fields names a part.
    """
    if not any(type_.widget == WIDGET for type_ in bundle.types.values()):
        return {}
    classes = classes_of(bundle, message_type, body)
    labels = {
        pointer: sentences.label(bundle, message_type, pointer, language, classes)
        for section in form.show(bundle.forms[message_type], body, fitting(bundle))
        for pointer in _filled(section.entries)
        if may_be_restricted(pointer)
    }
    alike = Counter(labels.values())
    return {
        pointer: label if alike[label] == 1 else f"{label} ({pointer})" for pointer, label in labels.items()
    }


def with_pointers(
    bundle: Bundle, message_type: str, body: dict[str, Any], languages: Iterable[str]
) -> dict[str, Any]:
    """The message with pointers in place of the labels that an officer picked or typed."""
    sections = form.show(bundle.forms[message_type], body, fitting(bundle))
    boxes = [
        entry
        for section in sections
        for entry in form.walk(section.entries)
        if entry.field["widget"] == WIDGET and isinstance(entry.value, str) and entry.value[:1] != "/"
    ]
    if not boxes:
        return body
    known: dict[str, str] = {}
    for language in languages:
        labelled = parts(bundle, message_type, body, language)
        known = {label: pointer for pointer, label in labelled.items()} | known
    named = deepcopy(body)
    for box in boxes:
        *way, last = box.pointer.strip("/").split("/")
        holder: Any = named
        for token in way:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        holder[last] = known.get(str(box.value), box.value)
    return named


def _filled(entries: Iterable[Entry]) -> Iterator[str]:
    """The places at which something stands, outer before inner; of a free text the whole."""
    for entry in entries:
        if form.pruned(entry.value) in (None, "", [], {}):
            continue
        yield entry.pointer
        if entry.control in ("codes", "list"):
            yield from (f"{entry.pointer}/{number}" for number, value in enumerate(entry.value) if value)
        elif entry.control == "group" or (entry.branch is not None and not entry.branch.is_plain):
            yield from _filled(entry.entries)
        for row in entry.rows:
            inside = list(_filled(row.entries))
            yield from [row.pointer, *inside] if inside else ()
