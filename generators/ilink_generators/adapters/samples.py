"""Reads a sample of a country's records: the words of its format, its places and what stands in them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats import Spec
from ilink_runtime.adapters.formats.entries import ENCODINGS, LONGEST

#: Records of a sample that are looked at.
ENOUGH = 200
_XS = "{http://www.w3.org/2001/XMLSchema}"


class SampleRefused(Exception):
    """A sample that cannot be read."""


@dataclass
class Sample:
    """What a sample shows: the words of its format, and its places with the values that were seen."""

    format: dict[str, Any]
    values: dict[str, list[Any]] = field(default_factory=dict)
    #: Places that hold lists of objects, and what those show.
    lists: dict[str, Sample] = field(default_factory=dict)

    def add(self, tree: dict[str, Any], above: str = "") -> None:
        """Takes note of the places of a record."""
        for name, value in tree.items():
            place = f"{above}/{name}" if above else name
            if isinstance(value, dict):
                self.add(value, place)
            elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
                inner = self.lists.setdefault(place, Sample(self.format))
                for one in value:
                    if isinstance(one, dict):
                        inner.add(one)
            else:
                self.values.setdefault(place, []).append(value)


def read(path: Path, encoding: str) -> Sample:
    """What a sample shows. SampleRefused when it cannot be read."""
    if encoding not in ENCODINGS:
        raise SampleRefused(f"{encoding} is no encoding that is known here.")
    data = path.read_bytes()[:LONGEST]
    kind = path.suffix.lower().lstrip(".")
    if kind == "xsd":
        return _xsd(data)
    if kind == "xml" or data.lstrip()[:1] == b"<":
        return _records(data, Sample(_xml_format(data)))
    if kind in ("json", "jsonl", "ndjson") or data.lstrip()[:1] in (b"{", b"["):
        return _records(data, Sample(_json_format(data)))
    try:
        first = data.decode(encoding).splitlines()[0]
    except (UnicodeDecodeError, IndexError):
        raise SampleRefused(f"{path.name} has no first line in {encoding}; name its --encoding.") from None
    delimiter = max(";,|\t", key=first.count)
    said = {"type": "csv", "encoding": encoding, "delimiter": "tab" if delimiter == "\t" else delimiter}
    sample = _records(data, Sample(said))
    for column in next(csv.reader(io.StringIO(first), delimiter=delimiter), []):
        sample.values.setdefault(column.strip(), [])
    return sample


def _records(data: bytes, sample: Sample) -> Sample:
    said = {word: value for word, value in sample.format.items() if isinstance(value, str)}
    spec = Spec(
        said.pop("type"),
        said.pop("encoding", "utf-8"),
        said,
        namespaces=sample.format.get("namespaces") or {},
    )
    try:
        for number, entry in enumerate(formats.read(io.BytesIO(data), spec)):
            if number == ENOUGH:
                break
            if entry.tree is not None:
                sample.add(entry.tree)
    except formats.Unreadable as reason:
        raise SampleRefused(f"line {reason.line}: {reason}.") from None
    if not sample.values and spec.type != "csv":
        raise SampleRefused("no record could be read from it.")
    return sample


def _json_format(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError:
        return {"type": "json"}
    path: list[str] = []
    while isinstance(value, dict):
        name = next((name for name, below in value.items() if _is_list(below)), None)
        only = next(iter(value)) if len(value) == 1 else None
        if name is None or (len(value) > 3 and not path):
            name = only if only and isinstance(value[only], dict) else None
        if name is None:
            return {"type": "json"}
        path.append(name)
        value = value[name]
    return {"type": "json", **({"records": "/".join(path)} if path else {})}


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SampleRefused(f"line {error.lineno or 1}: this is not XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SampleRefused("a document type is not accepted.")
    return root


def _xml_format(data: bytes) -> dict[str, Any]:
    root = _parsed(data)
    spaces: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if uri not in spaces.values():
                wanted = prefix or ("n" if root.nsmap.get(None) != uri else "")
                spaces[wanted if wanted not in spaces else f"n{len(spaces)}"] = uri
    names = [_name(below.tag, spaces) for below in root.iterchildren(etree.Element)]
    said: dict[str, Any] = {"type": "xml", "root": _name(root.tag, spaces)}
    if len(names) > 1 and len(set(names)) == 1:
        said["records"] = names[0]
    return {**said, **({"namespaces": spaces} if spaces else {})}


def _name(tag: str, spaces: dict[str, str]) -> str:
    uri, found, local = tag.rpartition("}")
    prefix = next((prefix for prefix, one in spaces.items() if one == uri[1:]), "") if found else ""
    return f"{prefix}:{local}" if prefix else local


def _xsd(data: bytes) -> Sample:
    """The places of the first element of a schema, down its types; an element that repeats is a list."""
    schema = _parsed(data)
    uri = schema.get("targetNamespace") or ""
    qualified = schema.get("elementFormDefault") == "qualified"
    types = {one.get("name"): one for one in schema.findall(f"{_XS}complexType")}
    roots = {one.get("name"): one for one in schema.findall(f"{_XS}element")}
    if not roots:
        raise SampleRefused("the schema declares no element.")
    prefix = "n:" if uri else ""
    sample = Sample({"type": "xml", "root": f"{prefix}{next(iter(roots))}"})
    if uri:
        sample.format["namespaces"] = {"n": uri}

    def body_of(element: Any) -> tuple[Any, str]:
        type_name = (element.get("type") or "").rpartition(":")[2]
        inline = element.find(f"{_XS}complexType")
        return (types.get(type_name) if inline is None else inline), type_name

    def walk(element: Any, above: str, seen: tuple[str, ...], sample: Sample) -> None:
        body, type_name = body_of(element)
        if body is None or type_name in seen:
            if above:
                sample.values.setdefault(above, ["2001-01-31"] if type_name == "date" else [])
            return
        for below in body.iter(f"{_XS}element"):
            if _owner(below) is not body:
                continue
            reference = (below.get("ref") or "").rpartition(":")[2]
            inner = roots.get(reference, below)
            step = f"{prefix if qualified or reference else ''}{below.get('name') or reference}"
            place = f"{above}/{step}" if above else step
            deeper = (*seen, type_name) if type_name else seen
            if below.get("maxOccurs", "1") != "1" and body_of(inner)[0] is not None:
                walk(inner, "", deeper, sample.lists.setdefault(place, Sample(sample.format)))
            else:
                walk(inner, place, deeper, sample)

    walk(next(iter(roots.values())), "", (), sample)
    return sample


def _owner(element: Any) -> Any:
    """The type inside which an element is declared."""
    return next(element.iterancestors(f"{_XS}complexType"), None)
