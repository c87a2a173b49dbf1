"""Reads a sample of a country's records, in any format that adapters know, or the XSD of one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from ilink_generators.adapters.sample import Sample, SampleRefused
from ilink_generators.adapters.sample_text import decoded, text_format
from ilink_generators.adapters.sample_xml import xml_format, xsd
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats import Spec
from ilink_runtime.adapters.formats.entries import ENCODINGS, LONGEST

#: Records of a sample that are looked at.
ENOUGH = 200


def read(path: Path, encoding: str) -> Sample:
    """What a sample shows. SampleRefused when it cannot be read."""
    if encoding not in ENCODINGS:
        raise SampleRefused(f"{encoding} is no encoding that is known here.")
    with path.open("rb") as file:
        data = file.read(LONGEST)
    kind = path.suffix.lower().lstrip(".")
    if kind == "xsd":
        return xsd(data)
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if kind == "xml" or start == b"<":
        return _records(data, xml_format(data))
    if kind in ("json", "jsonl", "ndjson") or start in (b"{", b"["):
        decoded(data, "utf-8", path.name)
        return _records(data, _json_format(data))
    return _records(data, text_format(decoded(data, encoding, path.name), encoding))


def _records(data: bytes, said: dict[str, Any]) -> Sample:
    apart = ("type", "encoding", "namespaces", "columns")
    spec = Spec(
        said["type"],
        said.get("encoding", "utf-8"),
        {word: value for word, value in said.items() if word not in apart},
        namespaces=said.get("namespaces") or {},
        columns=said.get("columns") or {},
    )
    sample = Sample(said)
    trees: list[dict[str, Any]] = []
    wrong = ""
    try:
        for entry in formats.read(io.BytesIO(data), spec):
            if isinstance(entry.tree, dict):
                trees.append(entry.tree)
            elif entry.trouble is not None and not wrong:
                wrong = f" Line {entry.line}: {entry.trouble.code}."
            if len(trees) == ENOUGH:
                break
    except formats.Unreadable as reason:
        raise SampleRefused(f"line {reason.line}: {reason}") from None
    sample.records = len(trees)
    sample.add(trees)
    if not sample.values and not sample.lists:
        names = _names(data, spec) if said["type"] == "csv" else []
        if not names:
            raise SampleRefused(f"no record could be read from it.{wrong}")
        sample.values = {name: [] for name in names}
    return sample


def _names(data: bytes, spec: Spec) -> list[str]:
    """The columns of a CSV that is a line of names and nothing else."""
    first = data.splitlines()[0] + b"\n"
    trees = (entry.tree for entry in formats.read(io.BytesIO(first + first), spec))
    return next((list(tree) for tree in trees if isinstance(tree, dict)), [])


def _json_format(data: bytes) -> dict[str, Any]:
    """The way to the list of records: down the only list of objects, or the only object."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {"type": "json"}
    path: list[str] = []
    while isinstance(value, dict):
        lists = [name for name, below in value.items() if _is_list(below)]
        only = next(iter(value)) if len(value) == 1 else None
        name = lists[0] if len(lists) == 1 and _is_around(value, lists[0]) else None
        if name is None:
            name = only if only is not None and isinstance(value[only], dict) else None
        if name is None or "/" in name:
            return {"type": "json"}
        path.append(name)
        value = value[name]
    return {"type": "json", **({"records": "/".join(path)} if path else {})}


def _is_around(value: dict[str, Any], name: str) -> bool:
    """Whether an object only stands around its list of records: what else it says is little."""
    others = [other for key, other in value.items() if key != name]
    records = value[name]
    return not others or (
        len(others) <= 3
        and not any(isinstance(other, dict | list) for other in others)
        and len(records) > 1
        and len(records[0]) > len(others)
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
