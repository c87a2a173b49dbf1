"""Writes an adapter as plain Python: two functions and the shapes of what they carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Field, Resolved, Step, ident, table_call
from ilink_generators.python_text import WIDTH, Call, Source, expression, literal

Path = tuple[str, ...]

#: The name of a code table in the module.
_TABLE = re.compile("CODES_[A-Z0-9_]+")


class Lines:
    """Lines of Python with their indentation."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._depth = 1

    def add(self, line: str) -> None:
        """A line at the present depth."""
        self.text.append("    " * self._depth + line)

    def call(self, name: str, function: str, *args: str | Call) -> None:
        """A call of Python expressions, its result under a name if there is one, broken where too long."""
        before = f"{name} = " if name else ""
        call = expression(
            Call(function, tuple(Source(one) if isinstance(one, str) else one for one in args)),
            self.indent,
            len(before),
        )
        self.add(f"{before}{call}")

    def loop(self, number: str, item: str, values: str) -> int:
        """Begins a loop that counts; where it stands, for `counted`."""
        self.add(f"for {number}, {item} in enumerate({values}):")
        return len(self.text)

    def counted(self, loop: int, number: str) -> None:
        """Takes the count out of a loop whose body does not use it."""
        if not any(f"{{{number}}}" in line for line in self.text[loop:]):
            head = self.text[loop - 1]
            self.text[loop - 1] = head.replace(f"{number}, ", "", 1).replace("enumerate(", "", 1)[:-2] + ":"

    @property
    def indent(self) -> int:
        """Blanks before a line."""
        return 4 * self._depth

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


def source(adapter: Adapter, rules: tuple[Resolved, ...]) -> str:
    """The module of one adapter, but for its imports."""
    constants, functions = Constants(), Functions()
    inwards, outwards = Lines(), Lines()
    _Inwards(constants, functions, adapter).block(inwards, rules, Scope("record", "message"), 0)
    _Outwards(constants, functions, adapter).block(outwards, rules, Scope("record", "message"), 0)
    shapes = {
        "CARRIED_IN": national_shape(rules),
        "CARRIED_OUT": written_shape(rules, adapter)
        if not any(rule.reads for rule in rules)
        else standard_shape(rules, adapter.message),
    }
    used = set(
        _TABLE.findall("\n".join((*inwards.text, *outwards.text, *functions.text, *constants.made.values())))
    )
    lines = [
        *(
            f"CODES_{ident(name)} = {expression(table_call(table), 0, len(ident(name)) + 9)}"
            for name, table in adapter.codes.items()
            if f"CODES_{ident(name)}" in used
        ),
        *(f"{name} = {text}" for name, text in constants.made.items()),
        *(
            f"{name} = {expression(Call('Carries', (shape,)), 0, len(name) + 3)}"
            for name, shape in shapes.items()
        ),
        *_function(
            "to_standard(record: Tree, theirs: Tree | None = None) -> Carried",
            "A national record as a message; `theirs` are leftovers of the way out.",
            [
                "    notes = Notes()",
                "    message = standard(record, notes)",
                "    return carried(record, CARRIED_IN, message, notes, theirs, national)",
            ],
        ),
        *_function(
            "to_national(message: Tree, theirs: Tree | None = None) -> Carried",
            "A message as a national record; `theirs` are leftovers of the way in.",
            [
                *(
                    ["    if not consented(message):", "        return not_consented()"]
                    if adapter.extract
                    else []
                ),
                "    notes = Notes()",
                "    record = national(message, notes)",
                "    return carried(message, CARRIED_OUT, record, notes, theirs, standard)",
            ],
        ),
        *_function(
            "standard(record: Tree, notes: Notes) -> Tree",
            "The message of a record.",
            [
                f'    message: Tree = {{"message_type": {literal(adapter.message)}}}',
                *inwards.text,
                "    return message",
            ],
        ),
        *_function(
            "national(message: Tree, notes: Notes) -> Tree",
            "The record of a message.",
            ["    record: Tree = {}", *outwards.text, "    return record"],
        ),
        *functions.text,
    ]
    return "\n".join(lines)


