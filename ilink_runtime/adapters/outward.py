"""A message on its way out: one that a reader may see, in his country's format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime import restriction
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.streaming import outgoing
from ilink_runtime.adapters.trees import Tree

#: By type of the format: the media type, and how a file of it ends.
_KINDS = {
    "csv": ("text/csv", "csv"),
    "fixed": ("text/plain", "txt"),
    "json": ("application/json", "json"),
    "keyed": ("text/plain", "txt"),
    "xml": ("application/xml", "xml"),
}
#: Encodings whose name at IANA is another one.
_NAMES = {"ascii": "us-ascii", "utf-8-sig": "utf-8"}


@dataclass(frozen=True, slots=True)
class National:
    """A national record in bytes, and the JSON Pointers of what it has no place for.

    With troubles there is no record: half a message would be read as the whole.
    """

    record: bytes | None
    lost: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def as_national(
    adapter: Loaded,
    envelope: Mapping[str, Any],
    audience: Mapping[str, Any],
    message: Tree,
    theirs: Tree | None = None,
) -> National:
    """A message as its reader may see it (`messages.find`), through his adapter.

    `envelope` says type, owner, status and expires_at, `audience` whom it is restricted to or hidden
    from; `theirs` are leftovers of the way in, for the owner alone. A public extract is made of a
    published notice for everybody only, and only with its sender's consent.
    """
    if not goes_out(adapter.described):
        return National(None, troubles=(Trouble("one_way", "", adapter.name),))
    if adapter.described["extract"]:
        if envelope["status"] != "published":
            return National(None, troubles=(Trouble("not_published", "", envelope["status"]),))
        if any(audience.values()):
            return National(None, troubles=(Trouble("not_for_everybody", "", None),))
        message, theirs = restriction.open_part(message), None
    found = outgoing(adapter, message, theirs, envelope)
    if found.troubles:
        return National(None, troubles=found.troubles)
    return National(b"".join(formats.write([found.tree], adapter.spec)), found.lost)


def goes_out(described: Mapping[str, Any]) -> bool:
    """Whether an adapter may write at all: it keeps whose a message is, or gives out what is public."""
    return bool(described["wrap"] or described["extract"])


def carries(described: Mapping[str, Any], message_type: str) -> bool:
    """Whether messages of a type can go through an adapter."""
    return message_type in (described["message"], *described["others"])


def media_type(adapter: Loaded) -> str:
    """The media type of a record in the adapter's format."""
    kind, _ending = _KINDS[adapter.spec.type]
    encoding = adapter.spec.encoding
    return kind if kind == "application/json" else f"{kind}; charset={charset_of(encoding)}"


def file_ending(adapter: Loaded) -> str:
    """How the name of a file of the adapter's format ends."""
    return _KINDS[adapter.spec.type][1]


def charset_of(encoding: str) -> str:
    """The name of an encoding as IANA has it."""
    return _NAMES.get(encoding, encoding)
