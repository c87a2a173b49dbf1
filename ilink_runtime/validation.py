"""Faults of a message: what `schema.json` says against it, all of it, in one pass.

The schema is the one truth; jsonschema-rs runs it, with the named checks registered. A fault is
data (a stable code, an exact JSON Pointer, a level, a rule); `sentences` makes prose of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import jsonschema_rs

from ilink_runtime.checks import CHECKS, OBJECT_CHECKS
from ilink_runtime.conditions import is_absent, matches
from ilink_runtime.values import escape

Level = Literal["record", "publish", "quality"]
Validator = Callable[[Any], "list[Fault]"]
Path = tuple[str | int, ...]

#: A report ends here, and so do suggestions: past it nobody reads, and a made-up body would cost seconds.
MOST = 1000
_MOST_SUGGESTIONS = 20
_GRAVEST: tuple[Level, ...] = ("record", "publish", "quality")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    `path` is the JSON Pointer of the field itself (a missing field's own, not its parent's);
    `paths` lists the alternatives when any of several would do.
    """

    code: str
    path: str
    level: Level = "record"
    rule: str | None = None
    rule_ref: str = ""
    paths: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)


def pointer(path: Sequence[str | int]) -> str:
    """A path as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{escape(str(token))}" for token in path)


def validator(schema: Mapping[str, Any], name: str) -> Validator:
    """From an object to all its faults, for `RedNotice`, `RedNotice.publish` or `RedNotice.quality`.

    KeyError when the schema has no such definition.
    """
    if name not in schema["$defs"]:
        raise KeyError(name)
    compiled = jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}, keywords=KEYWORDS, validate_formats=False
    )
    level: Level = "record"
    if name.endswith(".publish"):
        level = "publish"
    elif name.endswith(".quality"):
        level = "quality"

    def faults(instance: Any) -> list[Fault]:
        if compiled.is_valid(instance):
            return []
        found: dict[tuple[str, str, str | None], Fault] = {}
        for error in islice(compiled.iter_errors(instance), MOST):
            for fault in _faults_of(error, schema, instance, level):
                held = found.setdefault((fault.code, fault.path, fault.rule), fault)
                if _GRAVEST.index(fault.level) < _GRAVEST.index(held.level):
                    found[fault.code, fault.path, fault.rule] = fault
        return _without_repeats(list(found.values()))

    return faults


def _without_repeats(faults: list[Fault]) -> list[Fault]:
    """The gravest first; says once what two rules miss, at the stricter level; checks no broken shape."""
    misshapen = {fault.path for fault in faults if fault.code in ("type", "pattern", "too_long")}
    faults = [fault for fault in faults if fault.code != "check" or fault.path not in misshapen]
    missing: dict[str, Fault] = {}
    for fault in faults:
        if fault.code == "required":
            held = missing.get(fault.path)
            if held is None or _GRAVEST.index(fault.level) < _GRAVEST.index(held.level):
                missing[fault.path] = fault
    kept = [fault for fault in faults if fault.code != "required" or missing[fault.path] is fault]
    return sorted(kept, key=lambda fault: _GRAVEST.index(fault.level))


# -- from an error of the engine to faults --------------------------------------------------------


def _faults_of(error: Any, schema: Mapping[str, Any], instance: Any, level: Level) -> Iterator[Fault]:
    path: Path = tuple(error.instance_path)
    mark, holder = _rule_at(schema, error.schema_path)
    own: Level = mark["level"] if mark else _level_at(error.schema_path, level)
    rule = mark["code"] if mark else None
    rule_ref = mark["rule_ref"] if mark else ""

    def fault(code: str, at: Path = path, paths: tuple[str, ...] = (), **params: Any) -> Fault:
        return Fault(code, pointer(at), own, rule, rule_ref, paths, params)

    kind = error.kind
    match kind.name:
        case "required":
            yield fault("required", (*path, kind.property))
        case "type" | "enum" | "const" if error.instance is None and _is_field(path):
            yield fault("required")
        case "minItems" if error.instance == []:
            yield fault("required")
        case "additionalProperties":
            known = list(holder.get("properties", {}))
            for number, name in enumerate(kind.unexpected[:MOST]):
                near = difflib.get_close_matches(name, known, 1) if number < _MOST_SUGGESTIONS else []
                yield fault("unknown_field", (*path, name), suggestion=near[0] if near else None)
        case "not" if kind.schema == _ABSENT:
            yield fault("required")
        case "enum" if kind.options == _ABSENT["enum"]:
            yield fault("not_allowed")
        case "enum" if len(kind.options) == 1 and own == "record":
            yield fault("const", limit=kind.options[0])
        case "not" if kind.schema == _NEWLINE:
            yield fault("pattern")
        case "anyOf" | "oneOf":
            yield fault("alternatives", paths=_alternatives(kind.context, path))
        case "x-check":
            yield fault("check", check=error.message)
        case "x-text-pattern":
            yield fault("pattern")
        case "x-object-checks":
            for failed in error.message.split("; "):
                check, _, slot = failed.partition(" ")
                yield fault("check", (*path, slot), check=check)
        case "x-unique":
            for position in error.message.split():
                yield fault("repeated", (*path, int(position)))
        case name:
            code = CODES.get(name, name)
            yield fault(code, limit=kind.value) if code in _LIMITED else fault(code)


def _is_field(path: Path) -> bool:
    """Whether null stands where a field could: the same as no field."""
    return bool(path) and isinstance(path[-1], str)


_ABSENT: dict[str, Any] = {"enum": [None, []]}
_NEWLINE = {"type": "string", "pattern": "\\n$"}
#: Keywords of JSON Schema and the stable codes of their faults.
CODES = {
    "type": "type",
    "enum": "not_in_list",
    "const": "const",
    "pattern": "pattern",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minimum": "too_small",
    "maximum": "too_large",
    "minItems": "too_few",
    "maxItems": "too_many",
    "contains": "contains",
    "uniqueItems": "repeated",
    "not": "not_allowed",
}


_LIMITED = {"type", "const", "too_short", "too_long", "too_small", "too_large", "too_few", "too_many"}


def _rule_at(schema: Mapping[str, Any], path: Sequence[str | int]) -> tuple[Mapping[str, Any] | None, Any]:
    """The innermost rule around a place in the schema, and the schema that holds the failing keyword."""
    node: Any = schema
    mark: Mapping[str, Any] | None = None
    for token in path[:-1]:
        node = node[token]
        if isinstance(node, dict) and "x-rule" in node:
            mark = node["x-rule"]
    return mark, node


def _level_at(path: Sequence[str | int], level: Level) -> Level:
    """Without a rule, the definition tells the level: `Iban.quality`, `RedNotice.publish`, `Person`."""
    if len(path) > 1 and path[0] == "$defs":
        suffix = str(path[1]).rpartition(".")[2]
        if suffix == "publish" or suffix == "quality":
            return "publish" if suffix == "publish" else "quality"
        return "record"
    return level


def _alternatives(context: Any, path: Path) -> tuple[str, ...]:
    """The fields any of which would do, in the order of the rule."""
    found: dict[str, None] = {}
    for branch in context:
        for error in branch:
            at: Path = tuple(error.instance_path)
            if error.kind.name == "required":
                at = (*at, error.kind.property)
            elif error.kind.name in ("anyOf", "oneOf"):
                found.update(dict.fromkeys(_alternatives(error.kind.context, at)))
                continue
            if at != path:
                found.setdefault(pointer(at))
    return tuple(found)


# -- keywords of our own --------------------------------------------------------------------------


class _Check:
    """`x-check`: a named check of a scalar; values that are not text pass."""

    def __init__(self, _parent: Any, value: str, _path: Any) -> None:
        self.name = value
        self.check = CHECKS[value]

    def validate(self, instance: Any) -> None:
        """Raises ValueError with the name of the check that failed."""
        if isinstance(instance, str) and not self.check(instance):
            raise ValueError(self.name)


class _TextPattern:
    """`x-text-pattern`: a pattern of a number as it is written; other values pass."""

    def __init__(self, _parent: Any, value: str, _path: Any) -> None:
        self.pattern = value

    def validate(self, instance: Any) -> None:
        """Raises ValueError with the pattern that a number does not match."""
        is_number = isinstance(instance, int | float) and not isinstance(instance, bool)
        if is_number and not matches(self.pattern, written(instance)):
            raise ValueError(self.pattern)


def written(number: float) -> str:
    """A number as JSON writes it, without a fraction of nought."""
    return str(int(number)) if float(number).is_integer() else repr(number)


class _ObjectChecks:
    """`x-object-checks`: named checks over the values of several slots of one object."""

    def __init__(self, _parent: Any, value: list[dict[str, Any]], _path: Any) -> None:
        self.checks = [(item["check"], OBJECT_CHECKS[item["check"]], item["slots"]) for item in value]

    def validate(self, instance: Any) -> None:
        """Raises ValueError with each failed check and the slot to look at, the last one named."""
        if not isinstance(instance, dict):
            return
        failed = []
        for name, check, slots in self.checks:
            values = [instance.get(slot) for slot in slots]
            if not any(map(is_absent, values)) and not check(*values):
                failed.append(f"{name} {slots[-1]}")
        if failed:
            raise ValueError("; ".join(failed))


class _Unique:
    """`x-unique`: keys whose values together may not repeat in a list of objects."""

    def __init__(self, _parent: Any, value: list[list[str]], _path: Any) -> None:
        self.keys = value

    def validate(self, instance: Any) -> None:
        """Raises ValueError with the positions of the repetitions."""
        positions = repetitions(instance, self.keys)
        if positions:
            raise ValueError(" ".join(map(str, positions)))


def repetitions(members: Any, keys: Sequence[Sequence[str]]) -> list[int]:
    """Where a list repeats one of its unique keys; a key with an unknown part never does."""
    if not isinstance(members, list):
        return []
    found: set[int] = set()
    for key in keys:
        seen: set[str] = set()
        for position, member in enumerate(members):
            values = [member.get(slot) for slot in key] if isinstance(member, dict) else [None]
            if any(map(is_absent, values)):
                continue
            marked = repr(_alike(values))
            if marked in seen:
                found.add(position)
            seen.add(marked)
    return sorted(found)


def _alike(value: Any) -> Any:
    """Values that JSON cannot tell apart, made the same: 178.0 and 178, an absent field and null."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_alike(member) for member in value]
    if isinstance(value, dict):
        return sorted((name, _alike(member)) for name, member in value.items() if not is_absent(member))
    return value


KEYWORDS: dict[str, Any] = {
    "x-check": _Check,
    "x-text-pattern": _TextPattern,
    "x-object-checks": _ObjectChecks,
    "x-unique": _Unique,
}
