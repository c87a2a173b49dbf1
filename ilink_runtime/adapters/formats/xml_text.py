"""XML with namespaces: an element is a text, or an object of its attributes, children and text.

Where a mapping reads one value and the element is repeated, the further ones stand under `name[2]`,
`name[3]`: a place that nobody reads, so that they are left over and come back.

No document type, no entity of its own and nothing outside the file is read. `records` names the
element that is a record; `root` what stands around the records that are written. A public schema may
have no room for whose a record is: then a `wrapper` holds that beside the record. `sequences` are the
children of an element in the order of such a schema, `fills` what it does not let be missing.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from ilink_runtime.adapters.formats.entries import Entry, Source, Spec, Unreadable
from ilink_runtime.adapters.formats.letters import lacking
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.wrapping import PREFIX

TEXT = "#text"
#: What can stand at a place that must not be missing: the time of writing, an identifier of the record's
#: content (the same content, the same identifier), or an element without any.
FILLS = ("now", "id", "nothing")
#: Elements inside one another; a record that is nested deeper is not read.
DEEPEST = 100
#: The place of a child below a path of elements.
Rank = Callable[[tuple[str, ...], str], int]


def read(source: Source, spec: Spec) -> Iterator[Entry]:
    """A record for each element of that name, as soon as it ends."""
    prefixes = {uri: prefix for prefix, uri in spec.namespaces.items()}
    wanted = _qualified(spec.option("records") or spec.option("root"), spec)
    events = etree.iterparse(
        source,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = 0
    try:
        for event, element in events:
            depth += 1 if event == "start" else -1
            if event == "start":
                if element.getroottree().docinfo.doctype:
                    raise Unreadable(1, "doctype")
                if depth > DEEPEST:
                    raise Unreadable(_line(element), "too_deep", value=DEEPEST)
            elif element.tag == wanted:
                yield Entry(_line(element), _tree(element, (), prefixes, spec))
                element.clear()
    except etree.XMLSyntaxError as error:
        yield Entry(error.lineno or 1, trouble=Trouble("not_xml", "", error.msg or ""))


def write(records: Iterable[Tree], spec: Spec) -> Iterator[bytes]:
    """The records inside the root, or each a document of its own when the root is the record."""
    name, root = spec.option("records") or spec.option("root"), spec.option("root")
    spaces: Any = {prefix or None: uri for prefix, uri in spec.namespaces.items()}
    rank = _ranks(spec, name)
    inside = root and root != name
    if inside:
        declared = "".join(
            f' xmlns{":" + p if p else ""}="{_escaped(u)}"' for p, u in spec.namespaces.items()
        )
        yield f'<?xml version="1.0" encoding="{spec.encoding}"?>\n<{root}{declared}>\n'.encode(spec.encoding)
    for record in records:
        facts, record = _apart(record, spec)
        whole = etree.Element(_qualified(spec.option("wrapper") if facts else name, spec), nsmap=spaces)
        try:
            _fill(whole, facts, (), spec, rank)
            element = etree.SubElement(whole, _qualified(name, spec)) if facts else whole
            _fill(element, _filled(record, spec), (), spec, rank)
        except ValueError as error:
            raise Unreadable(0, "not_in_format", name, str(error)) from None
        text: Any = etree.tostring(whole, encoding=spec.encoding, xml_declaration=not inside)
        yield bytes(text) + b"\n"
    if inside:
        yield f"</{root}>\n".encode(spec.encoding)


def _tree(element: Any, path: tuple[str, ...], prefixes: dict[str, str], spec: Spec) -> Any:
    found: Tree = {f"@{_prefixed(str(name), prefixes)}": value for name, value in element.attrib.items()}
    counts: Counter[str] = Counter()
    for below in element:
        name = _prefixed(str(below.tag), prefixes)
        place = (*path, name)
        value = _tree(below, place, prefixes, spec)
        counts[name] += 1
        if counts[name] == 1:
            found[name] = value
        elif place not in spec.lists:
            found[f"{name}[{counts[name]}]"] = value
        elif counts[name] == 2:
            found[name] = [found[name], value]
        else:
            found[name].append(value)
    text = (element.text or "").strip()
    if not found:
        return text
    return {**found, TEXT: text} if text else found


def _apart(record: Tree, spec: Spec) -> tuple[Tree, Tree]:
    """What stands beside a record in its wrapper, and the record; all of it where there is no wrapper."""
    if not spec.option("wrapper"):
        return {}, record
    facts = {name: value for name, value in record.items() if name.startswith(PREFIX)}
    return facts, {name: value for name, value in record.items() if name not in facts}


def _filled(record: Tree, spec: Spec) -> Tree:
    """A record in which what must not be missing stands wherever the element around it does."""
    if not spec.fills:
        return record
    content = json.dumps(record, sort_keys=True)
    made = {
        "now": datetime.now(UTC).isoformat(timespec="seconds"),
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, content)),
    }
    whole = copy.deepcopy(record)
    for place, what in spec.fills.items():
        *above, name = place.split("/")
        for holder in _holders(whole, above):
            holder.setdefault(name, made.get(what, {}))
    return whole


def _holders(value: Any, path: list[str]) -> Iterator[Tree]:
    """Every element at a path, repeated ones too."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and not path:
            yield one
        elif isinstance(one, dict):
            for name, inner in list(one.items()):
                if _once(name) == path[0]:
                    yield from _holders(inner, path[1:])


