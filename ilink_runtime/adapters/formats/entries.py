"""What the formats share: the description of a format, and an entry read from it."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.troubles import in_english

Source = IO[bytes]

#: A longer line or record is not read: it would have to be held in memory whole.
LONGEST = 16 * 1024 * 1024

#: The encodings that a country may name; an encoding that runs code or packs data is none of them.
ENCODINGS = frozenset(
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "ascii",
        "cp850",
        "cp437",
        "cp037",
        "koi8-r",
        "gb18030",
        "shift_jis",
        "euc-kr",
    ]
    + [f"windows-{number}" for number in range(1250, 1259)]
    + [f"iso-8859-{number}" for number in range(1, 17) if number != 12]
)


_REFERENCE = re.compile("&#([1-9][0-9]{1,6});")


class Unreadable(Exception):
    """A file that is not of its format, or a value that cannot stand in it: its line, and the trouble."""

    def __init__(self, line: int, code: str, place: str = "", value: Any = None) -> None:
        self.line = line
        self.trouble = Trouble(code, place, value)
        super().__init__(in_english(self.trouble))


@dataclass(frozen=True, slots=True)
class Spec:
    """A national format: its type, encoding and the words that describe it."""

    type: str
    encoding: str = "utf-8"
    options: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    check_digits: Mapping[str, str] = field(default_factory=dict)
    continues: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    #: Of XML: what stands at a place that must not be missing, and the elements of some in their order.
    fills: Mapping[str, str] = field(default_factory=dict)
    sequences: Mapping[str, str] = field(default_factory=dict)
    #: The places in the order in which they are written.
    order: tuple[tuple[str, ...], ...] = ()
    #: The places among them where a list may stand; in XML an element may be repeated anywhere.
    lists: frozenset[tuple[str, ...]] = frozenset()

    def option(self, word: str, otherwise: str = "") -> str:
        """What the format says by a word."""
        return self.options.get(word) or otherwise


@dataclass(frozen=True, slots=True)
class Entry:
    """One record with the line where it begins, or the trouble that kept it from being read."""

    line: int
    tree: Tree | None = None
    trouble: Trouble | None = None


def lines(source: Source, encoding: str) -> Iterator[tuple[int, str | Trouble]]:
    """The lines of a file without their ends; one that cannot be decoded, or is too long, is a trouble."""
    if encoding == "utf-16":
        yield from _decoded_lines(source, encoding)
        return
    number = 0
    while raw := source.readline(LONGEST):
        number += 1
        if len(raw) == LONGEST and not raw.endswith(b"\n"):
            while (rest := source.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield number, Trouble("too_long", "", LONGEST)
            continue
        raw = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        try:
            yield number, raw.decode(encoding).rstrip("\r\n")
        except UnicodeDecodeError as error:
            yield number, Trouble("not_in_encoding", encoding, f"0x{raw[error.start]:02X}")


def _decoded_lines(source: Source, encoding: str) -> Iterator[tuple[int, str | Trouble]]:
    try:
        for number, line in enumerate(codecs.getreader(encoding)(source), start=1):
            yield number, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        bad = f"0x{error.object[error.start]:02X}" if error.start < len(error.object) else ""
        raise Unreadable(1, "not_in_encoding", encoding, bad) from None
    except UnicodeError:
        raise Unreadable(1, "not_in_encoding", encoding, "") from None


def encoded(text: str, encoding: str, *, references: bool = False) -> bytes:
    """A text in an encoding. Unreadable with a letter that it lacks, unless `references` stand for it."""
    try:
        return text.encode(encoding, "xmlcharrefreplace" if references else "strict")
    except UnicodeEncodeError as error:
        letter = text[error.start]
        raise Unreadable(0, "no_letter", encoding, f"{letter!r} (U+{ord(letter):04X})") from None


def dereferenced(text: str, encoding: str) -> str:
    """A text with the letters that stand in it as `&#1633;`, because the encoding does not have them.

    A reference to a letter that it does have is text: nobody needed to write it so.
    """
    return _REFERENCE.sub(lambda found: _letter(found, encoding), text)


def _letter(found: re.Match[str], encoding: str) -> str:
    letter = chr(min(int(found[1]), sys.maxunicode))
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return letter if letter.isprintable() else found[0]
    return found[0]
