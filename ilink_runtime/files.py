"""Files: the bytes of photographs and documents, kept for each bureau under their hash.

A message names a file by its hash, wherever the model has a slot of the type `Sha256`. What its owner
uploaded is tied to the message in the message's own transaction; any other hash is only described.
The bytes of one bureau are never found by the hash that another sends. What no message and no draft
names is gone after a day.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, select

from ilink_runtime import audit, checks, database
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import draft, file, instant, message_file, now
from ilink_runtime.envelope import HASH
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.values import Scalar, Walked, walk
from ilink_runtime.writer import Store

#: The types of the standard that describe a file; a slot of the last one names its bytes.
NAME, MEDIA_TYPE, SIZE = "FileName", "MediaType", "SizeBytes"

UNKNOWN = "application/octet-stream"
#: The pictures that a browser may show, and how they begin; nothing else of a file is ever read here.
PICTURES = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF[\x00-\xff]{4}WEBP"),
}

#: What was uploaded waits so long for its message.
PATIENCE = timedelta(days=1)

_keep = database.insert(
    file,
    suffix="ON CONFLICT (owner, sha256) DO UPDATE"
    " SET media_type = excluded.media_type, uploaded_at = excluded.uploaded_at",
)
#: Locks what it ties, so that nobody takes the file away meanwhile.
_tie = database.Statement(
    "INSERT INTO message_file (message_id, owner, sha256) SELECT message.id, file.owner, file.sha256 "
    "FROM message JOIN file ON file.owner = message.owner WHERE message.id = ? AND file.sha256 = ?",
    locking="FOR KEY SHARE OF file",
)
_untie = database.Statement("DELETE FROM message_file WHERE message_id = ?")


@dataclass(frozen=True, slots=True)
class File:
    """What is known of bytes that are stored, or are to be; the media type of a picture is proved by them."""

    sha256: str
    media_type: str
    size_bytes: int

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it; anything else is only handed out to be kept."""
        return self.media_type in PICTURES


def examine(content: bytes, declared: str, most: int) -> File:
    """What bytes are, of which somebody says a media type; Problem when they cannot be taken."""
    kind = declared.partition(";")[0].strip().lower() or UNKNOWN
    found = next((name for name, begin in PICTURES.items() if begin.match(content)), None)
    if not content:
        raise Problem(422, "bad_file", _("The file is empty."))
    if len(content) > most:
        raise Problem(413, "too_large", _("The file is too large."))
    if found is None and kind in PICTURES:
        raise Problem(422, "bad_file", _("The file is not the picture that it says it is."))
    if len(kind) > 127 or not checks.media_type(kind):
        raise Problem(422, "bad_file", _("The kind of the file (media type) cannot be read."))
    return File(sha256(content).hexdigest(), found or kind, len(content))


async def upload(store: Store, reader: Reader, content: bytes, declared: str, most: int) -> File:
    """Stores what somebody sent for his bureau; Problem when it cannot be taken."""
    known = await asyncio.to_thread(examine, content, declared, most)
    await store.awrite(lambda c: keep(c, reader, content, known))
    return known


def keep(connection: Connection, reader: Reader, content: bytes, known: File) -> None:
    """Stores bytes for the reader's bureau; stored again, they wait another day for their message."""
    if not reader.may_write:
        raise Problem(403, "scope")
    _keep.run(connection, (reader.bureau, known.sha256, known.media_type, known.size_bytes, content, now()))
    audit.note(connection, reader, "upload", size=known.size_bytes)


def named(bundle: Bundle, message_type: str, body: Mapping[str, Any]) -> dict[str, str]:
    """The hashes that a message names, each with the name of its file, which may be empty."""
    return _named(walk(bundle, message_type, body)) if message_type in bundle.classes else {}


