"""One typed walk over a message: it feeds rows, identifiers and search text alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime.bundle import Bundle, ClassPlace, SlotPlace, TypePlace


@dataclass(frozen=True, slots=True)
class Object:
    """An object of a class, met at a path; `position` is its place in a list, else 0."""

    path: str
    position: int
    place: ClassPlace
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar or code, met at a path; `position` is its place in a list, else 0."""

    path: str
    position: int
    holder: str  # path of the object it stands in
    owner: ClassPlace
    slot: SlotPlace
    type: TypePlace | None  # None for a code
    value: str | int | float | bool


def escape(token: str) -> str:
    """A name as a token of a JSON Pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")


def class_of(bundle: Bundle, declared: str, value: Mapping[str, Any]) -> ClassPlace:
    """The class of an object: the one its type designator names, else the declared one."""
    place = bundle.classes.get(declared)
    designators = {place.designator} if place else {c.designator for c in bundle.classes.values()}
    for designator in filter(None, designators):
        named = bundle.classes.get(str(value.get(designator)))
        if named is not None and declared in (named.name, *named.ancestors):
            return named
    return bundle.classes[declared]


def walk(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> Iterator[Object | Scalar]:
    """Every object and scalar of a valid message, outer before inner, in the order of the model."""
    yield from _object(bundle, bundle.classes[message_type], message, "", 0)


def _object(
    bundle: Bundle, place: ClassPlace, value: Mapping[str, Any], path: str, position: int
) -> Iterator[Object | Scalar]:
    yield Object(path, position, place, value)
    for slot in place.slots.values():
        found = value.get(slot.name)
        if found is None:
            continue
        here = f"{path}/{escape(slot.name)}"
        members = enumerate(found) if slot.multivalued else ((0, found),)
        for number, member in members:
            at = f"{here}/{number}" if slot.multivalued else here
            if slot.kind == "class":
                yield from _object(bundle, class_of(bundle, slot.range, member), member, at, number)
            else:
                yield Scalar(at, number, path, place, slot, bundle.types.get(slot.range), member)
