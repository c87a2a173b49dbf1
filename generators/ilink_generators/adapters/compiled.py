"""Writes an adapter as plain Python: two functions and the shapes of what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Field, Resolved, Step, ident, table_call
from ilink_generators.python_text import Call, Source, expression, literal

Path = tuple[str, ...]


class Lines:
    """Lines of Python with their indentation."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._depth = 1

    def add(self, line: str) -> None:
        """A line at the present depth."""
        self.text.append("    " * self._depth + line)

    def assign(self, name: str, value: Any) -> None:
        """An assignment, broken where it is too long."""
        before = len(name) + 3
        self.add(f"{name} = {expression(value, 4 * self._depth, before)}")

    def inside(self) -> Lines:
        """The lines of a block that begins here."""
        block = Lines()
        block.text, block._depth = self.text, self._depth + 1
        return block


@dataclass
class Constants:
    """The converters of an adapter, each a constant of its module, the same one once."""

    made: dict[str, str] = field(default_factory=dict)

    def name(self, converter: Call | Source, wanted: str) -> str:
        """The name of a converter's constant."""
        if isinstance(converter, Source):
            return converter.text
        text = expression(converter, 0, len(wanted) + 3)
        for name, held in self.made.items():
            if held == text:
                return name
        name, number = wanted, 2
        while name in self.made:
            name, number = f"{wanted}_{number}", number + 1
        self.made[name] = text
        return name


@dataclass(frozen=True)
class Scope:
    """Where a block of rules reads and writes: the variables of a record, a message and their prefix."""

    record: str
    message: str
    #: A Python expression of the place of the record inside the whole, ending in `/`; empty at the top.
    prefix: str = ""
    path: str = ""


def source(adapter: Adapter, rules: tuple[Resolved, ...]) -> str:
    """The module of one adapter, but for its imports."""
    constants = Constants()
    inwards, outwards = Lines(), Lines()
    _Inwards(constants, adapter.format.type).block(inwards, rules, Scope("record", "message"), 0)
    _Outwards(constants).block(outwards, rules, Scope("record", "message"), 0)
    parts = [
        *(
            f"CODES_{ident(name)} = {expression(table_call(table), 0, len(ident(name)) + 9)}"
            for name, table in adapter.codes.items()
        ),
        *(f"{name} = {text}" for name, text in constants.made.items()),
        f"CARRIED_IN: Shape = {_shape(national_shape(rules))}",
        f"CARRIED_OUT: Shape = {_shape(standard_shape(rules, adapter.message))}",
    ]
    return "\n".join(
        [
            *parts,
            "",
            "",
            "def to_standard(record: Tree, theirs: Tree | None = None) -> Carried:",
            '    """A national record as a message; `theirs` are leftovers of the way out."""',
            "    notes = Notes()",
            f'    message: Tree = {{"message_type": {literal(adapter.message)}}}',
            *inwards.text,
            "    return carried(record, CARRIED_IN, message, notes, theirs)",
            "",
            "",
            "def to_national(message: Tree, theirs: Tree | None = None) -> Carried:",
            '    """A message as a national record; `theirs` are leftovers of the way in."""',
            "    notes = Notes()",
            "    record: Tree = {}",
            *outwards.text,
            "    return carried(message, CARRIED_OUT, record, notes, theirs)",
            "",
        ]
    )


# -- into the standard ---------------------------------------------------------------------------


