"""Carries whole files through an adapter, record by record; a bad one is told, and the rest goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.wrapping import unwrapped, wrapped

#: What each trouble means, in the words of who sends the record.
SENTENCES = {
    "another_list": "this code is of another list",
    "century_unknown": "the century of two digits is confirmed nowhere",
    "key_twice": "this key stands in the record twice",
    "no_key": "this part has no key",
    "no_national_code": "the country has no code for this",
    "no_national_date": "the country's format cannot say this date",
    "not_a_date": "this is no date as the adapter describes it",
    "not_a_list": "this is no list",
    "not_a_listed_code": "this is no code with its list",
    "not_a_number": "this is no number as the adapter describes it",
    "not_a_text": "this is no text",
    "not_an_object": "a record is an object",
    "not_csv": "this is not CSV",
    "not_in_encoding": "this byte does not exist in the encoding",
    "not_json": "this is not JSON",
    "not_public": "its sender does not let an extract be made public",
    "not_written": "this cannot be written in the national format",
    "not_xml": "this is not XML",
    "not_yes_or_no": "this is neither yes nor no",
    "record_ends": "the file ends within a record",
    "too_long": "this line is too long",
    "unknown_code": "the code table of the adapter has no such code",
    "wrong_check_digit": "the check digit is another one",
    "wrong_columns": "the line has another number of columns",
    "wrong_width": "the line has another width",
}

#: Tells of the record at a line what is wrong; a fault of its message is a sentence already.
Tell = Callable[[int, Trouble | str], None]
#: What keeps a message from being recorded.
Judged = Callable[[Tree], list[str]]


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
    for number, entry in enumerate(formats.read(source, adapter.spec)):
        if number < progress.read:
            continue
        progress.read += 1
        if entry.tree is None:
            progress.bad += 1
            tell(entry.line, entry.trouble or Trouble("not_an_object", "", None))
        else:
            carried = adapter.to_standard({**unwrapped(entry.tree), **given})
            against = carried.troubles or judged(carried.tree)
            for one in against:
                tell(entry.line, one)
            progress.bad += bool(against)
            if not against:
                files["out"].write(orjson.dumps(carried.tree) + b"\n")
                if "leftovers" in files:
                    files["leftovers"].write(orjson.dumps(carried.leftovers) + b"\n")
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
            carried = adapter.to_national(message, theirs)
            record = wrapped(carried.tree, message, {}) if adapter.described["wrap"] else carried.tree
            troubles = [*carried.troubles, *_unwritable(adapter, record)]
            for trouble in troubles:
                tell(line, trouble)
            bad += bool(troubles)
            if not troubles:
                yield record

    for piece in formats.write(records(), adapter.spec):
        out.write(piece)
    return bad


def _unwritable(adapter: Loaded, record: Tree) -> list[Trouble]:
    try:
        for _piece in formats.write([record], adapter.spec):
            pass
    except formats.Unreadable as reason:
        return [Trouble("not_written", "", str(reason))]
    return []


def _parsed(text: bytes) -> Any:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