def _function(signature: str, says: str, body: Iterable[str]) -> list[str]:
    lines = list(body)
    if any("found" in line for line in lines):
        lines.insert(0, "    found: Any")
    return ["", "", f"def {signature}:", f'    """{says}"""', *lines]


@dataclass
class Functions:
    """Functions that an adapter's two directions share: a list in columns, both ways."""

    text: list[str] = field(default_factory=list)
    #: By the rule's own line and place: two lists of one field are two pairs of functions.
    names: dict[int, str] = field(default_factory=dict)

    def pair(self, rule: Resolved) -> tuple[str, bool]:
        """The name that the two functions of a rule share, and whether they are still to be written."""
        known = self.names.get(id(rule))
        if known is not None:
            return known, False
        wanted = name = ident(rule.fields[0].name).lower()
        number = 2
        while name in self.names.values():
            name, number = f"{wanted}_{number}", number + 1
        self.names[id(rule)] = name
        return name, True


class _Direction:
    """What the two directions share."""

    def __init__(self, constants: Constants, functions: Functions, adapter: Adapter) -> None:
        self._constants, self._functions, self._adapter = constants, functions, adapter
        self._typed = adapter.format.type in ("json", "xml")
        self._alone = adapter.format.type == "xml"
        self._count = 0

    def _next(self, *words: str) -> tuple[str, ...]:
        self._count += 1
        return tuple(f"{word}_{self._count}" for word in words)

    def _named(self, rule: Resolved) -> str:
        assert rule.converter is not None
        return self._constants.name(rule.converter, ident(rule.fields[0].name))

    def _zip(self, rule: Resolved) -> tuple[str, str, str]:
        """The functions of a list in columns; whoever comes first writes both."""
        name, new = self._functions.pair(rule)
        if new:
            self._write_zip(name, rule)
        return f"{name}_in", f"{name}_out", expression(Call("", tuple(place[-1] for place in rule.places)))

    def _write_zip(self, name: str, rule: Resolved) -> None:
        separator = literal(rule.rule.get("zip") or "")
        columns = expression(Call("", tuple(place[-1] for place in rule.places)))
        inwards, outwards = Lines(), Lines()
        inner = inwards.inside()
        inwards.add("entries: list[Tree] = []")
        inwards.add(f"for item in unzipped({separator}, record, {columns}):")
        inner.add("entry: Tree = {}")
        # Columns that are only written are read too, to see whether they say what the list says.
        _Inwards(self._constants, self._functions, self._adapter).block(
            inner, tuple(map(_both_ways, rule.rules)), Scope("item", "entry"), 1
        )
        inner.add("if entry:")
        inner.inside().add("entries.append(entry)")
        inwards.add("return entries")
        inner = outwards.inside()
        outwards.add("items: list[Tree] = []")
        outwards.add("for entry in entries:")
        inner.add("item: Tree = {}")
        _Outwards(self._constants, self._functions, self._adapter).block(
            inner, rule.rules, Scope("item", "entry"), 1
        )
        inner.add("if item:")
        inner.inside().add("items.append(item)")
        outwards.add(f"return zipped({separator}, items, {columns})")
        label = " and ".join("/".join(place) for place in rule.places)
        says = f"What {label} list, as {rule.fields[0].name}."
        self._functions.text += _function(
            f"{name}_in(record: Tree, notes: Notes) -> list[Tree]", _safe(says), inwards.text
        )
        says = f"The columns {label} of {rule.fields[0].name}."
        self._functions.text += _function(
            f"{name}_out(entries: list[Tree], notes: Notes) -> Tree", _safe(says), outwards.text
        )


# -- into the standard ---------------------------------------------------------------------------


