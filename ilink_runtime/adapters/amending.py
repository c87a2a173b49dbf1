"""What an amendment by a national record leaves alone: all of the message that no record says.

An officer may have added to a message what the national format has no room for, whom it is hidden from
above all. A record that changes says its own fields anew and nothing else.
"""

from __future__ import annotations

from typing import Any

from ilink_runtime.adapters.places import ByKind, Filled
from ilink_runtime.adapters.trees import BLANK, Tree, leaves
from ilink_runtime.values import escape


def leave_alone(now: Tree, before: Tree, said: Filled, path: str = "") -> list[str]:
    """Adds to a message what stood in its last version that is not said; the pointers of what found no place.

    In a list that has another length now nobody knows which object is which.
    """
    homeless: list[str] = []
    for key, value in before.items():
        here = f"{path}/{escape(key)}"
        if key not in said:
            now.setdefault(key, value)
            continue
        inner, held = said[key], now.get(key)
        if isinstance(inner, ByKind) and isinstance(value, list):
            homeless += _in_chosen(now, key, value, inner, here)
        elif isinstance(inner, dict) and isinstance(value, dict):
            part: Tree = held if isinstance(held, dict) else {}
            homeless += leave_alone(part, value, inner, here)
            if part:
                now[key] = part
        elif isinstance(inner, dict) and isinstance(value, list):
            homeless += _in_list(held if isinstance(held, list) else [], value, inner, here)
    return homeless


def _in_list(held: list[Any], before: list[Any], said: Filled, path: str) -> list[str]:
    homeless: list[str] = []
    same = len(held) == len(before)
    for number, value in enumerate(before):
        part = held[number] if same else {}
        if isinstance(value, dict) and isinstance(part, dict):
            lost = leave_alone(part, value, said, f"{path}/{number}")
            homeless += lost if same else leaves(part, f"{path}/{number}")
    return homeless


def _in_chosen(now: Tree, name: str, before: list[Any], by_kind: ByKind, path: str) -> list[str]:
    """Of a list whose objects are told apart by a value: those that no rule chooses stay whole."""
    homeless: list[str] = []
    held = now.get(name)
    members: list[Any] = held if isinstance(held, list) else []
    taken: set[tuple[str, str]] = set()
    for number, value in enumerate(before):
        choice = next((one for one in by_kind.choices if _is(value, one) and one[:2] not in taken), None)
        if choice is None:
            if value not in members and value not in BLANK:
                members.append(value)
            continue
        taken.add(choice[:2])
        part = next((one for one in members if _is(one, choice)), None)
        gone: Tree = {}
        lost = leave_alone(gone if part is None else part, value, choice[2], f"{path}/{number}")
        homeless += [*leaves(gone, f"{path}/{number}")] if part is None else lost
    if members:
        now[name] = members
    return homeless


def _is(value: Any, choice: tuple[str, str, Filled]) -> bool:
    key, wanted, _said = choice
    return isinstance(value, dict) and value.get(key) == wanted
