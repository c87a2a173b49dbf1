"""Which class an object is of, where the standard lets it be of several. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jsonschema_rs

from ilink_runtime.bundle import Bundle, ClassPlace, SlotPlace

#: How an object of a draft says its class where the standard has no field for it.
IS = "#is"

#: From the names of classes and an object to the name of its class.
Fitting = Callable[[Sequence[str], Mapping[str, Any]], str]


def possible(bundle: Bundle, slot: SlotPlace) -> tuple[ClassPlace, ...]:
    """The classes of which an object in a slot may be."""
    if slot.classes:
        return tuple(bundle.classes[name] for name in slot.classes)
    return tuple(place for place in bundle.classes.values() if slot.range in (place.name, *place.ancestors))


def object_class(bundle: Bundle, slot: SlotPlace, value: Mapping[str, Any]) -> ClassPlace | None:
    """The class of an object that stands in a slot; None where objects are not told apart."""
    if slot.kind == "class":
        return class_of(bundle, slot.range, value)
    return bundle.classes[fitting(bundle)(slot.classes, value)] if slot.classes else None


def class_of(bundle: Bundle, declared: str, value: Mapping[str, Any]) -> ClassPlace:
    """The class of an object: the one its type designator names, else the declared one.

    An abstract class has no objects of its own: it is the heir that the object fits.
    """
    place = bundle.classes.get(declared)
    if place is not None and place.designator is None:
        return place
    for designator in {place.designator} if place else {c.designator for c in bundle.classes.values()}:
        said = value.get(designator or "")
        named = bundle.designated.get(said) if isinstance(said, str) else None
        if named is not None and declared in (named.name, *named.ancestors):
            return named
    heirs = [c.name for c in bundle.classes.values() if declared in c.ancestors] if place is None else []
    return bundle.classes[fitting(bundle)(heirs, value) if heirs else declared]


@lru_cache(maxsize=8)
def fitting(bundle: Bundle) -> Fitting:
    """Tells the class of an object: the one that it names, else the first by which it is valid, or nearly."""
    valid: dict[str, Callable[[Any], bool]] = {}

    def is_valid(name: str, value: Mapping[str, Any]) -> bool:
        if name not in valid:
            schema = {"$ref": f"#/$defs/{name}", "$defs": bundle.schema["$defs"]}
            valid[name] = jsonschema_rs.Draft202012Validator(schema, validate_formats=False).is_valid
        return valid[name](value)

    def names_itself(name: str, value: Mapping[str, Any]) -> bool:
        place = bundle.classes[name]
        said = value.get(place.designator) if place.designator else value.get(IS)
        return said in ((place.designations or (name,)) if place.designator else (name,))

    def strangeness(name: str, value: Mapping[str, Any]) -> tuple[bool, int]:
        slots = bundle.classes[name].slots.values()
        unknown = value.keys() - {slot.name for slot in slots} - {IS}
        missing = [slot for slot in slots if slot.required and value.get(slot.name) is None]
        return not is_valid(name, value), len(unknown) + len(missing)

    def best(names: Sequence[str], value: Mapping[str, Any]) -> str:
        named = next((name for name in names if names_itself(name, value)), None)
        return named or min(names, key=lambda name: strangeness(name, value))

    return best
