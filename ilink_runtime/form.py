"""A form, both ways: a message into what a form shows, and what was posted back into a message.

Pure. A field posts under its JSON Pointer (`/subject/other_names/0/family_name`); the boxes of a
date post under parts of it (`/subject/date_of_birth#year`). What cannot be read stays as typed, so
that validation can say what is wrong; what is empty is absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ilink_runtime.values import unescape

Definition = Mapping[str, Any]
Field = Mapping[str, Any]
Pair = tuple[str, str]

#: Widgets whose text is numbers or an identifier: Arabic-Indic and Persian digits become Latin ones.
LATIN_DIGITS = frozenset({"number", "date", "partial_date", "datetime", "tel", "email"})

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")
#: Control characters, and the marks of direction that copying from a page brings along.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?")
_ROW = re.compile(r"(.*?)/([0-9]{1,4})(?=[/#]|$)")


@dataclass(frozen=True, slots=True)
class Row:
    """A member of a repeated group."""

    pointer: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form at its place in the message, with what stands there (None: nothing)."""

    field: Field
    pointer: str
    control: str  # see `control`
    value: Any = None
    entries: tuple[Entry, ...] = ()  # of a group or a free text
    rows: tuple[Row, ...] = ()  # of a repeated group


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form; a folded one is seldom filled in."""

    name: str
    entries: tuple[Entry, ...]
    folded: bool = False


def control(field: Field) -> str:
    """How a field is asked.

    One of text, number, checkbox, date, partial_date, code, codes, list, group, rows, free_text.
    """
    if field["kind"] == "class":
        if field["multivalued"]:
            return "rows"
        return "free_text" if is_free_text(field) else "group"
    if field["kind"] == "code":
        return "codes" if field["multivalued"] else "code"
    if field["multivalued"]:
        return "list"
    return field["widget"] if field["widget"] in {"number", "checkbox", "date", "partial_date"} else "text"


def is_free_text(field: Field) -> bool:
    """Whether a class is a text with its language."""
    return {"text", "language"} <= {part["name"] for part in field.get("fields") or ()}


# --- showing


def show(definition: Definition, body: Mapping[str, Any]) -> tuple[Section, ...]:
    """What a form shows of a message; also the order in which a page reads it."""
    return tuple(
        Section(section["name"], tuple(_entries(section["fields"], body, "")), "folded" in section)
        for section in definition["sections"]
    )


def _entries(fields: Sequence[Field], holder: Any, base: str) -> Iterator[Entry]:
    for field in fields:
        if field["widget"] == "hidden":
            continue
        steps = _steps(field)
        value = holder
        for step in steps:
            value = value.get(unescape(step)) if isinstance(value, Mapping) else None
        yield _entry(field, value, f"{base}/{'/'.join(steps)}")


def _entry(field: Field, value: Any, pointer: str) -> Entry:
    kind = control(field)
    if kind in {"group", "free_text"}:
        return Entry(field, pointer, kind, value, entries=tuple(_entries(field["fields"], value, pointer)))
    if kind == "rows":
        members = _listed(field, value)
        rows = tuple(
            Row(f"{pointer}/{number}", tuple(_entries(field["fields"], member, f"{pointer}/{number}")))
            for number, member in enumerate(members)
        )
        return Entry(field, pointer, kind, value, rows=rows)
    return Entry(field, pointer, kind, value)


def pairs(entries: Iterable[Entry]) -> Iterator[Pair]:
    """What a browser posts for entries that nobody touched."""
    for entry in entries:
        match entry.control:
            case "group" | "free_text":
                yield from pairs(entry.entries)
            case "rows":
                for row in entry.rows:
                    yield row.pointer, ""
                    yield from pairs(row.entries)
            case "date" | "partial_date":
                for part, text in date_parts(entry.value).items():
                    yield f"{entry.pointer}#{part}", text
            case "codes" | "list":
                for number, member in enumerate(entry.value or ()):
                    yield f"{entry.pointer}/{number}", as_text(member)
            case _:
                yield entry.pointer, as_text(entry.value)


def as_text(value: Any) -> str:
    """A scalar as it stands in a box."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def date_parts(value: Any) -> dict[str, str]:
    """The boxes of a date: `1980-05~` is year 1980, month 05, about."""
    text = as_text(value)
    about = text.endswith("~")
    year, month, day, *_ = [*text.removesuffix("~").split("-", 2), "", "", ""]
    return {"year": year, "month": month, "day": day, "about": "true" if about else ""}


# --- reading


