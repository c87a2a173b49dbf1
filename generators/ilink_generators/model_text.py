"""YAML of a model with the line of every key, so that a refusal can name file, line and element."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class ModelFault:
    """One thing in a model that cannot be accepted, and what to do about it."""

    code: str
    file: str
    line: int
    element: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = (
            f"{self.file}:{self.line}: {self.element}: {self.message}"
            if self.element
            else (f"{self.file}:{self.line}: {self.message}")
        )
        return f"{text} {self.hint}".rstrip()


class ModelRefused(Exception):
    """The model has faults; all of them, in the order of the files."""

    def __init__(self, faults: list[ModelFault]) -> None:
        self.faults = sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.element))
        super().__init__("\n".join(map(str, self.faults)))


class Mapped(dict[str, Any]):
    """A YAML mapping that remembers its file and the line of each key."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key; the mapping's own line when it has no such key."""
        return self.lines.get(key, self.line)


def read(path: Path, name: str) -> Mapped:
    """Reads one file of a model; `name` is how messages call it. ModelRefused when it is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            value = _value(loader, node, name) if node is not None else Mapped(name, 1)
        finally:
            loader.dispose()
    except FileNotFoundError:
        raise ModelRefused([ModelFault("no_file", name, 1, "", "there is no such file.")]) from None
    except UnicodeDecodeError as error:
        raise ModelRefused(
            [ModelFault("bad_yaml", name, 1, "", f"this is not UTF-8: {error.reason}.")]
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ModelRefused([ModelFault("bad_yaml", name, line, "", f"{error.problem}.")]) from None
    if not isinstance(value, Mapped):
        raise ModelRefused([ModelFault("bad_yaml", name, 1, "", "a model is a mapping of keys to values.")])
    return value


def _value(loader: Any, node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapped = Mapped(file, node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key = _key(loader, key_node)
            line = key_node.start_mark.line + 1
            if key in mapped:
                raise ModelRefused(
                    [ModelFault("duplicate_key", file, line, key, "this key stands here twice.")]
                )
            mapped[key] = _value(loader, value_node, file)
            mapped.lines[key] = line
        return mapped
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, file) for item in node.value]
    return loader.construct_object(node)


def _key(loader: Any, node: yaml.Node) -> str:
    """A key as it is written: `NO:` is Norway, not false; `914:` is text."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else str(loader.construct_object(node))
