"""Types and code lists of a model, with what they inherit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ilink_generators.load_rules import notes_of
from ilink_generators.model_files import ModelFiles, at, listed, text_of, unit
from ilink_generators.model_text import Mapped
from ilink_generators.standard import Base, Code, CodeList, Type
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import CHECKS
from ilink_runtime.conditions import matches

_BASES: dict[str, Base] = {
    "string": "string",
    "integer": "integer",
    "boolean": "boolean",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "date_or_datetime": "string",
    "uriorcurie": "string",
    "curie": "string",
    "uri": "string",
    "ncname": "string",
    "objectidentifier": "string",
    "nodeidentifier": "string",
    "jsonpointer": "string",
    "jsonpath": "string",
    "sparqlpath": "string",
}
#: The Python classes by which LinkML says the base of a type that is not derived from another.
_PYTHON_BASES: dict[str, Base] = {
    "str": "string",
    "int": "integer",
    "bool": "boolean",
    "float": "number",
    "decimal": "number",
    "xsddate": "date",
    "xsddatetime": "datetime",
    "xsdtime": "time",
}
#: How far a value links cases.
THREADS = ("strong", "weak", "never")
#: How a value is found.
SEARCHES = ("none", "identifier", "name", "text")


class Types:
    """The types and code lists of the files of a model."""

    def __init__(self, files: ModelFiles) -> None:
        self.files = files

    def types(self) -> dict[str, Type]:
        """Every type, by its name."""
        return {name: self._type(name, node) for name, node in self.files.sections["types"].items()}

    def code_lists(self) -> dict[str, CodeList]:
        """Every code list, by its name."""
        return {name: self._code_list(name, node) for name, node in self.files.sections["enums"].items()}

    def base(self, type_name: str) -> Base | None:
        """The base of a type, through typeof; None for what is no type."""
        seen: list[str] = []
        while type_name in self.files.sections["types"] and type_name not in seen:
            seen.append(type_name)
            type_name = str(self.files.sections["types"][type_name].get("typeof") or type_name)
        if type_name not in self.files.sections["types"]:
            return None
        said = str(self.files.sections["types"][type_name].get("base", "")).lower()
        return _BASES.get(type_name) or _BASES.get(said) or _PYTHON_BASES.get(said)

    def check_limits(
        self, node: Mapped, element: str, base: Base | None, get: Any, one_of: list[str]
    ) -> None:
        """Limits that would never be asked: a number's of a text, a text's of a number."""
        for word in ("minimum_value", "maximum_value"):
            if get(word) is not None and base not in ("integer", "number"):
                self.files.refuse(node, word, element, f"{word} needs a number as range.")
        for word in ("pattern", "equals_string", "equals_string_in"):
            if get(word) is not None and (base in ("integer", "number", "boolean") or base is None):
                self.files.refuse(node, word, element, f"{word} needs a text as range.")
        pattern = self.files.pattern(node, element, get("pattern"))
        for text in one_of:
            if pattern is not None and not matches(pattern, text):
                self.files.refuse(node, "equals_string", element, f"“{text}” does not match the pattern.")

    def _type(self, name: str, node: Mapped) -> Type:
        chain = [node]
        seen = [name]
        while parent := chain[-1].get("typeof"):
            if parent in seen:
                self.files.refuse(chain[-1], "typeof", name, "it is derived from itself.")
                break
            if parent not in self.files.sections["types"]:
                self.files.refuse(
                    chain[-1],
                    "typeof",
                    name,
                    self.files.no_such("type", parent, self.files.sections["types"]),
                )
                break
            seen.append(parent)
            chain.append(self.files.sections["types"][parent])
        notes: dict[str, str] = {}
        for link in reversed(chain):
            notes.update(notes_of(link))
        base = "string" if parent else self._root_base(seen[-1], chain[-1])

        def nearest(key: str) -> Any:
            return next((link[key] for link in chain if key in link), None)

        one_of = listed(nearest("equals_string") or nearest("equals_string_in"))
        self.check_limits(node, name, base, nearest, one_of)
        return Type(
            name=name,
            base=base,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            pattern=self.files.pattern(node, name, nearest("pattern")),
            minimum=nearest("minimum_value"),
            maximum=nearest("maximum_value"),
            min_length=self._length(node, name, base, "min_length", notes),
            max_length=self._length(node, name, base, "max_length", notes),
            one_of=tuple(one_of),
            unit=unit(nearest("unit")),
            check=self.files.known(node, name, "check", notes.get("check"), CHECKS)
            or {"date": "date", "datetime": "instant"}.get(base),
            check_level=self.files.level(
                node, name, notes.get("check_level") or ("quality" if base == "string" else "record")
            ),
            canonical=self.files.known(node, name, "canonical form", notes.get("canonical"), FORMS),
            thread=cast(Any, self.files.one_of(node, name, notes.get("thread", "never"), THREADS)),
            widget=notes.get("widget") or _default_widget(base),
            search=cast(
                Any,
                self.files.one_of(node, name, notes.get("search", "none"), SEARCHES),
            ),
            direction="ltr" if notes.get("direction") == "ltr" else "auto",
            example=notes.get("example", ""),
            origin=at(node),
        )

    def _root_base(self, name: str, node: Mapped) -> Base:
        """The shape of a type that is derived from no other."""
        said = str(node.get("base", "")).lower()
        base = _BASES.get(name) or _BASES.get(said) or _PYTHON_BASES.get(said)
        if base is None:
            what = f"no such base: {node['base']}." if said else "it has neither typeof nor base."
            self.files.refuse(node, "base", name, what)
        return base or "string"

    def _length(self, node: Mapped, name: str, base: Base, tag: str, notes: Mapping[str, str]) -> int | None:
        text = notes.get(tag)
        if text is None:
            return None
        if base in ("integer", "number", "boolean"):
            self.files.refuse(node, "annotations", name, f"{tag} needs a text.")
        if text.isascii() and text.isdigit():
            return int(text)
        self.files.refuse(node, "annotations", name, f"{tag} is a whole number.")
        return None

    def _code_list(self, name: str, node: Mapped) -> CodeList:
        notes = notes_of(node)
        codes = []
        if not node.get("permissible_values"):
            self.files.refuse(node, None, name, "it has no permissible_values.")
        for code, value in (node.get("permissible_values") or {}).items():
            value_notes = notes_of(value)
            codes.append(
                Code(
                    code=code,
                    title=text_of(value, "title") or text_of(value, "description") or label_of(code),
                    description=text_of(value, "description"),
                    meaning=value.get("meaning"),
                    status=value_notes.get("status", "in_force"),
                    mappings=tuple(listed(value.get("exact_mappings"))),
                    masked=value_notes.get("masked") == "true",
                    label_source=value_notes.get("label_source", ""),
                )
            )
        return CodeList(
            name=name,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            codes=tuple(codes),
            open=notes.get("open") == "true",
            source=notes.get("source", ""),
            version=notes.get("version", ""),
            cldr=notes.get("cldr", ""),
            pattern=self.files.pattern(node, name, notes.get("pattern")),
            origin=at(node),
        )


def _default_widget(base: Base) -> str:
    return {
        "boolean": "checkbox",
        "integer": "number",
        "number": "number",
        "date": "date",
        "datetime": "datetime",
    }.get(base, "text")


def label_of(name: str) -> str:
    """`family_name`, `FamilyName` → `Family name`: a label for an element that has none."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:].lower() if spaced else name