def _ranks(spec: Spec, record: str) -> Rank:
    """Where an element stands among its siblings: as its schema says, else as the rules name the places."""
    sequences = {
        parent: {name: number for number, name in enumerate(names.split())}
        for parent, names in spec.sequences.items()
    }
    order = {place: number for number, place in enumerate(_parents(spec.order))}

    def rank(path: tuple[str, ...], name: str) -> int:
        sequence = sequences.get(path[-1] if path else record)
        if sequence is not None:
            return sequence.get(name, len(sequence))
        return order.get((*path, name), len(order))

    return rank


def _fill(element: Any, value: Any, path: tuple[str, ...], spec: Spec, rank: Rank) -> None:
    if not isinstance(value, dict):
        element.text = _text(value, spec)
        return
    for numbered, inner in sorted(value.items(), key=lambda item: rank(path, _once(item[0]))):
        name = _once(numbered)
        if name == TEXT:
            element.text = _text(inner, spec)
        elif name.startswith("@"):
            element.set(_qualified(name[1:], spec, attribute=True), _text(inner, spec))
        else:
            for one in inner if isinstance(inner, list) else [inner]:
                below = etree.SubElement(element, _qualified(name, spec))
                _fill(below, one, (*path, name), spec, rank)


def _once(name: str) -> str:
    """The name of an element without the number of its repetition."""
    return name.partition("[")[0]


def _parents(places: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Every place and all above it, in the order in which the rules first name them."""
    found: dict[tuple[str, ...], None] = {}
    for place in places:
        for length in range(1, len(place) + 1):
            found.setdefault(place[:length])
    return list(found)


def _text(value: Any, spec: Spec) -> str:
    text = "true" if value is True else "false" if value is False else str(value)
    try:
        etree.Element("x").text = text
    except ValueError:
        raise Unreadable(0, "not_in_format", TEXT, text) from None
    if (letters := spec.option("letters")) and (letter := lacking(text, letters)):
        raise Unreadable(0, "no_letter", letters, f"{letter!r} (U+{ord(letter):04X})")
    return text


def _qualified(name: str, spec: Spec, attribute: bool = False) -> str:
    prefix, colon, local = name.rpartition(":")
    uri = spec.namespaces.get(prefix)
    if uri is None and colon:
        return name
    return f"{{{uri}}}{local}" if uri and (colon or not attribute) else local


def _prefixed(tag: str, prefixes: dict[str, str]) -> str:
    if not tag.startswith("{"):
        return tag
    uri, _, local = tag[1:].partition("}")
    prefix = prefixes.get(uri)
    return tag if prefix is None else f"{prefix}:{local}" if prefix else local


def _escaped(uri: str) -> str:
    return uri.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _line(element: Any) -> int:
    return int(element.sourceline or 1)
