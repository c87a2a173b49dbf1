"""The three that judge a message: jsonschema-rs as the server runs it, jsonschema, the Pydantic models."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaError
from jsonschema.validators import extend
from pydantic import ValidationError

from ilink_generators.pydantic_models import python_name
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import is_absent, matches
from ilink_runtime.validation import Fault, repetitions, validator, written

LEVELS = ("", ".publish", ".quality")


def _check(_: Any, name: str, value: Any, __: Any) -> Iterator[SchemaError]:
    if isinstance(value, str) and not CHECKS[name](value):
        yield SchemaError(name)


def _object_checks(_: Any, checks: list[dict[str, Any]], value: Any, __: Any) -> Iterator[SchemaError]:
    for check in checks if isinstance(value, dict) else ():
        values = [value.get(slot) for slot in check["slots"]]
        if not any(map(is_absent, values)) and not OBJECT_CHECKS[check["check"]](*values):
            yield SchemaError(check["check"])


def _unique(_: Any, keys: list[list[str]], value: Any, __: Any) -> Iterator[SchemaError]:
    if repetitions(value, keys):
        yield SchemaError("repeated")


def _text_pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[SchemaError]:
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and not matches(pattern, written(value))
    ):
        yield SchemaError("pattern")


#: JSON Schema 2020-12 by jsonschema, with the four keywords that JSON Schema cannot say.
IlinkValidator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "x-check": _check,
        "x-text-pattern": _text_pattern,
        "x-object-checks": _object_checks,
        "x-unique": _unique,
    },
)


class Judges:
    """The judges of one bundle."""

    def __init__(self, files: Mapping[str, str], folder: Path) -> None:
        self.schema: dict[str, Any] = json.loads(files["schema.json"])
        self.models = load_python(files["models.py"], folder)
        self._compiled = cache(lambda name: validator(self.schema, name))
        self._jsonschema = cache(
            lambda name: IlinkValidator({"$ref": f"#/$defs/{name}", "$defs": self.schema["$defs"]})
        )

    def faults(self, name: str, value: Any) -> list[Fault]:
        """What the server would say, at one level (`RedNotice.publish`)."""
        found: list[Fault] = self._compiled(name)(value)
        return found

    def levels(self, name: str) -> list[str]:
        """The levels at which a class is judged; one that is no message has some of them."""
        return [level for level in LEVELS if name + level in self.schema["$defs"]]

    def all_faults(self, message_type: str, value: Any) -> list[Fault]:
        """What the server would say at any level."""
        return [fault for level in LEVELS[1:] for fault in self.faults(message_type + level, value)]

    def jsonschema(self, name: str, value: Any) -> bool:
        return bool(self._jsonschema(name).is_valid(value))

    def pydantic(self, message_type: str, value: Any) -> bool:
        try:
            getattr(self.models, python_name(message_type)).model_validate(value)
        except ValidationError:
            return False
        return True

    def agree(self, message_type: str, value: Any) -> bool:
        """The verdict at record level; AssertionError when the judges are not of one mind at any level."""
        for level in self.levels(message_type):
            found = self.faults(message_type + level, value)
            assert self.jsonschema(message_type + level, value) is not bool(found), (level, found)
        found = self.faults(message_type, value)
        assert self.pydantic(message_type, value) is not bool(found), found
        return not found


def load_python(text: str, folder: Path) -> ModuleType:
    """Generated Python as a module of a name of its own."""
    name = f"generated_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    path = folder / f"{name}.py"
    path.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
