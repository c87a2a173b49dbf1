"""Shapes: what of a record, and of a message, comes back from the other side; and how one look tells so.

A shape becomes a constant of the module, `Carries(…)`, out of which the remainder of any tree is
computed. Most trees leave nothing: for each object of a shape a function says so at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ilink_generators.adapters.blocks import Constants, plain, python_function, safe
from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Resolved, Step, ident
from ilink_generators.python_text import WIDTH, Call, Source, expression, literal


class Entries(dict[str, Any]):
    """The shape of each object of a list."""


class Wholes:
    """Functions that say of an object whether all of it is carried, and the names that each knows."""

    def __init__(self, constants: Constants) -> None:
        self.text: list[str] = []
        self.constants: dict[str, str] = {}
        self._constants = constants
        self._taken: set[str] = set()

    def carries(self, shape: dict[str, Any], name: str, *, listed: bool = False) -> Call:
        """A shape as the call that makes it, with its function; `listed` it is that of a list's objects."""
        tests = [
            "tree.__class__ is dict",
            f"{self._names(shape, f'OF_{ident(name)}')}.issuperset(tree)",
            "all(tree.values())",
        ]
        if listed:
            tests.append(self._says_something(shape, name))
        inner: dict[str, Any] = {}
        for key, below in shape.items():
            inner[key], test = self._below(key, below)
            tests += test
        function = self._free(f"whole_{ident(name).lower()}")
        says = f"Whether nothing of {safe(name)} can remain, as far as one look tells."
        self.text += python_function(f"{function}(tree: Any) -> bool", says, _all_of(tests))
        return Call("Carries", (inner, Source(function)))

    def _says_something(self, shape: Mapping[str, Any], name: str) -> str:
        """That an object of a list has more than its constants, which alone make none."""
        values = [
            key
            for key, below in shape.items()
            if below is None or (isinstance(below, dict) and not _has_constants(below))
        ]
        if len(values) == len(shape):
            return "len(tree) > 0"
        if len(values) == 1:
            return f"{literal(values[0])} in tree"
        return f"not {self._names(values, f'VALUES_OF_{ident(name)}')}.isdisjoint(tree)"

    def _below(self, key: str, below: Any) -> tuple[Any, list[str]]:
        """What stands at a key, as the call that makes it, and what the function asks about it."""
        if below is None or (isinstance(below, Call) and below.name == "Dropped"):
            return below, []
        if isinstance(below, Call) and below.name == "Same":
            return below, [_same(f"tree.get({literal(key)})", expression(below.args[0]))]
        got = Source(f"tree[{literal(key)}]")
        if isinstance(below, dict):
            call = self.carries(below, key, listed=isinstance(below, Entries))
            whole = call.args[1]
            test = Call("every", (whole, got)) if isinstance(below, Entries) else Call(whole.text, (got,))
            if _has_constants(below):
                return call, [f"{literal(key)} in tree", expression(test, 8, 4)]
            return call, [_unless_missing(key, test)]
        choices = [
            Call("", (k, value, self.carries(shape, f"{key} {value}", listed=True)))
            for k, value, shape in (choice.args for choice in below.args[0].args)
        ]
        call = Call("Chosen", (Call("", tuple(choices)),))
        if len({choice.args[0] for choice in choices}) > 1:  # one object might be chosen for two of them
            return call, [f"{literal(key)} not in tree"]
        wholes = tuple(choice.args[2].args[1] for choice in choices)
        test = Call("each_other", (Call("", wholes), got))
        if len(wholes) == 1:
            test = Call("only", (wholes[0], got))
        return call, [_unless_missing(key, test)]

    def _names(self, names: Iterable[str], wanted: str) -> str:
        """The constant of some names, called after their object."""
        known = tuple(names)
        made = Call("frozenset", (Call("", known),)) if known else Call("frozenset[str]", ())
        name, number = wanted, 2
        while name in self._constants.made or name in self.constants:
            name, number = f"{wanted}_{number}", number + 1
        self.constants[name] = expression(made, 0, len(name) + 3)
        return name

    def _free(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def _all_of(tests: Iterable[str]) -> list[str]:
    """A function's answer: whether all tests hold."""
    first, *others = tests
    flat = " and ".join((first, *others))
    if "\n" not in flat and len(flat) <= WIDTH - len("    return "):
        return [f"    return {flat}"]
    if "\n" not in flat and len(flat) <= WIDTH - 8:
        return ["    return (", f"        {flat}", "    )"]
    return ["    return (", f"        {first}", *(f"        and {test}" for test in others), "    )"]


def _same(one: str, constant: str) -> str:
    sign = "is" if constant in ("True", "False") else "=="
    flat = f"{one} {sign} {constant}"
    return flat if 12 + len(flat) <= WIDTH else f"{one}\n        {sign} {constant}"


def _unless_missing(key: str, test: Call) -> str:
    missing = f"{literal(key)} not in tree"
    flat = f"({missing} or {expression(test)})"
    if 12 + len(flat) <= WIDTH and "\n" not in flat:
        return flat
    inside = f"{missing} or {expression(test)}"
    if 12 + len(inside) <= WIDTH and "\n" not in inside:
        return f"(\n            {inside}\n        )"
    return f"(\n            {missing}\n            or {expression(test, 12, 3)}\n        )"


def _has_constants(shape: Any) -> bool:
    """Whether something remains of an object that is not there: its constants, each as gone."""
    return any(
        _has_constants(below) if isinstance(below, dict) else isinstance(below, Call) and below.name == "Same"
        for below in shape.values()
    )


def national_shape(rules: Iterable[Resolved]) -> dict[str, Any]:
    """The places of the national record that come back from the message."""
    shape: dict[str, Any] = {}
    for rule in rules:
        if rule.kind not in ("constant", "drop") and not (rule.reads and rule.writes):
            continue
        for place in rule.places:
            inner = shape
            for name in place[:-1]:
                inner = inner.setdefault(name, {})
            if rule.kind == "drop":
                inner[place[-1]] = Call("Dropped")
            elif rule.kind == "each" and not rule.of_scalars:
                inner[place[-1]] = Entries(national_shape(rule.rules))
            elif rule.kind == "constant":
                inner[place[-1]] = Call("Same", (rule.constant,))
            else:
                inner[place[-1]] = None
    return shape


def standard_shape(rules: Iterable[Resolved], message: str | None = None) -> dict[str, Any]:
    """The fields of a message that come back from the record; `message` is its type, which each says."""
    shape = _standard_shape(rules)
    if message:
        shape = {"message_type": Call("Same", (message,)), **shape}
    return {name: _as_chosen(inner) for name, inner in shape.items()}


def written_shape(rules: Iterable[Resolved], adapter: Adapter) -> dict[str, Any]:
    """The fields of a message that a record says from which nobody reads them back."""
    said: Any = None if adapter.others else Call("Same", (adapter.message,))
    return {"message_type": said, **standard_shape(map(both_ways, rules))}


def both_ways(rule: Resolved) -> Resolved:
    """A rule as if it were read back."""
    inner = tuple(map(both_ways, rule.rules))
    return replace(rule, rule=replace(rule.rule, direction="both"), rules=inner)


def _standard_shape(rules: Iterable[Resolved]) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for rule in rules:
        if rule.kind != "constant" and not (rule.reads and rule.writes):
            continue
        for field_ in rule.fields:
            inner = _at_steps(shape, field_.outer)
            if rule.kind in ("each", "zip"):
                inner[field_.name] = Entries(standard_shape(rule.rules))
            elif rule.kind == "constant":
                value = [rule.constant] if field_.slot.multivalued else rule.constant
                inner[field_.name] = Call("Same", (Source(plain(value)),))
            else:
                inner[field_.name] = None
    return shape


def _at_steps(shape: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    for step in steps:
        if step.key:
            choices = shape.setdefault(step.name, [])
            found = next((one for one in choices if one[:2] == (step.key, step.value)), None)
            if found is None:
                found = (step.key, step.value, {step.key: Call("Same", (step.value,))})
                choices.append(found)
            shape = found[2]
        else:
            shape = shape.setdefault(step.name, {})
    return shape


def _as_chosen(shape: Any) -> Any:
    """A shape whose choices are calls, so that it can be written."""
    if isinstance(shape, dict):
        return type(shape)((name, _as_chosen(inner)) for name, inner in shape.items())
    if isinstance(shape, list):
        return Call(
            "Chosen", (Call("", tuple(Call("", (k, v, _as_chosen(inner))) for k, v, inner in shape)),)
        )
    return shape