class _Inwards(_Direction):
    def block(self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int) -> None:
        """The lines of one object: its containers, its rules, and the containers put into one another."""
        rules = tuple(rule for rule in rules if rule.reads and rule.kind != "drop")
        fixed = [rule for rule in rules if rule.kind == "constant" and rule.fields]
        moving = [rule for rule in rules if rule.kind != "constant"]
        only = [rule for rule in rules if rule.only]
        holders = _containers(one.outer for rule in rules for one in rule.fields)
        names = {(): scope.message} | {path: _variable(path, depth) for path in holders}
        sources = self._sources(lines, [*only, *moving], scope)
        for rule in only:
            got = _got(sources, rule.places[0])
            lines.add(f"if {got} != {literal(rule.constant)}:")
            lines.inside().call("", "notes.refuse", _placed(scope.prefix, rule.places[0]), got)
        for path in holders:
            lines.add(f"{names[path]}: Tree = {{}}")
        for rule in moving:
            self._rule(lines, rule, names, sources, scope)
        for rule in moving:
            if rule.kind == "latin":
                self._latin(lines, rule, moving, names, sources, scope)
        for path in reversed(holders):
            self._constants_of(lines, fixed, path, names, depth)
            self._attach(lines, path, names)
        self._constants_of(lines, fixed, (), names, depth)

    def _constants_of(
        self,
        lines: Lines,
        fixed: Iterable[Resolved],
        path: tuple[Step, ...],
        names: Mapping[tuple[Step, ...], str],
        depth: int,
    ) -> None:
        """The constants of one object; they alone make no object of a list."""
        here = [rule for rule in fixed if rule.fields[0].outer == path]
        if here and (depth or any(step.key for step in path)):
            lines.add(f"if {names[path]}:")
            lines = lines.inside()
        for rule in here:
            field_ = rule.fields[0]
            value = [rule.constant] if field_.slot.multivalued else rule.constant
            lines.add(f"{_at(names[path], field_.name)} = {_plain(value)}")

    def _sources(self, lines: Lines, rules: Iterable[Resolved], scope: Scope) -> dict[Path, str]:
        """Variables of the objects of the record that rules read from."""
        found: dict[Path, str] = {(): scope.record}
        for place in (place for rule in rules for place in rule.read_places):
            for length in range(1, len(place)):
                path = place[:length]
                if path not in found:
                    (found[path],) = self._next("inside")
                    lines.add(f"{found[path]} = child({found[path[:-1]]}, {literal(path[-1])})")
        return found

    def _rule(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        outer = lines
        if rule.when is not None:
            place, few = rule.when
            got = _got(sources, place)
            lines.add(f"if {got} in {expression(Call('', few), lines.indent, len(got) + 7, 1)}:")
            lines = lines.inside()
        match rule.kind:
            case "each":
                self._each(lines, rule, names, sources, scope)
            case "zip":
                self._columns(lines, rule, names, sources, scope)
            case "join":
                self._join(lines, rule, names, sources, scope)
            case "part":
                self._parts(lines, rule, names, sources, scope)
            case "latin":
                pass  # when everything else has been read
            case _:
                self._value(lines, rule, names, sources, scope)
        if rule.when is not None:
            for place in rule.places:
                got, where = _got(sources, place), _placed(scope.prefix, place)
                outer.add(f"elif {got} is not None:")
                outer.inside().call("", "notes.original", where, "None", got)

    def _value(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        place, field_ = rule.places[0], rule.fields[0]
        got, where = _got(sources, place), _placed(scope.prefix, place)
        target = _at(names[field_.outer], field_.name)
        if rule.converter is None and not self._typed:
            lines.add(f"if value := {got}:")
            lines.inside().add(f"{target} = value")
        elif rule.converter is None:
            lines.add(f"value = {got}")
            lines.add("if value.__class__ is str:")
            inner = lines.inside()
            inner.add("if value:")
            inner.inside().add(f"{target} = value")
            lines.add("elif value not in BLANK:")
            inner.call("text", "notes.text", where, "value")
            inner.add("if text is not None:")
            inner.inside().add(f"{target} = text")
        else:
            if self._typed:
                lines.add(f"value = {got}")
                lines.add("if value not in BLANK:")
            else:
                lines.add(f"if value := {got}:")
            inner = lines.inside()
            century = [] if rule.century_from is None else [_got(sources, rule.century_from)]
            name = self._named(rule)
            shortcut = f"found = {name}.known.get(value) or {name}.read(value, {where}, notes)"
            remembers = isinstance(rule.converter, Source) or rule.converter.name in ("Dates", "Number")
            if remembers and not (self._typed or century or inner.indent + len(shortcut) > WIDTH):
                inner.add(shortcut)
            else:
                inner.call("found", f"{name}.read", "value", where, "notes", *century)
            inner.add("if found is not None:")
            inner.inside().add(f"{target} = found")
        if rule.default is not None:
            back = _plain(rule.default)
            if rule.converter is not None:
                back = f"{self._named(rule)}.write({back}, {where}, Notes())"
            lines.add(f"if {got} in BLANK:")
            lines.inside().add(f"{target} = {_plain(rule.default)}")
            lines.inside().call("", "notes.original", where, back, "None")

    def _latin(
        self,
        lines: Lines,
        rule: Resolved,
        rules: Iterable[Resolved],
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        """What no person wrote in Latin letters; it is marked, and not written back as if one had."""
        field_ = rule.fields[0]
        holder = names[field_.outer]
        lines.add(f"value = {_got(sources, rule.places[0])}")
        lines.add(f"if value and {literal(field_.name)} not in {holder}:")
        inner = lines.inside()
        inner.call("found", "notes.latin", _pointed("", field_), "value")
        inner.add("if found is not None:")
        inner.inside().add(f"{_at(holder, field_.name)} = found")
        for other in rules:
            if other.kind == "value" and other.writes and other.fields[0].steps == field_.steps:
                where = _placed(scope.prefix, other.places[0])
                inner.inside().call("", "notes.original", where, "found", "None")

    def _join(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        values = Call("", tuple(Source(_got(sources, place)) for place in rule.places))
        places = Call("", tuple(Source(_placed(scope.prefix, place)) for place in rule.places))
        lines.call("found", f"{self._named(rule)}.read", values, places, "notes")
        lines.add("if found is not None:")
        lines.inside().add(f"{_at(names[field_.outer], field_.name)} = found")

    def _parts(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        place = rule.places[0]
        lines.add(f"value = {_got(sources, place)}")
        lines.add("if value not in BLANK:")
        inner = lines.inside()
        inner.call("parts", f"{self._named(rule)}.split", "value", _placed(scope.prefix, place), "notes")
        for number, field_ in enumerate(rule.fields):
            inner.add(f"if parts[{number}]:")
            inner.inside().add(f"{_at(names[field_.outer], field_.name)} = parts[{number}]")

    def _each(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_, place = rule.fields[0], rule.places[0]
        number, item, entry, entries = self._next("number", "item", "entry", "entries")
        lines.add(f"{entries}: list[Tree] = []")
        got = _got(sources, place)
        found = f"objects({got})"  # in XML an element that stands alone is an object
        if rule.of_scalars:
            found = f"notes.scalars({_placed(scope.prefix, place)}, {got}, alone={self._alone})"
        elif not self._alone:
            found = f"notes.objects({_placed(scope.prefix, place)}, {got})"
        loop = lines.loop(number, item, found)
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        prefix = _placed(scope.prefix, place, f"{{{number}}}", "")
        self.block(inner, rule.rules, Scope(item, entry, prefix), 1)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        if rule.of_scalars:
            where = _placed(scope.prefix, place, f"{{{number}}}")
            inner.add("else:")
            inner.inside().call("", "notes.original", where, "None", f'{item}.get(".")')
        lines.counted(loop, number)
        lines.add(f"if {entries}:")
        lines.inside().add(f"{_at(names[field_.outer], field_.name)} = {entries}")

    def _columns(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        into, out, columns = self._zip(rule)
        inside, entries = self._next("notes", "entries")
        above = rule.places[0][:-1]
        prefix = _placed(scope.prefix, (*above, "")) if above or scope.prefix else '""'
        lines.add(f"{inside} = Notes()")
        lines.add(f"{entries} = {into}({sources[above]}, {inside})")
        lines.call("", "notes.columns", prefix, sources[above], f"{out}({entries}, Notes())", columns, inside)
        lines.add(f"if {entries}:")
        lines.inside().add(f"{_at(names[field_.outer], field_.name)} = {entries}")

    def _attach(self, lines: Lines, path: tuple[Step, ...], names: Mapping[tuple[Step, ...], str]) -> None:
        step, holder = path[-1], names[path[:-1]]
        lines.add(f"if {names[path]}:")
        inner = lines.inside()
        if step.key:
            inner.add(f"{_at(names[path], step.key)} = {literal(step.value)}")
            inner.add(f"{holder}.setdefault({literal(step.name)}, []).append({names[path]})")
        else:
            inner.add(f"{_at(holder, step.name)} = {names[path]}")


# -- out of the standard -------------------------------------------------------------------------


class _Outwards(_Direction):
    def block(self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int) -> None:
        """The lines of one object of the message."""
        latin = [rule for rule in rules if rule.kind == "latin" and rule.reads]
        rules = tuple(rule for rule in rules if rule.writes and rule.kind != "drop")
        fixed = [rule for rule in rules if rule.kind == "constant" and not rule.fields]
        moving = [rule for rule in rules if rule.kind != "constant"]
        holders = self._holders(lines, [*moving, *latin], scope)
        targets = self._targets(lines, rules, scope)
        for rule in moving:
            self._rule(lines, rule, holders, targets, scope)
        for rule in latin:
            self._latin(lines, rule, holders, targets, scope)
        inner = lines
        if depth and fixed:
            lines.add(f"if {' or '.join(targets.values())}:")
            inner = lines.inside()
        for rule in fixed:
            place = rule.places[0]
            inner.add(f"{_at(targets[place[:-1]], place[-1])} = {literal(rule.constant)}")
        for path in sorted((path for path in targets if path), key=len, reverse=True):
            lines.add(f"if {targets[path]}:")
            lines.inside().add(f"{_at(targets[path[:-1]], path[-1])} = {targets[path]}")

    def _holders(self, lines: Lines, rules: Iterable[Resolved], scope: Scope) -> dict[tuple[Step, ...], str]:
        names: dict[tuple[Step, ...], str] = {(): scope.message}
        for path in _containers(one.outer for rule in rules for one in rule.fields):
            (names[path],) = self._next("inside")
            holder, step = names[path[:-1]], path[-1]
            reach = (
                f"chosen({holder}, {literal(step.name)}, {literal(step.key)}, {literal(step.value)})"
                if step.key
                else f"child({holder}, {literal(step.name)})"
            )
            lines.add(f"{names[path]} = {reach}")
        return names

    def _targets(self, lines: Lines, rules: Iterable[Resolved], scope: Scope) -> dict[Path, str]:
        found: dict[Path, str] = {(): scope.record}
        for place in (place for rule in rules for place in rule.read_places):
            for length in range(1, len(place)):
                path = place[:length]
                if path not in found:
                    (found[path],) = self._next("part")
                    lines.add(f"{found[path]}: Tree = {{}}")
        return found

    def _rule(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        if rule.when is not None:
            lines = self._condition(lines, rule, holders, targets, scope)
        match rule.kind:
            case "each":
                self._each(lines, rule, holders, targets, scope)
            case "zip":
                self._columns(lines, rule, holders, targets, scope)
            case "join":
                self._join(lines, rule, holders, targets, scope)
            case "part":
                self._parts(lines, rule, holders, targets, scope)
            case _:
                self._value(lines, rule, holders, targets, scope)

    def _latin(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        """Notes what the way back would transliterate although the message leaves it out."""
        field_, place = rule.fields[0], rule.places[0]
        written = f"{targets.get(place[:-1], '{}')}.get({literal(place[-1])})"
        lines.add(f"value = {written}")
        lines.add(f"if value and {_of(holders, field_)} is None:")
        where = _pointed(scope.prefix, field_)
        lines.inside().call("", "notes.original", where, 'Notes().latin("", value)', "None")

    def _condition(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> Lines:
        """Writes only where the record says so; says it itself where no rule before did."""
        assert rule.when is not None
        place, few = rule.when
        field_ = rule.fields[0]
        got = _of(holders, field_)
        said = f"{targets[place[:-1]]}.get({literal(place[-1])}, {literal(few[0])})"
        lines.add(f"if {got} is not None:")
        inner = lines.inside()
        inner.add(f"if {said} not in {expression(Call('', few), inner.indent, len(said) + 11, 1)}:")
        inner.inside().call("", "notes.original", _pointed(scope.prefix, field_), "None", got)
        inner.add("else:")
        block = inner.inside()
        block.add(f"{_at(targets[place[:-1]], place[-1])} = {said}")
        return block

    def _value(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        got, where = _of(holders, field_), _pointed(scope.prefix, field_)
        target = _goal(targets, rule.places[0])
        if rule.converter is None:
            lines.add(f"if (value := {got}) is not None:")
            lines.inside().add(f"{target} = value")
        else:
            lines.add(f"if (value := {got}) is not None:")
            inner = lines.inside()
            inner.call("found", f"{self._named(rule)}.write", "value", where, "notes")
            inner.add("if found is not None:")
            inner.inside().add(f"{target} = found")
            if rule.century_from is not None:
                inner.inside().add(f"{_goal(targets, rule.century_from)} = value[:2]")
        if rule.default is not None:
            lines.add("else:")
            lines.inside().call("", "notes.original", where, _plain(rule.default), "None")

    def _join(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        lines.add(f"if value := {_of(holders, field_)}:")
        inner = lines.inside()
        inner.call("parts", f"{self._named(rule)}.split", "value", _pointed(scope.prefix, field_), "notes")
        for number, place in enumerate(rule.places):
            inner.add(f"if parts[{number}]:")
            inner.inside().add(f"{_goal(targets, place)} = parts[{number}]")

    def _parts(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        values = Call("", tuple(Source(_of(holders, field_)) for field_ in rule.fields))
        places = Call("", tuple(Source(_pointed(scope.prefix, field_)) for field_ in rule.fields))
        lines.call("found", f"{self._named(rule)}.read", values, places, "notes")
        lines.add("if found is not None:")
        lines.inside().add(f"{_goal(targets, rule.places[0])} = found")

    def _each(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        number, item, entry, entries = self._next("number", "item", "entry", "entries")
        lines.add(f"{entries}: list[Tree] = []")
        loop = lines.loop(number, item, f"objects({_of(holders, field_)})")
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        prefix = _pointed(scope.prefix, field_, f"{{{number}}}", "")
        self.block(inner, rule.rules, Scope(entry, item, prefix), 1)
        lines.counted(loop, number)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        lines.add(f"if {entries}:")
        made = f'[entry["."] for entry in {entries}]' if rule.of_scalars else entries
        made = f"alone({made})" if self._alone else made
        lines.inside().add(f"{_goal(targets, rule.places[0])} = {made}")

    def _columns(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        into, out, _columns = self._zip(rule)
        inside, entries, columns = self._next("notes", "entries", "columns")
        where = _pointed(scope.prefix, rule.fields[0])
        lines.add(f"{inside} = Notes()")
        lines.add(f"{entries} = objects({_of(holders, rule.fields[0])})")
        lines.add(f"{columns} = {out}({entries}, {inside})")
        lines.call("", "notes.entries", where, entries, f"{into}({columns}, Notes())", inside)
        lines.add(f"{targets[rule.places[0][:-1]]}.update({columns})")


# -- shapes --------------------------------------------------------------------------------------


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
                inner[place[-1]] = national_shape(rule.rules)
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
    shape = standard_shape(map(_both_ways, rules))
    return {"message_type": said, **shape}


def _both_ways(rule: Resolved) -> Resolved:
    """A rule as if it were read back."""
    inner = tuple(map(_both_ways, rule.rules))
    return replace(rule, rule=replace(rule.rule, direction="both"), rules=inner)


def _standard_shape(rules: Iterable[Resolved]) -> dict[str, Any]:
    shape: dict[str, Any] = {}
    for rule in rules:
        if rule.kind != "constant" and not (rule.reads and rule.writes):
            continue
        for field_ in rule.fields:
            inner = _at_steps(shape, field_.outer)
            if rule.kind in ("each", "zip"):
                inner[field_.name] = standard_shape(rule.rules)
            elif rule.kind == "constant":
                value = [rule.constant] if field_.slot.multivalued else rule.constant
                inner[field_.name] = Call("Same", (Source(_plain(value)),))
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
        return {name: _as_chosen(inner) for name, inner in shape.items()}
    if isinstance(shape, list):
        return Call(
            "Chosen", (Call("", tuple(Call("", (k, v, _as_chosen(inner))) for k, v, inner in shape)),)
        )
    return shape


# -- small ---------------------------------------------------------------------------------------


def _containers(paths: Iterable[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """Every object on the way to the fields, outer ones first."""
    found: dict[tuple[Step, ...], None] = {}
    for path in paths:
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length])
    return list(found)


def _variable(path: tuple[Step, ...], depth: int) -> str:
    words = [step.name + (f"_{step.value}" if step.key else "") for step in path]
    return f"{ident('_'.join(words)).lower()}{'_inner' if depth else ''}"


def _at(holder: str, name: str) -> str:
    return f"{holder}[{literal(name)}]"


def _of(holders: Mapping[tuple[Step, ...], str], field_: Field) -> str:
    return f"{holders[field_.outer]}.get({literal(field_.name)})"


def _goal(targets: Mapping[Path, str], place: Path) -> str:
    return _at(targets[place[:-1]], place[-1])


def _got(sources: Mapping[Path, str], place: Path) -> str:
    return f"{sources[place[:-1]]}.get({literal(place[-1])})"


def _plain(value: Any) -> str:
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else literal(value)


def _safe(text: str) -> str:
    """Text of an adapter as it may stand in a docstring."""
    return "".join(char if char.isalnum() or char in " .,_-/:#@" else "?" for char in text)


def _placed(prefix: str, place: Iterable[str], *more: str) -> str:
    """A Python expression of a place: a literal, or an f-string where it counts the objects of a list."""
    steps = [step.replace("~", "~0").replace("/", "~1") for step in place if step != "."]
    if not prefix.startswith('f"') and not more:
        return literal("/".join(steps))
    inner = prefix[2:-1] if prefix.startswith('f"') else ""
    # What JSON escapes in a text, Python reads as it was.
    safe = [
        json.dumps(step, ensure_ascii=False)[1:-1].replace("{", "{{").replace("}", "}}") for step in steps
    ]
    text = inner + "/".join([*safe, *more])
    return f'f"{text if steps or more else text.removesuffix("/")}"'


def _pointed(prefix: str, field_: Field, *more: str) -> str:
    steps = []
    for step in field_.steps:
        steps.append(step.name)
        if step.key:
            steps.append(f"[{step.key}={step.value}]")
    return _placed(prefix, steps, *more)
