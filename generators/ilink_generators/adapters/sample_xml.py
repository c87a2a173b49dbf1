"""Samples in XML: the words of their format, and what an XSD says of a document's places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ilink_generators.adapters.sample import Sample, SampleRefused

_XS = "{http://www.w3.org/2001/XMLSchema}"
#: A value of a type of XML Schema, by which a place is known as a date, a number or a truth value.
_EXAMPLES: dict[str, list[Any]] = {"date": ["2001-01-31"], "gYear": ["2001"], "boolean": ["true", "false"]}


def _parsed(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SampleRefused(f"line {error.lineno or 1}: this is not XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise SampleRefused("a document type is not accepted.")
    return root


def xml_format(data: bytes) -> dict[str, Any]:
    """The root, the element of a record and the namespaces. SampleRefused when it is no XML."""
    root = _parsed(data)
    spaces: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if uri not in spaces.values():
                wanted = prefix or ("n" if root.nsmap.get(None) != uri else "")
                spaces[wanted if wanted not in spaces else f"n{len(spaces)}"] = uri
    names = [_name(below.tag, spaces) for below in root.iterchildren(etree.Element)]
    said: dict[str, Any] = {"type": "xml", "root": _name(root.tag, spaces)}
    alone = len(names) == 1 and len(root[0]) > 1 and not root.attrib
    if alone or (len(names) > 1 and len(set(names)) == 1):
        said["records"] = names[0]
    return {**said, **({"namespaces": spaces} if spaces else {})}


def _name(tag: str, spaces: dict[str, str]) -> str:
    uri, found, local = tag.rpartition("}")
    prefix = next((prefix for prefix, one in spaces.items() if one == uri[1:]), "") if found else ""
    return f"{prefix}:{local}" if prefix else local


def xsd(data: bytes) -> Sample:
    """The places of the first element of a schema, down its types; an element that repeats is a list."""
    return _Schema(_parsed(data)).sample()


class _Schema:
    def __init__(self, schema: Any) -> None:
        self._types = {one.get("name"): one for one in schema.findall(f"{_XS}complexType")}
        self._simple = {one.get("name"): one for one in schema.findall(f"{_XS}simpleType")}
        self._roots = {one.get("name"): one for one in schema.findall(f"{_XS}element")}
        self._qualified = schema.get("elementFormDefault") == "qualified"
        self._uri = schema.get("targetNamespace") or ""
        self._prefix = "n:" if self._uri else ""

    def sample(self) -> Sample:
        """The places of the root, or of the one element in it that repeats."""
        if not self._roots:
            raise SampleRefused("the schema declares no element.")
        used = {
            self._local(one.get("ref")) for root in self._roots.values() for one in root.iter(f"{_XS}element")
        }
        used |= {self._local(one.get("ref")) for type_ in self._types.values() for one in type_.iter()}
        name = next((name for name in self._roots if name not in used), next(iter(self._roots)))
        sample = Sample({"type": "xml", "root": f"{self._prefix}{name}"})
        if self._uri:
            sample.format["namespaces"] = {"n": self._uri}
        self._walk(self._roots[name], "", (), sample)
        if not sample.values and len(sample.lists) == 1:
            ((place, inner),) = sample.lists.items()
            if "/" not in place:
                sample.format["records"] = place
                return inner
        return sample

    def _walk(self, element: Any, above: str, seen: tuple[str, ...], sample: Sample) -> None:
        body, type_name = self._body(element)
        if body is None or type_name in seen:
            if above:
                sample.values.setdefault(above, self._examples(element))
            return
        deeper = (*seen, type_name) if type_name else seen
        for attribute in body.iter(f"{_XS}attribute"):
            if attribute.get("name") and _owner(attribute) is body:
                place = f"{above}/@{attribute.get('name')}" if above else f"@{attribute.get('name')}"
                sample.values.setdefault(place, self._examples(attribute))
        text = body.find(f"{_XS}simpleContent")
        if text is not None and above:
            sample.values.setdefault(
                f"{above}/#text" if len(list(body.iter(f"{_XS}attribute"))) else above, []
            )
        for inner, step, many in self._elements(body, deeper):
            place = f"{above}/{step}" if above else step
            if many and self._body(inner)[0] is not None:
                self._walk(inner, "", deeper, sample.lists.setdefault(place, Sample(sample.format)))
            else:
                self._walk(inner, place, deeper, sample)

    def _elements(self, body: Any, seen: tuple[str, ...]) -> Iterator[tuple[Any, str, bool]]:
        """The elements of a type, those of the type that it extends before them."""
        for extension in body.iter(f"{_XS}extension"):
            base = self._local(extension.get("base"))
            if base in self._types and base not in seen and _owner(extension) is body:
                yield from self._elements(self._types[base], (*seen, base))
        for below in body.iter(f"{_XS}element"):
            if _owner(below) is body and (below.get("name") or below.get("ref")):
                reference = self._local(below.get("ref"))
                prefix = self._prefix if self._qualified or reference else ""
                many = any(
                    one.get("maxOccurs", "1") not in ("0", "1")
                    for one in (below, *below.iterancestors(f"{_XS}sequence", f"{_XS}choice"))
                    if one is below or _owner(one) is body
                )
                yield self._roots.get(reference, below), f"{prefix}{below.get('name') or reference}", many

    def _body(self, element: Any) -> tuple[Any, str]:
        """The complex type of an element and its name; None for a text."""
        name = self._local(element.get("type"))
        inline = element.find(f"{_XS}complexType")
        return (self._types.get(name) if inline is None else inline), name

    def _examples(self, element: Any) -> list[Any]:
        """Values that the type of a text allows: those that it lists, or one that shows what it is."""
        name = self._local(element.get("type"))
        simple = element.find(f"{_XS}simpleType")
        simple = self._simple.get(name) if simple is None else simple
        if simple is None:
            return list(_EXAMPLES.get(name, ()))
        listed = [one.get("value") for one in simple.iter(f"{_XS}enumeration")]
        based = (self._local(one.get("base")) for one in simple.iter(f"{_XS}restriction"))
        return listed or list(_EXAMPLES.get(next(based, ""), ()))

    @staticmethod
    def _local(name: str | None) -> str:
        return (name or "").rpartition(":")[2]


def _owner(element: Any) -> Any:
    """The type inside which an element is declared."""
    return next(element.iterancestors(f"{_XS}complexType"), None)
