"""Samples in lines: the words of CSV, of fixed width, of key-prefixed text, and how they are encoded."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Any

from ilink_generators.adapters.sample import SampleRefused
from ilink_runtime.adapters.formats.entries import ENCODINGS, dereferenced

#: What is looked at first where the encoding that was said is not the right one.
_LIKELY_ENCODINGS = (
    *("utf-8", "utf-16", "windows-1252", "windows-1256", "windows-1251", "windows-1250", "iso-8859-1"),
    *("iso-8859-6", "iso-8859-2", "iso-8859-5", "cp850", "koi8-r", "shift_jis", "gb18030", "euc-kr"),
)
_KEY = "[A-Za-z][A-Za-z0-9_]{0,19}"
_MRZ = re.compile("[A-Z0-9<]{30}|[A-Z0-9<]{36}|[A-Z0-9<]{44}")
_DELIMITERS = ";,|\t"


def decoded(data: bytes, encoding: str, name: str) -> str:
    """The text of a sample. SampleRefused, with those that fit, when it is in another encoding."""
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError:
        fitting = ", ".join(_fitting(data)[:4])
        hint = (
            f" It could be {fitting}: name the one that shows your letters, with --encoding."
            if fitting
            else ""
        )
        raise SampleRefused(f"{name} is not {encoding}.{hint}") from None


def _fitting(data: bytes) -> list[str]:
    """Encodings in which all letters are letters, each with a word that shows it."""
    found: dict[str, str] = {}
    for encoding in (*_LIKELY_ENCODINGS, *sorted(ENCODINGS)):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        words = [word for word in re.findall(r"\w+", text) if not word.isascii()]
        strange = [
            char for char in text if not char.isascii() and not (char.isalpha() or char in "°§€«»’–،؛؟")
        ]
        if words and not strange and encoding not in found:
            found[encoding] = words[0][:24]
    return [f"{encoding} ({word})" for encoding, word in found.items()]


def text_format(text: str, encoding: str) -> dict[str, Any]:
    """The words of the format of a text in lines. SampleRefused when it is in no format that is known."""
    lines = [line for line in text.splitlines() if line.strip()][:200]
    if not lines:
        raise SampleRefused("it is empty.")
    if all(_MRZ.fullmatch(line.strip()) and "<<" in lines[0] for line in lines):
        raise SampleRefused("this is a machine-readable zone; icao-9303-td1, -td2 or -td3 reads it.")
    said = {"encoding": encoding} if encoding != "utf-8" else {}
    plain = [dereferenced(line, encoding) for line in lines]
    if plain != lines:  # letters that the encoding lacks stand as references, as browsers send them
        lines, said = plain, {**said, "missing": "references"}
    if (keyed := _keyed(lines)) is not None:
        return {"type": "keyed", **said, **keyed}
    delimiter = _delimiter(lines)
    first = next(csv.reader(lines[:1], delimiter=delimiter or ","), [])
    if delimiter and (len(lines) > 1 or _are_names(first)):
        words: dict[str, Any] = {
            "type": "csv",
            **said,
            "delimiter": "tab" if delimiter == "\t" else delimiter,
        }
        if not _are_names(first):
            words["columns"] = {f"column_{number}": str(number) for number in range(1, len(first) + 1)}
        return words
    if columns := _fixed(lines):
        return {"type": "fixed", **said, "columns": columns}
    if len(lines) > 1 and len(lines[0]) < 60 and _are_names(lines[:1]):
        return {"type": "csv", **said}
    raise SampleRefused(
        "its format was not recognised. What can be read is JSON, XML (or its XSD), CSV with , ; | or tabs,"
        " lines of one fixed width with spaces between their columns, and keys before values, such as"
        " NAM/DOE.DOB/19800517."
    )


def _keyed(lines: list[str]) -> dict[str, str] | None:
    """What ends keys and fields, where every line is made of keys before values."""
    for key in "/:=":
        for separator in ".;|,":
            end = re.escape(separator)
            field = f"{_KEY}{key}[^{end}]*"
            pattern = re.compile(f"([^{key}{end}]*{end})*{field}({end}{field})+")
            if all(pattern.fullmatch(line.strip()) for line in lines):
                said = {"separator": separator, "key": key}
                return {word: sign for word, sign in said.items() if sign not in "./"}
    return None


def _delimiter(lines: list[str]) -> str:
    """The mark that parts most lines into as many columns as the first; empty when none does."""
    counts = {}
    for mark in _DELIMITERS:
        try:
            widths = [
                len(row) for row in csv.reader([f"{line}\n" for line in lines], delimiter=mark, strict=True)
            ]
        except csv.Error:
            continue
        if widths and widths[0] > 1 and Counter(widths)[widths[0]] * 2 > len(widths):
            counts[mark] = widths[0]
    return max(counts, key=lambda mark: counts[mark], default="")


def _are_names(row: list[str]) -> bool:
    """Whether a line of a CSV names its columns: nothing in it is blank, a number, or as long as prose."""
    return not any(len(name) > 60 or re.fullmatch(r"[\d٠-٩\s./:+-]*", name.strip()) for name in row)


def _fixed(lines: list[str]) -> dict[str, str]:
    """Where the columns of lines of one width stand: each begins behind what is blank in all of them.

    What begins in one line of many is rather a second word.
    """
    width = len(lines[0])
    if len(lines) < 2 or width < 10 or any(len(line) != width for line in lines):
        return {}
    filled = [sum(line[place] != " " for line in lines) for place in range(width)]
    starts = [at for at in range(width) if filled[at] > (len(lines) > 2) and not (at and filled[at - 1])]
    if len(starts) < 2:
        return {}
    starts[0] = 0
    ends = [*starts[1:], width]
    return {
        f"column_{number}": f"{start + 1}-{end}"
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    }
