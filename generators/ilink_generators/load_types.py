"""Types and code lists of a model, with what they inherit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from ilink_generators.load_rules import notes_of
from ilink_generators.load_values import equal_to
from ilink_generators.model_files import ModelFiles, at, listed, text_of, unit
from ilink_generators.model_text import Mapped
from ilink_generators.names import element_name
from ilink_generators.standard import Base, Code, CodeList, Type
from ilink_generators.well_formed import named
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import CHECKS
from ilink_runtime.conditions import Scalar, matches

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
#: What the types of LinkML itself demand of a text.
_URI = '^[^\\s<>"{}|\\\\^`]*$'
_BASIC_PATTERNS = {
    "uriorcurie": _URI,
    "uri": _URI,
    "curie": '^([A-Za-z_][A-Za-z0-9_.-]*)?:[^\\s<>"{}|\\\\^`]*$',
    "ncname": "^[^\\s:/0-9.-][^\\s:/]*$",
}
_BASIC_CHECKS = {"date": "date", "datetime": "moment", "date_or_datetime": "day_or_moment"}
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
BOOLEANS = ("any_of", "all_of", "none_of", "exactly_one_of")
#: Words by which the codes of a list are found elsewhere.
_COMPUTED = ("reachable_from", "matches", "concepts", "code_set")
_SETTING = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
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

    def chain(self, type_name: str) -> tuple[str, ...]:
        """A type and those that it is derived from."""
        found: list[str] = []
        while type_name in self.files.sections["types"] and type_name not in found:
            found.append(type_name)
            type_name = element_name(str(self.files.sections["types"][type_name].get("typeof") or ""))
        return tuple(found)

    def base(self, type_name: str) -> Base | None:
        """The base of a type, through typeof; None for what is no type."""
        chain = self.chain(type_name)
        if not chain:
            return None
        type_name = chain[-1]
        said = str(self.files.sections["types"][type_name].get("base", "")).lower()
        return _BASES.get(type_name) or _BASES.get(said) or _PYTHON_BASES.get(said)

    def check_limits(
        self, node: Mapped, element: str, base: Base | None, get: Any, one_of: tuple[Scalar, ...]
    ) -> None:
        """Limits that would never be asked: a number's of a text, a text's of an object."""
        for word in ("minimum_value", "maximum_value", "equals_number"):
            if get(word) is not None and base not in ("integer", "number", "any"):
                self.files.refuse(node, word, element, f"{word} needs a number as range.")
        for word in ("pattern", "structured_pattern", "equals_string", "equals_string_in"):
            if get(word) is not None and base is None:
                self.files.refuse(node, word, element, f"{word} needs a text as range.")
        pattern = self.files.pattern(node, element, get("pattern"))
        for text in one_of if "pattern" in node else ():
            if pattern is not None and isinstance(text, str) and not matches(pattern, text):
                self.files.refuse(node, "equals_string", element, f"“{text}” does not match the pattern.")

    def _type(self, name: str, node: Mapped) -> Type:
        chain = [node]
        seen = [name]
        while parent := element_name(str(chain[-1].get("typeof") or "")) if chain[-1].get("typeof") else None:
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

        one_of = equal_to(nearest, base)
        self.check_limits(node, name, base, nearest, one_of)
        basic = next((link for link in seen if link in _BASIC_PATTERNS or link in _BASIC_CHECKS), "")
        return Type(
            name=name,
            base=base,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            pattern=self.pattern(node, name, nearest)
            or self.files.pattern(node, name, _BASIC_PATTERNS.get(basic)),
            minimum=nearest("minimum_value"),
            maximum=nearest("maximum_value"),
            min_length=self._length(node, name, base, "min_length", notes),
            max_length=self._length(node, name, base, "max_length", notes),
            one_of=one_of,
            unit=unit(nearest("unit")),
            check=self.files.known(node, name, "check", notes.get("check"), CHECKS)
            or _BASIC_CHECKS.get(basic)
            or _BASIC_CHECKS.get(base),
            check_level=self.files.level(
                node,
                name,
                notes.get("check_level")
                or ("quality" if base == "string" and basic not in _BASIC_CHECKS else "record"),
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

    def pattern(self, node: Mapped, element: str, get: Any) -> str | None:
        """The pattern of a type or slot, or what its structured pattern says with the model's settings."""
        if get("pattern") is not None or get("structured_pattern") is None:
            return self.files.pattern(node, element, get("pattern"))
        said = get("structured_pattern")
        syntax = str(said.get("syntax") or "")
        if said.get("interpolated"):
            syntax = _SETTING.sub(lambda found: self._setting(node, element, found[1]), syntax)
        if not said.get("partial_match"):
            syntax = f"^(?:{syntax})$"
        return self.files.pattern(node, element, syntax)

    def _setting(self, node: Mapped, element: str, name: str) -> str:
        settings = self.files.settings
        if name not in settings:
            self.files.refuse(
                node, "structured_pattern", element, self.files.no_such("setting", name, settings)
            )
        said = settings.get(name, "")
        return f"(?:{_SETTING.sub(lambda found: self._setting(node, element, found[1]), said)})"

    def tests(self, type_name: str) -> list[Mapped]:
        """What a type asks in boolean words, itself or by the types that it is derived from."""
        found: list[Mapped] = []
        for name in self.chain(type_name):
            node = self.files.sections["types"][name]
            if any(node.get(word) for word in BOOLEANS):
                part = Mapped(node.file, node.line)
                part.update({word: node[word] for word in BOOLEANS if node.get(word)})
                found.append(part)
        return found

    def _root_base(self, name: str, node: Mapped) -> Base:
        """The shape of a type that is derived from no other."""
        said = str(node.get("base", "")).lower()
        base = _BASES.get(name) or _BASES.get(said) or _PYTHON_BASES.get(said)
        if base is None and node.get("union_of"):
            return "any"
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
        codes = self._codes(name, node, ())
        computed = any(node.get(word) for word in _COMPUTED)
        return CodeList(
            name=name,
            title=text_of(node, "title") or label_of(name),
            description=text_of(node, "description"),
            codes=tuple(codes.values()),
            open=notes.get("open") == "true" or computed or not codes,
            source=notes.get("source", ""),
            version=notes.get("version", ""),
            cldr=notes.get("cldr", ""),
            pattern=self.files.pattern(node, name, notes.get("pattern")),
            origin=at(node),
        )

    def is_open(self, name: str) -> bool:
        """Whether a code list takes codes that it does not name."""
        node = self.files.sections["enums"][name]
        said = notes_of(node).get("open") == "true" or any(node.get(word) for word in _COMPUTED)
        return said or not self._codes(name, node, ())

    def codes(self, name: str) -> tuple[str, ...]:
        """The codes of a list, with those that it takes from others."""
        return tuple(self._codes(name, self.files.sections["enums"][name], ()))

    def _codes(self, name: str, node: Mapped, path: tuple[str, ...]) -> dict[str, Code]:
        """Own codes, those of `inherits` and `include`, without those of `minus`."""
        found: dict[str, Code] = {}
        for other in listed(node.get("inherits")):
            found |= self._codes_of(node, name, element_name(other), path)
        for part in node.get("include") or ():
            found |= self._codes(name, part, path)
        for code, value in named(node, "permissible_values", name, self.files.refuse).items():
            found[code] = _code(code, value)
        for part in node.get("minus") or ():
            for code in self._codes(name, part, path):
                found.pop(code, None)
        return found

    def _codes_of(self, node: Mapped, name: str, other: str, path: tuple[str, ...]) -> dict[str, Code]:
        enums = self.files.sections["enums"]
        if other not in enums:
            self.files.refuse(node, "inherits", name, self.files.no_such("enum", other, enums))
            return {}
        if other in path:
            self.files.refuse(node, "inherits", name, "it is its own ancestor.")
            return {}
        return self._codes(other, enums[other], (*path, other))

    def join(self, names: list[str], word: str, node: Mapped) -> str:
        """The code list of several: all their codes, or for `all_of` those that each has."""
        enums = self.files.sections["enums"]
        joint = ("Or" if word == "any_of" else "And").join(names)
        if joint not in enums:
            made = enums[joint] = Mapped(node.file, node.line)
            made["title"] = ", ".join(text_of(enums[name], "title") or label_of(name) for name in names)
            made["inherits"] = names if word == "any_of" else names[:1]
            if word == "all_of":
                made["minus"] = [_less(names[0], other, node) for other in names[1:]]
            if (any if word == "any_of" else all)(self.is_open(name) for name in names):
                made["annotations"] = {"open": "true"}
        return joint


def _less(name: str, other: str, node: Mapped) -> Mapped:
    """The codes of one list that another has not."""
    made, taken = Mapped(node.file, node.line), Mapped(node.file, node.line)
    taken["inherits"] = [other]
    made.update({"inherits": [name], "minus": [taken]})
    return made


def _code(code: str, value: Mapped) -> Code:
    notes = notes_of(value)
    return Code(
        code=code,
        title=text_of(value, "title") or text_of(value, "description") or label_of(code),
        description=text_of(value, "description"),
        meaning=value.get("meaning"),
        status=notes.get("status", "in_force"),
        mappings=tuple(listed(value.get("exact_mappings"))),
        masked=notes.get("masked") == "true",
        label_source=notes.get("label_source", ""),
        aliases=tuple(listed(value.get("aliases"))),
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
