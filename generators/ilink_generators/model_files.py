"""The files of a model, merged into one, and the way to refuse what stands in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from ilink_generators.model_text import Mapped, ModelFault, read
from ilink_generators.patterns import NotPortable, portable
from ilink_generators.standard import LEVELS, Class, Level, Origin, Slot
from ilink_generators.well_formed import check_schema, near

SECTIONS = ("types", "enums", "classes", "slots")


class ModelFiles:
    """A root file with all that it imports: its sections, and the faults found so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[ModelFault] = []
        self.sections: dict[str, dict[str, Mapped]] = {section: {} for section in SECTIONS}
        self._names: dict[Path, str] = {}
        self.schema = self._read_with_imports(root)

    def _read_with_imports(self, path: Path) -> Mapped:
        resolved = path.resolve()
        name = display_name(path)
        self._names[resolved] = name
        schema = read(path, name)
        check_schema(schema, self.refuse)
        for imported in listed(schema.get("imports")):
            if str(imported).startswith("linkml:"):
                self._import_linkml(str(imported), schema)
                continue
            target = path.parent / f"{imported}.yaml"
            if target.resolve() not in self._names:
                if target.is_file():
                    self._read_with_imports(target)
                else:
                    self.refuse(schema, "imports", "", f"there is no file {imported}.yaml beside it.")
        self._take_sections(schema)
        return schema

    def _import_linkml(self, name: str, schema: Mapped) -> None:
        spec = find_spec("linkml_runtime")
        folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else None
        target = folder / f"linkml_model/model/schema/{name.removeprefix('linkml:')}.yaml" if folder else None
        if target is None or not target.is_file():
            self.refuse(schema, "imports", "", f"{name} is not a part of LinkML that can be imported.")
        elif target not in self._names:
            self._names[target] = name
            if name == "linkml:types":
                self.sections["types"].update(read(target, name)["types"])
            else:
                self.refuse(schema, "imports", "", f"{name} is not supported; linkml:types is.")

    def _take_sections(self, schema: Mapped) -> None:
        for section in SECTIONS:
            for name, node in (schema.get(section) or {}).items():
                elsewhere = self.sections[section].get(name)
                if elsewhere is not None and elsewhere.file != "linkml:types":
                    self.refuse(node, None, name, f"it stands in {elsewhere.file}:{elsewhere.line} too.")
                self.sections[section][name] = node

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
