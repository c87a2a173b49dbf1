"""YAML of a model with the line of every key, so that a refusal can name file, line and element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CBaseLoader as _TextLoader
    from yaml import CSafeLoader as _Loader
except ImportError:  # pragma: no cover - PyYAML built without libyaml
    from yaml import BaseLoader as _TextLoader  # type: ignore[assignment]
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
        self.faults = sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line, fault.element))
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


#: Characters that change how the rest is shown, or that no file can carry: a reviewer cannot see them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def unseen(text: str) -> str | None:
    """The first invisible control character of a text, by its code point."""
    found = _UNSEEN.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def read(path: Path, name: str, *, texts_only: bool = False) -> Mapped:
    """Reads one file of a model; `name` is how messages call it. ModelRefused when it is not YAML.

    With `texts_only` every scalar is the text that was written: `NO` is Norway and `010` three digits.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ModelRefused([ModelFault("no_file", name, 1, "", "there is no such file.")]) from None
    except OSError as error:
        raise _bad(name, 1, f"it cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ModelRefused(
            [ModelFault("bad_yaml", name, 1, "", f"this is not UTF-8: {error.reason}.")]
        ) from None
    return parse(text, name, texts_only=texts_only)


@lru_cache(maxsize=512)  # a save changes one file of a model, the others are read as before
def parse(text: str, name: str, *, texts_only: bool = False) -> Mapped:
    """The text of one file of a model, as `read` reads it. What it answers is shared: nobody changes it."""
    try:
        loader = (_TextLoader if texts_only else _Loader)(text)
        try:
            node = loader.get_single_node()
            value = _Reading(loader, name).value(node) if node is not None else Mapped(name, 1)
        finally:
            loader.dispose()
    except RecursionError:
        raise _bad(name, 1, "it is nested too deeply.") from None
    except yaml.reader.ReaderError as error:
        raise _bad(
            name, 1, f"it holds a character that YAML does not allow: U+{error.character:04X}."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ModelRefused([ModelFault("bad_yaml", name, line, "", f"{error.problem}.")]) from None
    if not isinstance(value, Mapped):
        raise ModelRefused([ModelFault("bad_yaml", name, 1, "", "a model is a mapping of keys to values.")])
    return value


#: So many values may aliases add to a file; more is a bomb, not a model.
_MOST_REPEATED = 100_000


class _Reading:
    """The values of one file. An alias stands for what its anchor holds; it may not hold itself."""

    def __init__(self, loader: Any, file: str) -> None:
        self._loader = loader
        self._file = file
        self._open: set[int] = set()
        self._met: set[int] = set()
        self._repeated = 0

    def value(self, node: yaml.Node) -> Any:
        """A node as data."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise _bad(self._file, line, "an anchor holds itself.")
        if id(node) in self._met:
            self._repeated += len(node.value) + 1
            if self._repeated > _MOST_REPEATED:
                raise _bad(self._file, line, "aliases repeat too much; write it out.")
        self._met.add(id(node))
        self._open.add(id(node))
        value: Any
        if isinstance(node, yaml.SequenceNode):
            value = [self.value(item) for item in node.value]
        else:
            value = self._mapping(node, line)
        self._open.discard(id(node))
        return value

    def _mapping(self, node: yaml.Node, line: int) -> Mapped:
        mapped = Mapped(self._file, line)
        merged: list[Mapped] = []
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _bad(self._file, line, "a key is a text.")
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged += self._merged(value_node, line)
                continue
            key = _shown(str(key_node.value), self._file, line)
            if key in mapped:
                what = "this key stands here twice."
                raise ModelRefused([ModelFault("duplicate_key", self._file, line, key, what)])
            mapped[key] = self.value(value_node)
            mapped.lines[key] = line
        for other in merged:
            for key, value in other.items():
                if key not in mapped:
                    mapped[key] = value
                    mapped.lines[key] = other.line_of(key)
        return mapped

    def _merged(self, node: yaml.Node, line: int) -> list[Mapped]:
        """The mappings of a merge key (`<<: *common`); what stands in the mapping itself goes before."""
        value = self.value(node)
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(item, Mapped) for item in found):
            raise _bad(self._file, line, "only mappings can be merged.")
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        """A scalar as YAML reads it; a key stays as it is written: `NO:` is Norway, not false."""
        line = node.start_mark.line + 1
        try:
            value = self._loader.construct_object(node)
        except ValueError as error:
            raise _bad(self._file, line, f"{error}.") from None
        return _shown(value, self._file, line) if isinstance(value, str) else value


def _shown(text: str, file: str, line: int) -> str:
    found = unseen(text)
    if found:
        raise _bad(file, line, f"the invisible character {found} stands here; take it out.")
    return text


def _bad(file: str, line: int, message: str) -> ModelRefused:
    return ModelRefused([ModelFault("bad_yaml", file, line, "", message)])