def read(
    definition: Definition,
    posted: Iterable[Pair],
    *,
    keep_rows: bool = False,
    code_of: Callable[[str, str], str] = lambda _list, text: text,
) -> dict[str, Any]:
    """The message that was posted; fields the form does not know are ignored.

    `keep_rows` keeps rows that are still empty (a draft); `code_of` turns a label an officer typed
    into its code, by the name of the code list.
    """
    reading = _Reading(_Posted(posted), keep_rows, code_of)
    message: dict[str, Any] = {}
    for section in definition["sections"]:
        for field in section["fields"]:
            if field["widget"] == "hidden":  # the type designator: known, never asked
                message[field["name"]] = _said(definition, field)
            else:
                _place(message, _steps(field), reading.field(field, "/" + "/".join(_steps(field))))
    return message


def message(definition: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is validated and sent: it says its type, and nothing in it is empty."""
    said = {
        field["name"]: _said(definition, field)
        for section in definition["sections"]
        for field in section["fields"]
        if field["widget"] == "hidden"
    }
    fields = [field for section in definition["sections"] for field in section["fields"]]
    return {**_under_keys(fields, pruned(body)), **said}


def _said(definition: Definition, field: Field) -> str:
    """What a type designator says of an object."""
    return str(field.get("value", definition["type"]))


def _listed(field: Field, value: Any) -> list[Any]:
    """The members of a repeated group; those that stand under keys say their key themselves."""
    if isinstance(value, Mapping) and "key" in field:
        return [
            {field["key"]: key, **(member if isinstance(member, Mapping) else {field["compact"]: member})}
            for key, member in value.items()
        ]
    return value if isinstance(value, list) else []


def _under_keys(fields: Iterable[Field], body: dict[str, Any]) -> dict[str, Any]:
    """The message with members under their keys where the standard has them so.

    A list in which a key is missing or stands twice stays one, so that validation can say it.
    """
    for field in fields:
        *way, last = map(unescape, _steps(field))
        holder: Any = body
        for step in way:
            holder = holder.get(step) if isinstance(holder, dict) else None
        value = holder.get(last) if isinstance(holder, dict) else None
        for member in value if isinstance(value, list) else [value]:
            if isinstance(member, dict) and field["kind"] == "class":
                _under_keys(field["fields"], member)
        if isinstance(value, list) and "key" in field:
            keys = [member.get(field["key"]) if isinstance(member, dict) else None for member in value]
            if None not in keys and len(set(map(str, keys))) == len(keys):
                holder[last] = {
                    str(key): {name: said for name, said in member.items() if name != field["key"]}
                    for key, member in zip(keys, value, strict=True)
                }
    return body


def pruned(value: Any) -> Any:
    """The same without empty rows, texts and objects."""
    if isinstance(value, Mapping):
        members = {key: pruned(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member not in (None, "", [], {})}
    if isinstance(value, list):
        return [member for member in map(pruned, value) if member not in (None, "", [], {})]
    return value


class _Posted:
    """The posted pairs by name, and which rows of which list were posted."""

    def __init__(self, posted: Iterable[Pair]) -> None:
        self.texts: dict[str, list[str]] = {}
        rows: dict[str, set[int]] = {}
        for name, text in posted:
            self.texts.setdefault(name, []).append(_clean(text))
            if not name.startswith("/"):
                continue
            for found in _ROW.finditer(name):
                rows.setdefault(name[: found.start(2) - 1], set()).add(int(found[2]))
        self.rows = {name: sorted(numbers) for name, numbers in rows.items()}

    def text(self, name: str) -> str:
        return self.texts.get(name, [""])[-1]


@dataclass(frozen=True, slots=True)
class _Reading:
    posted: _Posted
    keep_rows: bool
    code_of: Callable[[str, str], str]

    def field(self, field: Field, pointer: str) -> Any:
        """The value of a field, or None."""
        match control(field):
            case "group" | "free_text":
                return self._object(field, pointer) or None
            case "rows":
                members = [
                    self._object(field, f"{pointer}/{row}") for row in self.posted.rows.get(pointer, ())
                ]
                return [member for member in members if member or self.keep_rows] or None
            case "codes" | "list":
                texts = [*self.posted.texts.get(pointer, ())]
                for row in self.posted.rows.get(pointer, ()):
                    texts.extend(self.posted.texts.get(f"{pointer}/{row}", ()))
                return [self._scalar(field, text) for text in texts if text or self.keep_rows] or None
            case "checkbox":
                answers = self.posted.texts.get(pointer, ())
                return True if "true" in answers else False if "false" in answers else None
            case "date" | "partial_date":
                return self._date(pointer)
            case _:
                text = self.posted.text(pointer)
                return self._scalar(field, text) if text else None

    def _object(self, field: Field, pointer: str) -> dict[str, Any]:
        value: dict[str, Any] = {}
        hidden = {part["name"]: part["value"] for part in field["fields"] if "value" in part}
        for part in field["fields"]:
            if part["widget"] == "hidden":
                continue
            steps = _steps(part)
            _place(value, steps, self.field(part, f"{pointer}/{'/'.join(steps)}"))
        # The language of a text that was not written is only the box's default.
        if is_free_text(field) and value.keys() == {"language"}:
            return {}
        return value | hidden if value else {}

    def _scalar(self, field: Field, text: str) -> Any:
        if field["kind"] == "code":
            return self.code_of(field["range"], text) if text else text
        if field["widget"] in LATIN_DIGITS or field.get("direction") == "ltr":
            text = text.translate(_DIGITS)
        if field["widget"] == "any":
            return {"true": True, "false": False}.get(text, _number(text))
        return _number(text) if field["widget"] == "number" else text

    def _date(self, pointer: str) -> str | None:
        year, month, day = (
            self.posted.text(f"{pointer}#{part}").translate(_DIGITS) for part in ("year", "month", "day")
        )
        text = "-".join([year, _two(month), _two(day)]).rstrip("-")
        return (text + "~" if self.posted.text(f"{pointer}#about") else text) if text else None


def _number(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _two(text: str) -> str:
    return text.zfill(2) if text.isdigit() else text


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", text.replace("\r\n", "\n")).strip()


def _steps(field: Field) -> list[str]:
    """The names that lead to a field from the object it is shown in."""
    return str(field["pointer"]).strip("/").split("/")


def _place(holder: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    if value is None:
        return
    for step in steps[:-1]:
        holder = holder.setdefault(unescape(step), {})
    holder[unescape(steps[-1])] = value


# --- rows


def add_row(definition: Definition, body: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """The message with one more empty row in a list of the form; ValueError for another pointer."""
    entry = find(show(definition, body), pointer)
    if entry is None or entry.control not in {"rows", "list", "codes"}:
        raise ValueError(pointer)
    message = deepcopy(dict(body))
    holder: Any = message
    steps = [unescape(step) for step in pointer.strip("/").split("/")]
    for step in steps[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    holder[steps[-1]] = [*(holder.get(steps[-1]) or ()), {} if entry.control == "rows" else ""]
    return message


def remove_row(body: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """The message without that row; ValueError when there is no such row."""
    message = deepcopy(dict(body))
    holder: Any = message
    *way, last = map(unescape, pointer.strip("/").split("/"))
    try:
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if not isinstance(holder, list):
            raise ValueError(pointer)
        del holder[abs(int(last))]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(pointer) from error
    return message


def rows(entry: Entry) -> tuple[Row, ...]:
    """The rows a form shows: those there are, or an empty one where one is needed."""
    if entry.rows or not (entry.field["publish"] or entry.field["required"]):
        return entry.rows
    return (empty_row(entry, "0"),)


def empty_row(entry: Entry, number: str) -> Row:
    """A row with nothing in it; numbered `+` it is the pattern from which a script makes others."""
    pointer = f"{entry.pointer}/{number}"
    return Row(pointer, tuple(_entries(entry.field["fields"], {}, pointer)))


def part(entry: Entry, name: str) -> Entry:
    """The part of a group by its name."""
    return next(inner for inner in entry.entries if inner.field["name"] == name)


def example(entry: Entry) -> str:
    """How an identifier is written; of a name, a text or a date in boxes an example would only mislead."""
    identifier = entry.field.get("direction") == "ltr" and entry.control in {"text", "list"}
    return str(entry.field.get("example", "")) if identifier else ""


def is_open(section: Section, faults: Mapping[str, Sequence[str]]) -> bool:
    """Whether a folded section has something to show: a value, an added row, or a fault at one of its fields.

    A list that nobody touched comes back with its one empty box.
    """
    faulty = tuple(f"{pointer}/" for pointer, sentences in faults.items() if sentences)
    return any(
        entry.value not in (None, "", [], {}, [""])
        or any(at.startswith(f"{entry.pointer}/") for at in faulty)
        for entry in walk(section.entries)
    )


def find(sections: Iterable[Section], pointer: str) -> Entry | None:
    """The entry at a pointer, inside groups and rows too."""
    for section in sections:
        for entry in walk(section.entries):
            if entry.pointer == pointer:
                return entry
    return None


def walk(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Every entry, outer before inner."""
    for entry in entries:
        yield entry
        yield from walk(entry.entries)
        for row in entry.rows:
            yield from walk(row.entries)
