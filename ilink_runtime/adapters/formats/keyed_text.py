"""Key-prefixed text: `NAM/DOE,JANE.DOB/19800517.SEX/F`, a record a line, as police switches send it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ilink_runtime.adapters.formats.entries import Entry, Source, Spec, Unreadable, encoded, lines
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree

#: What stands before the first key: the kind of the message and its addresses.
HEAD = "head"

#: What ends a line, for us or for whoever reads it, and what stands for nothing in any text.
_NEVER = frozenset("\0\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """A record a line; the text before the first key stands under `head`."""
    for number, line in lines(source, spec.encoding):
        if isinstance(line, Trouble):
            yield Entry(number, trouble=line)
            continue
        if not line.strip():
            continue
        yield _entry(number, line, spec)


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """A line a record, in the order of the rules. Unreadable when a value has no room in its line."""
    separator, key_end = spec.option("separator", "."), spec.option("key", "/")
    known = [place[0] for place in spec.order]
    for record in records:
        names = [*(name for name in known if name in record), *(name for name in record if name not in known)]
        said = {name: _written(name, str(record[name]), spec) for name in names}
        parts = [said.pop(HEAD)] if HEAD in said else []
        parts += [f"{name}{key_end}{text}" for name, text in said.items()]
        yield encoded(separator.join(parts) + "\n", spec.encoding)


def _written(name: str, text: str, spec: Spec) -> str:
    """A value as it stands between separators; with `doubled`, one within it is written twice."""
    separator, key_end = spec.option("separator", "."), spec.option("key", "/")
    if not _NEVER.isdisjoint(text):
        raise Unreadable(0, "not_in_format", name, text)
    if name == HEAD:
        if key_end in text:
            raise Unreadable(0, "not_in_format", name, text)
        return text
    if separator in name or key_end in name:
        raise Unreadable(0, "not_in_format", name, name)
    if _doubles(spec):
        return text.replace(separator, separator * 2)
    if separator in text:
        raise Unreadable(0, "not_in_format", name, text)
    return text


def _doubles(spec: Spec) -> bool:
    return spec.option("doubled") == "yes"


def _parts(line: str, spec: Spec) -> list[str]:
    """What stands between the separators of a line."""
    separator = spec.option("separator", ".")
    if not _doubles(spec) or separator * 2 not in line:
        return line.split(separator)
    # NUL stands for a doubled separator meanwhile; a line that holds one itself is refused before.
    return [part.replace("\0", separator) for part in line.replace(separator * 2, "\0").split(separator)]


def _entry(number: int, line: str, spec: Spec) -> Entry:
    separator, key_end = spec.option("separator", "."), spec.option("key", "/")
    tree: Tree = {}
    head: list[str] = []
    if "\0" in line:
        return Entry(number, trouble=Trouble("not_a_text", "", None))
    for part in _parts(line, spec):
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
