"""National places and the fields that they fill, as `adapters.json` says them by pointers.

`*` in a pointer stands for each object of a list, `[kind=alias]` for the one that is chosen. By them a
fault of a message is told in its sender's own terms, and an amendment knows what it leaves alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime.adapters.trees import Tree

#: Places that are named at most, where a fault is about a whole object.
MOST_PLACES = 5

#: The fields that a record says: None is a value, else what it says of an object, or of each of a list.
Filled = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ByKind:
    """A list whose objects are told apart by a value: its field, the value, and what is said of that one."""

    choices: tuple[tuple[str, str, Filled], ...]


def places_of(places: Mapping[str, str], message: Tree, record: Tree, pointer: str) -> list[str]:
    """The national places that a field came from, or could come from: none where no rule fills it.

    Of an object or a list that is missing, those of what it would hold.
    """
    tokens = pointer.split("/")[1:]
    best: tuple[list[str], str] | None = None
    below: dict[str, None] = {}
    for pattern, place in places.items():
        steps = pattern.split("/")[1:]
        if len(steps) > len(tokens):
            if place and _leads(steps[: len(tokens)], tokens, message):
                below.setdefault(place)
        elif _leads(steps, tokens, message) and (best is None or len(steps) > len(best[0])):
            best = steps, place
    if best is not None and best[1]:
        return [_numbered(best[0], tokens, best[1], message, record)]
    return list(below)[:MOST_PLACES] if best is None else []


def filled(places: Iterable[str]) -> Filled:
    """What a record says of a message: all else is none of the adapter's business."""
    said: Filled = {"message_type": None}
    for pattern in places:
        _fill(said, pattern.split("/")[1:])
    return said


def value_at(tree: Tree, place: Iterable[str]) -> Any:
    """What stands at a place of a record that is in no list; None where nothing does."""
    found: Any = tree
    for name in place:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _leads(steps: list[str], tokens: list[str], message: Any) -> bool:
    """Whether a pattern leads along a pointer through the message as it is."""
    for step, token in zip(steps, tokens, strict=False):
        inside = _inside(message, token)
        if step.startswith("["):
            key, _, wanted = step.strip("[]").partition("=")
            if not (isinstance(inside, dict) and inside.get(key) == wanted):
                return False
        elif not (token.isdigit() if step == "*" else step == token):
            return False
        message = inside
    return True


def _inside(node: Any, token: str) -> Any:
    if isinstance(node, list):
        return node[int(token)] if token.isdigit() and int(token) < len(node) else None
    return node.get(token) if isinstance(node, dict) else None


def _numbered(steps: list[str], tokens: list[str], place: str, message: Any, record: Tree) -> str:
    """A place with the numbers of its objects, as far as both sides have as many of them."""
    node: Any = record
    said: list[str] = []
    lists = [(number, step) for number, step in enumerate(steps) if step == "*"]
    for name in place.split("/"):
        if name == "*" and lists:
            at = lists.pop(0)[0]
            for token in tokens[:at]:
                message = _inside(message, token)
            same = isinstance(node, list) and isinstance(message, list) and len(node) == len(message)
            name = tokens[at] if same else "*"
            message = _inside(message, tokens[at])
            tokens = tokens[at + 1 :]
            lists = [(number - at - 1, step) for number, step in lists]
        said.append(name)
        node = _inside(node, name)
    return "/".join(said)


def _fill(said: Filled, steps: list[str]) -> None:
    name, rest = steps[0], steps[1:]
    if rest and rest[0].startswith("["):
        key, _, value = rest[0].strip("[]").partition("=")
        held = said.get(name)
        choices = list(held.choices) if isinstance(held, ByKind) else []
        inner: Any = next((below for k, v, below in choices if (k, v) == (key, value)), None)
        if inner is None:
            inner = {key: None}
            said[name] = ByKind((*choices, (key, value, inner)))
        if len(rest) > 1:
            _fill(inner, rest[1:])
        return
    below = rest[1:] if rest and rest[0] == "*" else rest
    if not below:
        said.setdefault(name, None)
        return
    if not isinstance(said.get(name), dict):
        said[name] = {}
    _fill(said[name], below)
