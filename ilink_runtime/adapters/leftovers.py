"""Leftovers: what one direction could not carry, kept so that the other direction can restore it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from typing import Any

from ilink_runtime.adapters.notes import Carried, Notes, Trouble
from ilink_runtime.adapters.trees import Carries, Tree, leaves, put_back, without_dropped

#: The parts of leftovers: what was not read, originals by their place, and the whole with what it
#: becomes on the way back, where pieces do not suffice.
UNREAD = "unread"
ORIGINALS = "originals"
WHOLE = "whole"

#: One direction without leftovers, as an adapter compiles it.
OneWay = Callable[[Tree, Notes], Tree]


def carried(
    source: Tree, shape: Carries, target: Tree, notes: Notes, theirs: Tree | None, back: OneWay
) -> Carried:
    """Concludes one direction: what of `source` stays behind, and what of `theirs` is restored in `target`.

    `theirs` are the leftovers of the opposite direction, if there are any; `back` is that direction.
    """
    unread = shape.remainder(source)
    homeless: list[str] = []
    if theirs:
        target, homeless = _restored(target, theirs)
    left: Tree = {}
    if unread:
        left[UNREAD] = unread
    if notes.originals:
        left[ORIGINALS] = notes.originals
    if notes.doubtful:
        kept = without_dropped(source, shape)
        if _restored(back(target, Notes()), left)[0] != kept:
            left[WHOLE] = [back(target, Notes()), kept]
    lost = leaves(unread)
    if homeless:
        lost += [f"/{path}" for path in homeless]
    return Carried(target, left, tuple(lost), tuple(notes.troubles), tuple(notes.machine), notes.contents)


def divided(left: Tree, central: Collection[str]) -> tuple[Tree, Tree]:
    """Leftovers in two: those of the places that the system keeps for their owner, and the sender's.

    What is needed whole stays with the sender: it may hold what no reason covers.
    """
    kept: Tree = {}
    returned = copy.deepcopy(left)
    for place in central:
        steps = place.split("/")
        holder: Any = returned.get(UNREAD)
        for step in steps[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and steps[-1] in holder:
            inner = kept.setdefault(UNREAD, {})
            for step in steps[:-1]:
                inner = inner.setdefault(step, {})
            inner[steps[-1]] = holder.pop(steps[-1])
        for at in list(returned.get(ORIGINALS) or ()):
            if at == place or at.startswith(f"{place}/"):
                kept.setdefault(ORIGINALS, {})[at] = returned[ORIGINALS].pop(at)
    return kept, {part: held for part, held in returned.items() if held}


def without_contents(left: Any, texts: Collection[str]) -> Any:
    """Leftovers less the texts of files: those are stored, and given out by their hash."""
    if isinstance(left, dict):
        return {
            name: without_contents(value, texts)
            for name, value in left.items()
            if not (isinstance(value, str) and value in texts)
        }
    return [without_contents(value, texts) for value in left] if isinstance(left, list) else left


def together(kept: Tree, returned: Tree) -> Tree:
    """The leftovers that `divided` took apart; the sender's own win."""
    found = copy.deepcopy(kept)
    for part, held in returned.items():
        found[part] = _merged(found.get(part), held)
    return found


def _merged(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _merged(one.get(key), value) for key, value in other.items()}}


def consented(message: Tree) -> bool:
    """Whether its sender lets an extract of it be made public."""
    return message.get("public_extract_consent") is True


def not_consented() -> Carried:
    """Nothing goes out, and why."""
    return Carried({}, {}, (), (Trouble("not_public", "public_extract_consent", None),))


def _restored(target: Tree, theirs: Tree) -> tuple[Tree, list[str]]:
    """A tree with what leftovers hold for it, and the paths of what found no place."""
    match theirs.get(WHOLE):
        case [given_back, dict() as whole] if given_back == target:
            return whole, []
    homeless = put_back(target, _object(theirs, UNREAD))
    return target, homeless + _originals(target, _object(theirs, ORIGINALS))


def _object(theirs: Tree, part: str) -> Tree:
    """A part of leftovers, which come from outside and may be anything."""
    found = theirs.get(part)
    return found if isinstance(found, dict) else {}


def _originals(tree: Tree, originals: Tree) -> list[str]:
    """Puts what stood at a place where the same came out again; the places that are no longer there."""
    homeless: list[str] = []
    for place, both in originals.items():
        if not isinstance(both, list) or len(both) != 2:
            homeless.append(place)
            continue
        given_back, stood = both
        holder, key = _holder(tree, _steps(place), make=given_back is None)
        if holder is None:
            homeless.append(place)
            continue
        now = holder.get(key) if isinstance(holder, dict) else holder[key]
        if now != given_back:
            continue  # changed since: what stood there is no longer meant
        if stood is None and isinstance(holder, dict):
            holder.pop(key, None)
        else:
            holder[key] = stood
    return homeless


def _steps(place: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")]


def _holder(tree: Any, path: list[str], *, make: bool) -> tuple[Any, Any]:
    """The object or list that holds the last name of a path; missing objects are made where they may be."""
    for name in path[:-1]:
        if isinstance(tree, list):
            tree = _item(tree, name)
        elif isinstance(tree, dict) and name == "0" and name not in tree:
            continue  # an element of XML that is not repeated stands alone
        elif isinstance(tree, dict):
            tree = tree.setdefault(name, {}) if make else tree.get(name)
        else:
            return None, None
    last = path[-1]
    if isinstance(tree, list):
        return (tree, int(last)) if last.isdigit() and int(last) < len(tree) else (None, None)
    return (tree, last) if isinstance(tree, dict) else (None, None)


def _item(values: list[Any], name: str) -> Any:
    """The object of a list by its number, or the first one with a value: `[document_type=passport]`."""
    if name.isdigit():
        return values[int(name)] if int(name) < len(values) else None
    key, _, wanted = name.strip("[]").partition("=")
    return next((one for one in values if isinstance(one, dict) and one.get(key) == wanted), None)
