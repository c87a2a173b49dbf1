"""Proves of two forms that the one only tightens the other: each way to loosen is looked for and named.

Knows nothing of profiles and of how they are compiled; it is the judge of what `tighten` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Field = Mapping[str, Any]

#: What must stay as it was. The rest of a field is a word, a default or a mark for the page.
_SAME = (
    "name",
    "kind",
    "range",
    "widget",
    "multivalued",
    "key",
    "compact",
    "value",
    "base",
    "publish",
    "branches",
)
_LEAST, _MOST = ("minimum",), ("maximum", "max_length")


def loosened(standard: Mapping[str, Any], profiled: Mapping[str, Any]) -> list[str]:
    """Where the second form takes more than the first, or cannot say what the first needs."""
    found = list(_fields(_all(standard), _all(profiled), ""))
    for what in ("type", "version", "routing", "rules"):
        if standard[what] != profiled[what]:
            found.append(f"{what}: it is not that of the standard.")
    return found


def _all(form: Mapping[str, Any]) -> list[Field]:
    return [field for section in form["sections"] for field in section["fields"]]


def _fields(standard: Iterable[Field], profiled: Iterable[Field], prefix: str) -> Iterator[str]:
    before = {field["pointer"]: field for field in standard}
    after = {field["pointer"]: field for field in profiled if not field.get("national")}
    for pointer, field in before.items():
        if pointer not in after and (field["required"] or field["publish"]):
            yield f"{prefix}{pointer}: it is needed and stands no more in the form."
    for pointer, field in after.items():
        if pointer in before:
            yield from _field(before[pointer], field, f"{prefix}{pointer}")
        else:
            yield f"{prefix}{pointer}: the standard has no such field."


def _field(before: Field, after: Field, place: str) -> Iterator[str]:
    for what in _SAME:
        if before.get(what) != after.get(what):
            yield f"{place}: {what} is not that of the standard."
    if before["required"] and not after["required"]:
        yield f"{place}: it is required and no longer."
    if "codes" in before and not set(after.get("codes", ())) <= set(before["codes"]):
        yield f"{place}: there are more codes to choose."
    for what in _LEAST:
        if what in before and after.get(what, before[what] - 1) < before[what]:
            yield f"{place}: {what} is less."
    for what in _MOST:
        if what in before and after.get(what, before[what] + 1) > before[what]:
            yield f"{place}: {what} is more."
    yield from _fields(before.get("fields", ()), after.get("fields", ()), f"{place}/")
