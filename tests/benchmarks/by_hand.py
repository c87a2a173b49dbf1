"""What the compiled adapters are measured against: the same two mappings as somebody writes them by hand.

The flat one trusts its records: it keeps no leftovers, notes nothing that the way back would write
otherwise, and takes a date for a date. That is less than an adapter does: it is the floor. The nested
one keeps what it does not carry and lists the pointers of that, as an adapter does, because the public
notices have links that must come back; it too checks no value, and notes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ilink_runtime.adapters.trees import Tree

# -- flat: twenty-one places, three code tables --------------------------------------------------

_SEX = {"1": "M", "2": "F", "9": "U"}
_STATUS = {"C": "convicted", "A": "charged", "S": "suspect"}
_COUNTRY = {"CHE": "CH", "FRA": "FR"}
_TEXTS = (
    *(
        ("fam", "family_name"),
        ("famo", "family_name_original"),
        ("pob", "place_of_birth"),
        ("occ", "occupation"),
    ),
    *(("reg", "national_register_number"), ("ff", "father_family_name"), ("fg", "father_forename")),
    *(("mf", "mother_maiden_name"), ("mg", "mother_forename")),
)


def flat_in(record: Tree) -> Tree:
    """A flat record as a message."""
    person: Tree = {}
    for place, name in _TEXTS:
        if value := record.get(place):
            person[name] = value
    if value := " ".join(part for part in (record.get("g1"), record.get("g2")) if part):
        person["forename"] = value
    for place, name in (("born", "date_of_birth"), ("died", "date_of_death")):
        if value := record.get(place):
            day, month, year = value.split(".")
            person[name] = f"{year}-{month}-{day}"
    if value := record.get("sex"):
        person["sex"] = _SEX[value]
    if value := record.get("st"):
        person["status"] = _STATUS[value]
    if value := record.get("nat"):
        person["nationalities"] = value.split(",")
    body: Tree = {}
    if value := record.get("h"):
        body["height"] = round(float(value) * 100)
    if value := record.get("w"):
        body["weight"] = int(value)
    if body:
        person["physical_description"] = body
    message: Tree = {"message_type": "RedNotice", "purpose": "wanted_person", "subject": person}
    if value := record.get("id"):
        message["national_reference"] = value
    if value := record.get("auth"):
        message["requesting_authority"] = value
    if value := record.get("eye"):
        message["facts_country"] = _COUNTRY[value]
    return message


_BACK = [{code: national for national, code in table.items()} for table in (_SEX, _STATUS, _COUNTRY)]


def flat_out(message: Tree) -> Tree:
    """A message as a flat record."""
    person = message.get("subject") or {}
    body = person.get("physical_description") or {}
    record = {place: person[name] for place, name in _TEXTS if name in person}
    if value := person.get("forename"):
        first, _, second = value.partition(" ")
        record["g1"] = first
        if second:
            record["g2"] = second
    for place, name in (("born", "date_of_birth"), ("died", "date_of_death")):
        if value := person.get(name):
            record[place] = ".".join(reversed(value.split("-")))
    if value := person.get("sex"):
        record["sex"] = _BACK[0][value]
    if value := person.get("status"):
        record["st"] = _BACK[1][value]
    if value := message.get("facts_country"):
        record["eye"] = _BACK[2][value]
    if value := person.get("nationalities"):
        record["nat"] = ",".join(value)
    if (value := body.get("height")) is not None:
        record["h"] = f"{value / 100:.2f}"
    if (value := body.get("weight")) is not None:
        record["w"] = str(value)
    if value := message.get("national_reference"):
        record["id"] = value
    if value := message.get("requesting_authority"):
        record["auth"] = value
    return record


# -- nested: the public red notices, JSON with a list of warrants ---------------------------------

#: The languages that the records of the benchmark speak; the adapter knows them all.
_LANGUAGES = {"ARA": "ar", "FRE": "fr", "ENG": "en"}
_LANGUAGES_BACK = {code: national for national, code in _LANGUAGES.items()}
_SAME = (
    *(("forename", "forename"), ("name", "family_name"), ("sex_id", "sex")),
    *(("place_of_birth", "place_of_birth"), ("country_of_birth_id", "country_of_birth")),
    ("nationalities", "nationalities"),
)
_READ = frozenset(
    (
        *(place for place, _name in _SAME),
        *("entity_id", "date_of_birth", "languages_spoken_ids", "height", "weight"),
        *("eyes_colors_id", "hairs_id", "distinguishing_marks", "arrest_warrants"),
    )
)
_READ_OF_WARRANT = frozenset(("issuing_country_id", "charge", "charge_translation"))


def nested_in(record: Tree) -> tuple[Tree, Tree, tuple[str, ...]]:
    """A public notice as a message, what of it is not read, and the pointers of that."""
    person: Tree = {"status": "suspect"}
    for place, name in _SAME:
        if value := record.get(place):
            person[name] = value
    if value := record.get("date_of_birth"):
        person["date_of_birth"] = value.replace("/", "-")
    if value := record.get("languages_spoken_ids"):
        person["languages"] = [_LANGUAGES[code] for code in value]
    body: Tree = {}
    if value := record.get("height"):
        body["height"] = round(value * 100)
    for place, name in (
        ("weight", "weight"),
        ("eyes_colors_id", "eye_colours"),
        ("hairs_id", "hair_colours"),
    ):
        if value := record.get(place):
            body[name] = value
    if body:
        person["physical_description"] = body
    if value := record.get("distinguishing_marks"):
        person["marks"] = [{"kind": "other", "details": {"text": value, "language": "en"}}]
    message: Tree = {
        "message_type": "RedNotice",
        "purpose": "wanted_person",
        "public_extract_consent": True,
        "subject": person,
    }
    if value := record.get("entity_id"):
        message["national_reference"] = value
    left = _unread(record, _READ)
    if warrants := record.get("arrest_warrants"):
        message["arrest_warrants"] = [_warrant_in(one) for one in warrants]
        if parts := [_unread(one, _READ_OF_WARRANT) for one in warrants if one.keys() - _READ_OF_WARRANT]:
            left["arrest_warrants"] = parts
    return message, left, tuple(_pointers(left, ""))


def _warrant_in(warrant: Tree) -> Tree:
    found: Tree = {}
    charge: Tree = {}
    if value := warrant.get("issuing_country_id"):
        found["country"] = value
    if value := warrant.get("charge"):
        charge["text"] = value
    if value := warrant.get("charge_translation"):
        charge["translations"] = [{"language": "en", "text": value, "state": "human"}]
    if charge:
        found["charge"] = {**charge, "language": "und"}
    return found


_WRITTEN = frozenset(
    (
        *("message_type", "purpose", "public_extract_consent"),
        *("subject", "national_reference", "arrest_warrants"),
    )
)
_WRITTEN_OF_PERSON = frozenset(
    (
        *(name for _place, name in _SAME),
        *("status", "date_of_birth", "languages", "physical_description", "marks"),
    )
)
_WRITTEN_OF_BODY = frozenset(("height", "weight", "eye_colours", "hair_colours"))
_WRITTEN_OF_WARRANT = frozenset(("country", "charge"))
_WRITTEN_OF_CHARGE = frozenset(("text", "language", "translations"))
_WRITTEN_OF_TRANSLATION = frozenset(("text", "language", "state"))
_WRITTEN_OF_MARK = frozenset(("kind", "details"))
_WRITTEN_OF_DETAILS = frozenset(("text", "language"))


def nested_out(message: Tree) -> tuple[Tree, Tree, tuple[str, ...]]:
    """A message as a public notice, what of it is not written, and the pointers of that."""
    person = message.get("subject") or {}
    body = person.get("physical_description") or {}
    record = {place: person[name] for place, name in _SAME if name in person}
    if value := message.get("national_reference"):
        record["entity_id"] = value
    if value := person.get("date_of_birth"):
        record["date_of_birth"] = value.replace("-", "/")
    if value := person.get("languages"):
        record["languages_spoken_ids"] = [_LANGUAGES_BACK[code] for code in value]
    if value := body.get("height"):
        record["height"] = value / 100
    for place, name in (
        ("weight", "weight"),
        ("eyes_colors_id", "eye_colours"),
        ("hairs_id", "hair_colours"),
    ):
        if value := body.get(name):
            record[place] = value
    left = _unread(message, _WRITTEN)
    of_person = _unread(person, _WRITTEN_OF_PERSON)
    if part := _unread(body, _WRITTEN_OF_BODY):
        of_person["physical_description"] = part
    marks = person.get("marks", ())
    for mark in marks:
        if mark["kind"] == "other":
            record["distinguishing_marks"] = mark["details"]["text"]
            if part := _unread(mark["details"], _WRITTEN_OF_DETAILS):
                of_person["details"] = part
            break
    if parts := _beside(marks, "kind", "other", _WRITTEN_OF_MARK):
        of_person["marks"] = parts
    if of_person:
        left["subject"] = of_person
    if warrants := message.get("arrest_warrants"):
        record["arrest_warrants"] = [_warrant_out(one) for one in warrants]
        if parts := [part for one in warrants if (part := _left_of_warrant(one))]:
            left["arrest_warrants"] = parts
    return record, left, tuple(_pointers(left, ""))


def _warrant_out(warrant: Tree) -> Tree:
    found: Tree = {}
    if value := warrant.get("country"):
        found["issuing_country_id"] = value
    charge = warrant.get("charge") or {}
    if value := charge.get("text"):
        found["charge"] = value
    for translation in charge.get("translations", ()):
        if translation["language"] == "en":
            found["charge_translation"] = translation["text"]
            break
    return found


def _left_of_warrant(warrant: Tree) -> Tree:
    left = _unread(warrant, _WRITTEN_OF_WARRANT)
    charge = warrant.get("charge") or {}
    of_charge = _unread(charge, _WRITTEN_OF_CHARGE)
    if parts := _beside(charge.get("translations", ()), "language", "en", _WRITTEN_OF_TRANSLATION):
        of_charge["translations"] = parts
    if of_charge:
        left["charge"] = of_charge
    return left


def _beside(values: Iterable[Tree], key: str, wanted: str, known: Collection[str]) -> list[Tree]:
    """Of a list, all but what is carried of the first object with a value."""
    left = []
    chosen = False
    for value in values:
        if not chosen and value.get(key) == wanted:
            chosen = True
            value = _unread(value, known)
        if value:
            left.append(value)
    return left


def _pointers(tree: Any, path: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _pointers(value, f"{path}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _pointers(value, f"{path}/{index}")
    else:
        yield path


def _unread(tree: Tree, known: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in tree.items() if name not in known}