def of_bureau(connection: Connection, bureau: str, hashes: Collection[str]) -> dict[str, File]:
    """Of these hashes those that a bureau uploaded, with what is known of them."""
    return _files(connection, and_(file.c.owner == bureau, file.c.sha256.in_(sorted(hashes))))


def of_message(connection: Connection, message_id: str) -> dict[str, File]:
    """The files of a message by their hashes; who asks has seen the message."""
    tied = and_(message_file.c.owner == file.c.owner, message_file.c.sha256 == file.c.sha256)
    return _files(
        connection, select(message_file).where(tied, message_file.c.message_id == message_id).exists()
    )


def content(connection: Connection, bureau: str, hash_: str) -> bytes | None:
    """The bytes; who asks has seen what names them."""
    found: bytes | None = connection.scalar(
        select(file.c.content).where(file.c.owner == bureau, file.c.sha256 == hash_)
    )
    return found


def tie(connection: Connection, message_id: str, met: Walked) -> None:
    """Ties a message to the files that it names and its owner uploaded."""
    _tie.run_many(connection, [(message_id, hash_) for hash_ in sorted(_named(met))])


def untie(connection: Connection, message_id: str) -> list[str]:
    """Unties a message from its files, whose hashes it answers: what nobody else holds is then `release`d."""
    hashes = select(message_file.c.sha256).where(message_file.c.message_id == message_id)
    found = list(connection.scalars(hashes))
    if found:
        _untie.run(connection, (message_id,))
    return found


def release(connection: Connection, owner: str, hashes: Collection[str]) -> None:
    """Removes those files of a bureau that no message and no draft names any more."""
    if hashes:
        _remove(connection, and_(file.c.owner == owner, file.c.sha256.in_(sorted(hashes))))


def sweep(connection: Connection) -> int:
    """Removes what was uploaded more than a day ago and is named by no message and no draft; how much."""
    return _remove(connection, file.c.uploaded_at < instant(datetime.now(UTC) - PATIENCE))


def _named(met: Walked) -> dict[str, str]:
    hashes = list(_of_type(met, HASH))
    names = dict(_of_type(met, NAME)) if hashes else {}
    return {hash_.lower(): names.get(holder, "") for holder, hash_ in hashes}


def _of_type(met: Walked, kind: str) -> Iterator[tuple[str, str]]:
    """The values of a type, each with the object that it stands in."""
    for part in met:
        if isinstance(part, Scalar) and part.type is not None and part.type.name == kind:
            yield part.holder, str(part.value)


def _files(connection: Connection, which: ColumnElement[bool]) -> dict[str, File]:
    known = select(file.c.sha256, file.c.media_type, file.c.size_bytes).where(which)
    rows = connection.execute(known.order_by(file.c.sha256))
    return {row.sha256: File(row.sha256, row.media_type, row.size_bytes) for row in rows}


def _unnamed() -> ColumnElement[bool]:
    """That no message is tied to a file, and no draft of its bureau has its hash."""
    tied = select(message_file.c.sha256).where(
        message_file.c.owner == file.c.owner, message_file.c.sha256 == file.c.sha256
    )
    drafted = select(draft.c.id).where(
        draft.c.bureau == file.c.owner, func.lower(draft.c.body).contains(file.c.sha256)
    )
    return and_(~tied.exists(), ~drafted.exists())


def _remove(connection: Connection, which: ColumnElement[bool]) -> int:
    """First locked, then asked again: a message may just have been tied to one of them."""
    candidates = select(file.c.owner, file.c.sha256).where(which, _unnamed())
    rows = connection.execute(candidates.order_by(file.c.owner, file.c.sha256).with_for_update()).all()
    if not rows:
        return 0
    one = and_(file.c.owner == bindparam("of"), file.c.sha256 == bindparam("hash"))
    gone = [
        connection.execute(
            delete(file).where(one, _unnamed()), {"of": row.owner, "hash": row.sha256}
        ).rowcount
        for row in rows
    ]
    return sum(gone)
