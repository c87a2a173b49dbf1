"""A message on its way out: one that a reader may see, in his country's format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.leftovers import not_consented
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.wrapping import wrapped

_MEDIA_TYPES = {
    "csv": "text/csv",
    "fixed": "text/plain",
    "json": "application/json",
    "keyed": "text/plain",
    "xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class National:
    """A national record in bytes, and the JSON Pointers of what it has no place for.

    With troubles there is no record: half a message would be read as the whole.
    """

    record: bytes | None
    lost: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def as_national(
    adapter: Loaded, envelope: Mapping[str, Any], message: Tree, theirs: Tree | None = None
) -> National:
    """A message as its reader may see it (`messages.find`), through his adapter.

    `envelope` says type, owner, status and expires_at; `theirs` are leftovers of the way in, for the
    owner alone. A public extract is made of a published notice only, and only with its sender's consent.
    """
    if not goes_out(adapter.described):
        return National(None, troubles=(Trouble("one_way", "", adapter.name),))
    if envelope["type"] != adapter.described["message"]:
        return National(None, troubles=(Trouble("other_type", "", envelope["type"]),))
    if adapter.described["extract"] and envelope["status"] != "published":
        return National(None, troubles=not_consented().troubles)
    carried = adapter.to_national(message, theirs)
    if carried.troubles:
        return National(None, troubles=carried.troubles)
    record = wrapped(carried.tree, message, envelope) if adapter.described["wrap"] else carried.tree
    try:
        written = b"".join(formats.write([record], adapter.spec))
    except formats.Unreadable as reason:
        return National(None, troubles=(Trouble("not_written", "", str(reason)),))
    return National(written, carried.lost)


def goes_out(described: Mapping[str, Any]) -> bool:
    """Whether an adapter may write at all: it keeps whose a message is, or gives out what is public."""
    return bool(described["wrap"] or described["extract"])


def media_type(adapter: Loaded) -> str:
    """The media type of a record in the adapter's format."""
    kind, encoding = _MEDIA_TYPES[adapter.spec.type], adapter.spec.encoding
    return kind if kind == "application/json" else f"{kind}; charset={encoding.removesuffix('-sig')}"
