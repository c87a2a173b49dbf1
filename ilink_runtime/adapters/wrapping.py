"""What goes out in a national format keeps whose it is and how it may be used.

A national format rarely has room for owner, status, confidentiality, conditions of use and expiry.
An adapter that says `wrap: yes` has them written beside the record's own places, under names of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ilink_runtime.adapters.trees import Tree

#: What must not be lost: the envelope's words for it, and where in the message the sender says the rest.
FACTS = ("owner", "status", "confidentiality", "conditions_of_use", "expires_at")
PREFIX = "ILINK_"
#: Where a message says those facts that travel whole beside the record.
CARRIED = ("/handling/confidentiality", "/handling/conditions_of_use")


def wrapped(record: Tree, message: Tree, envelope: Mapping[str, Any]) -> Tree:
    """A record with the facts of its message; `envelope` says owner, status and expires_at.

    A fact that nobody said stands there empty, so that a reader sees that it was not forgotten. A list
    is one text, its codes between blanks.
    """
    handling = message.get("handling") or {}
    facts = {
        "owner": envelope.get("owner"),
        "status": envelope.get("status"),
        "confidentiality": handling.get("confidentiality"),
        "conditions_of_use": " ".join(handling.get("conditions_of_use") or ()),
        "expires_at": envelope.get("expires_at") or message.get("review_date"),
    }
    return {**record, **{f"{PREFIX}{name.upper()}": str(facts[name] or "") for name in FACTS}}


def unwrapped(record: Tree) -> Tree:
    """A record that comes in without these facts: the system itself knows whose it is."""
    names = {f"{PREFIX}{name.upper()}" for name in FACTS}
    return {name: value for name, value in record.items() if name not in names}
