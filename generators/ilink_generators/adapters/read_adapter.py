"""Reads `adapter.yaml` into an `Adapter`; every fault names file and line, all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from ilink_generators.adapters.language import (
    Adapter,
    CodeTable,
    Direction,
    Format,
    FormatType,
    Rule,
    Search,
)
from ilink_generators.adapters.words import words
from ilink_generators.model_files import display_name
from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, parse, read
from ilink_generators.origin import Origin

_NEEDED = ["adapter", "title", "country", "message", "format", "rules"]
#: What a file says instead of a message and its rules when a country asks by it.
_ASKING = ["search", "queries", "records"]
#: What the file says of asking besides the country's words.
_PLACES = ["full", "facts", "shown", "faults", "lost"]


def read_adapters(folder: str | Path) -> dict[str, Adapter]:
    """The adapters of a folder by their name. ModelRefused with every fault of all of them."""
    faults: list[ModelFault] = []
    found: dict[str, Adapter] = {}
    for path in sorted(Path(folder).glob("*/adapter.yaml")):
        try:
            adapters = read_parts(path, faults)
        except ModelRefused as refused:
            faults += refused.faults
            continue
        for adapter in adapters:
            found[adapter.name] = adapter
        first = adapters[0]
        if first.file != path.parent.name:
            what = f"it says {first.file}, but stands in the folder {path.parent.name}."
            faults.append(ModelFault("refused", first.origin.file, first.origin.line, "adapter", what))
    if faults:
        raise ModelRefused(faults)
    return found


def read_parts(path: Path, faults: list[ModelFault]) -> tuple[Adapter, ...]:
    """The adapters of one file: one, or a part for each kind of query and of record.

    What is wrong in it is added to `faults`. ModelRefused when it is not YAML.
    """
    node = read(path, display_name(path), texts_only=True)
    return _Reader(node, faults).parts()


def read_text(text: str, faults: list[ModelFault]) -> Adapter:
    """The adapter of a text that is no file yet. ModelRefused when it is not YAML."""
    return _Reader(parse(text, "adapter.yaml", texts_only=True), faults).adapter()


class _Reader:
    def __init__(self, node: Mapped, faults: list[ModelFault]) -> None:
        self._node = node
        self._faults = faults
        self._direction: Direction = "both"

    def parts(self) -> tuple[Adapter, ...]:
        node = self._node
        if not any(word in node for word in _ASKING):
            return (self.adapter(),)
        whole = self.adapter([word for word in (*_NEEDED, *_ASKING) if word not in ("message", "rules")])
        for word in ("message", "rules"):
            if word in node:
                hint = "Say it of each of the queries and records."
                self._refuse(node, word, word, f"a file that says {', '.join(_ASKING)} says no {word}.", hint)
        whole = replace(whole, search=self._search(self._mapping(node, "search")))
        return (*self._queries(whole), *self._records(whole)) or (whole,)

    def _queries(self, whole: Adapter) -> Iterator[Adapter]:
        """A part for each kind of query; what stands before its first key is its name."""
        queries = self._mapping(self._node, "queries")
        for name in queries:
            said = self._mapping(queries, name)
            self._only(said, f"queries.{name}", words("QueryKind"))
            head = Rule(("head",), (), {"constant": name}, origin=Origin(said.file, said.line))
            yield replace(
                whole,
                name=f"{whole.name}.{name}",
                message=self._text(said, "message"),
                rules=(head, *self._rules(said, "rules")),
                asks=True,
                origin=Origin(said.file, said.line),
            )

    def _records(self, whole: Adapter) -> Iterator[Adapter]:
        """A part for each kind of record; records are only written."""
        records = self._mapping(self._node, "records")
        self._direction = "out"
        rules: dict[str, tuple[Rule, ...]] = {"": ()}
        for name in records:
            said = self._mapping(records, name)
            self._only(said, f"records.{name}", words("RecordKind"))
            first, *others = self._list(said, "messages") or ("",)
            like = self._text(said, "like")
            if like not in rules:
                self._refuse(said, "like", f"records.{name}", f"no kind of record before it is {like}.")
            rules[name] = (*rules.get(like, ()), *self._rules(said, "rules"))
            yield replace(
                whole,
                name=f"{whole.name}.{name}",
                message=first,
                others=tuple(others),
                rules=rules[name],
                origin=Origin(said.file, said.line),
            )

    def _search(self, node: Mapped) -> Search:
        self._only(node, "search", words("Search"))
        for word in words("Search"):
            if word not in node:
                self._refuse(node, None, "search", f"it says no {word}.")
        return Search(
            full=self._list(node, "full"),
            facts=self._texts(node, "facts"),
            shown=self._list(node, "shown"),
            faults=self._texts(node, "faults"),
            lost=self._text(node, "lost"),
            words={word: self._text(node, word) for word in words("Search") if word not in _PLACES},
            origin=Origin(node.file, node.line),
        )

    def adapter(self, needed: Iterable[str] = _NEEDED) -> Adapter:
        node = self._node
        self._only(node, "adapter", words("Adapter"))
        for word in needed:
            if word not in node:
                self._refuse(node, None, "", f"it says no {word}.")
        standard = self._mapping(node, "standard")
        self._direction = self._directed(node, "adapter", "both")
        return Adapter(
            name=self._text(node, "adapter"),
            title=self._text(node, "title"),
            country=self._text(node, "country"),
            official=self._text(node, "official"),
            standard_version=self._text(standard, "version"),
            message=self._text(node, "message"),
            format=self._format(self._mapping(node, "format")),
            language=self._text(node, "language") or "en",
            reference=self._text(node, "reference"),
            rules=self._rules(node, "rules"),
            codes={
                name: self._codes(name, self._mapping(self._mapping(node, "codes"), name))
                for name in self._mapping(node, "codes")
            },
            recall=self._text(node, "recall"),
            extract=self._text(node, "extract") == "yes",
            keep_central=self._texts(node, "keep_central"),
            origin=Origin(node.file, node.line),
        )

    def _format(self, node: Mapped) -> Format:
        self._only(node, "format", words("Format"))
        kind = self._text(node, "type")
        if kind not in get_args(FormatType):
            kinds = ", ".join(get_args(FormatType))
            self._refuse(node, "type", "format", f"“{kind}” is not one of {kinds}.")
        apart = (
            "type",
            "encoding",
            "namespaces",
            "columns",
            "check_digits",
            "continues",
            "kinds",
            "fills",
            "sequences",
        )
        return Format(
            type=cast(FormatType, kind if kind in get_args(FormatType) else "json"),
            encoding=self._text(node, "encoding") or "utf-8",
            options={word: self._text(node, word) for word in node if word not in apart},
            namespaces=self._texts(node, "namespaces"),
            columns=self._texts(node, "columns"),
            check_digits=self._texts(node, "check_digits"),
            continues=self._texts(node, "continues"),
            kinds=self._texts(node, "kinds"),
            fills=self._texts(node, "fills"),
            sequences=self._texts(node, "sequences"),
            origin=Origin(node.file, node.line),
        )

    def _rules(self, node: Mapped, key: str) -> tuple[Rule, ...]:
        found = node.get(key) or []
        if not isinstance(found, list):
            self._refuse(node, key, key, "it must be a list of rules.")
            return ()
        return tuple(self._rule(rule) for rule in found if self._is_mapping(node, key, rule))

    def _rule(self, node: Mapped) -> Rule:
        element = str(node.get("field") or node.get("place") or node.get("each") or "rule")
        self._only(node, element, words("Rule"))
        direction = self._directed(node, element, self._direction)
        if direction != self._direction and not self._text(node, "reason"):
            hint = "Say the reason: why the other way has nothing."
            self._refuse(node, "direction", element, "it goes one way only.", hint)
        apart = ("rules", "place", "places", "field", "fields", "date", "direction")
        return Rule(
            places=self._list(node, "place") + self._list(node, "places") + self._list(node, "each"),
            fields=self._list(node, "field") + self._list(node, "fields"),
            says={word: self._said(node, word) for word in node if word not in apart},
            formats=self._list(node, "date"),
            rules=self._rules(node, "rules"),
            direction=direction,
            origin=Origin(node.file, node.line),
        )

    def _directed(self, node: Mapped, element: str, otherwise: Direction) -> Direction:
        said = self._text(node, "direction") or otherwise
        if said not in get_args(Direction):
            self._refuse(node, "direction", element, f"“{said}” is not one of both, in, out.")
            return otherwise
        return cast(Direction, said)

    def _codes(self, name: str, node: Mapped) -> CodeTable:
        self._only(node, f"codes.{name}", words("CodeTable"))
        rows = self._texts(node, "rows")
        if not rows and self._text(node, "same") != "yes" and "mapped" not in node:
            self._refuse(node, None, f"codes.{name}", "it has no rows.")
        return CodeTable(
            name=name,
            rows=tuple(rows.items()),
            national_list=self._text(node, "national"),
            standard_list=self._text(node, "standard"),
            otherwise=node.get("otherwise"),
            back_otherwise=node.get("back_otherwise"),
            same=self._text(node, "same") == "yes",
            xoev=self._text(node, "xoev") == "yes",
            mapped=self._text(node, "mapped"),
            without=self._texts(node, "without"),
            back=self._texts(node, "back"),
            origin=Origin(node.file, node.line),
        )

    # -- shapes ------------------------------------------------------------------------------

    def _mapping(self, node: Mapped, key: str) -> Mapped:
        found = node.get(key)
        if found in (None, ""):
            return Mapped(node.file, node.line_of(key))
        if not isinstance(found, Mapped):
            self._refuse(node, key, key, "it must be a mapping.")
            return Mapped(node.file, node.line_of(key))
        return found

    def _texts(self, node: Mapped, key: str) -> dict[str, str]:
        found = self._mapping(node, key)
        for name, value in found.items():
            if not isinstance(value, str):
                self._refuse(found, name, name, "it must be a text.")
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def _text(self, node: Mapping[str, Any], key: str) -> str:
        found = node.get(key, "")
        if isinstance(found, str):
            return found
        if isinstance(node, Mapped):
            self._refuse(node, key, key, "it must be a text.")
        return ""

    def _said(self, node: Mapped, word: str) -> str:
        """What a rule says by a word; the items of a list stand on lines of their own."""
        found = node[word]
        if isinstance(found, list):
            return "\n".join(str(item) for item in found)
        return self._text(node, word)

    def _list(self, node: Mapped, key: str) -> tuple[str, ...]:
        found = node.get(key)
        if found is None:
            return ()
        if isinstance(found, str):
            return (found,)
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(found)
        self._refuse(node, key, key, "it must be a text or a list of texts.")
        return ()

    def _is_mapping(self, node: Mapped, key: str, item: object) -> bool:
        if isinstance(item, Mapped):
            return True
        self._refuse(
            node, key, key, "each rule is a mapping, such as {place: NAME, field: subject.family_name}."
        )
        return False

    def _only(self, node: Mapped, element: str, known: Iterable[str]) -> None:
        for word in node:
            if word not in known:
                near = difflib.get_close_matches(word, sorted(known), 1)
                hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}."
                self._refuse(node, word, element, f"{word}: no such word.", hint)

    def _refuse(self, node: Mapped, key: str | None, element: str, message: str, hint: str = "") -> None:
        line = node.line_of(key) if key else node.line
        self._faults.append(ModelFault("refused", node.file, line, element, message, hint))
