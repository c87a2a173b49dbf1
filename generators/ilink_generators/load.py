"""Reads a LinkML model and resolves it into a `Standard`; the only room that knows LinkML.

Imports, inheritance, mixins, slot_usage and types are applied here once. What cannot be represented
is refused with file, line and name: nothing in a model is silently ignored.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ilink_generators import linkml_words as words
from ilink_generators.load_rules import Conditions, SlotFacts, notes_of
from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, read
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
from ilink_runtime.conditions import All

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
        self._check_words(schema, words.SCHEMA, "")
        for imported in schema.get("imports") or ():
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
                if node is None:
                    node = Mapped(schema.file, schema[section].line_of(name))
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
        self._check_slot_groups(classes, groups)
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
        self._check_words(node, words.TYPE, name)
        chain = [node]
        seen = [name]
        while parent := chain[-1].get("typeof"):
            if parent in seen or parent not in self.sections["types"]:
                self._refuse(chain[-1], "typeof", name, self._no_such("type", parent, self.sections["types"]))
                break
            seen.append(parent)
            chain.append(self.sections["types"][parent])
        notes: dict[str, str] = {}
        for link in reversed(chain):
            notes.update(notes_of(link))
        base = _BASES.get(seen[-1]) or _BASES.get(str(chain[-1].get("base", "")).lower(), "string")

        def nearest(key: str) -> Any:
            return next((link[key] for link in chain if key in link), None)

        equals = nearest("equals_string")
        return Type(
            name=name,
            base=base,
            title=_text(node, "title") or _words(name),
            description=_text(node, "description"),
            pattern=self._pattern(node, name, nearest("pattern")),
            minimum=nearest("minimum_value"),
            maximum=nearest("maximum_value"),
            min_length=_integer(notes.get("min_length")),
            max_length=_integer(notes.get("max_length")),
            one_of=(str(equals),)
            if equals is not None
            else tuple(map(str, nearest("equals_string_in") or ())),
            unit=_unit(nearest("unit")),
            check=notes.get("check") or {"date": "date", "datetime": "instant", "time": "time"}.get(base),
            check_level=self._level(
                node, name, notes.get("check_level") or ("quality" if base == "string" else "record")
            ),
            canonical=notes.get("canonical"),
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

    def _code_list(self, name: str, node: Mapped) -> CodeList:
        self._check_words(node, words.ENUM, name)
        notes = notes_of(node)
        codes = []
        for code, value in (node.get("permissible_values") or {}).items():
            value = value if isinstance(value, Mapped) else Mapped(node.file, node.line)
            self._check_words(value, words.VALUE, f"{name}.{code}")
            value_notes = notes_of(value)
            codes.append(
                Code(
                    code=code,
                    title=_text(value, "title") or _text(value, "description") or _words(code),
                    description=_text(value, "description"),
                    meaning=value.get("meaning"),
                    status=value_notes.get("status", "in_force"),
                    mappings=tuple(value.get("exact_mappings") or ()),
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
        self._check_words(node, words.CLASS, name)
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
            unique_keys=tuple(key for ancestor in line_of_descent for key in self._unique_keys(ancestor)),
            checks=self._class_checks(node, name, notes.get("checks", ""), {slot.name for slot in slots}),
            ancestors=ancestors,
            abstract=bool(node.get("abstract")),
            mixin=bool(node.get("mixin")),
            thread=cast(
                Any, self._one_of(node, name, notes.get("thread", "never"), ("strong", "weak", "never"))
            ),
            canonical=notes.get("canonical"),
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
            self._check_words(node, words.SLOT, f"{speaker}.{slot_name}" if speaker else slot_name)
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
                hear(attribute or Mapped(node.file, node["attributes"].line_of(slot_name)), speaker)
        if not owned:
            for general in self._slot_family(slot_name):
                hear(self.sections["slots"].get(general), "")
        return said, origin or self.sections["classes"][class_name]

    def _slot_family(self, slot_name: str) -> list[str]:
        family = [slot_name]
        for current in family:
            node: Mapping[str, Any] = self.sections["slots"].get(current) or {}
            for parent in (*_list(node.get("mixins")), *_list(node.get("is_a"))):
                if parent not in family:
                    family.append(parent)
        return family

    def _slot(self, class_name: str, slot_name: str) -> Slot:
        said, origin = self._merged(class_name, slot_name)
        element = f"{class_name}.{slot_name}"

        def get(word: str, default: Any = None) -> Any:
            return said[word][0] if word in said else default

        if not said and slot_name not in self.sections["slots"]:
            self._refuse(origin, None, element, self._no_such("slot", slot_name, self.sections["slots"]))
        range_name = str(get("range") or self.schema.get("default_range") or "string")
        kind = self._kind(range_name, origin, element)
        self._refuse_unheard(get, kind, origin, element)
        notes: Mapping[str, str] = get("annotations", {})
        equals = get("equals_string")
        exact = get("exact_cardinality")
        return Slot(
            name=slot_name,
            title=str(get("title") or _words(slot_name)).strip(),
            description=str(get("description") or "").strip(),
            kind=kind,
            range=range_name,
            required=bool(get("required") or get("identifier") or get("key")),
            recommended=bool(get("recommended")),
            multivalued=bool(get("multivalued")),
            minimum_cardinality=exact if exact is not None else get("minimum_cardinality"),
            maximum_cardinality=exact if exact is not None else get("maximum_cardinality"),
            group=str(get("slot_group") or ""),
            pattern=self._pattern(origin, element, get("pattern")),
            minimum=get("minimum_value"),
            maximum=get("maximum_value"),
            equals=(str(equals),) if equals is not None else tuple(map(str, get("equals_string_in") or ())),
            designates_type=bool(get("designates_type")),
            sensitive=notes.get("sensitive") == "true",
            unit=_unit(get("unit")),
            defined_in=next(
                (said[word][1] for word in ("title", "range", "description") if word in said), class_name
            ),
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
        range_name = str(said["range"][0]) if "range" in said else ""
        multivalued = bool(said["multivalued"][0]) if "multivalued" in said else False
        return SlotFacts(
            multivalued,
            range_class=range_name if range_name in self.sections["classes"] else None,
            boolean=self._base(range_name) == "boolean",
        )

    def _base(self, type_name: str) -> Base | None:
        """The base of a type, through typeof; None for what is no type."""
        seen: list[str] = []
        while type_name in self.sections["types"] and type_name not in seen:
            seen.append(type_name)
            type_name = str(self.sections["types"][type_name].get("typeof") or type_name)
        return _BASES.get(type_name)

    def _rules(self, speaker: str, class_name: str) -> Iterable[Rule]:
        """The rules that one ancestor says, read in the class that inherits them."""
        node = self.sections["classes"][speaker]
        conditions = Conditions(self._facts, self.faults)
        if any(word in node for word in _BOOLEAN_WORDS):
            part = Mapped(node.file, node.line)
            part.update({word: node[word] for word in _BOOLEAN_WORDS if word in node})
            then = conditions.of_class(part, class_name, speaker)
            yield Rule(
                f"{_kebab(speaker)}-alternatives", "record", _text(node, "title"), then, defined_in=speaker
            )
        for number, rule in enumerate(node.get("rules") or (), start=1):
            if rule.get("deactivated"):
                continue
            notes = notes_of(rule)
            element = f"{speaker} rule {notes.get('code', number)}"
            self._check_words(rule, words.RULE, element)
            read = {
                word: conditions.of_class(rule[word], class_name, element)
                for word in ("preconditions", "postconditions", "elseconditions")
                if rule.get(word)
            }
            if "postconditions" not in read and "elseconditions" not in read:
                self._refuse(rule, None, element, "it has neither postconditions nor elseconditions.")
                continue
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

    def _unique_keys(self, name: str) -> Iterable[UniqueKey]:
        node = self.sections["classes"][name]
        for key, value in (node.get("unique_keys") or {}).items():
            self._check_words(value, words.UNIQUE_KEY, f"{name}.{key}")
            yield UniqueKey(key, tuple(value.get("unique_key_slots") or ()))

    def _class_checks(self, node: Mapped, name: str, text: str, slots: set[str]) -> tuple[ClassCheck, ...]:
        """Reads `checks: "date_order(issue_date, expiry_date, quality); …"`."""
        checks = []
        for part in filter(None, map(str.strip, text.split(";"))):
            match = _CHECK.fullmatch(part)
            words_ = [word.strip() for word in match.group(2).split(",")] if match else []
            if (
                match is None
                or len(words_) < 2
                or words_[-1] not in LEVELS
                or not slots.issuperset(words_[:-1])
            ):
                self._refuse(node, "annotations", name, f"checks: “{part}” is not name(slot, …, level).")
            else:
                checks.append(ClassCheck(match.group(1), cast(Level, words_[-1]), tuple(words_[:-1])))
        return tuple(checks)

    def _mark_messages(self, classes: dict[str, Class]) -> dict[str, Class]:
        """Marks the messages; in a foreign model each tree root, else each class that is nobody's range."""
        concrete = [c for c in classes.values() if not c.abstract and not c.mixin]
        if "Message" in classes:
            chosen = {c.name for c in concrete if "Message" in c.ancestors}
        else:
            chosen = {c.name for c in concrete if self.sections["classes"][c.name].get("tree_root")}
            ranges = {slot.range for c in classes.values() for slot in c.slots}
            chosen = chosen or {c.name for c in concrete if c.name not in ranges}
        return {name: replace(c, is_message=True) if name in chosen else c for name, c in classes.items()}

    def _check_slot_groups(self, classes: Mapping[str, Class], groups: Mapping[str, Group]) -> None:
        for class_ in classes.values():
            for slot in class_.slots:
                if slot.group and slot.group not in groups:
                    message = self._no_such("slot_group", slot.group, groups)
                    self.faults.append(
                        ModelFault(
                            "no_such",
                            slot.origin.file,
                            slot.origin.line,
                            f"{class_.name}.{slot.name}",
                            message,
                        )
                    )

    # -- faults ------------------------------------------------------------------------------

    def _check_words(self, node: Mapping[str, Any], known: frozenset[str], element: str) -> None:
        if not isinstance(node, Mapped):
            self.faults.append(ModelFault("bad_shape", self.root.name, 1, element, "this must be a mapping."))
            return
        for word in node:
            if word not in known:
                near = difflib.get_close_matches(word, known, 1)
                hint = f"Did you mean {near[0]}?" if near else "See docs/linkml-support.md."
                self._refuse(node, word, element, f"{word} is not supported.", hint)

    def _refuse(self, node: Mapped, key: str | None, element: str, message: str, hint: str = "") -> None:
        line = node.line_of(key) if key else node.line
        self.faults.append(ModelFault("refused", node.file, line, element, message, hint))

    def _no_such(self, what: str, name: str, known: Iterable[str]) -> str:
        near = difflib.get_close_matches(str(name), list(known), 1)
        return f"no such {what}: {name}." + (f" Did you mean {near[0]}?" if near else "")

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
    return " ".join(str(node.get(key) or "").split())


def _list(value: Any) -> list[str]:
    return [] if value is None else [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


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
