"""Reads `adapter.yaml` into an `Adapter`; every fault names file and line, all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast, get_args

from ilink_generators.adapters.language import Adapter, CodeTable, Direction, Format, FormatType, Rule
from ilink_generators.model_files import display_name
from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, parse, read
from ilink_generators.origin import Origin

_ADAPTER = [
    "adapter",
    "title",
    "country",
    "official",
    "standard",
    "message",
    "format",
    "language",
    "reference",
    "rules",
    "codes",
    "keep_central",
    "direction",
    "extract",
    "recall",
]
_FORMAT = [
    "type",
    "encoding",
    "delimiter",
    "header",
    "quote",
    "root",
    "records",
    "namespaces",
    "columns",
    "width",
    "line_end",
    "missing",
    "pad",
    "check_digits",
    "continues",
    "kind",
    "kinds",
    "pairs",
    "key",
    "value",
    "separator",
    "pad",
    "wrap",
]
_RULE = [
    "place",
    "places",
    "field",
    "fields",
    "date",
    "calendar",
    "unknown",
    "century",
    "digits_script",
    "codes",
    "unit",
    "digits",
    "decimal",
    "group",
    "split",
    "join",
    "each",
    "zip",
    "rules",
    "constant",
    "default",
    "language",
    "yes",
    "no",
    "drop",
    "direction",
    "reason",
    "when",
    "again",
    "transliterate",
    "century_from",
    "mrz",
    "content",
]
_CODES = ["national", "standard", "rows", "otherwise", "back_otherwise", "same", "mapped", "without", "back"]
_NEEDED = ["adapter", "title", "country", "message", "format", "rules"]


def read_adapters(folder: str | Path) -> dict[str, Adapter]:
    """The adapters of a folder by their name. ModelRefused with every fault of all of them."""
    faults: list[ModelFault] = []
    found: dict[str, Adapter] = {}
    for path in sorted(Path(folder).glob("*/adapter.yaml")):
        try:
            adapter = read_adapter(path, faults)
        except ModelRefused as refused:
            faults += refused.faults
            continue
        if adapter.name != path.parent.name:
            what = f"it says {adapter.name}, but stands in the folder {path.parent.name}."
            faults.append(ModelFault("refused", adapter.origin.file, adapter.origin.line, "adapter", what))
        found[adapter.name] = adapter
    if faults:
        raise ModelRefused(faults)
    return found


def read_adapter(path: Path, faults: list[ModelFault]) -> Adapter:
    """The adapter of one file; what is wrong in it is added to `faults`. ModelRefused when it is not YAML."""
    node = read(path, display_name(path), texts_only=True)
    return _Reader(node, faults).adapter()


def read_text(text: str, faults: list[ModelFault]) -> Adapter:
    """The adapter of a text that is no file yet. ModelRefused when it is not YAML."""
    return _Reader(parse(text, "adapter.yaml", texts_only=True), faults).adapter()


class _Reader:
    def __init__(self, node: Mapped, faults: list[ModelFault]) -> None:
        self._node = node
        self._faults = faults
        self._direction: Direction = "both"

    def adapter(self) -> Adapter:
        node = self._node
        self._only(node, "adapter", _ADAPTER)
        for word in _NEEDED:
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
        self._only(node, "format", _FORMAT)
        kind = self._text(node, "type")
        if kind not in get_args(FormatType):
            kinds = ", ".join(get_args(FormatType))
            self._refuse(node, "type", "format", f"“{kind}” is not one of {kinds}.")
        apart = ("type", "encoding", "namespaces", "columns", "check_digits", "continues", "kinds")
        return Format(
            type=cast(FormatType, kind if kind in get_args(FormatType) else "json"),
            encoding=self._text(node, "encoding") or "utf-8",
            options={word: self._text(node, word) for word in node if word not in apart},
            namespaces=self._texts(node, "namespaces"),
            columns=self._texts(node, "columns"),
            check_digits=self._texts(node, "check_digits"),
            continues=self._texts(node, "continues"),
            kinds=self._texts(node, "kinds"),
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
        self._only(node, element, _RULE)
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
        self._only(node, f"codes.{name}", _CODES)
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
