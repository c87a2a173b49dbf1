"""The history of a message: its versions and what each changed, field by field; and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import orjson
from sqlalchemy import Connection, select

from ilink_runtime import database, messages, restriction
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle, ClassPlace
from ilink_runtime.problems import Problem
from ilink_runtime.values import classes_of, escape


@dataclass(frozen=True, slots=True)
class Difference:
    """A scalar that a version changed, added (before is None) or removed (after is None).

    The path is a JSON Pointer in the new version; of a removed value, in the old one; `classes` are those
    of the objects in that version.
    """

    path: str
    before: Any
    after: Any
    classes: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a message; only the owner and the General Secretariat see which officer wrote it."""

    version: int
    at: str
    bureau: str
    actor: str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to a message: `published`, `suspended` …; `request` asked for it, if one did."""

    at: str
    kind: str
    bureau: str
    actor: str
    request: str


#: While a message was set aside others did not see it, and do not learn of it afterwards.
_TOLD = frozenset({"published", "accepted", "added", "extended"})


def revisions(connection: Connection, bundle: Bundle, reader: Reader, reference: str) -> list[Revision]:
    """The versions of a message that the reader may see, newest first."""
    stored = messages.find(connection, reader, reference)
    if stored is None:
        raise Problem(404, "not_found")
    table = database.revision
    rows = connection.execute(
        select(table).where(table.c.message_id == stored.id).order_by(table.c.version)
    ).all()
    owner = stored.envelope["owner"]
    bodies = restriction.redacted_versions((orjson.loads(row.body) for row in rows), reader, owner)
    changes = [
        [],
        *[list(_changes(bundle, stored.envelope["type"], old, new)) for old, new in pairwise(bodies)],
    ]
    told = reader.secretariat or reader.bureau == owner
    return [
        Revision(row.version, row.at, row.bureau, row.actor if told else "", changed)
        for row, changed in reversed(list(zip(rows, changes, strict=True)))
    ]


def steps(connection: Connection, reader: Reader, reference: str) -> list[Step]:
    """What became of a message that the reader may see, besides its versions, newest first."""
    stored = messages.find(connection, reader, reference)
    if stored is None:
        raise Problem(404, "not_found")
    told = reader.secretariat or reader.bureau == stored.envelope["owner"]
    table = database.step
    rows = connection.execute(
        select(table).where(table.c.message_id == stored.id).order_by(table.c.id.desc())
    ).all()
    seen = {hit.reference for hit in messages.requests(connection, reader, reference)}
    return [
        Step(
            row.at,
            row.kind,
            row.bureau,
            row.actor if told else "",
            row.request if row.request in seen else "",
        )
        for row in rows
        if told or row.kind in _TOLD
    ]


def _changes(
    bundle: Bundle, message_type: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Difference]:
    """What a version changed, with the classes of the objects that it is about."""
    if message_type not in bundle.classes:
        yield from differences(bundle, None, before, after)
        return
    old, new = (classes_of(bundle, message_type, body) for body in (before, after))
    for change in differences(bundle, bundle.classes[message_type], before, after):
        yield replace(change, classes=old if change.after is None else new)


def differences(
    bundle: Bundle, place: ClassPlace | None, before: Any, after: Any, path: str = ""
) -> Iterator[Difference]:
    """The scalars in which two values differ, in the order of the model."""
    if before == after:
        return
    if isinstance(before, Mapping | None) and isinstance(after, Mapping | None):
        yield from _of_objects(bundle, place, before or {}, after or {}, path)
    elif isinstance(before, list | None) and isinstance(after, list | None):
        yield from _of_lists(bundle, place, before or [], after or [], path)
    elif isinstance(before, Mapping | list):
        yield from differences(bundle, place, before, None, path)
        yield from differences(bundle, place, None, after, path)
    elif isinstance(after, Mapping | list):
        yield Difference(path, before, None)
        yield from differences(bundle, place, None, after, path)
    else:
        yield Difference(path, before, after)


def _of_objects(
    bundle: Bundle, place: ClassPlace | None, before: Mapping[str, Any], after: Mapping[str, Any], path: str
) -> Iterator[Difference]:
    """Slots of an older version of the standard come last, by name."""
    known = place.slots if place else {}
    names = [name for name in known if name in before or name in after]
    for name in names + sorted((before.keys() | after.keys()) - set(names)):
        slot = known.get(name)
        below = bundle.classes.get(slot.range) if slot and slot.kind == "class" else None
        yield from differences(bundle, below, before.get(name), after.get(name), f"{path}/{escape(name)}")


def _of_lists(
    bundle: Bundle, place: ClassPlace | None, before: list[Any], after: list[Any], path: str
) -> Iterator[Difference]:
    """What stands alike at both ends stayed; between, members are compared in order.

    So a member added or removed anywhere shows as that one, and not as a change of all behind it.
    """
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    for number in range(max(len(old), len(new))):
        yield from differences(
            bundle,
            place,
            old[number] if number < len(old) else None,
            new[number] if number < len(new) else None,
            f"{path}/{head + number}",
        )
