"""Reads a LinkML model and resolves it into a `Standard`; the only room that knows LinkML.

Imports, inheritance, mixins, slot_usage and types are applied here once. What cannot be represented
is refused with file, line and name: nothing in a model is silently ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ilink_generators.load_rules import Conditions, SlotFacts, notes_of
from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, read
from ilink_generators.names import clashes
from ilink_generators.patterns import NotPortable, portable
from ilink_generators.standard import (
    LEVELS,
    Base,
    Class,
    ClassCheck,
    Code,
    CodeList,
    Group,
    Kind,
    Level,
    Origin,
    Rule,
    Slot,
    Standard,
    Type,
    UniqueKey,
)
from ilink_generators.translations import read_catalogues
from ilink_generators.well_formed import check_schema, near
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import All, matches

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
_SECTIONS = ("types", "enums", "classes", "slots")
_BOOLEAN_WORDS = ("any_of", "all_of", "none_of", "exactly_one_of", "slot_conditions")
_CHECK = re.compile(r"\s*([a-z_]+)\(\s*([^)]*?)\s*\)\s*")


def load(path: str | Path, adapters: str | Path | None = None) -> Standard:
    """Loads a model and its translations into a Standard.

    `path` is the root file, or a folder holding one root file named like it or `ilink.yaml`.
    Raises ModelRefused with every fault found, each naming file, line and element.
    """
    root = _root_file(Path(path))
    model = _Model(root)
    standard = model.resolve()
    catalogues = read_catalogues(root.parent / "translations")
    return replace(standard, translations=catalogues)


def _root_file(path: Path) -> Path:
    if path.is_dir():
        for name in ("ilink.yaml", f"{path.name}.yaml"):
            if (path / name).is_file():
                return path / name
    return path


class _Model:
    """The files of a model, merged, and the resolution of its elements."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[ModelFault] = []
        self.sections: dict[str, dict[str, Mapped]] = {section: {} for section in _SECTIONS}
        self.names: dict[Path, str] = {}
        self.schema = self._read_with_imports(root)
        self._ancestors = cache(self._find_ancestors)
        self._merged = cache(self._merge_slot)

    # -- files -------------------------------------------------------------------------------

    def _read_with_imports(self, path: Path) -> Mapped:
        resolved = path.resolve()
        name = _display_name(path)
        self.names[resolved] = name
        schema = read(path, name)
        check_schema(schema, self._refuse)
        for imported in _list(schema.get("imports")):
            if str(imported).startswith("linkml:"):
                self._import_linkml(str(imported), schema)
                continue
            target = path.parent / f"{imported}.yaml"
            if target.resolve() not in self.names:
                if target.is_file():
                    self._read_with_imports(target)
                else:
                    self._refuse(schema, "imports", "", f"there is no file {imported}.yaml beside it.")
        self._take_sections(schema)
        return schema

    def _import_linkml(self, name: str, schema: Mapped) -> None:
        spec = find_spec("linkml_runtime")
        folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else None
        target = folder / f"linkml_model/model/schema/{name.removeprefix('linkml:')}.yaml" if folder else None
        if target is None or not target.is_file():
            self._refuse(schema, "imports", "", f"{name} is not a part of LinkML that can be imported.")
        elif target not in self.names:
            self.names[target] = name
            if name == "linkml:types":
                self.sections["types"].update(read(target, name)["types"])
            else:
                self._refuse(schema, "imports", "", f"{name} is not supported; linkml:types is.")

    def _take_sections(self, schema: Mapped) -> None:
        for section in _SECTIONS:
            for name, node in (schema.get(section) or {}).items():
                elsewhere = self.sections[section].get(name)
                if elsewhere is not None and elsewhere.file != "linkml:types":
                    self._refuse(node, None, name, f"it stands in {elsewhere.file}:{elsewhere.line} too.")
                self.sections[section][name] = node

    # -- resolution --------------------------------------------------------------------------

    def resolve(self) -> Standard:
        """The Standard, or ModelRefused."""
        groups = self._groups()
        types = {name: self._type(name, node) for name, node in self.sections["types"].items()}
        code_lists = {name: self._code_list(name, node) for name, node in self.sections["enums"].items()}
        classes = {name: self._class(name, node) for name, node in self.sections["classes"].items()}
        classes = self._mark_messages(classes)
        for name in self.sections["slots"]:
            self._slot_family(name)
        self._check_slot_groups(classes, groups)
        self._check_ranges(classes)
        self._check_rule_codes(classes)
        self.faults += clashes(types, code_lists, classes)
        if self.faults:
            raise ModelRefused(self.faults)
        return Standard(
            name=str(self.schema.get("name", self.root.stem)),
            title=_text(self.schema, "title") or str(self.schema.get("name", "")),
            version=str(self.schema.get("version") or "0"),
            license=str(self.schema.get("license") or ""),
            types=types,
            code_lists=code_lists,
            classes=classes,
            groups=groups,
        )

    def _groups(self) -> dict[str, Group]:
        found = [
            Group(
                name,
                _text(node, "title") or name,
                _text(node, "description"),
                int(node.get("rank") or 0),
                _at(node),
            )
            for name, node in self.sections["slots"].items()
            if node.get("is_grouping_slot")
        ]
        return {group.name: group for group in sorted(found, key=lambda group: group.rank)}

    def _type(self, name: str, node: Mapped) -> Type:
        chain = [node]
        seen = [name]
        while parent := chain[-1].get("typeof"):
            if parent in seen:
                self._refuse(chain[-1], "typeof", name, "it is derived from itself.")
                break
            if parent not in self.sections["types"]:
                self._refuse(chain[-1], "typeof", name, self._no_such("type", parent, self.sections["types"]))
                break
            seen.append(parent)
            chain.append(self.sections["types"][parent])
        notes: dict[str, str] = {}
        for link in reversed(chain):
            notes.update(notes_of(link))
        base = "string" if parent else self._root_base(seen[-1], chain[-1])

        def nearest(key: str) -> Any:
            return next((link[key] for link in chain if key in link), None)

        one_of = _list(nearest("equals_string") or nearest("equals_string_in"))
        self._check_limits(node, name, base, nearest, one_of)
        return Type(
            name=name,
            base=base,
            title=_text(node, "title") or _words(name),
            description=_text(node, "description"),
            pattern=self._pattern(node, name, nearest("pattern")),
            minimum=nearest("minimum_value"),
            maximum=nearest("maximum_value"),
            min_length=self._length(node, name, base, "min_length", notes),
            max_length=self._length(node, name, base, "max_length", notes),
            one_of=tuple(one_of),
            unit=_unit(nearest("unit")),
            check=self._known(node, name, "check", notes.get("check"), CHECKS)
            or {"date": "date", "datetime": "instant"}.get(base),
            check_level=self._level(
                node, name, notes.get("check_level") or ("quality" if base == "string" else "record")
            ),
            canonical=self._known(node, name, "canonical form", notes.get("canonical"), FORMS),
            thread=cast(
                Any, self._one_of(node, name, notes.get("thread", "never"), ("strong", "weak", "never"))
            ),
            widget=notes.get("widget") or _default_widget(base),
            search=cast(
                Any,
                self._one_of(node, name, notes.get("search", "none"), ("none", "identifier", "name", "text")),
            ),
            direction="ltr" if notes.get("direction") == "ltr" else "auto",
            example=notes.get("example", ""),
            origin=_at(node),
        )

    def _root_base(self, name: str, node: Mapped) -> Base:
        """The shape of a type that is derived from no other."""
        said = str(node.get("base", "")).lower()
        base = _BASES.get(name) or _BASES.get(said) or _PYTHON_BASES.get(said)
        if base is None:
            what = f"no such base: {node['base']}." if said else "it has neither typeof nor base."
            self._refuse(node, "base", name, what)
        return base or "string"

    def _check_limits(
        self, node: Mapped, element: str, base: Base | None, get: Any, one_of: list[str]
    ) -> None:
        """Limits that would never be asked: a number's of a text, a text's of a number."""
        for word in ("minimum_value", "maximum_value"):
            if get(word) is not None and base not in ("integer", "number"):
                self._refuse(node, word, element, f"{word} needs a number as range.")
        for word in ("pattern", "equals_string", "equals_string_in"):
            if get(word) is not None and (base in ("integer", "number", "boolean") or base is None):
                self._refuse(node, word, element, f"{word} needs a text as range.")
        pattern = self._pattern(node, element, get("pattern"))
        for text in one_of:
            if pattern is not None and not matches(pattern, text):
                self._refuse(node, "equals_string", element, f"“{text}” does not match the pattern.")

    def _length(self, node: Mapped, name: str, base: Base, tag: str, notes: Mapping[str, str]) -> int | None:
        text = notes.get(tag)
        if text is None:
            return None
        if base in ("integer", "number", "boolean"):
            self._refuse(node, "annotations", name, f"{tag} needs a text.")
        if text.isascii() and text.isdigit():
            return int(text)
        self._refuse(node, "annotations", name, f"{tag} is a whole number.")
        return None

    def _known(
        self, node: Mapped, element: str, what: str, name: str | None, known: Iterable[str]
    ) -> str | None:
        if name is not None and name not in known:
            self._refuse(node, "annotations", element, self._no_such(what, name, known))
        return name

    def _code_list(self, name: str, node: Mapped) -> CodeList:
        notes = notes_of(node)
        codes = []
        if not node.get("permissible_values"):
            self._refuse(node, None, name, "it has no permissible_values.")
        for code, value in (node.get("permissible_values") or {}).items():
            value_notes = notes_of(value)
            codes.append(
                Code(
                    code=code,
                    title=_text(value, "title") or _text(value, "description") or _words(code),
                    description=_text(value, "description"),
                    meaning=value.get("meaning"),
                    status=value_notes.get("status", "in_force"),
                    mappings=tuple(_list(value.get("exact_mappings"))),
                    annotations=value_notes,
                )
            )
        return CodeList(
            name=name,
            title=_text(node, "title") or _words(name),
            description=_text(node, "description"),
            codes=tuple(codes),
            open=notes.get("open") == "true",
            source=notes.get("source", ""),
            version=notes.get("version", ""),
            cldr=notes.get("cldr", ""),
            pattern=self._pattern(node, name, notes.get("pattern")),
            origin=_at(node),
        )

    def _class(self, name: str, node: Mapped) -> Class:
        ancestors = self._ancestors(name)
        line_of_descent = (name, *ancestors)
        notes: dict[str, str] = {}
        for ancestor in reversed(line_of_descent):
            notes.update(notes_of(self.sections["classes"][ancestor]))
        slots = tuple(self._slot(name, slot) for slot in self._slot_names(name))
        return Class(
            name=name,
            title=_text(node, "title") or _words(name),
            description=_text(node, "description"),
            slots=slots,
            rules=tuple(
                rule for ancestor in reversed(line_of_descent) for rule in self._rules(ancestor, name)
            ),
            unique_keys=self._unique_keys(line_of_descent, slots),
            checks=tuple(
                check
                for ancestor in reversed(line_of_descent)
                for check in self._class_checks(ancestor, {slot.name for slot in slots})
            ),
            ancestors=ancestors,
            abstract=bool(node.get("abstract")),
            mixin=bool(node.get("mixin")),
            thread=cast(
                Any, self._one_of(node, name, notes.get("thread", "never"), ("strong", "weak", "never"))
            ),
            canonical=self._known(node, name, "canonical form", notes.get("canonical"), FORMS),
            annotations=notes,
            origin=_at(node),
        )

    def _find_ancestors(self, name: str) -> tuple[str, ...]:
        """Parents and mixins, nearest first, each once."""
        found: dict[str, None] = {}

        def visit(current: str, path: tuple[str, ...]) -> None:
            node = self.sections["classes"][current]
            for parent in (*_list(node.get("mixins")), *_list(node.get("is_a"))):
                if parent not in self.sections["classes"]:
                    self._refuse(
                        node, "is_a", current, self._no_such("class", parent, self.sections["classes"])
                    )
                elif parent in path:
                    self._refuse(node, "is_a", current, "it is its own ancestor.")
                else:
                    found.setdefault(parent)
                    visit(parent, (*path, parent))

        visit(name, (name,))
        return tuple(found)

    def _slot_names(self, name: str) -> list[str]:
        """Inherited slots before own ones, so that a form begins with what all share."""
        names: dict[str, None] = {}
        for ancestor in (*reversed(self._ancestors(name)), name):
            node = self.sections["classes"][ancestor]
            for slot in (*_list(node.get("slots")), *(node.get("attributes") or {})):
                names.setdefault(slot)
            for slot in node.get("slot_usage") or {}:
                if slot not in names:
                    self._refuse(
                        node["slot_usage"], slot, ancestor, f"slot_usage of {slot}, which it does not have."
                    )
        return list(names)

    def _merge_slot(self, class_name: str, slot_name: str) -> tuple[dict[str, tuple[Any, str]], Mapped]:
        """Every word said of a slot in a class, nearest speaker first heard, with who said it."""
        said: dict[str, tuple[Any, str]] = {}
        origin: Mapped | None = None
        owned = False  # an attribute stands alone: a global slot of its name says nothing about it

        def hear(node: Mapped | None, speaker: str) -> None:
            nonlocal origin
            if node is None:
                return
            origin = origin or node
            for word, value in node.items():
                if word == "annotations":
                    value = {**notes_of(node), **(said[word][0] if word in said else {})}
                    said[word] = (value, said[word][1] if word in said else speaker)
                else:
                    said.setdefault(word, (value, speaker))

        for speaker in (class_name, *self._ancestors(class_name)):
            node = self.sections["classes"][speaker]
            hear((node.get("slot_usage") or {}).get(slot_name), speaker)
            attribute = (node.get("attributes") or {}).get(slot_name, _MISSING)
            if attribute is not _MISSING:
                owned = True
                hear(attribute, speaker)
        if not owned:
            for general in self._slot_family(slot_name):
                hear(self.sections["slots"].get(general), "")
        return said, origin or self.sections["classes"][class_name]

    def _slot_family(self, slot_name: str) -> list[str]:
        family = [slot_name]
        for current in family:
            node = self.sections["slots"].get(current) or Mapped("", 0)
            for parent in (*_list(node.get("mixins")), *_list(node.get("is_a"))):
                if parent not in self.sections["slots"]:
                    self._refuse(node, "is_a", current, self._no_such("slot", parent, self.sections["slots"]))
                elif parent == slot_name:
                    self._refuse(node, "is_a", current, "it is its own ancestor.")
                elif parent not in family:
                    family.append(parent)
        return family

    def _slot(self, class_name: str, slot_name: str) -> Slot:
        said, origin = self._merged(class_name, slot_name)
        element = f"{class_name}.{slot_name}"

        def get(word: str, default: Any = None) -> Any:
            return said[word][0] if word in said else default

        if not self._is_defined(class_name, slot_name):
            node = self.sections["classes"][class_name]
            self._refuse(node, "slots", element, self._no_such("slot", slot_name, self.sections["slots"]))
        range_name = str(get("range") or self.schema.get("default_range") or "string")
        kind = self._kind(range_name, origin, element)
        self._refuse_unheard(get, kind, origin, element)
        notes: Mapping[str, str] = get("annotations", {})
        equals = _list(get("equals_string") or get("equals_string_in"))
        base = "string" if kind is Kind.CODE else self._base(range_name)
        self._check_limits(origin, element, base, get, equals)
        self._check_codes(origin, element, range_name, equals)
        exact = get("exact_cardinality")
        return Slot(
            name=slot_name,
            title=_one_line(get("title")) or _words(slot_name),
            description=_one_line(get("description")),
            kind=kind,
            range=range_name,
            required=any(get(word) for word in ("required", "identifier", "key", "designates_type")),
            recommended=bool(get("recommended")),
            multivalued=bool(get("multivalued")),
            minimum_cardinality=exact if exact is not None else get("minimum_cardinality"),
            maximum_cardinality=exact if exact is not None else get("maximum_cardinality"),
            group=str(get("slot_group") or ""),
            pattern=self._pattern(origin, element, get("pattern")),
            minimum=get("minimum_value"),
            maximum=get("maximum_value"),
            equals=tuple(equals),
            designates_type=bool(get("designates_type")),
            sensitive=notes.get("sensitive") == "true",
            unit=_unit(get("unit")),
            defined_in=self._who_labels(class_name, said),
            origin=_at(origin),
        )

    def _refuse_unheard(self, get: Any, kind: Kind, origin: Mapped, element: str) -> None:
        """Words that the tables of words accept in a condition, or that need more than we give."""
        for word in (
            "value_presence",
            "equals_number",
            "has_member",
            "all_members",
            "range_expression",
            "ifabsent",
            "any_of",
            "all_of",
            "none_of",
            "exactly_one_of",
            "alias",
        ):
            if get(word) is not None:
                self._refuse(origin, word, element, f"{word} is not supported here; say it in a rule.")
        if kind is Kind.CLASS and get("multivalued") and not get("inlined_as_list"):
            self._refuse(origin, "multivalued", element, "a list of objects needs inlined_as_list: true.")
        for word in ("minimum_cardinality", "maximum_cardinality", "exact_cardinality"):
            if get(word) is not None and not get("multivalued"):
                self._refuse(origin, word, element, f"{word} needs multivalued: true.")
            elif (get(word) or 0) < 0:
                self._refuse(origin, word, element, f"{word} cannot be negative.")

    def _is_defined(self, class_name: str, slot_name: str) -> bool:
        """Whether some one says what the slot is; slot_usage alone only tightens."""
        speakers = (self.sections["classes"][name] for name in (class_name, *self._ancestors(class_name)))
        return slot_name in self.sections["slots"] or any(
            slot_name in (node.get("attributes") or {}) for node in speakers
        )

    def _who_labels(self, class_name: str, said: Mapping[str, tuple[Any, str]]) -> str:
        """The nearest class that says title or description: the place of the label for every heir."""
        speakers = {said[word][1] for word in ("title", "description") if word in said}
        speakers = speakers or {speaker for _, speaker in said.values()}
        return next((name for name in (class_name, *self._ancestors(class_name)) if name in speakers), "")

    def _check_codes(self, node: Mapped, element: str, range_name: str, codes: list[str]) -> None:
        """A code that its closed list does not have could never be."""
        code_list = self.sections["enums"].get(range_name)
        if code_list is not None and notes_of(code_list).get("open") != "true":
            known = code_list.get("permissible_values") or {}
            for code in codes:
                if code not in known:
                    self._refuse(node, None, element, self._no_such(f"code in {range_name}", code, known))

    def _kind(self, range_name: str, origin: Mapped, element: str) -> Kind:
        for section, kind in (("types", Kind.TYPE), ("enums", Kind.CODE), ("classes", Kind.CLASS)):
            if range_name in self.sections[section]:
                return kind
        everything = [name for section in ("types", "enums", "classes") for name in self.sections[section]]
        self._refuse(origin, "range", element, self._no_such("type, enum or class", range_name, everything))
        return Kind.TYPE

    def _facts(self, class_name: str, slot_name: str) -> SlotFacts | None:
        if class_name not in self.sections["classes"] or slot_name not in self._slot_names(class_name):
            return None
        said, _ = self._merged(class_name, slot_name)
        default = self.schema.get("default_range") or "string"
        range_name = str(said["range"][0] if "range" in said else default)
        code_list = self.sections["enums"].get(range_name)
        is_open = code_list is None or notes_of(code_list).get("open") == "true"
        return SlotFacts(
            multivalued="multivalued" in said and bool(said["multivalued"][0]),
            range_class=range_name if range_name in self.sections["classes"] else None,
            base="string" if code_list is not None else self._base(range_name),
            codes=None if code_list is None or is_open else tuple(code_list.get("permissible_values") or ()),
        )

    def _base(self, type_name: str) -> Base | None:
        """The base of a type, through typeof; None for what is no type."""
        seen: list[str] = []
        while type_name in self.sections["types"] and type_name not in seen:
            seen.append(type_name)
            type_name = str(self.sections["types"][type_name].get("typeof") or type_name)
        if type_name not in self.sections["types"]:
            return None
        said = str(self.sections["types"][type_name].get("base", "")).lower()
        return _BASES.get(type_name) or _BASES.get(said) or _PYTHON_BASES.get(said)

    def _rules(self, speaker: str, class_name: str) -> Iterable[Rule]:
        """The rules that one ancestor says, read in the class that inherits them."""
        node = self.sections["classes"][speaker]
        conditions = Conditions(self._facts, self._refuse)
        if any(word in node for word in _BOOLEAN_WORDS):
            part = Mapped(node.file, node.line)
            part.update({word: node[word] for word in _BOOLEAN_WORDS if word in node})
            then = conditions.of_class(part, class_name, speaker)
            code = f"{_kebab(speaker)}-alternatives"
            yield Rule(code, "record", "", then, defined_in=speaker, origin=_at(node))
        for number, rule in enumerate(node.get("rules") or (), start=1):
            if rule.get("deactivated"):
                continue
            notes = notes_of(rule)
            element = f"{speaker} rule {notes.get('code', number)}"
            read = {
                word: conditions.of_class(rule[word], class_name, element)
                for word in ("preconditions", "postconditions", "elseconditions")
                if rule.get(word)
            }
            if "postconditions" not in read and "elseconditions" not in read:
                self._refuse(rule, None, element, "it has neither postconditions nor elseconditions.")
                continue
            if "elseconditions" in read and "preconditions" not in read:
                self._refuse(rule, "elseconditions", element, "elseconditions need preconditions.")
            yield Rule(
                code=notes.get("code") or f"{_kebab(speaker)}-{number}",
                level=self._level(rule, element, notes.get("level", "record")),
                title=_text(rule, "title") or _text(rule, "description"),
                when=read.get("preconditions"),
                then=read.get("postconditions") or ALWAYS,
                otherwise=read.get("elseconditions"),
                rule_ref=notes.get("rule_ref", ""),
                defined_in=speaker,
                origin=_at(rule),
            )

    def _unique_keys(
        self, line_of_descent: tuple[str, ...], slots: tuple[Slot, ...]
    ) -> tuple[UniqueKey, ...]:
        """The keys a class says and inherits; an identifier is one too."""
        names = {slot.name for slot in slots}
        keys: dict[str, UniqueKey] = {}
        for name in line_of_descent:
            node = self.sections["classes"][name]
            for key, value in (node.get("unique_keys") or {}).items():
                parts = tuple(_list(value.get("unique_key_slots")))
                if not parts:
                    self._refuse(value, None, f"{name}.{key}", "it has no unique_key_slots.")
                for part in parts:
                    if part not in names:
                        what = self._no_such("slot", part, names)
                        self._refuse(value, "unique_key_slots", f"{name}.{key}", what)
                keys.setdefault(key, UniqueKey(key, parts))
        for slot in slots:
            said, _ = self._merged(line_of_descent[0], slot.name)
            if any(said.get(word, (False,))[0] for word in ("identifier", "key")):
                keys.setdefault(slot.name, UniqueKey(slot.name, (slot.name,)))
        return tuple(keys.values())

    def _class_checks(self, name: str, slots: set[str]) -> Iterable[ClassCheck]:
        """Reads `checks: "date_order(issue_date, expiry_date, quality); …"` of one ancestor."""
        node = self.sections["classes"][name]
        for part in filter(None, map(str.strip, notes_of(node).get("checks", "").split(";"))):
            match = _CHECK.fullmatch(part)
            said = [word.strip() for word in match.group(2).split(",")] if match else []
            if match is None or len(said) != 3 or said[-1] not in LEVELS:
                self._refuse(node, "annotations", name, f"checks: “{part}” is not name(slot, slot, level).")
                continue
            for slot in said[:-1]:
                if slot not in slots:
                    self._refuse(node, "annotations", name, self._no_such("slot", slot, slots))
            self._known(node, name, "check", match.group(1), OBJECT_CHECKS)
            yield ClassCheck(match.group(1), cast(Level, said[-1]), tuple(said[:-1]))

    def _check_ranges(self, classes: Mapping[str, Class]) -> None:
        """Whether every object can be made, read as one class, and told from a reference."""
        for class_ in classes.values():
            for slot in class_.slots:
                if slot.designates_type and (
                    slot.kind is not Kind.TYPE or slot.multivalued or self._base(slot.range) != "string"
                ):
                    self._refuse_slot(class_, slot, "designates_type needs a single text as range.")
                if slot.kind is Kind.CLASS and slot.range in classes:
                    self._check_range(classes, class_, slot)

    def _check_range(self, classes: Mapping[str, Class], class_: Class, slot: Slot) -> None:
        said, _ = self._merged(class_.name, slot.name)
        possible = [
            c
            for c in classes.values()
            if not (c.abstract or c.mixin) and slot.range in (c.name, *c.ancestors)
        ]
        declared = classes[slot.range]
        inlined = any(said.get(word, (False,))[0] for word in ("inlined", "inlined_as_list"))
        if not possible:
            self._refuse_slot(class_, slot, f"{slot.range} has no concrete class.")
        elif len(possible) > 1 and not any(s.designates_type for s in declared.slots):
            names = ", ".join(c.name for c in possible)
            message = f"{slot.range} may be {names}, so one of its slots needs designates_type: true."
            self._refuse_slot(class_, slot, message)
        if not inlined and self._has_identifier(slot.range):
            self._refuse_slot(class_, slot, "references are not supported; an object needs inlined: true.")

    def _has_identifier(self, class_name: str) -> bool:
        return any(
            self._merged(class_name, slot)[0].get(word, (False,))[0]
            for slot in self._slot_names(class_name)
            for word in ("identifier", "key")
        )

    def _check_rule_codes(self, classes: Mapping[str, Class]) -> None:
        """A code is public and names one sentence."""
        known: dict[str, Rule] = {}
        for class_ in classes.values():
            for rule in class_.rules:
                other = known.setdefault(rule.code, rule)
                if other.origin != rule.origin:
                    where = f"{other.origin} has this code too."
                    origin = rule.origin
                    self.faults.append(
                        ModelFault("refused", origin.file, origin.line, f"rule {rule.code}", where)
                    )

    def _refuse_slot(self, class_: Class, slot: Slot, message: str) -> None:
        origin = slot.origin
        self.faults.append(
            ModelFault("refused", origin.file, origin.line, f"{class_.name}.{slot.name}", message)
        )

    def _mark_messages(self, classes: dict[str, Class]) -> dict[str, Class]:
        """Marks the messages; in a foreign model each tree root, else each class that is nobody's range."""
        concrete = [c for c in classes.values() if not c.abstract and not c.mixin]
        if "Message" in classes:
            chosen = {c.name for c in concrete if "Message" in c.ancestors}
        else:
            chosen = {c.name for c in concrete if self.sections["classes"][c.name].get("tree_root")}
            ranges = {slot.range for c in classes.values() for slot in c.slots}
            chosen = chosen or {c.name for c in concrete if ranges.isdisjoint((c.name, *c.ancestors))}
        return {name: replace(c, is_message=True) if name in chosen else c for name, c in classes.items()}

    def _check_slot_groups(self, classes: Mapping[str, Class], groups: Mapping[str, Group]) -> None:
        for class_ in classes.values():
            for slot in class_.slots:
                if slot.group and slot.group not in groups:
                    self._refuse_slot(class_, slot, self._no_such("slot_group", slot.group, groups))

    # -- faults ------------------------------------------------------------------------------

    def _refuse(self, node: Mapped, key: str | None, element: str, message: str, hint: str = "") -> None:
        line = node.line_of(key) if key else node.line
        self.faults.append(ModelFault("refused", node.file, line, element, message, hint))

    def _no_such(self, what: str, name: str, known: Iterable[str]) -> str:
        hint = near(name, known, "")
        return f"no such {what}: {name}. {hint}".rstrip()

    def _pattern(self, node: Mapped, element: str, pattern: Any) -> str | None:
        if pattern is None:
            return None
        try:
            return portable(str(pattern))
        except NotPortable as reason:
            self._refuse(node, "pattern", element, f"the pattern cannot be used everywhere: {reason}.")
            return None

    def _level(self, node: Mapped, element: str, level: str) -> Level:
        return cast(Level, self._one_of(node, element, level, LEVELS))

    def _one_of(self, node: Mapped, element: str, value: str, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            self._refuse(node, "annotations", element, f"“{value}” is not one of {', '.join(allowed)}.")
            return allowed[0]
        return value


#: A condition that always holds, for a rule that only says what else must be.
ALWAYS = All(())
_MISSING = object()


def _display_name(path: Path) -> str:
    """A file as messages name it: relative to where the command runs, when it is below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _at(node: Mapped) -> Origin:
    return Origin(node.file, node.line)


def _text(node: Mapping[str, Any], key: str) -> str:
    return _one_line(node.get(key))


def _one_line(text: Any) -> str:
    """A text of the model without the line breaks of its YAML."""
    return " ".join(str(text or "").split())


def _list(value: Any) -> list[str]:
    return [] if value is None else [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _unit(unit: Any) -> str:
    return (
        str(unit.get("symbol") or unit.get("ucum_code") or "")
        if isinstance(unit, Mapping)
        else str(unit or "")
    )


def _words(name: str) -> str:
    """`family_name`, `FamilyName` → `Family name`: a label for an element that has none."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:].lower() if spaced else name


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).replace("_", "-").replace(" ", "-").lower()


def _default_widget(base: Base) -> str:
    return {
        "boolean": "checkbox",
        "integer": "number",
        "number": "number",
        "date": "date",
        "datetime": "datetime",
    }.get(base, "text")
