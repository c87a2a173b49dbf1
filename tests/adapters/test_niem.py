"""What the NIEM adapter reads and writes is valid by the schemas of NIEM 6.0."""

from __future__ import annotations

from functools import cache

import pytest
from lxml import etree

from ilink_runtime.adapters.wrapping import wrapped
from tests.adapters.bundled import FOLDERS, ROOT, Example, entries, examples, module, written

NAME = "us-niem-warrant"
NIEM = ROOT.parent / "shared/data/formats/niem-6/xsd"
#: Examples that say on purpose what no schema allows.
INVALID = {"12-not-a-day"}
XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_a_warrant_is_valid_niem(example: Example, schema: etree.XMLSchema) -> None:
    assert schema.validate(etree.fromstring(example.national)) != (example.path.stem in INVALID)


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_what_is_written_without_leftovers_is_valid_niem(example: Example, schema: etree.XMLSchema) -> None:
    (entry,) = entries(NAME, example.national)
    there = module(NAME).to_standard(entry.tree)
    back = module(NAME).to_national(there.tree)
    schema.assertValid(etree.fromstring(written(NAME, [back.tree])))


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_what_goes_out_in_its_wrapper_is_valid_niem(example: Example, schema: etree.XMLSchema) -> None:
    (entry,) = entries(NAME, example.national)
    there = module(NAME).to_standard(entry.tree)
    back = module(NAME).to_national(there.tree, there.leftovers)
    whole = etree.fromstring(written(NAME, [wrapped(back.tree, there.tree, {"owner": "US"})]))
    assert whole.findtext("ILINK_OWNER") == "US"
    assert schema.validate(whole) != (example.path.stem in INVALID), schema.error_log
    expires = whole.find("ILINK_EXPIRES_AT")
    assert expires is not None
    whole.remove(expires)
    assert not schema.validate(whole), "half a wrapper is none"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    """The message's schema over a subset of NIEM: what is declared in files that are not here is left out."""
    if not NIEM.is_dir():
        pytest.skip("the NIEM 6.0 schemas are not there (../shared/data/formats/niem-6)")
    folder = tmp_path_factory.mktemp("niem")
    for name, tree in _subset().items():
        path = folder / "niem" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(etree.tostring(tree))
    (folder / "warrant.xsd").write_bytes((FOLDERS / NAME / "warrant.xsd").read_bytes())
    return etree.XMLSchema(etree.parse(folder / "warrant.xsd"))


@cache
def _subset() -> dict[str, etree._Element]:
    trees = {
        str(path.relative_to(NIEM)): etree.parse(path).getroot()
        for path in sorted(NIEM.rglob("*.xsd"))
        if path.name in ("niem-core.xsd", "justice.xsd", "structures.xsd", "niem-xs.xsd")
    }
    spaces = {tree.get("targetNamespace") for tree in trees.values()}
    for tree in trees.values():
        for element in tree.findall(f"{XS}import"):
            if element.get("namespace") not in spaces:
                tree.remove(element)
    while _left_out(trees):
        pass
    return trees


def _left_out(trees: dict[str, etree._Element]) -> bool:
    """Removes what names a declaration that is not there; whether there was any."""
    known = {
        (kind, f"{{{tree.get('targetNamespace')}}}{element.get('name')}")
        for tree in trees.values()
        for element in tree.iterchildren("{*}*")
        for kind in ("type" if element.tag.endswith("Type") else element.tag,)
    }
    found = False
    for tree in trees.values():
        for element in list(tree.iter(f"{XS}element", f"{XS}attribute", f"{XS}attributeGroup")):
            parent = element.getparent()
            if not _stands(element, known) and parent is not None:
                parent.remove(element)
                found = True
        for element in list(tree.iter(f"{XS}extension", f"{XS}restriction", f"{XS}union", f"{XS}list")):
            if not _stands(element, known):
                top = next(one for one in (element, *element.iterancestors()) if one.getparent() is tree)
                tree.remove(top)
                found = True
    return found


def _stands(element: etree._Element, known: set[tuple[str, str]]) -> bool:
    named = [("type", element.get(word)) for word in ("type", "base", "itemType")]
    named += [("type", word) for word in (element.get("memberTypes") or "").split()]
    named += [(f"{XS}element", element.get("substitutionGroup")), (str(element.tag), element.get("ref"))]
    for kind, name in named:
        if name is None or not name or name.startswith("xs:"):
            continue
        prefix, _, local = name.rpartition(":")
        if (kind, f"{{{element.nsmap.get(prefix or None)}}}{local}") not in known:
            return False
    return True
