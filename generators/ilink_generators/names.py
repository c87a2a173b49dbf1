"""Names that would meet in the generated files: in Python, in JSON Schema or in a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ilink_generators.model_text import ModelFault
from ilink_generators.python_text import identifier
from ilink_generators.standard import Class, CodeList, Kind, Origin, Type

#: A name as it would be generated, the name in the model, and where that stands.
Made = tuple[str, str, Origin]


def snake(name: str) -> str:
    """`RedNotice` → `red_notice`, the name in a database."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", spaced).strip("_").lower()


def clashes(
    types: Mapping[str, Type], code_lists: Mapping[str, CodeList], classes: Mapping[str, Class]
) -> list[ModelFault]:
    """The elements whose names would meet; empty when each stands alone."""
    elements: tuple[Type | CodeList | Class, ...] = (*types.values(), *code_lists.values(), *classes.values())
    faults = list(_meeting((identifier(e.name), e.name, e.origin) for e in elements))
    faults += _meeting(made for class_ in classes.values() for made in _tables(class_))
    for class_ in classes.values():
        faults += _meeting(
            (identifier(snake(slot.name)), f"{class_.name}.{slot.name}", slot.origin) for slot in class_.slots
        )
    return faults


def _tables(class_: Class) -> Iterator[Made]:
    """A class has a table, and each list of scalars in it."""
    if class_.abstract or class_.mixin:
        return
    yield snake(class_.name), class_.name, class_.origin
    for slot in class_.slots:
        if slot.multivalued and slot.kind is not Kind.CLASS:
            yield f"{snake(class_.name)}_{snake(slot.name)}", f"{class_.name}.{slot.name}", slot.origin


def _meeting(elements: Iterable[Made]) -> Iterator[ModelFault]:
    first: dict[str, tuple[str, Origin]] = {}
    for made, name, origin in elements:
        other, where = first.setdefault(made, (name, origin))
        if where is not origin:
            message = f"{other} at {where} becomes the same name, {made}, in the generated files."
            yield ModelFault("clash", origin.file, origin.line, name, message)
