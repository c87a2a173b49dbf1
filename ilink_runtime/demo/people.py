"""Invented people: names of a country put together at random, and what can be said of their looks."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import Any

from ilink_runtime.demo import portraits
from ilink_runtime.demo.bureaus import Bureau
from ilink_runtime.demo.numbers import Numbers
from ilink_runtime.demo.sentences import free_text

BUILDS = ("slim", "medium", "athletic", "heavy")
EYES = ("BRO", "BROD", "BLU", "GRE", "GRY", "BLA")
HAIR = ("BLA", "BRO", "BROF", "GRY", "RED", "HAIB")
MARKS = (
    ("scar", "left_forearm"),
    ("tattoo", "right_shoulder"),
    ("birthmark", "neck"),
    ("burn", "right_hand"),
)


def person(random: Random, numbers: Numbers, bureau: Bureau, status: str) -> dict[str, Any]:
    """A person of the bureau's country, as an officer there would describe him or her."""
    sex = random.choice("FMM")
    city = random.choice(list(bureau.cities))
    person: dict[str, Any] = {
        "status": status,
        **name(random, numbers, bureau, sex),
        "sex": sex,
        "date_of_birth": birth(random),
        "place_of_birth": city,
        "country_of_birth": bureau.code,
        "nationalities": [bureau.code],
        "languages": [bureau.language],
        "physical_description": looks(random),
        "photographs": [photograph(random)],
    }
    if random.random() < 0.35:
        person["marks"] = [mark(random, bureau)]
    if random.random() < 0.3:
        person["other_names"] = [
            {"kind": "alias", "quality": "probable", **name(random, numbers, bureau, sex)}
        ]
    return person


def name(random: Random, numbers: Numbers, bureau: Bureau, sex: str) -> dict[str, str]:
    """A name that nobody has yet, in Latin letters and, where those are others, in its own."""
    forenames = list((bureau.female if sex == "F" else bureau.male).items())
    while True:
        family, family_original = random.choice(list(bureau.family.items()))
        forename, forename_original = random.choice(forenames)
        if numbers.claim(f"{family} {forename}"):
            break
    latin = {"family_name": family, "forename": forename}
    if not family_original:
        return latin
    return {
        **latin,
        "family_name_original": family_original,
        "forename_original": forename_original,
        "name_script": bureau.script,
    }


def birth(random: Random) -> str:
    """A date of birth as precise as police often know it."""
    year, month, day = random.randint(1955, 2003), random.randint(1, 12), random.randint(1, 28)
    full = f"{year}-{month:02}-{day:02}"
    return random.choice((full, full, full, full, full[:7], full[:4], f"{year}~"))


def looks(random: Random) -> dict[str, Any]:
    """A physical description."""
    return {
        "height": random.randint(152, 196),
        "build": random.choice(BUILDS),
        "eye_colours": [random.choice(EYES)],
        "hair_colours": [random.choice(HAIR)],
    }


def mark(random: Random, bureau: Bureau) -> dict[str, Any]:
    """A distinguishing mark."""
    kind, place = random.choice(MARKS)
    details = free_text(random, bureau.language, ("mark",), {"count": random.randint(2, 9)})
    return {"kind": kind, "body_location": place, "details": details}


def photograph(random: Random) -> dict[str, Any]:
    """A photograph that nobody took: a drawing."""
    return {
        **drawing(random.randrange(10**6)),
        "quality": "good",
        "view": "front",
        "taken_on": str(random.randint(2015, 2025)),
    }


def drawing(number: int) -> dict[str, Any]:
    """The details of the file of a drawing."""
    drawn = portraits.draw(number)
    return {
        "file_name": portraits.file_name(number),
        "media_type": portraits.MEDIA_TYPE,
        "size_bytes": len(drawn),
        "sha256": sha256(drawn).hexdigest(),
    }


def file(random: Random, name: str, ending: str, media_type: str) -> dict[str, Any]:
    """The details of a file that is only described; its fingerprint is that of a few invented words."""
    number = random.randrange(10**6)
    return {
        "file_name": f"{name}-{number:06}.{ending}",
        "media_type": media_type,
        "size_bytes": random.randint(40_000, 900_000),
        "sha256": sha256(f"invented {name} {number}".encode()).hexdigest(),
    }
