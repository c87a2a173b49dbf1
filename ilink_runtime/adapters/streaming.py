"""Records through an adapter one by one, in and out: a bad one is told, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any, NamedTuple

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Carried, Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.wrapping import unwrapped, wrapped


class Incoming(NamedTuple):
    """A national record that came in: its number from 1, the line where it begins, what it became.

    A record that could not be read has neither tree nor message. Any trouble hinders it.
    """

    number: int
    line: int
    tree: Tree | None
    carried: Carried | None
    troubles: tuple[Trouble, ...]


class Outgoing(NamedTuple):
    """A message as a national record, with what was lost; any trouble hinders it."""

    tree: Tree
    lost: tuple[str, ...]
    troubles: tuple[Trouble, ...]


def incoming(
    adapter: Loaded, source: IO[bytes], given: Mapping[str, str] | None = None, after: int = 0
) -> Iterator[Incoming]:
    """The records of a source; `given` are places that each has besides, `after` is how many to pass over.

    What is not of the format at all is a trouble where that is seen, and the end.
    """
    number = after
    try:
        for entry in islice(formats.read(source, adapter.spec), after, None):
            number += 1
            if entry.tree is None:
                trouble = entry.trouble or Trouble("not_an_object", "", None)
                yield Incoming(number, entry.line, None, None, (trouble,))
                continue
            tree = {**unwrapped(entry.tree), **(given or {})}
            carried = adapter.to_standard(tree)
            yield Incoming(number, entry.line, tree, carried, carried.troubles)
    except formats.Unreadable as reason:
        yield Incoming(number + 1, reason.line, None, None, (reason.trouble,))


def outgoing(
    adapter: Loaded, message: Tree, theirs: Tree | None = None, envelope: Mapping[str, Any] | None = None
) -> Outgoing:
    """A message as a record that can be written; `theirs` are the leftovers of the way in."""
    kind = message.get("message_type", adapter.described["message"])
    if kind not in (adapter.described["message"], *adapter.described["others"]):
        return Outgoing({}, (), (Trouble("another_type", "message_type", kind),))
    carried = adapter.to_national(message, theirs)
    record = wrapped(carried.tree, message, envelope or {}) if adapter.described["wrap"] else carried.tree
    return Outgoing(record, carried.lost, carried.troubles or _unwritable(adapter, record))


def _unwritable(adapter: Loaded, record: Tree) -> tuple[Trouble, ...]:
    try:
        for _piece in formats.write([record], adapter.spec):
            pass
    except formats.Unreadable as reason:
        return (reason.trouble,)
    return ()
