"""Key-prefixed text: `NAM/DOE,JANE.DOB/19800517.SEX/F`, a record a line, as police switches send it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ilink_runtime.adapters.formats.entries import Entry, Source, Spec, Unreadable, encoded, lines
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree

#: What stands before the first key: the kind of the message and its addresses.
HEAD = "head"


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """A record a line; the text before the first key stands under `head`."""
    separator, key_end = spec.option("separator", "."), spec.option("key", "/")
    for number, line in lines(source, spec.encoding):
        if isinstance(line, Trouble):
            yield Entry(number, trouble=line)
            continue
        if not line.strip():
            continue
        yield _entry(number, line, separator, key_end)


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """A line a record, in the order of the rules; a value that holds a separator cannot be written."""
    separator, key_end = spec.option("separator", "."), spec.option("key", "/")
    known = [place[0] for place in spec.order]
    for record in records:
        names = [*(name for name in known if name in record), *(name for name in record if name not in known)]
        for name in names:
            if separator in str(record[name]) or (name == HEAD and key_end in str(record[name])):
                raise Unreadable(0, "not_in_format", name, record[name])
        parts = [str(record[HEAD])] if HEAD in record else []
        parts += [f"{name}{key_end}{record[name]}" for name in names if name != HEAD]
        yield encoded(separator.join(parts) + "\n", spec.encoding)


def _entry(number: int, line: str, separator: str, key_end: str) -> Entry:
    tree: Tree = {}
    head: list[str] = []
    for part in line.split(separator):
        key, found, value = part.partition(key_end)
        if not found and not tree:
            head.append(part)
        elif not found:
            return Entry(number, trouble=Trouble("no_key", "", part))
        elif key in tree:
            return Entry(number, trouble=Trouble("key_twice", key, value))
        else:
            tree[key] = value
    if head:
        tree = {HEAD: separator.join(head), **tree}
    return Entry(number, tree)
