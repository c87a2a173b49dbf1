"""Values that a model says in text: what a slot equals, and what a form offers (`ifabsent`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ilink_generators.model_files import listed
from ilink_generators.standard import Base
from ilink_runtime.conditions import Scalar

_INTEGER = re.compile("-?[0-9]{1,15}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_ ]*)\((.*)\)", re.DOTALL)
#: Names of elements of the model; they mean something in RDF alone.
_NAMES = (
    "class_curie",
    "class_uri",
    "slot_curie",
    "slot_uri",
    "default_range",
    "default_ns",
    "bnode",
)


def equal_to(get: Any, base: Base | None) -> tuple[Scalar, ...]:
    """The values of which a slot or type has one, by `equals_string`, `equals_string_in`, `equals_number`.

    A number or truth value is meant where the base is one and the text says one.
    """
    texts = listed(get("equals_string") if get("equals_string") is not None else get("equals_string_in"))
    number = get("equals_number")
    return tuple(scalar(text, base) for text in texts) + (() if number is None else (number,))


def scalar(text: str, base: Base | None) -> Scalar:
    """A text as a value of a base: `5` of an integer is 5; what cannot be one stays a text."""
    if base == "boolean" and text in ("true", "false"):
        return text == "true"
    if base in ("integer", "number") and _INTEGER.fullmatch(text):
        return int(text)
    if base == "number" and _DECIMAL.fullmatch(text):
        return float(text)
    return text


def default(said: str, base: Base | None, codes: Sequence[str]) -> Scalar | None:
    """Reads `string(x)`, `int(5)`, `true`, `Kind(code)`; ValueError for what the range could never be."""
    if said in _NAMES or base is None:
        return None
    call = _CALL.fullmatch(said)
    text = call[2] if call else said
    if base == "boolean" and text in ("True", "False"):
        text = text.lower()
    value = scalar(text, base)
    if codes and value not in codes:
        raise ValueError(f"the default “{text}” is not a code of its list")
    if base in ("integer", "number", "boolean") and isinstance(value, str):
        raise ValueError(f"the default “{text}” cannot be read as a {base}")
    return value
