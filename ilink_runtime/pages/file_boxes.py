"""How forms and pages show what describes a file: in one box, and a portrait beside the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ilink_runtime.envelope import HASH
from ilink_runtime.files import MEDIA_TYPE, NAME, SIZE, File
from ilink_runtime.form import Entry, Section, as_text, walk

#: What follows the pointer of an object in the name of its box.
BOX = "#file"
PARTS = (NAME, MEDIA_TYPE, SIZE, HASH)


@dataclass(frozen=True, slots=True)
class Held:
    """A stored file, and the address under which the page may have it."""

    file: File
    address: str


@dataclass(frozen=True, slots=True)
class FileBox:
    """The fields of an object that describe a file, by their types; `caption` says what it shows."""

    pointer: str
    parts: Mapping[str, Entry]
    caption: str
    control: str = "file"

    @property
    def name(self) -> str:
        """The name under which a form posts the file."""
        return self.pointer + BOX

    @property
    def file_name(self) -> str:
        """The name of the file, empty when it has none."""
        return as_text(self.parts[NAME].value) if NAME in self.parts else ""

    @property
    def sha256(self) -> str:
        """The hash of the file, empty when it is not known."""
        return as_text(self.parts[HASH].value).lower()

    @property
    def value(self) -> bool | None:
        """Whether anything is said of the file."""
        return True if any(part.value is not None for part in self.parts.values()) else None


def boxed(entries: Iterable[Entry]) -> Iterator[Entry | FileBox]:
    """The entries of an object; those that describe a file in one box, where the first of them stood."""
    members = list(entries)
    holders = {holder_of(entry) for entry in members if type_of_entry(entry) == HASH}
    shown = set()
    for entry in members:
        holder = holder_of(entry)
        if holder not in holders or type_of_entry(entry) not in PARTS:
            yield entry
        elif holder not in shown:
            shown.add(holder)
            beside = [other for other in members if holder_of(other) == holder]
            caption = next((as_text(e.value) for e in beside if e.field["name"] == "description"), "")
            yield FileBox(holder, {type_of_entry(e): e for e in beside if type_of_entry(e) in PARTS}, caption)


def portrait_in(sections: Iterable[Section], headline: str, held: Mapping[str, Held]) -> FileBox | None:
    """The first picture of whom the message is about, to be shown beside the name."""
    for section in sections:
        for entry in walk(section.entries):
            for row in entry.rows if entry.pointer.startswith(f"/{headline}/") else ():
                for box in boxed(row.entries):
                    if isinstance(box, FileBox) and box.sha256 in held and held[box.sha256].file.is_picture:
                        return box
    return None


def type_of_entry(entry: Entry) -> str:
    return str(entry.field["range"])


def holder_of(entry: Entry) -> str:
    return entry.pointer.rpartition("/")[0]
