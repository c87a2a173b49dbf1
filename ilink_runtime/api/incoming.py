"""National records in a request: read in their format, carried, each made ready to be taken."""

from __future__ import annotations

import asyncio
import codecs
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request

from ilink_runtime import files, multipart, strict_json
from ilink_runtime.adapters.enclosed import enclose
from ilink_runtime.adapters.leftovers import UNREAD, divided, without_contents
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.places import Filled, filled, value_at
from ilink_runtime.adapters.streaming import Incoming, incoming
from ilink_runtime.adapters.trees import Tree, leaves
from ilink_runtime.bundle import Bundle
from ilink_runtime.files import File
from ilink_runtime.national_records import LONGEST_REFERENCE, Sent, digest
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.settings import Settings

#: A longer batch is sent in parts: its answer would be too long for who waits for it.
MOST_RECORDS = 1000
#: The part of a body in parts that holds the record or batch; the others are files that it names.
RECORD = "record"

#: Parts that are no files say nothing here.
MOST_FIELDS = 20

Parts = Mapping[str, tuple[bytes, File]]


@dataclass(frozen=True, slots=True)
class Ready:
    """A record that came in; without `sent` its troubles hinder it. `returned` are the sender's leftovers.

    `lost` are the places of the record that no message says, `unnamed` the files that it did not name.
    """

    came: Incoming
    reference: str
    troubles: tuple[Trouble, ...]
    problem: Problem | None = None
    sent: Sent | None = None
    returned: Tree | None = None
    lost: tuple[str, ...] = ()
    files: tuple[tuple[bytes, File], ...] = ()
    unnamed: frozenset[str] = frozenset()

    @property
    def carried(self) -> Tree | None:
        """The message that it became, as far as it could be carried."""
        return None if self.came.carried is None or self.problem is not None else self.came.carried.tree


async def records_of(request: Request, adapter: Loaded, most: int = MOST_RECORDS) -> list[Ready]:
    """The records of a request; Problem `too_large` with too many, and nothing of them is taken."""
    data, parts = await _body(request, adapter)
    bundle, limits = request.app.state.bundle, request.app.state.settings
    return await asyncio.to_thread(_read, bundle, adapter, data, parts, limits, most)


def _read(
    bundle: Bundle, adapter: Loaded, data: bytes, parts: Parts, limits: Settings, most: int
) -> list[Ready]:
    found: list[Ready] = []
    fills = filled(adapter.described["places"])
    for came in incoming(adapter, io.BytesIO(data)):
        if len(found) == most:
            detail = _("These are too many records; send them in several requests.")
            raise Problem(413, "too_large", detail, more={"limit": most})
        found.append(_ready(bundle, adapter, came, parts, fills, limits))
    if not found:
        raise Problem(422, "no_record", _("There is no record in the body."))
    return found


def _ready(
    bundle: Bundle, adapter: Loaded, came: Incoming, parts: Parts, fills: Filled, limits: Settings
) -> Ready:
    if came.tree is None or came.carried is None:
        return Ready(came, "", came.troubles)
    place = "/".join(adapter.described["reference"])
    reference = _as_text(value_at(came.tree, adapter.described["reference"]))
    recalled = is_recalled(adapter, came.tree)
    troubles = list(came.troubles if not recalled else ())
    if not reference:
        troubles.append(Trouble("no_reference", place, None))
    elif len(reference) > LONGEST_REFERENCE or not reference.isprintable():
        troubles.append(Trouble("reference_unfit", place, None))
        reference = ""
    message, contents = came.carried.tree, came.carried.contents
    known = {name: file for name, (_content, file) in parts.items()}
    left = without_contents(came.carried.leftovers, contents) if contents else came.carried.leftovers
    kept, returned = divided(left, adapter.described["keep_central"])
    try:
        inside = [(content, files.examine(content, "", limits.max_file)) for content in contents.values()]
    except Problem as problem:
        return Ready(came, reference, tuple(troubles), problem)
    held = {file.sha256: file for _content, file in inside}
    named = enclose(bundle, adapter.described["message"], message, known, held)
    enclosed = (*(parts[name] for name in sorted(named)), *inside)
    unnamed = frozenset(parts) - named
    lost = tuple(leaves(left.get(UNREAD, {}))) if contents else came.carried.lost
    ready = Ready(came, reference, tuple(troubles), None, None, returned, lost, enclosed, unnamed)
    try:  # what no reader of JSON would read, nor any database take
        strict_json.read(orjson.dumps([reference, message]), limits.max_body)
        hash_ = digest(came.tree, message)
    except Problem as problem:
        return replace(ready, problem=problem)
    except TypeError:
        return replace(ready, problem=Problem(400, "bad_json", strict_json.BROKEN))
    sent = Sent(
        adapter.name,
        reference,
        adapter.described["message"],
        message,
        hash_,
        fills,
        recalled,
        kept,
        enclosed,
    )
    return replace(ready, sent=None if troubles else sent)


def is_recalled(adapter: Loaded, record: Tree) -> bool:
    """Whether a record says that its country takes it back."""
    said = adapter.described["recall"]
    return said is not None and _as_text(value_at(record, said["place"])) in said["values"]


def _as_text(value: object) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


# -- the body ------------------------------------------------------------------------------------


async def _body(request: Request, adapter: Loaded) -> tuple[bytes, Parts]:
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(
            415, "unsupported_media_type", _("Send the records as they are, without Content-Encoding.")
        )
    if not multipart.announced(request):
        _must_be_encoded(request.headers.get("content-type", ""), adapter.spec.encoding)
        return await request.body(), {}
    data = await multipart.read(request, MOST_FIELDS)
    record = data.get(RECORD)
    if not isinstance(record, UploadFile):
        detail = _("One part is named record and is a file: the records in the national format.")
        raise Problem(422, "no_record", detail)
    _must_be_encoded(record.content_type or "", adapter.spec.encoding)
    uploads = [
        (name, part) for name, part in data.multi_items() if name != RECORD and isinstance(part, UploadFile)
    ]
    return await record.read(), await _files(uploads, request.app.state.settings.max_file)


async def _files(uploads: Sequence[tuple[str, UploadFile]], most: int) -> dict[str, tuple[bytes, File]]:
    """The files by the names that a record may call them by: their own, else that of their part."""
    found = {}
    for name, part in uploads:
        content = await part.read()
        known = await asyncio.to_thread(files.examine, content, part.content_type or "", most)
        found[part.filename or name] = content, known
    return found


def _must_be_encoded(content_type: str, encoding: str) -> None:
    """What names an encoding must name that of the format; nobody guesses."""
    parameters = content_type.lower().replace('"', "").replace(" ", "").split(";")[1:]
    for said in (one.removeprefix("charset=") for one in parameters if one.startswith("charset=")):
        if _codec(said) != _codec(encoding):
            detail = _("The records are in another encoding than the adapter reads.")
            raise Problem(415, "unsupported_media_type", detail, more={"encoding": encoding})


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name.removesuffix("-sig")
    except LookupError:
        return name


def in_order(ready: Iterable[Ready]) -> list[list[Ready]]:
    """The records that can be taken, those of one reference together and in their order."""
    found: dict[str, list[Ready]] = {}
    for one in ready:
        if one.sent is not None:
            found.setdefault(one.reference, []).append(one)
    return list(found.values())
