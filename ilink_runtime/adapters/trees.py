"""Trees: what of one a mapping does not carry, and how that is put back.

A shape says which places of a tree are carried. The remainder of a tree is what its shape leaves
out, in the same form, so that `put_back` can add it to a tree that was made from the carried part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]

#: None carries a value whole; a mapping carries parts of an object, or of each object of a list.
Shape = Mapping[str, "Shape | Same | Chosen | Dropped | None"]

#: The key under which the remainder of a list stands, beside `LENGTH`, the length it had.
PARTS = "[]"
LENGTH = "length"

#: Stands for a constant of the mapping that the tree did not have.
GONE: Mapping[str, Any] = {PARTS: [], LENGTH: -1}

#: Values that say nothing.
BLANK: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Same:
    """Carried only while it is this value: a constant of the mapping."""

    value: Any


@dataclass(frozen=True, slots=True)
class Dropped:
    """Left out for good, for the reason that the adapter gives: it does not come back."""


#: What a shape says of a place that it does not have.
NOWHERE = Dropped()


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of a list, the first object with each of these values; the other objects are not carried."""

    choices: tuple[tuple[str, str, Shape], ...]


class Carries(dict[str, "Shape | Same | Chosen | Dropped | None"]):
    """The shape of an adapter, which knows its constants once and for all records."""

    __slots__ = ("constants", "whole")

    def __init__(self, shape: Shape) -> None:
        super().__init__({name: _ready(inner) for name, inner in shape.items()})
        self.constants = constants(shape)
        #: The places that are carried whole.
        self.whole = frozenset(name for name, inner in shape.items() if inner is None)


def _ready(inner: Any) -> Any:
    if isinstance(inner, Chosen):
        return Chosen(tuple((key, value, Carries(shape)) for key, value, shape in inner.choices))
    return Carries(inner) if isinstance(inner, Mapping) else inner


def remainder(tree: Tree, shape: Shape) -> Tree:
    """What of a tree the shape does not carry, blank values too, and its constants that are not there."""
    if (
        isinstance(shape, Carries)
        and not shape.constants
        and tree.keys() <= shape.whole
        and all(tree.values())
    ):
        return {}
    left: Tree = {}
    for key, value in tree.items():
        inner = shape.get(key, NOWHERE)
        if inner is None:
            if not value and value in BLANK:
                left[key] = value
        elif inner is NOWHERE:
            left[key] = value
        elif isinstance(inner, Dropped):
            continue
        elif isinstance(inner, Same):
            if value != inner.value:
                left[key] = value
        elif isinstance(value, dict) and not isinstance(inner, Chosen):
            part = remainder(value, inner)
            if part or not value:
                left[key] = part
        elif isinstance(value, list):
            part = _of_list(value, inner)
            if part or not value:
                left[key] = part or []
        else:
            left[key] = value
    fixed = shape.constants if isinstance(shape, Carries) else constants(shape)
    for key, gone in fixed.items():
        if key not in tree:
            left[key] = gone
    return left


def constants(shape: Shape) -> Tree:
    """What the remainder of an empty tree is: the constants of its shape, each as gone."""
    found: Tree = {}
    for key, inner in shape.items():
        if isinstance(inner, Same):
            found[key] = dict(GONE)
        elif isinstance(inner, Mapping) and (below := constants(inner)):
            found[key] = below
    return found


def without_dropped(tree: Tree, shape: Shape) -> Tree:
    """A tree without what the mapping leaves out for good."""
    kept: Tree = {}
    for key, value in tree.items():
        inner = shape.get(key)
        if isinstance(inner, Dropped):
            continue
        if isinstance(inner, Mapping) and isinstance(value, dict):
            value = without_dropped(value, inner)
        elif isinstance(inner, Mapping) and isinstance(value, list):
            value = [without_dropped(one, inner) if isinstance(one, dict) else one for one in value]
        kept[key] = value
    return kept


def put_back(tree: Tree, left: Tree) -> list[str]:
    """Adds a remainder to a tree, which wins over its constants; the paths whose place is gone."""
    homeless: list[str] = []
    for key, part in left.items():
        held = tree.get(key)
        if part == GONE:
            tree.pop(key, None)
        elif _is_gone(part):
            if isinstance(held, dict):
                put_back(held, part)
                if not held:
                    del tree[key]
        elif _is_of_list(part):
            if held is None and part[LENGTH] == 0:
                tree[key] = [value for _index, whole, value in part[PARTS] if whole]
            elif isinstance(held, list | dict):
                values = held if isinstance(held, list) else [held]  # one of several is alone in XML
                homeless += [f"{key}{path}" for path in _into_list(values, part)]
                tree[key] = values if len(values) > 1 else held
            else:
                homeless.append(key)
        elif isinstance(part, dict) and isinstance(held, dict | None):
            inner: Tree = {} if held is None else held
            homeless += [f"{key}/{path}" for path in put_back(inner, part)]
            tree[key] = inner
        else:
            tree[key] = part
    return homeless


