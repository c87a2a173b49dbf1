"""The kinds of messages that an officer can begin to write, and those that he can write about a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime import effects
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.problems import translatable as _

#: What the button says that opens the form of a request, by its effect.
WORDS = {
    "add": _("Add something"),
    "extend": _("Keep it longer"),
    "suspend": _("Set it aside"),
    "withdraw": _("Withdraw"),
    "cancel": _("Ask the General Secretariat to cancel it"),
}


#: So many message types of a family stand on the home page.
FIRST = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A message type that can be written; a pilot is one that not every bureau takes part in."""

    type: str
    routing: str
    pilot: bool


@dataclass(frozen=True, slots=True)
class Family:
    """The message types of one abstract class."""

    name: str
    kinds: tuple[Kind, ...]

    @property
    def first(self) -> tuple[Kind, ...]:
        """Those that the model puts first: a home page has no room for all."""
        return self.kinds[:FIRST]

    @property
    def asks(self) -> bool:
        """Whether they are questions to the databases."""
        return all(kind.routing == "query" for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class About:
    """A form that can be opened from a message, and what the button says."""

    type: str
    words: str


def families(bundle: Bundle) -> list[Family]:
    """What can be written, in the order of the model; a request is written from the message it concerns."""
    found: dict[str, list[Kind]] = {}
    for name, treatment in bundle.messages.items():
        status = _status(bundle, treatment)
        if treatment["effect"] == "none" and status != "retired":
            kind = Kind(name, treatment["routing"], status == "pilot")
            found.setdefault(treatment["family"], []).append(kind)
    return [Family(name, tuple(kinds)) for name, kinds in found.items()]


def about(bundle: Bundle, reader: Reader, envelope: Mapping[str, Any]) -> list[About]:
    """What a reader can send about a message: requests that it can bear, and the answer to it."""
    if not reader.may_write:
        return []
    owner, message_type, status = envelope["owner"], envelope["type"], envelope["status"]
    own = reader.bureau == owner
    found = []
    for name, treatment in bundle.messages.items():
        effect = treatment["effect"]
        # what anybody may send is meant for others than the owner
        fits = effects.may_send(bundle, name, reader, owner) and own == (treatment["sender"] == "owner")
        if effect != "none" and fits and effects.can_bear(bundle, effect, message_type, status):
            found.append(About(name, WORDS[effect]))
    answer = bundle.messages[message_type]["answered_by"]
    return [About(answer, _("Answer")), *found] if answer and not own else found


def _status(bundle: Bundle, treatment: Mapping[str, Any]) -> str:
    """Whether a notice type is a pilot, in force or retired; in force, when the model does not say."""
    codes = bundle.code_lists.get("NoticeType", {"codes": ()})["codes"]
    known = {code["code"]: code["status"] for code in codes}
    return str(known.get(treatment["notice_type"], "in_force"))
