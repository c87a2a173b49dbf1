"""JSON: one record, a list of them, or a record a line; strict, as all JSON that comes in.

`records: _embedded/notices` names the list inside an object. `pairs: Attribute` says that a record
holds its values as a list of objects with a name and a value; `key` and `value` name them. Without
`value` the objects may have more members, as those of MISP do: each stands under its name, without it.
`kind` names the member that says of what kind each is, and `kinds` what that is for each name: it is
taken out where it is so, and written. A name that is repeated where a mapping reads one stands under
`name[2]`, which nobody reads, so that it is left over and comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ilink_runtime import strict_json
from ilink_runtime.adapters.formats.entries import LONGEST, Entry, Source, Spec, Unreadable
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.problems import Problem

#: Values of one file; more come as one record a line.
MOST_VALUES = 2_000_000


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """The records; what is not an object is a trouble."""
    data = source.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise Unreadable(1, "too_long", value=LONGEST)
    if _is_lines(data):
        for number, line in enumerate(data.splitlines(), start=1):
            if line.strip():
                yield from _record(number, _parsed(line), spec)
        return
    for value in _listed(_parsed(data), spec):
        yield from _record(1, value, spec)


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """A record a line, or inside the list that the format names."""
    path = [name for name in spec.option("records").split("/") if name]
    if not path:
        for record in records:
            yield _dumped(_paired(record, spec)) + b"\n"
        return
    opening = "".join(f"{{{orjson.dumps(name).decode()}:" for name in path)
    yield f"{opening}[".encode()
    for number, record in enumerate(records):
        yield (b"," if number else b"") + _dumped(_paired(record, spec))
    yield f"]{'}' * len(path)}\n".encode()


def _is_lines(data: bytes) -> bool:
    lines = [line for line in data.split(b"\n", 2)[:2] if line.strip()]
    return len(lines) > 1 and all(
        line.strip().startswith(b"{") and line.strip().endswith(b"}") for line in lines
    )


def _parsed(data: bytes) -> Any:
    try:
        return strict_json.read(data, LONGEST, MOST_VALUES)
    except Problem as reason:
        return Trouble("not_json", "", reason.detail)


def _listed(value: Any, spec: Spec) -> list[Any]:
    for name in filter(None, spec.option("records").split("/")):
        if isinstance(value, dict) and name in value:
            value = value[name]
    return value if isinstance(value, list) else [value]


def _record(line: int, value: Any, spec: Spec) -> Iterator[Entry]:
    if isinstance(value, Trouble):
        yield Entry(line, trouble=value)
    elif isinstance(value, dict):
        yield Entry(line, _unpaired(value, spec))
    else:
        yield Entry(line, trouble=Trouble("not_an_object", "", value))


def _unpaired(record: Tree, spec: Spec) -> Tree:
    """The values of a list of pairs by their names, each a list; everything else stays."""
    name, key, value = (spec.option(word) for word in ("pairs", "key", "value"))
    if not name or not isinstance(record.get(name), list):
        return record
    found: dict[str, list[Any]] = {}
    for pair in record[name]:
        if not isinstance(pair, dict) or not isinstance(pair.get(key), str):
            return record  # it stays as it is, and nothing of it is lost
        if value and set(pair) != {key, value}:
            return record
        rest = {member: said for member, said in pair.items() if member != key}
        kind = spec.option("kind")
        if kind and rest.get(kind, "") == spec.kinds.get(pair[key]):
            del rest[kind]
        found.setdefault(pair[key], []).append(pair[value] if value else rest)
    return {**record, name: dict(_named(found, name, spec))}


def _named(found: dict[str, list[Any]], name: str, spec: Spec) -> Iterator[tuple[str, Any]]:
    for known, some in found.items():
        if (name, known) in spec.lists:
            yield known, some
            continue
        for number, one in enumerate(some, start=1):
            yield known if number == 1 else f"{known}[{number}]", one


def _paired(record: Tree, spec: Spec) -> Tree:
    name, key, value = (spec.option(word) for word in ("pairs", "key", "value"))
    if not name or not isinstance(record.get(name), dict):
        return record
    pairs = [
        {key: known, value: one} if value else {key: known, **_kind(known, spec), **_members(one)}
        for numbered, said in record[name].items()
        for known in [numbered.partition("[")[0]]
        for one in (said if isinstance(said, list) else [said])
    ]
    return {**record, name: pairs}


def _kind(name: str, spec: Spec) -> Tree:
    kind = spec.kinds.get(name)
    return {} if kind is None else {spec.option("kind"): kind}


def _members(one: Any) -> Tree:
    if not isinstance(one, dict):
        raise Unreadable(0, "not_an_object", value=one)
    return one


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise Unreadable(0, "not_in_format", value=str(error)) from None
