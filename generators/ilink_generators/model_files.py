"""The files of a model, merged into one, and the way to refuse what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ilink_generators.model_text import Mapped, ModelFault, read
from ilink_generators.names import class_name
from ilink_generators.origin import Origin
from ilink_generators.patterns import NotPortable, portable
from ilink_generators.standard import LEVELS, Class, Level, Slot
from ilink_generators.well_formed import Done, check_schema, named, near

SECTIONS = ("types", "enums", "classes", "slots")


class ModelFiles:
    """A root file with all that it imports: its sections, and the faults found so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[ModelFault] = []
        self.sections: dict[str, dict[str, Mapped]] = {section: {} for section in SECTIONS}
        self._names: dict[Path, str] = {}
        self._written: dict[str, str] = {}
        #: Every file that was read, in that order.
        self.read: list[Path] = []
        self.schema = self._read_with_imports(root)
        self._add_basic_types()

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a structured pattern."""
        said = self.schema.get("settings") or {}
        return {
            name: str(value.get("setting_value", "") if isinstance(value, dict) else value)
            for name, value in (said.items() if isinstance(said, dict) else ())
        }

    @property
    def default_prefix(self) -> str:
        """What stands before the name of an element that says no URI: `ex:`, or a whole URI."""
        said = str(self.schema.get("default_prefix") or self.schema.get("id") or "")
        return f"{said}:" if said in self._prefixes or "://" not in said else said.rstrip("/") + "/"

    @property
    def _prefixes(self) -> dict[str, str]:
        said = self.schema.get("prefixes")
        return {
            prefix: str(place.get("prefix_reference", "") if isinstance(place, dict) else place)
            for prefix, place in (said.items() if isinstance(said, dict) else ())
        }

    def uri_forms(self, uri: str) -> tuple[str, ...]:
        """A URI as it is said, and its other form, short or whole, where a prefix makes one."""
        prefix, colon, rest = uri.partition(":")
        if colon and prefix in self._prefixes:
            return uri, self._prefixes[prefix] + rest
        short = (
            f"{prefix}:{uri[len(place) :]}"
            for prefix, place in self._prefixes.items()
            if place and uri.startswith(place)
        )
        return (uri, *list(short)[:1])

    def _read_with_imports(self, path: Path) -> Mapped:
        resolved = path.resolve()
        name = display_name(path)
        self._names[resolved] = name
        schema = self._checked(path, name)
        for imported in listed(schema.get("imports")):
            if imported.startswith("linkml:"):
                self._import_linkml(imported, schema)
                continue
            target = self._import_path(path.parent, imported, schema)
            if target is not None and target.resolve() not in self._names:
                self._read_with_imports(target)
        self._take_sections(schema)
        return schema

    def _checked(self, path: Path, name: str) -> Mapped:
        schema = read(path, name)
        self.read.append(path)
        check_schema(schema, self.refuse)
        return schema

    def _import_path(self, folder: Path, imported: str, schema: Mapped) -> Path | None:
        """The file that an import means: beside this one, or below a prefix that is a folder."""
        prefix, colon, rest = imported.partition(":")
        if colon:
            prefixes = schema.get("prefixes")
            place = prefixes.get(prefix) if isinstance(prefixes, dict) else None
            place = place.get("prefix_reference") if isinstance(place, dict) else place
            imported = f"{place}{rest}" if isinstance(place, str) else imported
        if "://" in imported:
            self.refuse(schema, "imports", "", f"{imported} is not fetched; put the file beside this one.")
            return None
        target = folder / (imported if imported.endswith(".yaml") else f"{imported}.yaml")
        if not target.is_file():
            self.refuse(schema, "imports", "", f"there is no file {imported}.yaml beside it.")
            return None
        return target

    def _import_linkml(self, name: str, schema: Mapped) -> None:
        target = _linkml_file(name)
        if target is None:
            self.refuse(schema, "imports", "", f"{name} is not a part of LinkML that can be imported.")
        elif target not in self._names:
            self._names[target] = name
            part = self._checked(target, name)
            for imported in listed(part.get("imports")):
                self._import_linkml(imported, part)
            self._take_sections(part)

    def _add_basic_types(self) -> None:
        """The types that every model of LinkML may use, whether it imports them or not."""
        target = _linkml_file("linkml:types")
        if target is not None and target not in self._names:
            names = {name for section in SECTIONS for name in self.sections[section]}
            self.read.append(target)
            types = named(read(target, "linkml:types"), "types", "", self.refuse)
            self.sections["types"].update({name: node for name, node in types.items() if name not in names})

    def _take_sections(self, schema: Mapped) -> None:
        for section in SECTIONS:
            for name, node in (schema.get(section) or {}).items():
                elsewhere = self.sections[section].get(name)
                if elsewhere is not None and not elsewhere.file.startswith("linkml:"):
                    self.refuse(node, None, name, f"it stands in {elsewhere.file}:{elsewhere.line} too.")
                self.sections[section][name] = node
            if section == "classes" and isinstance(schema.get(section), Done):
                self._written |= schema[section].written

    def class_named(self, name: str) -> str:
        """The name that a class has here, by its name in the model."""
        return self._written.get(name) or class_name(name)

    # -- faults ------------------------------------------------------------------------------

    def refuse(self, node: Mapped, key: str | None, element: str, message: str, hint: str = "") -> None:
        """Says a fault at a mapping, or at a key in it."""
        line = node.line_of(key) if key else node.line
        self.faults.append(ModelFault("refused", node.file, line, element, message, hint))

    def refuse_slot(self, class_: Class, slot: Slot, message: str) -> None:
        """Says a fault of a slot as a class has it."""
        at_ = slot.origin
        self.faults.append(ModelFault("refused", at_.file, at_.line, f"{class_.name}.{slot.name}", message))

    def no_such(self, what: str, name: str, known: Iterable[str]) -> str:
        """The message for a name that nobody defines, with the one that was probably meant."""
        hint = near(name, known, "")
        return f"no such {what}: {name}. {hint}".rstrip()

    def known(
        self, node: Mapped, element: str, what: str, name: str | None, known: Iterable[str]
    ) -> str | None:
        """A name that must be one of ours."""
        if name is not None and name not in known:
            self.refuse(node, "annotations", element, self.no_such(what, name, known))
        return name

    def pattern(self, node: Mapped, element: str, pattern: Any) -> str | None:
        """A pattern in its portable form."""
        if pattern is None:
            return None
        try:
            return portable(str(pattern))
        except NotPortable as reason:
            self.refuse(node, "pattern", element, f"the pattern cannot be used everywhere: {reason}.")
            return None

    def level(self, node: Mapped, element: str, level: str) -> Level:
        """A level of a rule or check."""
        return cast(Level, self.one_of(node, element, level, LEVELS))

    def one_of(self, node: Mapped, element: str, value: str, allowed: tuple[str, ...]) -> str:
        """The value of an annotation that has few."""
        if value not in allowed:
            self.refuse(node, "annotations", element, f"“{value}” is not one of {', '.join(allowed)}.")
            return allowed[0]
        return value


def _linkml_file(name: str) -> Path | None:
    """The file of a part of LinkML, `linkml:types`."""
    spec = find_spec("linkml_runtime")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else None
    target = folder / f"linkml_model/model/schema/{name.removeprefix('linkml:')}.yaml" if folder else None
    return target if target is not None and target.is_file() else None


def display_name(path: Path) -> str:
    """A file as messages name it: relative to where the command runs, when it is below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def at(node: Mapped) -> Origin:
    """Where an element stands."""
    return Origin(node.file, node.line)


def text_of(node: Mapping[str, Any], key: str) -> str:
    """A text of an element on one line; empty when it has none."""
    return one_line(node.get(key))


def one_line(text: Any) -> str:
    """A text of the model without the line breaks of its YAML."""
    return " ".join(str(text or "").split())


def listed(value: Any) -> list[str]:
    """A list of texts; LinkML lets a single one stand alone."""
    return [] if value is None else [str(item) for item in value] if isinstance(value, list) else [str(value)]


def unit(unit: Any) -> str:
    """The sign of a unit."""
    return (
        str(unit.get("symbol") or unit.get("ucum_code") or "")
        if isinstance(unit, Mapping)
        else str(unit or "")
    )
