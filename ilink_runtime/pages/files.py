"""Files on the pages: what a form asks of one is a box to choose it with; what is held is shown.

The fields of an object that describe a file are known by their types (`files.HASH` and its companions).
A box posts its file under the object's pointer: `/subject/photographs/0#file`. What is known of the
file then stands in those fields, and nobody is asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from ilink_runtime import files
from ilink_runtime.access import Reader
from ilink_runtime.api.ready import PREFIX
from ilink_runtime.bundle import Bundle
from ilink_runtime.drafts import Draft
from ilink_runtime.envelope import HASH
from ilink_runtime.files import File
from ilink_runtime.form import Definition, Field, Pair
from ilink_runtime.messages import Stored
from ilink_runtime.pages import posted
from ilink_runtime.pages.desk import Desk
from ilink_runtime.pages.file_boxes import (
    BOX,
    PARTS,
    Held,
)
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store

LONGEST_NAME = 255

_NUMBERS = re.compile(r"/[0-9]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not taken: the name of its box, and why."""

    box: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files that came with a form: what is known of them as posted fields, or why not."""

    known: tuple[Pair, ...] = ()
    refused: tuple[Refusal, ...] = ()


async def came_along(desk: Desk, reader: Reader, message_type: str, data: FormData) -> Taken:
    """Stores the files that came with a form; one that is to be dropped is known to be nothing."""
    definition = desk.bundle.forms[message_type]
    places = _places(definition)
    known: list[Pair] = []
    refused = []
    verb, _, dropped = posted.text(data, "action").partition(":")
    if verb == "drop":
        known += [(f"{dropped}/{name}", "") for name in _names(places, dropped).values()]
    for box, part in posted.uploads(data):
        pointer = box.removesuffix(BOX)
        names = _names(places, pointer)
        if not names:
            continue
        try:
            file = await _upload(desk, reader, part)
        except Problem as problem:
            if problem.status not in (413, 422):
                raise
            refused.append(Refusal(box, problem))
            continue
        said = (_bare(part.filename or ""), file.media_type, str(file.size_bytes), file.sha256)
        values = zip(PARTS, said, strict=True)
        known += [(f"{pointer}/{names[kind]}", value) for kind, value in values if kind in names]
    return Taken(tuple(known), tuple(refused))


async def of_message(store: Store, stored: Stored) -> Mapping[str, Held]:
    """The files of a message that was opened, by their hashes."""
    found = await store.aread(lambda c: files.of_message(c, stored.id))
    return _held(found, f"{PREFIX}/messages/{stored.envelope['reference']}/files")


async def of_draft(store: Store, reader: Reader, bundle: Bundle, draft: Draft) -> Mapping[str, Held]:
    """The files of a draft, by their hashes."""
    named = files.named(bundle, draft.type, draft.body)
    if not named:
        return {}
    found = await store.aread(lambda c: files.of_bureau(c, reader.bureau, named))
    return _held(found, f"{PREFIX}/drafts/{draft.id}/files")


async def _upload(desk: Desk, reader: Reader, part: UploadFile) -> File:
    most: int = desk.request.app.state.settings.max_file
    return await files.upload(desk.store, reader, await part.read(), part.content_type or "", most)


def _names(places: Mapping[str, Mapping[str, str]], pointer: str) -> Mapping[str, str]:
    return places.get(_NUMBERS.sub("", pointer), {})


def _held(found: Mapping[str, File], address: str) -> dict[str, Held]:
    return {hash_: Held(file, f"{address}/{hash_}") for hash_, file in found.items()}


def _places(definition: Definition) -> dict[str, dict[str, str]]:
    """Where a form describes files: the pointer without numbers of rows, and the fields by their types."""
    found: dict[str, dict[str, str]] = {}
    for section in definition["sections"]:
        _find_places(section["fields"], "", found)
    return {pointer: names for pointer, names in found.items() if HASH in names}


def _find_places(fields: Sequence[Field], base: str, found: dict[str, dict[str, str]]) -> None:
    for field in fields:
        pointer = f"{base}/{str(field['pointer']).strip('/')}"
        if "branches" in field:
            for branch in field["branches"]:
                _find_places(branch.get("fields", ()), pointer, found)
        elif "fields" in field:
            _find_places(field["fields"], pointer, found)
        elif field["range"] in PARTS and not field["multivalued"]:
            holder, _, name = pointer.rpartition("/")
            found.setdefault(holder, {})[field["range"]] = name


def _bare(name: str) -> str:
    """The name of a file without the folders before it and what is not seen in it."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    stem, dot, ending = seen.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(dot + ending)]}{dot}{ending}" if len(ending) < 20 else seen
    return short[:LONGEST_NAME] or "file"
