"""One typed walk over a message: it feeds rows, identifiers and search text alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ilink_runtime.bundle import Bundle, ClassPlace, SlotPlace, TypePlace
from ilink_runtime.classes import object_class


class Object(NamedTuple):
    """An object of a class, met at a path; `position` is its place in a list, else 0."""

    path: str
    position: int
    place: ClassPlace
    value: Mapping[str, Any]


class Scalar(NamedTuple):
    """A scalar or code, met at a path; `position` is its place in a list, else 0."""

    path: str
    position: int
    holder: str  # path of the object it stands in
    owner: ClassPlace
    slot: SlotPlace
    type: TypePlace | None  # None for a code
    value: str | int | float | bool


Walked = list[Object | Scalar]

_SCALARS = (str, int, float)


def escape(token: str) -> str:
    """A name as a token of a JSON Pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token


def unescape(token: str) -> str:
    """A token of a JSON Pointer as the name that it is."""
    return token.replace("~1", "/").replace("~0", "~") if "~" in token else token


def members(slot: SlotPlace, found: Any) -> Iterator[tuple[str, Any]]:
    """The values of a slot with what stands before each in a pointer: nothing, a place, or a key.

    A member under its key says its key too, and one that is a single value says its slot.
    """
    if isinstance(found, list):
        yield from ((f"/{number}", member) for number, member in enumerate(found))
    elif slot.key and isinstance(found, Mapping):
        for key, member in found.items():
            said = member if isinstance(member, Mapping) else {slot.compact: member} if slot.compact else {}
            yield f"/{escape(key)}", {slot.key: key, **said}
    else:
        yield "", found


def value_at(value: Any, pointer: str) -> Any:
    """What stands at a JSON Pointer; None where nothing does."""
    for token in map(unescape, pointer.split("/")[1:]):
        if isinstance(value, Mapping):
            value = value.get(token)
        else:
            value = value[int(token)] if isinstance(value, list) and token.isdigit() else None
    return value


def is_innocent(bundle: Bundle, message_type: str, path: str) -> bool:
    """Whether a place in a message lies in an object that describes somebody innocent."""
    place = bundle.classes.get(message_type)
    for token in path.split("/")[1:]:
        slot = place.slots.get(token) if place else None
        if slot is not None:
            place = bundle.classes.get(slot.range)
            if place is not None and place.innocent:
                return True
    return False


def walk(bundle: Bundle, message_type: str, message: Mapping[str, Any]) -> Walked:
    """Every object and scalar of a message, outer before inner.

    What the standard does not know is passed over, so that a message recorded under an older
    version can be walked too.
    """
    met: Walked = []
    _visit(bundle, bundle.classes[message_type], message, "", 0, met)
    return met


def classes_of(bundle: Bundle, message_type: str, message: Any) -> dict[str, str]:
    """The class of every object of a message by its JSON Pointer."""
    if not isinstance(message, Mapping):
        return {}
    return {
        met.path: met.place.name for met in walk(bundle, message_type, message) if isinstance(met, Object)
    }


def _visit(
    bundle: Bundle, place: ClassPlace, value: Mapping[str, Any], path: str, position: int, met: Walked
) -> None:
    met.append(Object(path, position, place, value))
    for name, found in value.items():
        slot = place.slots.get(name)
        if slot is None or found is None:
            continue
        here = f"{path}/{escape(name)}"
        nested, type_ = slot.kind == "class", bundle.types.get(slot.range)
        for number, (token, member) in enumerate(members(slot, found)):
            at = f"{here}{token}"
            if isinstance(member, Mapping):
                if (inner := object_class(bundle, slot, member)) is not None:
                    _visit(bundle, inner, member, at, number, met)
            elif not nested and isinstance(member, _SCALARS):
                met.append(Scalar(at, number, path, place, slot, type_, member))
