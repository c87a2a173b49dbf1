"""A desk for the tests of search and threads: who reads, and messages put straight into the tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert

from ilink_runtime import database, revision, search, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.values import walk
from tests.small_bundle import small_bundle

BUREAUS = ("TN", "FR", "ES", "JP")
TUNIS, LYON, MADRID, TOKYO = (Reader(code, f"user:{code.lower()}", "case work") for code in BUREAUS)
SECRETARIAT = Reader("IPSG", "user:gs", "review", secretariat=True)

_clock = count(1)


def linked_bundle() -> Bundle:
    """The small standard, in which an address is a weak thread."""
    bundle = small_bundle()
    bundle.standard["classes"]["Address"] |= {"thread": "weak", "canonical": "address"}
    return bundle


def ranged_bundle() -> Bundle:
    """The small standard, in which a document with a last number is all from its number to that."""
    bundle = small_bundle()
    document = bundle.standard["classes"]["IdentityDocument"]
    number = next(slot for slot in document["slots"] if slot["name"] == "number")
    document["slots"].append(number | {"name": "last_number"})
    document["number_range"] = ["number", "last_number"]
    return bundle


def documents(*numbers: str) -> dict[str, Any]:
    """The slots of a person with these documents; `AA100-AA199` is a range of them."""
    ends = [number.split("-") for number in numbers]
    return {"identity_documents": [dict(zip(("number", "last_number"), end, strict=False)) for end in ends]}


def guarded_bundle() -> Bundle:
    """The same, in which victims and children are not named in lists, and somebody may misuse a name."""
    bundle = linked_bundle()
    classes = bundle.standard["classes"]
    person = classes["Person"]["slots"]
    spare = next(slot for slot in person if slot["name"] == "sex")
    born = next(slot for slot in person if slot["name"] == "date_of_birth")
    phones = next(slot for slot in person if slot["name"] == "phone_numbers")
    born["masked_under_age"] = 18
    person += [
        spare | {"name": "status", "range": "PersonStatus"},
        phones | {"name": "misused_identities", "range": "MisusedIdentity"},
    ]
    named = [slot for slot in person if slot["name"] in ("family_name", "forename", "identity_documents")]
    classes["MisusedIdentity"] = classes["PhoneContact"] | {"slots": named, "innocent": True}
    codes = [{"code": "suspect"}, {"code": "victim", "masked": True}]
    bundle.texts["en"]["PersonStatus.victim.title"] = "Victim"  # type: ignore[index]
    return replace(bundle, code_lists={"PersonStatus": {"codes": codes}})


def person(family_name: str, forename: str = "", /, **more: Any) -> dict[str, Any]:
    """A Red Notice about somebody."""
    names = {"family_name": family_name, "forename": forename} if forename else {"family_name": family_name}
    return {"message_type": "RedNotice", "subject": names | more}


def phones(*numbers: str) -> dict[str, Any]:
    """The slots of a person with these phone numbers."""
    return {"phone_numbers": [{"number": number} for number in numbers]}


def send(
    connection: Connection,
    bundle: Bundle,
    reference: str,
    message: dict[str, Any],
    *,
    owner: str = "TN",
    status: str = "published",
    audience: dict[str, list[str]] | None = None,
) -> str:
    """Stores what search and threads know of a message; each is newer than the one before."""
    message_id, kind = uuid4().hex, message["message_type"]
    listed = revision.as_listed(bundle, kind, message)
    if listed["withheld_until"]:
        listed["withheld_until"] = date.fromisoformat(listed["withheld_until"])
    at = f"2026-01-01T00:00:00.{next(_clock):06d}Z"
    envelope = {
        "id": message_id,
        "reference": reference,
        "type": kind,
        "owner": owner,
        "status": status,
        "version": 1,
        "standard_version": bundle.version,
        **listed,
        "recorded_at": at,
        "updated_at": at,
        "national_reference": message.get("national_reference"),
    }
    connection.execute(insert(database.message), [envelope])
    rows = [
        {"message_id": message_id, "part": part, "bureau": bureau}
        for part, bureaus in (audience or {}).items()
        for bureau in bureaus
    ]
    if rows:
        connection.execute(insert(database.audience), rows)
    met = walk(bundle, kind, message)
    threads.write(connection, message_id, met)
    search.write(connection, message_id, met)
    return message_id
