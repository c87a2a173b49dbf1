"""A form, both ways: a message into what a form shows, and what was posted back into a message.

Pure. A field posts under its JSON Pointer (`/subject/other_names/0/family_name`); the boxes of a
date post under parts of it (`/subject/date_of_birth#year`). What cannot be read stays as typed, so
that validation can say what is wrong; what is empty is absent.

Where a value may be of several classes, what was chosen posts under `/vehicles/0#is`. The object says
it by its type designator; without one a draft keeps it in the object, under the same `#is`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ilink_runtime.classes import IS, Fitting
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
    branch: Branch | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """What was chosen for a value that may be of several classes: the field that it is then.

    `said` is what the value, or its form, says of it.
    """

    field: Field
    said: str

    @property
    def is_plain(self) -> bool:
        """Whether the value is no object."""
        return bool(self.field["kind"] != "class")


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of the form at its place in the message, with what stands there (None: nothing)."""

    field: Field
    pointer: str
    control: str  # see `control`
    value: Any = None
    entries: tuple[Entry, ...] = ()  # of a group, a free text or what was chosen
    rows: tuple[Row, ...] = ()  # of a repeated group
    branch: Branch | None = None  # of a choice


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form; a folded one is seldom filled in."""

    name: str
    entries: tuple[Entry, ...]
    folded: bool = False


def control(field: Field) -> str:
    """How a field is asked.

    One of text, number, checkbox, date, partial_date, code, codes, list, group, rows, free_text, choice,
    fixed.
    """
    if "branches" in field:
        return "rows" if field["multivalued"] else "choice"
    if field["widget"] == "fixed":
        return "fixed"
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


# --- what may be of several classes


def branches(field: Field) -> tuple[Field, ...]:
    """The fields that a field may be, an object of each of its classes before what is no object."""
    common = {word: said for word, said in field.items() if word != "branches"}
    return tuple({**common, **branch, "multivalued": False} for branch in field.get("branches", ()))


def _first(names: Sequence[str], _value: Mapping[str, Any]) -> str:
    return names[0]


def _designator(branch: Field) -> Field | None:
    """The field that says the class of an object, where its class has one."""
    return next((part for part in branch.get("fields", ()) if part["widget"] == "hidden"), None)


def _names(branch: Field) -> Sequence[str]:
    """What may be said of a value of that branch, its usual name first."""
    designator = _designator(branch)
    if designator is None:
        return (branch["range"],)
    return tuple(designator.get("values") or (designator["value"],))


def _called(field: Field, said: Any) -> Branch | None:
    """The branch of that name."""
    return next((Branch(branch, said) for branch in branches(field) if said in _names(branch)), None)


def _chosen(field: Field, value: Any, fitting: Fitting) -> Branch | None:
    """The branch of a value: the one that it names, else the one that it fits."""
    known = branches(field)
    if not isinstance(value, Mapping):
        plain = (branch for branch in known if branch["kind"] != "class" and value is not None)
        return next((Branch(branch, branch["range"]) for branch in plain), None)
    objects = [branch for branch in known if branch["kind"] == "class"]
    for branch in objects:
        designator = _designator(branch)
        said = value.get(designator["name"] if designator else IS)
        if said in _names(branch):
            return Branch(branch, str(said))
    if not objects:
        return None
    name = fitting([branch["range"] for branch in objects], value)
    branch = next(branch for branch in objects if branch["range"] == name)
    return Branch(branch, _names(branch)[0])


# --- showing


def show(definition: Definition, body: Mapping[str, Any], fitting: Fitting = _first) -> tuple[Section, ...]:
    """What a form shows of a message; also the order in which a page reads it.

    `fitting` tells the class of an object that does not say it.
    """
    return tuple(
        Section(section["name"], tuple(_entries(section["fields"], body, "", fitting)), "folded" in section)
        for section in definition["sections"]
    )


def _entries(fields: Sequence[Field], holder: Any, base: str, fitting: Fitting) -> Iterator[Entry]:
    for field in fields:
        if field["widget"] == "hidden":
            continue
        steps = _steps(field)
        value = holder
        for step in steps:
            value = value.get(unescape(step)) if isinstance(value, Mapping) else None
        yield _entry(field, value, f"{base}/{'/'.join(steps)}", fitting)


def _entry(field: Field, value: Any, pointer: str, fitting: Fitting) -> Entry:
    kind = control(field)
    if kind in {"group", "free_text"}:
        inside = tuple(_entries(field["fields"], value, pointer, fitting))
        return Entry(field, pointer, kind, value, entries=inside)
    if kind == "choice":
        branch = _chosen(field, value, fitting)
        return Entry(field, pointer, kind, value, _of_branch(branch, value, pointer, fitting), branch=branch)
    if kind == "rows":
        members = enumerate(_listed(field, value))
        rows = (_row(field, member, f"{pointer}/{number}", fitting) for number, member in members)
        return Entry(field, pointer, kind, value, rows=tuple(rows))
    return Entry(field, pointer, kind, value)


def _row(field: Field, member: Any, pointer: str, fitting: Fitting) -> Row:
    if "branches" not in field:
        return Row(pointer, tuple(_entries(field["fields"], member, pointer, fitting)))
    branch = _chosen(field, member, fitting)
    return Row(pointer, _of_branch(branch, member, pointer, fitting), branch)


def _of_branch(branch: Branch | None, value: Any, pointer: str, fitting: Fitting) -> tuple[Entry, ...]:
    """What is asked of a value that was chosen: the fields of its class, or the value itself."""
    if branch is None:
        return ()
    if branch.is_plain:
        return (_entry(branch.field, value, pointer, fitting),)
    return tuple(_entries(branch.field["fields"], value, pointer, fitting))


def pairs(entries: Iterable[Entry]) -> Iterator[Pair]:
    """What a browser posts for entries that nobody touched."""
    for entry in entries:
        match entry.control:
            case "group" | "free_text":
                yield from pairs(entry.entries)
            case "choice":
                yield from _pairs_of_branch(entry.branch, entry.pointer, entry.entries)
            case "rows":
                for row in entry.rows:
                    if "branches" in entry.field:
                        yield from _pairs_of_branch(row.branch, row.pointer, row.entries)
                    else:
                        yield row.pointer, ""
                        yield from pairs(row.entries)
            case "fixed":
                pass
            case "date" | "partial_date":
                for part, text in date_parts(entry.value).items():
                    yield f"{entry.pointer}#{part}", text
            case "codes" | "list":
                for number, member in enumerate(entry.value or ()):
                    yield f"{entry.pointer}/{number}", as_text(member)
            case _:
                yield entry.pointer, as_text(entry.value)


def _pairs_of_branch(branch: Branch | None, pointer: str, entries: Iterable[Entry]) -> Iterator[Pair]:
    if branch is not None:
        yield pointer + IS, branch.said
        yield from pairs(entries)


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

    `keep_rows` keeps rows that are still empty, and the classes that were chosen (a draft); `code_of`
    turns a label an officer typed into its code, by the name of the code list.
    """
    reading = _Reading(_Posted(posted), keep_rows, code_of)
    message: dict[str, Any] = {}
    for field in _fields(definition):
        if field["widget"] not in _KNOWN:
            _place(message, _steps(field), reading.field(field, "/" + "/".join(_steps(field))))
    return _with_known(definition, message)


