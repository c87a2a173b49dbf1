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
        homeless = _restore(target, theirs.get(ORIGINALS) or {})
        homeless += put_back(target, theirs.get(UNREAD) or {})
    unread = remainder(source, shape)
    left: Tree = {}
    if unread:
        left[UNREAD] = unread
    if notes.originals:
        left[ORIGINALS] = notes.originals
    lost = (*leaves(unread), *(f"/{path}" for path in homeless)) if unread or homeless else ()
    return Carried(target, left, lost, tuple(notes.troubles))


def _restore(tree: Tree, originals: dict[str, list[Any]]) -> list[str]:
    """Puts what stood at a place where the same came out again; the places that are no longer there."""
    homeless: list[str] = []
    for place, (given_back, stood) in originals.items():
        holder, key = _holder(tree, place.split("/"), make=given_back is None)
        if holder is None:
            homeless.append(place)
            continue
        now = holder.get(key) if isinstance(holder, dict) else holder[key]
        if now != given_back:
            continue  # changed since: what stood there is no longer meant
        if stood is None:
            del holder[key]
        else:
            holder[key] = stood
    return homeless


def _holder(tree: Any, path: list[str], *, make: bool) -> tuple[Any, Any]:
    """The object or list that holds the last name of a path; those on the way are made where they may be."""
    for name in path[:-1]:
        if isinstance(tree, list):
            tree = tree[int(name)] if name.isdigit() and int(name) < len(tree) else None
        elif isinstance(tree, dict):
            tree = tree.setdefault(name, {}) if make else tree.get(name)
        else:
            return None, None
    last = path[-1]
    if isinstance(tree, list):
        return (tree, int(last)) if last.isdigit() and int(last) < len(tree) else (None, None)
    return (tree, last) if isinstance(tree, dict) else (None, None)
