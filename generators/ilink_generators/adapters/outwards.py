"""The way out: the lines that make a national record of a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ilink_generators.adapters.blocks import (
    Direction,
    Lines,
    Path,
    Scope,
    at,
    containers,
    goal,
    of,
    plain,
    pointed,
)
from ilink_generators.adapters.resolve import Resolved, Step
from ilink_generators.python_text import Call, Source, expression, literal


class Outwards(Direction):
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
            block = inner
            if rule.when is not None:
                place, few = rule.when
                said = f"{targets[place[:-1]]}.get({literal(place[-1])})"
                inner.add(f"if {said} in {expression(Call('', few), inner.indent, len(said) + 7, 1)}:")
                block = inner.inside()
            block.add(f"{goal(targets, rule.places[0])} = {literal(rule.constant)}")
        for path in sorted((path for path in targets if path), key=len, reverse=True):
            lines.add(f"if {targets[path]}:")
            lines.inside().add(f"{at(targets[path[:-1]], path[-1])} = {targets[path]}")

    def _holders(self, lines: Lines, rules: Iterable[Resolved], scope: Scope) -> dict[tuple[Step, ...], str]:
        names: dict[tuple[Step, ...], str] = {(): scope.message}
        for path in containers(one.outer for rule in rules for one in rule.fields):
            (names[path],) = self._next("inside")
            holder, step = names[path[:-1]], path[-1]
            if step.key:
                lines.add(
                    f"{names[path]} = "
                    f"chosen({holder}, {literal(step.name)}, {literal(step.key)}, {literal(step.value)})"
                )
            else:
                lines.inner(names[path], holder, step.name)
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
        lines.add(f"if value and {of(holders, field_)} is None:")
        where = pointed(scope.prefix, field_)
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
        got = of(holders, field_)
        said = f"{targets[place[:-1]]}.get({literal(place[-1])}, {literal(few[0])})"
        lines.add(f"if {got} is not None:")
        inner = lines.inside()
        inner.add(f"if {said} not in {expression(Call('', few), inner.indent, len(said) + 11, 1)}:")
        inner.inside().call("", "notes.original", pointed(scope.prefix, field_), "None", got)
        inner.add("else:")
        block = inner.inside()
        block.add(f"{at(targets[place[:-1]], place[-1])} = {said}")
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
        got, where = of(holders, field_), pointed(scope.prefix, field_)
        target = goal(targets, rule.places[0])
        if rule.converter is None:
            lines.add(f"if (value := {got}) is not None:")
            lines.inside().add(f"{target} = value")
        else:
            lines.add(f"value = {got}")
            self._unless_known(lines, rule, "known_back", target, "value is not None", numbers=True)
            inner = lines.inside()
            inner.call("found", f"{self._named(rule)}.write", "value", where, "notes")
            inner.add("if found is not None:")
            inner.inside().add(f"{target} = found")
            if rule.century_from is not None:
                inner.inside().add(f"{goal(targets, rule.century_from)} = value[:2]")
        if rule.default is not None:
            lines.add("else:")
            lines.inside().call("", "notes.original", where, plain(rule.default), "None")

    def _join(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        field_ = rule.fields[0]
        lines.add(f"if value := {of(holders, field_)}:")
        inner = lines.inside()
        inner.call("parts", f"{self._named(rule)}.split", "value", pointed(scope.prefix, field_), "notes")
        for number, place in enumerate(rule.places):
            inner.add(f"if parts[{number}]:")
            inner.inside().add(f"{goal(targets, place)} = parts[{number}]")

    def _parts(
        self,
        lines: Lines,
        rule: Resolved,
        holders: Mapping[tuple[Step, ...], str],
        targets: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        values = Call("", tuple(Source(of(holders, field_)) for field_ in rule.fields))
        places = Call("", tuple(Source(pointed(scope.prefix, field_)) for field_ in rule.fields))
        lines.call("found", f"{self._named(rule)}.read", values, places, "notes")
        lines.add("if found is not None:")
        lines.inside().add(f"{goal(targets, rule.places[0])} = found")

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
        loop = lines.loop(number, item, f"objects({of(holders, field_)})")
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        prefix = pointed(scope.prefix, field_, f"{{{number}}}", "")
        self.block(inner, rule.rules, Scope(entry, item, prefix), 1)
        lines.counted(loop, number)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        lines.add(f"if {entries}:")
        made = f'[entry["."] for entry in {entries}]' if rule.of_scalars else entries
        made = f"alone({made})" if self._alone else made
        lines.inside().add(f"{goal(targets, rule.places[0])} = {made}")

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
        where = pointed(scope.prefix, rule.fields[0])
        lines.add(f"{inside} = Notes()")
        lines.add(f"{entries} = objects({of(holders, rule.fields[0])})")
        lines.add(f"{columns} = {out}({entries}, {inside})")
        lines.call("", "notes.entries", where, entries, f"{into}({columns}, Notes())", inside)
        lines.add(f"{targets[rule.places[0][:-1]]}.update({columns})")