class _Inwards:
    def __init__(self, constants: Constants, format_type: str) -> None:
        self._constants = constants
        self._typed = format_type == "json"
        self._count = 0

    def block(self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int) -> None:
        """The lines of one object: its containers, its rules, and the containers put into one another."""
        rules = tuple(rule for rule in rules if rule.reads)
        holders = _containers(one.outer for rule in rules for one in rule.fields)
        names = {(): scope.message} | {path: self._variable(path, depth) for path in holders}
        sources = self._sources(lines, rules, scope, depth)
        for path in holders:
            lines.add(f"{names[path]}: Tree = {{}}")
        for rule in rules:
            if rule.kind == "constant" and rule.fields:
                if depth == 0:
                    self._constant(lines, rule, names)
            elif rule.kind != "drop":
                self._rule(lines, rule, names, sources, scope, depth)
        for path in reversed(holders):
            self._attach(lines, path, names)
        if depth:
            block = lines.inside()
            constants = [rule for rule in rules if rule.kind == "constant" and rule.fields]
            if constants:
                lines.add(f"if {scope.message}:")
                for rule in constants:
                    self._constant(block, rule, names)

    def _sources(
        self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int
    ) -> dict[Path, str]:
        """Variables of the objects of the record that rules read from."""
        found: dict[Path, str] = {(): scope.record}
        for place in (place for rule in rules for place in rule.places):
            for length in range(1, len(place)):
                path = place[:length]
                if path not in found:
                    self._count += 1
                    found[path] = f"inside_{self._count}"
                    lines.add(f"{found[path]} = child({found[path[:-1]]}, {literal(path[-1])})")
        return found

    def _rule(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
        depth: int,
    ) -> None:
        lines = self._condition(lines, rule, sources)
        if rule.kind in ("each", "zip"):
            self._list(lines, rule, names, sources, scope, depth)
            return
        if rule.kind == "join":
            self._join(lines, rule, names, sources, scope)
            return
        place = rule.places[0]
        got = _got(sources, place)
        if rule.kind == "part":
            self._parts(lines, rule, got, names, _placed(scope.prefix, place))
            return
        target = f"{names[rule.fields[0].outer]}[{literal(rule.fields[0].name)}]"
        where = _placed(scope.prefix, place)
        default = rule.rule.get("default")
        if rule.converter is None and not self._typed:
            lines.add(f"if value := {got}:")
            lines.inside().add(f"{target} = value")
        elif rule.converter is None:
            lines.add(f"value = {got}")
            lines.add("if value.__class__ is str:")
            inner = lines.inside()
            inner.add("if value:")
            inner.inside().add(f"{target} = value")
            lines.add(f"elif value is not None and (found := notes.text({where}, value)) is not None:")
            lines.inside().add(f"{target} = found")
        else:
            name = self._constants.name(rule.converter, ident(rule.fields[0].name))
            lines.add(f"value = {got}")
            lines.add(f"if value not in BLANK and (found := {name}.read(value, {where}, notes)) is not None:")
            lines.inside().add(f"{target} = found")
        if default is not None:
            self._default(lines, rule, got, target, where, default)

    def _default(self, lines: Lines, rule: Resolved, got: str, target: str, where: str, default: str) -> None:
        """What the standard gets where the record says nothing, noted so that it is not written back."""
        lines.add(f'if {got} in (None, ""):')
        inner = lines.inside()
        inner.add(f"{target} = {literal(default)}")
        back = literal(default)
        if rule.converter is not None:
            name = self._constants.name(rule.converter, ident(rule.fields[0].name))
            back = f"{name}.write({literal(default)}, {where}, Notes())"
        inner.add(f"notes.original({where}, {back}, None)")

    def _condition(self, lines: Lines, rule: Resolved, sources: Mapping[Path, str]) -> Lines:
        when = rule.rule.get("when")
        if when is None:
            return lines
        place, _, values = when.partition("=")
        few = tuple(value.strip() for value in values.split("|"))
        got = (
            _got(sources, tuple(place.strip().split("/")))
            if "/" in place
            else f"{sources[()]}.get({literal(place.strip())})"
        )
        lines.add(f"if {got} in {expression(Call('', few))}:")
        return lines.inside()

    def _join(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        assert rule.converter is not None
        name = self._constants.name(rule.converter, ident(field_.name))
        values = ", ".join(_got(sources, place) for place in rule.places)
        places = ", ".join(_placed(scope.prefix, place) for place in rule.places)
        lines.add(f"if (found := {name}.read(({values}), ({places}), notes)) is not None:")
        lines.inside().add(f"{names[field_.outer]}[{literal(field_.name)}] = found")

    def _parts(
        self, lines: Lines, rule: Resolved, got: str, names: Mapping[tuple[Step, ...], str], where: str
    ) -> None:
        assert rule.converter is not None
        name = self._constants.name(rule.converter, ident(rule.fields[0].name))
        lines.add(f"if value := {got}:")
        inner = lines.inside()
        inner.add(f"parts = {name}.parts(value, {where}, notes)")
        for number, field_ in enumerate(rule.fields):
            inner.add(f"if parts[{number}]:")
            inner.inside().add(f"{names[field_.outer]}[{literal(field_.name)}] = parts[{number}]")

    def _list(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
        depth: int,
    ) -> None:
        field_ = rule.fields[0]
        self._count += 1
        number, item, entry, entries = (
            f"{word}_{self._count}" for word in ("number", "item", "entry", "entries")
        )
        place = rule.places[0]
        lines.add(f"{entries}: list[Tree] = []")
        if rule.kind == "each":
            got = f"objects({_got(sources, place)})"
            prefix = _placed(scope.prefix, place, f"{{{number}}}", "")
        else:
            separator = rule.rule.get("zip") or ""
            pairs = ", ".join(f"({literal(place[-1])}, {_got(sources, place)})" for place in rule.places)
            got = f"unzipped({literal(separator)}, {pairs})"
            prefix = _placed(scope.prefix, (f"{{{number}}}",), "")
        lines.add(f"for {number}, {item} in enumerate({got}):")
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        self.block(inner, rule.rules, Scope(item, entry, prefix), depth + 1)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        lines.add(f"if {entries}:")
        lines.inside().add(f"{names[field_.outer]}[{literal(field_.name)}] = {entries}")

    def _constant(self, lines: Lines, rule: Resolved, names: Mapping[tuple[Step, ...], str]) -> None:
        field_ = rule.fields[0]
        target = f"{names[field_.outer]}[{literal(field_.name)}]"
        value = [rule.constant] if field_.slot.multivalued else rule.constant
        lines.add(f"{target} = {value!r}" if isinstance(value, list) else f"{target} = {literal(value)}")

    def _attach(self, lines: Lines, path: tuple[Step, ...], names: Mapping[tuple[Step, ...], str]) -> None:
        step = path[-1]
        lines.add(f"if {names[path]}:")
        inner = lines.inside()
        holder = names[path[:-1]]
        if step.key:
            inner.add(f"{names[path]}[{literal(step.key)}] = {literal(step.value)}")
            inner.add(f"{holder}.setdefault({literal(step.name)}, []).append({names[path]})")
        else:
            inner.add(f"{holder}[{literal(step.name)}] = {names[path]}")

    def _variable(self, path: tuple[Step, ...], depth: int) -> str:
        words = [step.name + (f"_{step.value}" if step.key else "") for step in path]
        return f"{ident('_'.join(words)).lower()}{f'_{depth}' if depth else ''}"


# -- out of the standard -------------------------------------------------------------------------


class _Outwards:
    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._count = 0

    def block(self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int) -> None:
        """The lines of one object of the message."""
        rules = tuple(rule for rule in rules if rule.writes)
        holders = self._holders(lines, rules, scope, depth)
        targets = self._targets(lines, rules, scope, depth)
        for rule in rules:
            if rule.kind == "constant" and not rule.fields:
                place = rule.places[0]
                lines.add(f"{targets[place[:-1]]}[{literal(place[-1])}] = {literal(rule.constant)}")
            elif rule.kind not in ("drop", "constant"):
                self._rule(lines, rule, holders, targets, scope, depth)
        for path in sorted((path for path in targets if path), key=len, reverse=True):
            lines.add(f"if {targets[path]}:")
            lines.inside().add(f"{targets[path[:-1]]}[{literal(path[-1])}] = {targets[path]}")

    def _holders(
        self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int
    ) -> dict[tuple[Step, ...], str]:
        names: dict[tuple[Step, ...], str] = {(): scope.message}
        for path in _containers(one.outer for rule in rules for one in rule.fields):
            self._count += 1
            names[path] = f"inside_{self._count}"
            holder, step = names[path[:-1]], path[-1]
            reach = (
                f"chosen({holder}, {literal(step.name)}, {literal(step.key)}, {literal(step.value)})"
                if step.key
                else f"child({holder}, {literal(step.name)})"
            )
            lines.add(f"{names[path]} = {reach}")
        return names

    def _targets(
        self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int
    ) -> dict[Path, str]:
        found: dict[Path, str] = {(): scope.record}
        for place in (place for rule in rules if rule.kind != "drop" for place in rule.places):
            for length in range(1, len(place)):
                path = place[:length]
                if path not in found:
                    self._count += 1
                    found[path] = f"part_{self._count}"
                    lines.add(f"{found[path]}: Tree = {{}}")
        return found

    def _rule(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
        depth: int,
    ) -> None:
        if rule.kind in ("each", "zip"):
            self._list(lines, rule, holders, targets, scope, depth)
            return
        field_ = rule.fields[0]
        got = f"{holders[field_.outer]}.get({literal(field_.name)})"
        where = _pointed(scope.prefix, field_)
        if rule.kind == "part":
            self._parts(lines, rule, holders, targets)
        elif rule.kind == "join":
            assert rule.converter is not None
            name = self._constants.name(rule.converter, ident(field_.name))
            lines.add(f"if value := {got}:")
            inner = lines.inside()
            inner.add(f"parts = {name}.split(value, {where}, notes)")
            for number, place in enumerate(rule.places):
                inner.add(f"if parts[{number}]:")
                inner.inside().add(f"{targets[place[:-1]]}[{literal(place[-1])}] = parts[{number}]")
        else:
            place = rule.places[0]
            target = f"{targets[place[:-1]]}[{literal(place[-1])}]"
            if rule.converter is None:
                lines.add(f"if (value := {got}) is not None:")
                lines.inside().add(f"{target} = value")
            else:
                name = self._constants.name(rule.converter, ident(field_.name))
                lines.add(f"value = {got}")
                lines.add(
                    f"if value is not None and (found := {name}.write(value, {where}, notes)) is not None:"
                )
                lines.inside().add(f"{target} = found")

    def _parts(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
    ) -> None:
        assert rule.converter is not None
        name = self._constants.name(rule.converter, ident(rule.fields[0].name))
        place = rule.places[0]
        values = ", ".join(f"{holders[field_.outer]}.get({literal(field_.name)})" for field_ in rule.fields)
        lines.add(f"if (found := {name}.joined(({values}))) is not None:")
        lines.inside().add(f"{targets[place[:-1]]}[{literal(place[-1])}] = found")

    def _list(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
        depth: int,
    ) -> None:
        field_ = rule.fields[0]
        self._count += 1
        number, item, entry, entries = (
            f"{word}_{self._count}" for word in ("number", "item", "entry", "entries")
        )
        lines.add(f"{entries}: list[Tree] = []")
        got = f"{holders[field_.outer]}.get({literal(field_.name)})"
        lines.add(f"for {number}, {item} in enumerate(objects({got})):")
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        path = tuple(step.name for step in field_.steps)
        prefix = _placed(scope.prefix, path, f"{{{number}}}", "")
        self.block(inner, rule.rules, Scope(entry, item, prefix), depth + 1)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        lines.add(f"if {entries}:")
        inner = lines.inside()
        place = rule.places[0]
        if rule.kind == "each":
            inner.add(f"{targets[place[:-1]]}[{literal(place[-1])}] = {entries}")
        else:
            columns = ", ".join(literal(place[-1]) for place in rule.places)
            separator = literal(rule.rule.get("zip") or "")
            inner.add(f"{targets[()]}.update(zipped({separator}, {entries}, {columns}))")


# -- shapes --------------------------------------------------------------------------------------


def national_shape(rules: Iterable[Resolved]) -> dict[str, Any]:
    """The places of the national record that rules read."""
    shape: dict[str, Any] = {}
    for rule in rules:
        if not rule.reads and rule.kind != "constant":
            continue
        for place in rule.places:
            inner = shape
            for name in place[:-1]:
                inner = inner.setdefault(name, {})
            if rule.kind == "each":
                inner[place[-1]] = national_shape(rule.rules)
            elif rule.kind == "constant":
                inner[place[-1]] = Call("Same", (rule.constant,))
            else:
                inner[place[-1]] = None
    return shape


def standard_shape(rules: Iterable[Resolved], message: str | None = None) -> dict[str, Any]:
    """The fields of a message that rules write; `message` is the type that every one says itself."""
    shape: dict[str, Any] = {"message_type": Call("Same", (message,))} if message else {}
    for rule in rules:
        if not rule.writes and rule.kind != "constant":
            continue
        for field_ in rule.fields:
            inner = _at_steps(shape, field_.outer)
            if rule.kind in ("each", "zip"):
                inner[field_.name] = standard_shape(rule.rules)
            elif rule.kind == "constant":
                value = [rule.constant] if field_.slot.multivalued else rule.constant
                inner[field_.name] = Call(
                    "Same", (Source(repr(value)) if isinstance(value, list) else value,)
                )
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


def _shape(shape: Any) -> str:
    return expression(_shape_call(shape), 0, 20)


def _shape_call(shape: Any) -> Any:
    if isinstance(shape, dict):
        pairs = ", ".join(f"{literal(key)}: {_inline(value)}" for key, value in shape.items())
        return Source(f"{{{pairs}}}")
    return shape


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        text = _shape_call(value).text
        return str(text)
    if isinstance(value, list):
        choices = ", ".join(
            f"({literal(key)}, {literal(wanted)}, {_inline(inner)})" for key, wanted, inner in value
        )
        return f"Chosen(({choices},))"
    return expression(value) if isinstance(value, Call) else literal(value)


# -- small ---------------------------------------------------------------------------------------


def _containers(paths: Iterable[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """Every object on the way to the fields, outer ones first."""
    found: dict[tuple[Step, ...], None] = {}
    for path in paths:
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length])
    return list(found)


def _got(sources: Mapping[Path, str], place: Path) -> str:
    if place == (".",):
        return sources[()]
    return f"{sources[place[:-1]]}.get({literal(place[-1])})"


def _placed(prefix: str, place: Iterable[str], *more: str) -> str:
    """A Python expression of a place: a literal, or an f-string where it counts the objects of a list."""
    parts = [*place, *more]
    inner = prefix[2:-1] if prefix.startswith('f"') else ""
    text = "/".join(parts)
    counts = inner or "{" in "".join(more) or any(part.startswith("{number") for part in parts)
    if not counts:
        return literal(text)
    safe = "/".join(
        part if part.startswith("{number") else literal(part)[1:-1].replace("{", "{{").replace("}", "}}")
        for part in parts
    )
    return f'f"{inner}{safe}"'


def _pointed(prefix: str, field_: Field) -> str:
    return _placed(prefix, (step.name for step in field_.steps))
