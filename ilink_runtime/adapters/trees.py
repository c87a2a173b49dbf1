"""Trees: what of one a mapping does not carry, and how that is put back.

A shape says which places of a tree are carried. The remainder of a tree is what its shape leaves
out, in the same form, so that `put_back` can add it to a tree that was made from the carried part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Tree = dict[str, Any]

#: The key under which the remainder of a list stands, beside `LENGTH`, the length it had.
PARTS = "[]"
LENGTH = "length"

#: Stands for a constant of the mapping that the tree did not have.
GONE: Mapping[str, Any] = {PARTS: [], LENGTH: -1}

#: An object that says nothing; nobody writes into it.
NOTHING: Tree = {}

#: Values that say nothing.
BLANK: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Same:
    """Carried only while it is this value: a constant of the mapping."""

    value: Any


@dataclass(frozen=True, slots=True)
class Dropped:
    """Left out for good, for the reason that the adapter gives: it does not come back."""


class Chosen:
    """Of a list, the first object with each of these values; the other objects are not carried."""

    __slots__ = ("choices",)

    def __init__(self, choices: Sequence[tuple[str, str, Carries]]) -> None:
        self.choices = choices

    def shapes(self, values: list[Any]) -> list[Carries | None]:
        """Of each value of a list, the shape for which it is chosen."""
        waiting = self.choices
        found: list[Carries | None] = []
        for value in values:
            chosen = None
            if isinstance(value, dict):
                for choice in waiting:
                    if value.get(choice[0]) == choice[1]:
                        chosen = choice[2]
                        waiting = [one for one in waiting if one is not choice]
                        break
            found.append(chosen)
        return found


class Carries(dict[str, "Carries | Same | Chosen | Dropped | None"]):
    """A shape: None carries a value whole, another shape parts of an object, or of each object of a list.

    It knows once, for all records, what to look for in a tree.
    """

    __slots__ = ("_choices", "_fixed", "_inner", "gone", "whole")

    def __init__(
        self, shape: Mapping[str, Carries | Same | Chosen | Dropped | None], whole: Callable[[Any], bool]
    ) -> None:
        super().__init__(shape)
        #: Says of a tree that nothing of it can remain, and of one in a list that it is carried; or no.
        self.whole = whole
        self._fixed = [(name, inner.value) for name, inner in self.items() if isinstance(inner, Same)]
        self._inner = [(name, inner) for name, inner in self.items() if isinstance(inner, Carries)]
        self._choices = [(name, inner) for name, inner in self.items() if isinstance(inner, Chosen)]
        #: The remainder of an empty tree: the constants, each as gone.
        self.gone: Tree = {name: dict(GONE) for name, _value in self._fixed}
        self.gone |= {name: inner.gone for name, inner in self._inner if inner.gone}

    def remainder(self, tree: Tree) -> Tree:
        """What of a tree is not carried, blank values too, and constants that are not there."""
        left: Tree = {name: tree[name] for name in tree if name not in self}
        if not all(tree.values()):
            left = {
                name: value
                for name, value in tree.items()
                if name in left or (not value and value in BLANK and self[name] is None)
            }
        others = len(left)
        for name, constant in self._fixed:
            if tree.get(name) != constant:
                left[name] = tree[name] if name in tree else dict(GONE)
        for name, inner in self._inner:
            value = tree.get(name)
            if isinstance(value, dict):
                if not value or not inner.whole(value):
                    part = inner.remainder(value)
                    if part or not value:
                        left[name] = part
            elif isinstance(value, list):
                part = {} if all(map(inner.whole, value)) else _of_list(value, [inner] * len(value))
                if part or not value:
                    left[name] = part or []
            elif name in tree:
                left[name] = value
            elif inner.gone:
                left[name] = inner.gone
        for name, chosen in self._choices:
            value = tree.get(name)
            if isinstance(value, list):
                if (part := _of_list(value, chosen.shapes(value))) or not value:
                    left[name] = part or []
            elif name in tree:
                left[name] = value
        if len(left) == others:
            return left
        return {name: left[name] for name in (*tree, *self.gone) if name in left}

    def takes(self, tree: Tree) -> bool:
        """Whether anything of a tree is carried but its constants, which alone make no object."""
        for name, carried in self.items():
            value = tree.get(name)
            if carried is None and (value or value not in BLANK):
                return True
        for name, inner in self._inner:
            value = tree.get(name)
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, dict) and inner.takes(one):
                    return True
        for name, chosen in self._choices:
            value = tree.get(name)
            values = value if isinstance(value, list) else [value]
            for one, shape in zip(values, chosen.shapes(values), strict=True):
                if shape is not None and shape.takes(one):
                    return True
        return False


def every(whole: Callable[[Any], bool], value: Any) -> bool:
    """Whether nothing can remain of the objects of a list, or of one that stands alone."""
    return all(map(whole, value)) if value.__class__ is list else whole(value)


def only(whole: Callable[[Any], bool], values: Any) -> bool:
    """Whether a list is one object that is chosen, and nothing of it can remain."""
    return values.__class__ is list and len(values) == 1 and whole(values[0])


def each_other(wholes: Sequence[Callable[[Any], bool]], values: Any) -> bool:
    """Whether each object of a list is chosen for another shape, and nothing of it can remain."""
    if values.__class__ is not list or len(values) > len(wholes):
        return False
    if len(values) == 1:
        return any(whole(values[0]) for whole in wholes)
    waiting = [*wholes]
    for value in values:
        found = next((whole for whole in waiting if whole(value)), None)
        if found is None:
            return False
        waiting.remove(found)
    return True


def without_dropped(tree: Tree, shape: Carries) -> Tree:
    """A tree without what the mapping leaves out for good."""
    kept: Tree = {}
    for key, value in tree.items():
        inner = shape.get(key)
        if isinstance(inner, Dropped):
            continue
        if isinstance(inner, Carries) and isinstance(value, dict):
            value = without_dropped(value, inner)
        elif isinstance(inner, Carries) and isinstance(value, list):
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


def leaves(tree: Any, path: str = "") -> list[str]:
    """The JSON Pointer of every value of a tree or of a remainder that says something, below a path."""
    found: list[str] = []
    _leaves(tree, path, found)
    return found


def _leaves(tree: Any, path: str, found: list[str]) -> None:
    if isinstance(tree, str):
        if tree:
            found.append(path)
    elif isinstance(tree, dict):
        if PARTS in tree and _is_of_list(tree):
            for index, _whole, value in tree[PARTS]:
                _leaves(value, f"{path}/{index}", found)
            return
        for key, value in tree.items():
            if "/" in key or "~" in key:
                key = key.replace("~", "~0").replace("/", "~1")
            _leaves(value, f"{path}/{key}", found)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            _leaves(value, f"{path}/{index}", found)
    elif tree is not None:
        found.append(path)


def _of_list(values: list[Any], shapes: Sequence[Carries | None]) -> Tree:
    """The remainder of a list: of each object what is left, an object nobody reads whole."""
    parts: list[list[Any]] = []
    carried = 0
    for index, (value, shape) in enumerate(zip(values, shapes, strict=True)):
        if shape is not None and isinstance(value, dict):
            if shape.whole(value):
                carried += 1
                continue
            if shape.takes(value):
                carried += 1
                if part := shape.remainder(value):
                    parts.append([index, False, part])
                continue
            value = without_dropped(value, shape)
        parts.append([index, True, value])
    return {PARTS: parts, LENGTH: carried} if parts else {}


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


def chosen(tree: Tree, name: str, key: str, value: str) -> Tree:
    """The first object of a list that has a value, or one that says nothing."""
    found = tree.get(name)
    for one in found if isinstance(found, list) else (found,):
        if isinstance(one, dict) and one.get(key) == value:
            return one
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
