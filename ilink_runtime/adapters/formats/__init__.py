"""National formats: how records are read out of bytes and written back, one module a format.

A reader gives entries one by one, a bad record as a trouble with its line, so that the rest goes on.
What is read and written again gives the same tree; comments and white space between elements are lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ilink_runtime.adapters.formats import csv_text, fixed_width, json_text, keyed_text, xml_text
from ilink_runtime.adapters.formats.entries import Entry, Source, Spec, Unreadable
from ilink_runtime.adapters.trees import Tree

__all__ = ["Entry", "Source", "Spec", "Unreadable", "read", "write"]

_READERS: dict[str, Callable[[Source, Spec], Iterator[Entry]]] = {
    "csv": csv_text.read,
    "fixed": fixed_width.read,
    "json": json_text.read,
    "keyed": keyed_text.read,
    "xml": xml_text.read,
}
_WRITERS: dict[str, Callable[[Iterable[Tree], Spec], Iterator[bytes]]] = {
    "csv": csv_text.write,
    "fixed": fixed_width.write,
    "json": json_text.write,
    "keyed": keyed_text.write,
    "xml": xml_text.write,
}


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """The records of a file, one by one. Unreadable when it is not of that format at all."""
    return _READERS[spec.type](source, spec)


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """The bytes of records, piece by piece. Unreadable when a value cannot stand in that format."""
    return _WRITERS[spec.type](records, spec)
