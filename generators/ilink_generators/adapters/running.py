"""Carries whole files through an adapter, record by record; a bad one is told, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.streaming import incoming, outgoing
from ilink_runtime.adapters.trees import Tree

#: Tells of the record at a line what is wrong; a fault of its message is a sentence already.
Tell = Callable[[int, Trouble | str], None]
#: What keeps a message from being recorded.
Judged = Callable[[Tree, Tree], list[str]]


@dataclass
class Progress:
    """How far a run has come; written beside the result, so that it can be taken up again."""

    path: Path | None
    read: int = 0
    bad: int = 0
    sizes: dict[str, int] = field(default_factory=dict)

    def save(self, files: dict[str, IO[bytes]]) -> None:
        """Notes how many records are done, and how long the results were then."""
        if self.path is None:
            return
        for file in files.values():
            file.flush()
        self.sizes = {name: file.tell() for name, file in files.items()}
        self.path.write_text(json.dumps({"read": self.read, "bad": self.bad, "sizes": self.sizes}), "utf-8")

    def take_up(self, files: dict[str, IO[bytes]]) -> None:
        """Goes on where a run ended; what it wrote after its last note is cut off."""
        if self.path is not None and self.path.is_file():
            said = json.loads(self.path.read_text("utf-8"))
            self.read, self.bad, self.sizes = said["read"], said["bad"], said["sizes"]
        for name, file in files.items():
            file.truncate(self.sizes.get(name, 0))
            file.seek(0, 2)

    def done(self) -> None:
        """Nothing is left to take up."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


#: Records between two notes of the progress.
OFTEN = 500


def to_standard(
    adapter: Loaded,
    source: IO[bytes],
    files: dict[str, IO[bytes]],
    progress: Progress,
    tell: Tell,
    given: dict[str, str],
    judged: Judged,
) -> None:
    """Messages of a file of national records, one a line; `given` are places that each record has besides.

    One that has troubles or makes no valid message is told, and not written. `files` are `out`, and
    `leftovers` if those are wanted: one line for each message.
    """
    for record in incoming(adapter, source, given, progress.read):
        progress.read += 1
        against: Sequence[Trouble | str] = record.troubles
        if record.carried is not None and not against:
            against = judged(record.carried.tree, record.tree or {})
        for one in against:
            tell(record.line, one)
        progress.bad += bool(against)
        if record.carried is not None and not against:
            files["out"].write(orjson.dumps(record.carried.tree) + b"\n")
            if "leftovers" in files:
                files["leftovers"].write(orjson.dumps(record.carried.leftovers) + b"\n")
        if progress.read % OFTEN == 0:
            progress.save(files)


def to_national(
    adapter: Loaded, source: IO[bytes], leftovers: IO[bytes] | None, out: IO[bytes], tell: Tell
) -> int:
    """A national file of messages, one a line; how many could not be written.

    `leftovers` are those of the way in, one line for each message.
    """
    bad = 0

    def records() -> Iterator[Tree]:
        nonlocal bad
        for line, text in enumerate(source, start=1):
            theirs = _parsed(leftovers.readline()) if leftovers is not None else None
            message = _parsed(text)
            if message is None:
                bad += 1
                tell(line, Trouble("not_json", "", None))
                continue
            record = outgoing(adapter, message, theirs)
            for trouble in record.troubles:
                tell(line, trouble)
            bad += bool(record.troubles)
            if not record.troubles:
                yield record.tree

    for piece in formats.write(records(), adapter.spec):
        out.write(piece)
    return bad


def _parsed(text: bytes) -> Any:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
