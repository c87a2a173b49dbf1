"""The reference of the standard: its elements, what leads to what, and what words find. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from ilink_runtime.bundle import Bundle
from ilink_runtime.folding import fold

#: The kinds of elements, as addresses name them.
Kind = Literal["classes", "codes", "types", "rules"]

Row = Mapping[str, Any]

#: Which kind of element the range of a field is.
_KINDS: dict[str, Kind] = {"class": "classes", "code": "codes", "type": "types"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a class has it; `holder` is the class that says it, the class itself or an ancestor."""

    name: str
    row: Row
    holder: str

    @property
    def text(self) -> str:
        """The key of its label."""
        return str(self.row["text"])

    @property
    def range(self) -> str:
        """The type, code list or class of its values."""
        return str(self.row["range"])

    @property
    def range_kind(self) -> Kind | None:
        """Where the page of its range stands; None when any value will do."""
        return _KINDS.get(self.row["kind"])


@dataclass(frozen=True, slots=True)
class Use:
    """A field that holds an element, in the class that says so."""

    holder: str
    field: Field


@dataclass(frozen=True, slots=True)
class Found:
    """An element that some words found: the page it stands on, and where on it."""

    kind: Kind
    name: str
    anchor: str
    title: str
    holder: str = ""  # key of the title of what it stands in


class Reference:
    """The elements of one standard."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.classes: Mapping[str, Row] = bundle.reference["classes"]
        self.types: Mapping[str, Row] = bundle.reference["types"]
        self.rules: Mapping[str, Row] = bundle.reference["rules"]
        self.lists: Mapping[str, Row] = bundle.reference["code_lists"]
        self.examples: Mapping[str, Row] = bundle.reference["examples"]
        self._own: dict[str, dict[str, Field]] = {
            name: {row["name"]: Field(row["name"], row, name) for row in self._rows(name)}
            for name in self.classes
        }
        self._names: dict[str, tuple[str, ...]] = {
            name: tuple(slot if isinstance(slot, str) else slot["name"] for slot in row.get("slots", ()))
            for name, row in self.classes.items()
        }
        self._indexes: dict[str, list[tuple[Found, str, str]]] = {}

    def _rows(self, name: str) -> Iterator[Row]:
        return (row for row in self.classes[name].get("slots", ()) if not isinstance(row, str))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """What a class is a kind of, the nearest first."""
        return tuple(self.classes[name].get("ancestors", ()))

    def fields(self, name: str) -> tuple[Field, ...]:
        """All fields of a class, inherited ones too, in the order of the form."""
        return tuple(self.field(name, field) for field in self._names[name])

    def field(self, class_name: str, name: str) -> Field:
        """A field of a class; KeyError when it has none of that name."""
        if name in self._own[class_name]:
            return self._own[class_name][name]
        for ancestor in self.ancestors(class_name):
            if name in self._names[ancestor]:
                return self.field(ancestor, name)
        raise KeyError(name)

    @cached_property
    def _uses(self) -> Mapping[tuple[Kind, str], tuple[Use, ...]]:
        found: defaultdict[tuple[Kind, str], list[Use]] = defaultdict(list)
        for holder, own in self._own.items():
            for field in own.values():
                if field.range_kind is not None:
                    found[field.range_kind, field.range].append(Use(holder, field))
        return {key: tuple(uses) for key, uses in found.items()}

    def uses(self, kind: Kind, name: str) -> tuple[Use, ...]:
        """The fields that hold an element; of a class, those too that hold something it is a kind of."""
        names = (name, *self.ancestors(name)) if kind == "classes" else (name,)
        return tuple(use for element in names for use in self._uses.get((kind, element), ()))

    @cached_property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """The direct kinds of each class: those whose nearest ancestor it is; under "" the first ones."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.classes:
            parents = self._parents(name) or ("",)
            for parent in parents:
                found[parent].append(name)
        return {parent: tuple(children) for parent, children in found.items()}

    def _parents(self, name: str) -> tuple[str, ...]:
        """The ancestors that no other ancestor brings along."""
        ancestors = self.ancestors(name)
        further = {outer for ancestor in ancestors for outer in self.ancestors(ancestor)}
        return tuple(ancestor for ancestor in ancestors if ancestor not in further)

    def family(self) -> Mapping[str, tuple[str, ...]]:
        """The message types by the family under which lists show them, in the order of the model."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, treatment in self.bundle.messages.items():
            found[str(treatment.get("family", ""))].append(name)
        return {family: tuple(names) for family, names in found.items()}

    def holders(self, rule: str) -> tuple[str, ...]:
        """The class that says a rule; those that inherit it follow."""
        said = str(self.rules[rule].get("defined_in", ""))
        heirs = (name for name, row in self.classes.items() if rule in row.get("rules", ()) and name != said)
        return tuple(filter(None, (said, *heirs)))

    # --- finding

    def find(self, words: str, language: str) -> list[Found]:
        """The elements whose title, name, help or code the words are part of, the nearest first."""
        wanted = fold(words).strip()
        if not wanted:
            return []
        if language not in self._indexes:
            self._indexes[language] = [
                (found, fold(f"{found.title}\n{found.anchor or found.name}"), fold(more))
                for found, more in self.elements(language)
            ]
        ranked = (
            (_rank(wanted, near, far), number, found)
            for number, (found, near, far) in enumerate(self._indexes[language])
        )
        return [found for rank, _number, found in sorted(row for row in ranked if row[0] < _NOT)]

    def elements(self, language: str) -> Iterator[tuple[Found, str]]:
        """Every element with its help, in the order of the model."""

        def title(key: str) -> str:
            return self.bundle.text(f"{key}.title", language)

        def help_of(key: str) -> str:
            texts = self.bundle.texts
            return texts.get(language, {}).get(f"{key}.description") or texts["en"].get(
                f"{key}.description", ""
            )

        for name in self.classes:
            yield Found("classes", name, "", title(name)), help_of(name)
        for name, own in self._own.items():
            for field in own.values():
                yield (
                    Found("classes", name, field.name, title(field.text), name),
                    help_of(field.text),
                )
        for name in self.lists:
            yield Found("codes", name, "", title(name)), help_of(name)
            for code in self.bundle.code_lists[name]["codes"]:
                key = f"{name}.{code['code']}"
                yield Found("codes", name, code["code"], title(key), name), help_of(key)
        for name in self.types:
            yield Found("types", name, "", title(name)), help_of(name)
        for code, rule in self.rules.items():
            said = self.bundle.texts["en"].get(f"rules.{code}.title")
            found = Found("rules", code, code, title(f"rules.{code}") if said else code)
            yield found, str(rule.get("rule_ref", ""))


_NOT = 9


def _rank(wanted: str, near: str, far: str) -> int:
    """How near the words are: the whole title or name, its beginning, a word, a part, the help."""
    names = near.split("\n")
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    if any(f" {wanted}" in name for name in names):
        return 2
    if wanted in near:
        return 3
    return 4 if wanted in far else _NOT


@lru_cache(maxsize=4)
def reference(bundle: Bundle) -> Reference:
    """The reference of a bundle, made when it is first asked for."""
    return Reference(bundle)
