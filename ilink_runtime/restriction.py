"""Parts of a message that not everybody may see (RPD-58): taken out before anybody else reads it.

Pure. A part is named by its JSON Pointer (RFC 6901). What is taken out leaves no trace: a list
closes up, what is empty then goes too, and who may not see a part learns nothing of its restriction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from ilink_runtime.bundle import Bundle
from ilink_runtime.envelope import AUDIENCE, COLUMNS, CONCEALED, FIELD_RESTRICTIONS, code
from ilink_runtime.validation import Fault
from ilink_runtime.values import Scalar, escape, walk

if TYPE_CHECKING:
    from ilink_runtime.access import Reader

#: Places that the system itself reads: they say what a message is, and who sees it until when.
RESERVED = (
    "/handling",
    *AUDIENCE.values(),
    *(column.source for column in COLUMNS if column.source),
)

_GONE = object()


@dataclass(frozen=True, slots=True)
class Restriction:
    """A part of a message with the bureaus that alone may see it, or those that may not."""

    entry: str  # where the message says so, a JSON Pointer
    pointer: str
    restricted_to: frozenset[str]
    hidden_from: frozenset[str]

    def lets(self, bureau: str) -> bool:
        """Whether a bureau that is not the owner sees the part; where nobody is named, none does."""
        if bureau in self.hidden_from:
            return False
        return bureau in self.restricted_to if self.restricted_to else bool(self.hidden_from)


def restrictions(message: Mapping[str, Any]) -> list[Restriction]:
    """The restrictions that a message says; what is not written as one is passed over."""
    found = _at(message, FIELD_RESTRICTIONS)
    return [
        Restriction(
            f"{FIELD_RESTRICTIONS}/{number}",
            entry["pointer"],
            _codes(entry.get("restricted_to")),
            _codes(entry.get("hidden_from")),
        )
        for number, entry in enumerate(found if isinstance(found, list) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("pointer"), str)
    ]


def redacted(
    message: dict[str, Any], reader: Reader, owner: str, more: Collection[str] = ()
) -> dict[str, Any]:
    """The message as a reader may see it; its owner and the General Secretariat see it whole.

    `more` are pointers that are hidden besides. Of the handling nobody else learns from whom
    something is hidden, nor of any restriction but one that lets the reader's own bureau in.
    """
    if reader.secretariat or reader.bureau == owner:
        return message
    said = restrictions(message)
    if not (said or more or any(_at(message, place) for place in CONCEALED)):
        return message
    hidden = {*more, *(one.pointer for one in said if not one.lets(reader.bureau))}
    _, moved = without(message, hidden)
    own = {one.entry for one in said if reader.bureau in one.restricted_to and one.pointer in moved}
    hidden |= {*CONCEALED, *(one.entry for one in said if one.entry not in own)}
    hidden |= {f"{entry}/hidden_from" for entry in own}
    shown, _ = without(message, hidden)
    for entry in shown.get("handling", {}).get("field_restrictions", ()) if own else ():
        entry["pointer"] = moved[entry["pointer"]]
    return shown


def redacted_versions(versions: Iterable[dict[str, Any]], reader: Reader, owner: str) -> list[dict[str, Any]]:
    """All versions of a message, the oldest first, as a reader may see them.

    What a later version hides is hidden in the earlier ones too. Members of a list may have moved
    since, so of a list that has no hidden member there yet, the whole is hidden.
    """
    shown: list[dict[str, Any]] = []
    later: set[str] = set()
    for message in reversed(list(versions)):
        own = {_whole(one.pointer) for one in restrictions(message) if not one.lets(reader.bureau)}
        shown.append(redacted(message, reader, owner, later - own))
        later |= own
    return shown[::-1]


def open_part(message: dict[str, Any]) -> dict[str, Any]:
    """What of a message nobody is kept from; this alone is searched, connected and shown in lists."""
    hidden = {one.pointer for one in restrictions(message)}
    return without(message, hidden)[0] if hidden else message


def without(message: Mapping[str, Any], hidden: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The message without the parts at some pointers, and where each place that is left stands now."""
    moved: dict[str, str] = {}

    def kept(value: Any, path: str, now: str) -> Any:
        moved[path] = now
        left: Any = value
        if isinstance(value, Mapping):
            left = {}
            for name, member in value.items():
                token = escape(name)
                found = inside(member, f"{path}/{token}", f"{now}/{token}")
                if found is not _GONE:
                    left[name] = found
        elif isinstance(value, list):
            left = []
            for number, member in enumerate(value):
                found = inside(member, f"{path}/{number}", f"{now}/{len(left)}")
                if found is not _GONE:
                    left.append(found)
        if value and isinstance(value, Mapping | list) and not left:
            del moved[path]
            return _GONE
        return left

    def inside(member: Any, path: str, now: str) -> Any:
        return _GONE if path in hidden else kept(member, path, now)

    left = kept(message, "", "")
    return ({} if left is _GONE else left), moved


def faults(bundle: Bundle, message_type: str, message: Any) -> Iterator[Fault]:
    """Restrictions that would protect nothing, or hide what the system itself must read."""
    said = restrictions(message) if isinstance(message, Mapping) else ()
    if not said:
        return
    _, places = without(message, ())
    reserved = {
        *RESERVED,
        *(
            part.path
            for part in walk(bundle, message_type, message)
            if isinstance(part, Scalar) and part.slot.name == part.owner.designator
        ),
    }
    for one in said:
        if any(_touch(one.pointer, place) for place in reserved):
            yield Fault("cannot_be_restricted", f"{one.entry}/pointer")
        elif one.pointer not in places:
            yield Fault("leads_nowhere", f"{one.entry}/pointer")


def may_be_restricted(pointer: str) -> bool:
    """Whether a part of a message may be hidden from somebody, as far as its place tells."""
    return not any(_touch(pointer, place) for place in RESERVED)


def _at(message: Mapping[str, Any], pointer: str) -> Any:
    """What stands in objects at a place, or None."""
    found: Any = message
    for token in pointer.split("/")[1:]:
        found = found.get(token) if isinstance(found, Mapping) else None
    return found


def _touch(one: str, other: str) -> bool:
    """Whether two places are the same, or one stands in the other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _whole(pointer: str) -> str:
    """The place itself, or the outermost list that it stands in."""
    return "/".join(takewhile(lambda token: not token.isdigit(), pointer.split("/")))


def _codes(found: Any) -> frozenset[str]:
    return frozenset(map(code, found)) if isinstance(found, list) else frozenset()
