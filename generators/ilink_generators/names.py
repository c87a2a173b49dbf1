"""Names that would meet in the generated files: in Python, in JSON Schema or in a database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count

from ilink_generators.model_text import ModelFault
from ilink_generators.origin import Origin
from ilink_generators.python_text import identifier
from ilink_generators.standard import Class, CodeList, Type

_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def class_name(name: str) -> str:
    """The name of a class in every generated file, as LinkML's own generators have it: `NamedThing`."""
    words = name.replace(",", "").replace("_", " ").split()
    joined = unicodedata.normalize("NFKD", "".join(word[0].upper() + word[1:] for word in words))
    return _OTHER.sub(_spelled, joined) or "_"


def _spelled(found: re.Match[str]) -> str:
    """What no name can carry: a line for signs, the code points of letters of other scripts."""
    letters = [char for char in found[0] if not unicodedata.combining(char)]
    return "".join("_" if char.isascii() else f"u{ord(char):x}" for char in letters)


def element_name(name: str) -> str:
    """The name of a type or a code list: its own wherever that is plain."""
    return name if _PLAIN.fullmatch(name) else class_name(name)


def slot_name(name: str) -> str:
    """The name of a slot in data: its own, without spaces."""
    return "_".join(name.split()).replace(",", "")


#: How the elements under a word of LinkML are called here.
NAMING: dict[str, Callable[[str], str]] = {
    "classes": class_name,
    "types": element_name,
    "enums": element_name,
    "slots": slot_name,
    "attributes": slot_name,
    "slot_usage": slot_name,
    "slot_conditions": slot_name,
}

#: A name as it would be generated, the name in the model, and where that stands.
Made = tuple[str, str, Origin]


def snake(name: str) -> str:
    """`RedNotice` → `red_notice`, the name in a database."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"[^A-Za-z0-9_]+", "_", spaced).strip("_").lower() or "n"


def clashes(
    types: Mapping[str, Type], code_lists: Mapping[str, CodeList], classes: Mapping[str, Class]
) -> list[ModelFault]:
    """The elements whose names would meet; empty when each stands alone."""
    elements: tuple[Type | CodeList | Class, ...] = (*types.values(), *code_lists.values(), *classes.values())
    faults = list(_meeting((identifier(e.name), e.name, e.origin) for e in elements))
    for class_ in classes.values():
        faults += _meeting((slot.name, f"{class_.name}.{slot.name}", slot.origin) for slot in class_.slots)
    return faults


def apart(names: Iterable[str], made: Callable[[str], str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A name made of each, none of them twice: the later of two gets a number."""
    known = set(taken)
    found: dict[str, str] = {}
    for name in names:
        wanted = made(name)
        numbers = count(2)
        free = wanted
        while free in known:
            free = f"{wanted}_{next(numbers)}"
        known.add(free)
        found[name] = free
    return found


def _meeting(elements: Iterable[Made]) -> Iterator[ModelFault]:
    first: dict[str, tuple[str, Origin]] = {}
    for made, name, origin in elements:
        other, where = first.setdefault(made, (name, origin))
        if where is not origin:
            message = f"{other} at {where} becomes the same name, {made}, in the generated files."
            yield ModelFault("clash", origin.file, origin.line, name, message)