def _is_gone(part: Any) -> bool:
    """Whether a part says of constants alone that they were not there."""
    return (
        isinstance(part, dict) and bool(part) and all(one == GONE or _is_gone(one) for one in part.values())
    )


def _is_of_list(part: Any) -> bool:
    """Whether a part is the remainder of a list; leftovers come from outside and may be anything."""
    return (
        isinstance(part, dict)
        and part.keys() == {PARTS, LENGTH}
        and isinstance(part[LENGTH], int)
        and isinstance(part[PARTS], list)
        and all(
            isinstance(one, list) and len(one) == 3 and isinstance(one[0], int) and one[0] >= 0
            for one in part[PARTS]
        )
    )


def leaves(tree: Any, path: str = "") -> Iterator[str]:
    """The JSON Pointer of every value of a tree or of a remainder that says something."""
    if _is_of_list(tree):
        for index, _whole, value in tree[PARTS]:
            yield from leaves(value, f"{path}/{index}")
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from leaves(value, f"{path}/{index}")
    elif tree not in (None, ""):
        yield path


def _of_list(values: list[Any], inner: Shape | Chosen) -> Tree:
    """The remainder of a list: of each object what is left, an object nobody reads whole."""
    parts: list[list[Any]] = []
    carried = 0
    for index, (value, shape) in enumerate(zip(values, _shapes(values, inner), strict=True)):
        if shape is None or not isinstance(value, dict) or not _carries(value, shape):
            if isinstance(value, dict) and shape is not None:
                value = without_dropped(value, shape)
            parts.append([index, True, value])
            continue
        carried += 1
        if part := remainder(value, shape):
            parts.append([index, False, part])
    return {PARTS: parts, LENGTH: carried} if parts else {}


def _carries(value: Tree, shape: Shape) -> bool:
    """Whether anything of an object is carried but its constants, which alone make no object."""
    for key, inner in shape.items():
        held = value.get(key)
        if held in BLANK or isinstance(inner, Same | Dropped):
            continue
        if inner is None:
            return True
        values = held if isinstance(held, list) else [held]
        if any(
            isinstance(one, dict) and below is not None and _carries(one, below)
            for one, below in zip(values, _shapes(values, inner), strict=True)
        ):
            return True
    return False


def _shapes(values: list[Any], inner: Shape | Chosen) -> list[Shape | None]:
    if not isinstance(inner, Chosen):
        return [inner] * len(values)
    found: list[Shape | None] = [None] * len(values)
    for key, wanted, shape in inner.choices:
        for index, value in enumerate(values):
            if found[index] is None and isinstance(value, dict) and value.get(key) == wanted:
                found[index] = shape
                break
    return found


def _into_list(held: list[Any], part: Tree) -> list[str]:
    if len(held) != part[LENGTH]:  # somebody changed the list: which object is which nobody knows
        return [f"/{index}" for index, _whole, _value in part[PARTS]]
    homeless: list[str] = []
    for index, whole, value in part[PARTS]:
        if whole:
            held.insert(index, value)
        elif index < len(held) and isinstance(held[index], dict) and isinstance(value, dict):
            homeless += [f"/{index}/{path}" for path in put_back(held[index], value)]
        else:
            homeless.append(f"/{index}")
    return homeless


#: An object that says nothing; nobody writes into it.
NOTHING: Tree = {}


def child(tree: Tree, name: str) -> Tree:
    """The object below a name, or one that says nothing."""
    found = tree.get(name)
    return found if isinstance(found, dict) else NOTHING


def chosen(tree: Tree, name: str, key: str, value: str) -> Tree:
    """The first object of a list that has a value, or one that says nothing."""
    for found in objects(tree.get(name)):
        if found.get(key) == value:
            return found
    return NOTHING


def objects(values: Any) -> list[Tree]:
    """The objects of a list; one that stands alone is a list of one, a scalar says nothing."""
    if isinstance(values, dict):
        return [values]
    return [one if isinstance(one, dict) else NOTHING for one in values] if isinstance(values, list) else []


def alone(values: list[Any]) -> Any:
    """A list, or its only value: an element of XML that is not repeated is no list."""
    return values[0] if len(values) == 1 else values


def unzipped(separator: str, record: Tree, names: tuple[str, ...]) -> list[Tree]:
    """Objects out of columns that each hold a list in one text, in the same order."""
    texts = {name: record.get(name) for name in names}
    parts = {name: text.split(separator) for name, text in texts.items() if isinstance(text, str)}
    length = max(map(len, parts.values()), default=0)
    return [
        {name: values[index].strip() for name, values in parts.items() if index < len(values)}
        for index in range(length)
    ]


def zipped(separator: str, entries: list[Tree], names: tuple[str, ...]) -> Tree:
    """The columns of objects, each a list in one text; a column that nobody fills is left out."""
    found = {name: separator.join(str(entry.get(name, "")) for entry in entries) for name in names}
    return {name: text for name, text in found.items() if text.replace(separator, "")}
