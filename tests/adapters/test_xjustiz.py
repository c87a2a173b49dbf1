"""What the XJustiz adapter reads and writes is valid by the classes made of the schemas of XJustiz 3.6."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree
from xjustiz.model_gen.xjustiz_0500_straf_3_6 import NachrichtStrafFahndung0500016
from xsdata.exceptions import ParserError
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from ilink_runtime.adapters.formats import Unreadable
from ilink_runtime.adapters.formats.letters import lacking
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.wrapping import wrapped
from tests.adapters.bundled import FOLDERS, Example, entries, examples, module, written

NAME = "de-xjustiz-fahndung"
STRICT = ParserConfig(
    fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
)
ROOT = "{http://www.xjustiz.de}nachricht.straf.fahndung.0500016"
#: A person of whom nothing is known but that the person is sought.
LEAST: Tree = {
    "message_type": "WantedPersonDiffusion",
    "purpose": "wanted_person",
    "subject": {"status": "missing"},
}
HANDLING = {"confidentiality": "restricted", "conditions_of_use": ["no_further_transmission"]}
PERSON = (
    "x:grunddaten/x:verfahrensdaten/x:beteiligung/x:beteiligter/x:auswahl_beteiligter/x:natuerlichePerson"
)


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_an_example_is_valid_xjustiz(example: Example) -> None:
    assert not list(_faults(_strictly(example.national)))


@pytest.mark.parametrize("example", examples(NAME), ids=str)
def test_what_goes_out_in_its_wrapper_is_valid_xjustiz(example: Example) -> None:
    (entry,) = entries(NAME, example.national)
    there = module(NAME).to_standard(entry.tree)
    for leftovers in (None, there.leftovers):
        record = module(NAME).to_national(dict(there.tree), leftovers).tree
        outside = etree.fromstring(written(NAME, [wrapped(record, there.tree, {"owner": "DE"})]))
        etree.XMLSchema(etree.parse(FOLDERS / NAME / "wrapped.xsd")).assertValid(outside)
        assert outside.findtext("ILINK_OWNER") == "DE"
        inside = outside.find(ROOT)
        assert inside is not None
        assert not list(_faults(_strictly(etree.tostring(inside))))


def test_the_least_that_can_be_said_is_valid_xjustiz() -> None:
    assert not list(_faults(_strictly(_out(LEAST))))


def test_a_part_of_an_object_brings_with_it_what_its_element_needs() -> None:
    subject = {
        "status": "convicted",
        "country_of_birth": "AT",
        "other_names": [{"kind": "alias", "forename": "X"}],
    }
    warrant = {"kind": "arrest_warrant", "issue_date": "2099-02-03"}
    message = {**LEAST, "subject": subject, "arrest_warrants": [warrant]}
    found = _strictly(_out(message))
    assert not list(_faults(found))
    assert found.fachdaten.haftbefehl.haftart.code == "063"
    assert _strictly(_out(LEAST)).fachdaten.haftbefehl is None, "without a date there is no warrant"


def test_a_wrapped_record_is_read_as_the_bare_one() -> None:
    (bare,) = entries(NAME, _out(LEAST))
    record = module(NAME).to_national(dict(LEAST)).tree
    (inside,) = entries(NAME, written(NAME, [wrapped(record, {**LEAST, "handling": HANDLING}, {})]))
    assert inside.tree is not None
    assert bare.tree is not None
    assert _person(inside.tree) == _person(bare.tree)


def test_the_same_message_has_the_same_identifier_and_another_one_another() -> None:
    other = {**LEAST, "national_reference": "100 Js 1/99"}
    one, again, another = (_strictly(_out(message)) for message in (LEAST, LEAST, other))
    said = [found.nachrichtenkopf.absender.eigene_nachrichten_id for found in (one, again, another)]
    assert said[0] == said[1] != said[2]
    assert one.nachrichtenkopf.erstellungszeitpunkt.year >= 2024


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        (
            "<x:person>\n        <x:ref.rollennummer>1<",
            "<x:person>\n        <x:ref.rollennummer>2<",
            "status",
        ),
        ("<x:rollennummer>1<", "<x:rollennummer>2<", "purpose"),
    ],
)
def test_a_search_for_another_person_than_the_first_is_not_misread(old: str, new: str, missing: str) -> None:
    whole = next(example for example in examples(NAME) if example.path.stem == "13-zwei-beteiligte")
    text = whole.national.decode()
    assert old in text
    (entry,) = entries(NAME, text.replace(old, new).encode())
    message = module(NAME).to_standard(entry.tree).tree
    assert "status" not in message["subject"] if missing == "status" else "purpose" not in message


@pytest.mark.parametrize(
    ("stands", "trouble", "told"),
    [
        (
            {"code": "2", "@listURI": "urn:zz:another"},
            "another_list",
            {"code": "2", "@listURI": "urn:zz:another"},
        ),
        ({"code": "77"}, "unknown_code", "77"),
        ({"@listVersionID": "2.1"}, "not_a_text", None),
        ("2", "not_a_listed_code", "2"),
    ],
)
def test_a_code_is_of_its_list(stands: Any, trouble: str, told: Any) -> None:
    (entry,) = entries(NAME, _out({**LEAST, "subject": {"status": "missing", "sex": "F"}}))
    assert entry.tree is not None
    _person(entry.tree)["x:geschlecht"] = stands
    there = module(NAME).to_standard(entry.tree)
    assert there.troubles == (Trouble(trouble, f"{PERSON}/x:geschlecht", told),)
    assert _person(module(NAME).to_national(there.tree, there.leftovers).tree)["x:geschlecht"] == stands


def test_a_code_that_says_nothing_comes_back() -> None:
    (entry,) = entries(NAME, _out({**LEAST, "subject": {"status": "missing", "country_of_birth": "AT"}}))
    assert entry.tree is not None
    birth = _person(entry.tree)["x:geburt"]["x:geburtsort"]
    birth["x:staat"] = {**birth["x:staat"], "code": "159"}
    there = module(NAME).to_standard(entry.tree)
    assert "country_of_birth" not in there.tree["subject"]
    assert not there.troubles
    back = _person(module(NAME).to_national(there.tree, there.leftovers).tree)
    assert back["x:geburt"]["x:geburtsort"]["x:staat"] == birth["x:staat"]


def test_letters_that_the_format_lacks_are_not_written() -> None:
    name = {"status": "missing", "family_name": "Nguyễn Žá̌"}
    with pytest.raises(Unreadable, match=r"has no letter '.' \(U\+030C\)"):
        _out({**LEAST, "subject": name})
    with pytest.raises(Unreadable, match=r"U\+062A"):
        _out({**LEAST, "subject": {**name, "family_name": "تجربة"}})
    assert not list(_faults(_strictly(_out({**LEAST, "subject": {**name, "family_name": "Ḳ̄ Şé Nguyễn"}}))))


def test_the_repertoire_of_letters_is_that_of_the_schemas() -> None:
    fields = dataclasses.fields(NachrichtStrafFahndung0500016.Fachdaten.Fahndung)
    text = next(field.metadata["pattern"] for field in fields if field.name == "fahndungshinweis")
    official = re.compile(text)
    characters = [chr(number) for number in range(1, 0x3000)]
    marked = [f"{base}{mark}" for base in "CKMZcksŽžā" for mark in map(chr, range(0x300, 0x362))]
    for one in characters + marked:
        assert (lacking(one, "din-91379") == "") == bool(official.fullmatch(one)), repr(one)


def test_the_check_fails_on_what_is_not_xjustiz() -> None:
    text = _out(LEAST)
    with pytest.raises(ParserError):
        _strictly(text.replace(b"<x:fahndung>", b"<x:fahndung><x:unknown/>"))
    with pytest.raises(TypeError):
        _strictly(re.sub(rb"<x:fahndungsregion.*?</x:fahndungsregion>", b"", text))
    assert list(_faults(_strictly(re.sub(rb"<x:fahndungsverfahren.*?</x:fahndungsverfahren>", b"", text))))
    assert list(_faults(_strictly(text.replace(b"<x:sonstige>nicht angegeben</x:sonstige>", b""))))


def _out(message: Tree) -> bytes:
    """A message as it goes out, without the wrapper."""
    return written(NAME, [module(NAME).to_national(dict(message)).tree])


def _person(record: Tree) -> Tree:
    found: Any = record
    for step in PERSON.split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _strictly(data: bytes) -> Any:
    return XmlParser(config=STRICT).from_bytes(data, NachrichtStrafFahndung0500016)


def _faults(value: Any, place: str = "") -> Iterator[str]:
    """What the parser lets pass: texts that do not match, lists too short, choices of none or several."""
    if not dataclasses.is_dataclass(value):
        return
    for field in dataclasses.fields(value):
        held, says = getattr(value, field.name), field.metadata
        here = f"{place}/{says.get('name', field.name)}"
        several = held if isinstance(held, list) else [] if held is None else [held]
        if len(several) < says.get("min_occurs", 0):
            yield f"{here}: {len(several)}"
        for one in several:
            if isinstance(one, str) and not re.fullmatch(says.get("pattern", ".*"), one, re.DOTALL):
                yield f"{here}: {one}"
            yield from _faults(one, here)
            chosen = (
                [inner.name for inner in dataclasses.fields(one)] if dataclasses.is_dataclass(one) else []
            )
            if "/auswahl_" in here[len(place) :] and sum(bool(_said(one, name)) for name in chosen) != 1:
                yield f"{here}: a choice"


def _said(value: Any, name: str) -> bool:
    return getattr(value, name) not in (None, [])