def kept(definition: Definition, body: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is checked: it says its type, and nothing in it is empty; classes stay chosen."""
    return _with_known(definition, _under_keys(list(_fields(definition)), pruned(body)))


def message(definition: Definition, body: Mapping[str, Any]) -> dict[str, Any]:
    """A draft as it is validated and sent."""
    return dict(without_choices(kept(definition, body)))


def without_choices(value: Any) -> Any:
    """The same without what a draft keeps of the classes of objects."""
    if isinstance(value, Mapping):
        return {name: without_choices(member) for name, member in value.items() if name != IS}
    return [without_choices(member) for member in value] if isinstance(value, list) else value


#: Fields that nobody is asked for, because their value is known.
_KNOWN = frozenset({"hidden", "fixed"})


def _with_known(definition: Definition, message: dict[str, Any]) -> dict[str, Any]:
    """The message with what its form knows, of objects that are there."""
    for field in _fields(definition):
        if field["widget"] in _KNOWN:
            *way, last = map(unescape, _steps(field))
            holder: Any = message
            for step in way:
                holder = holder.get(step) if isinstance(holder, dict) else None
            if isinstance(holder, dict):
                holder[last] = field.get("value", definition["type"])
    return message


def _fields(definition: Definition) -> Iterator[Field]:
    for section in definition["sections"]:
        yield from section["fields"]


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
            if isinstance(member, dict):
                branch = _chosen(field, member, _first) if "branches" in field else None
                _under_keys((branch.field if branch else field).get("fields", ()), member)
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
        found = {key: member for key, member in members.items() if member not in (None, "", [], {})}
        return {} if found.keys() == {IS} else found
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
            case "choice":
                found = self._chosen(field, pointer)
                return None if found == {} else found
            case "rows":
                read = self._chosen if "branches" in field else self._object
                members = [read(field, f"{pointer}/{row}") for row in self.posted.rows.get(pointer, ())]
                empty: tuple[Any, ...] = (None,) if self.keep_rows else (None, {})
                return [member for member in members if member not in empty] or None
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

    def _chosen(self, field: Field, pointer: str) -> Any:
        """A value of the class that was chosen for it; None where none was."""
        branch = _called(field, self.posted.text(pointer + IS))
        if branch is None:
            return None
        if branch.is_plain:
            found = self.field(branch.field, pointer)
            return "" if found is None and self.keep_rows else found
        value = self._object(branch.field, pointer)
        if designator := _designator(branch.field):
            return {**value, designator["name"]: branch.said}
        return {IS: branch.said, **value} if self.keep_rows else value

    def _object(self, field: Field, pointer: str) -> dict[str, Any]:
        value: dict[str, Any] = {}
        known = {part["name"]: part["value"] for part in field["fields"] if "value" in part}
        for part in field["fields"]:
            if part["widget"] in _KNOWN:
                continue
            steps = _steps(part)
            _place(value, steps, self.field(part, f"{pointer}/{'/'.join(steps)}"))
        # The language of a text that was not written is only the box's default.
        if is_free_text(field) and value.keys() == {"language"}:
            return {}
        return value | known if value else {}

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


def begun(definition: Definition) -> dict[str, Any]:
    """What a new message holds from the beginning."""
    return _beginning(list(_fields(definition)))


def _beginning(fields: Iterable[Field]) -> dict[str, Any]:
    """What a new object holds, and one needed row of what would hold something too."""
    value: dict[str, Any] = {}
    for field in fields:
        if "default" in field:
            _place(value, _steps(field), field["default"])
        elif "fields" in field and (inside := _beginning(field["fields"])):
            if not field["multivalued"]:
                _place(value, _steps(field), inside)
            elif _is_needed(field):
                _place(value, _steps(field), [inside])
    return value


def add(definition: Definition, body: Mapping[str, Any], place: str) -> tuple[dict[str, Any], str]:
    """The message with one more row in a list of the form, or with what was chosen, and where that is.

    The place is a pointer, where there are several classes with the name of one: `/vehicles:Boat`.
    ValueError for any other.
    """
    sections = show(definition, body)
    pointer, colon, name = (place, "", "") if find(sections, place) else place.rpartition(":")
    entry = find(sections, pointer)
    if entry is None or entry.branch is not None or bool(colon) != ("branches" in entry.field):
        raise ValueError(place)
    new = _new(entry, name)
    message = deepcopy(dict(body))
    holder: Any = message
    steps = [unescape(step) for step in pointer.strip("/").split("/")]
    for step in steps[:-1]:
        holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
    if entry.control == "choice":
        holder[steps[-1]] = new
        return message, pointer
    before = holder.get(steps[-1]) or ()
    holder[steps[-1]] = [*before, new]
    return message, f"{pointer}/{len(before)}"


def _new(entry: Entry, name: str) -> Any:
    """What an added row or a choice begins with; ValueError where nothing can be added."""
    if "branches" in entry.field:
        named = (branch for branch in branches(entry.field) if branch["range"] == name)
        branch = next(named, None)
        if branch is None:
            raise ValueError(entry.pointer)
        if branch["kind"] != "class":
            return ""
        designator = _designator(branch)
        return {designator["name"] if designator else IS: _names(branch)[0], **_beginning(branch["fields"])}
    if entry.control == "rows":
        return _beginning(entry.field["fields"])
    if entry.control in {"list", "codes"}:
        return ""
    raise ValueError(entry.pointer)


def remove(definition: Definition, body: Mapping[str, Any], pointer: str) -> tuple[dict[str, Any], str]:
    """The message without that row, or what was chosen there, and the field it stood in.

    ValueError when there is no such thing.
    """
    entry = find(show(definition, body), pointer)
    chosen = entry is not None and entry.control == "choice"
    message = deepcopy(dict(body))
    holder: Any = message
    *way, last = map(unescape, pointer.strip("/").split("/"))
    try:
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if not isinstance(holder, list) and not chosen:
            raise ValueError(pointer)
        del holder[abs(int(last)) if isinstance(holder, list) else last]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(pointer) from error
    return message, pointer if chosen else pointer.rpartition("/")[0]


def rows(entry: Entry) -> tuple[Row, ...]:
    """The rows a form shows: those there are, or an empty one where one is needed."""
    if entry.rows or "branches" in entry.field or not _is_needed(entry.field):
        return entry.rows
    return (_row(entry.field, {}, f"{entry.pointer}/0", _first),)


def _is_needed(field: Field) -> bool:
    return bool(field["publish"] or field["required"])


def patterns(entry: Entry) -> tuple[Row, ...]:
    """The rows, or the choices, from which a script makes others: numbered `+`, one for each class."""
    pointer = entry.pointer if entry.control == "choice" else f"{entry.pointer}/+"
    names = [branch["range"] for branch in branches(entry.field)] or [""]
    return tuple(_row(entry.field, _new(entry, name), pointer, _first) for name in names)


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
