"""Leftovers: what one direction could not carry, kept so that the other direction can restore it."""

from __future__ import annotations

from typing import Any

from ilink_runtime.adapters.notes import Carried, Notes
from ilink_runtime.adapters.trees import Shape, Tree, leaves, put_back, remainder

#: The parts of leftovers: what was not read, and originals by their place.
UNREAD = "unread"
ORIGINALS = "originals"


def carried(source: Tree, shape: Shape, target: Tree, notes: Notes, theirs: Tree | None) -> Carried:
    """Concludes one direction: what of `source` stays behind, and what of `theirs` is restored in `target`.

    `theirs` are the leftovers of the opposite direction, if there are any.
    """
    homeless: list[str] = []
    if theirs:
        _restore(target, theirs.get(ORIGINALS) or {})
        homeless = put_back(target, theirs.get(UNREAD) or {})
    unread = remainder(source, shape)
    left: Tree = {}
    if unread:
        left[UNREAD] = unread
    if notes.originals:
        left[ORIGINALS] = notes.originals
    lost = (*leaves(unread), *(f"/{path}" for path in homeless)) if unread or homeless else ()
    return Carried(target, left, lost, tuple(notes.troubles))


def _restore(tree: Tree, originals: dict[str, list[Any]]) -> None:
    """Puts what stood at a place where the same came out again; a changed value stays as it is."""
    for place, (given_back, stood) in originals.items():
        holder, key = _holder(tree, place)
        if holder is None:
            continue
        try:
            now = holder[key]
        except (KeyError, IndexError, TypeError):
            now = None
        if now != given_back:
            continue
        if stood is None:
            del holder[key]
        else:
            holder[key] = stood


def _holder(tree: Any, place: str) -> tuple[Any, Any]:
    *outer, last = place.split("/")
    for name in outer:
        if isinstance(tree, list) and name.isdigit() and int(name) < len(tree):
            tree = tree[int(name)]
        elif isinstance(tree, dict) and name in tree:
            tree = tree[name]
        else:
            return None, None
    if isinstance(tree, list):
        return (tree, int(last)) if last.isdigit() and int(last) < len(tree) else (None, None)
    return (tree, last) if isinstance(tree, dict) else (None, None)
