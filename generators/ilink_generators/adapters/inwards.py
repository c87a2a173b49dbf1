"""The way in: the lines that make a message of a national record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ilink_generators.adapters.blocks import (
    Direction,
    Lines,
    Path,
    Scope,
    at,
    containers,
    got_from,
    placed,
    plain,
    pointed,
    variable,
)
from ilink_generators.adapters.resolve import Resolved, Step
from ilink_generators.python_text import WIDTH, Call, Source, expression, literal


class Inwards(Direction):
    def block(self, lines: Lines, rules: tuple[Resolved, ...], scope: Scope, depth: int) -> None:
        """The lines of one object: its containers, its rules, and the containers put into one another."""
        rules = tuple(rule for rule in rules if rule.reads and rule.kind != "drop")
        fixed = [rule for rule in rules if rule.kind == "constant" and rule.fields]
        moving = [rule for rule in rules if rule.kind != "constant"]
        only = [rule for rule in rules if rule.only]
        holders = containers(one.outer for rule in rules for one in rule.fields)
        names = {(): scope.message} | {path: variable(path, depth) for path in holders}
        perhaps = [rule for rule in rules if rule.kind == "constant" and rule.places and rule.when]
        sources = self._sources(lines, [*only, *moving, *perhaps], scope)
        for rule in only:
            got = got_from(sources, rule.places[0])
            lines.add(f"if {got} != {literal(rule.constant)}:")
            lines.inside().call("", "notes.refuse", placed(scope.prefix, rule.places[0]), got)
        for path in holders:
            lines.add(f"{names[path]}: Tree = {{}}")
        for rule in moving:
            self._rule(lines, rule, names, sources, scope)
        for rule in moving:
            if rule.kind == "latin":
                self._latin(lines, rule, moving, names, sources, scope)
        for rule in perhaps:  # whether the way back writes it depends on what else is there then
            place, said = rule.places[0], literal(rule.constant)
            lines.add(f"if {got_from(sources, place)} == {said}:")
            lines.inside().call("", "notes.original", placed(scope.prefix, place), "None", said)
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
            lines.add(f"{at(names[path], field_.name)} = {plain(value)}")

    def _sources(self, lines: Lines, rules: Iterable[Resolved], scope: Scope) -> dict[Path, str]:
        """Variables of the objects of the record that rules read from."""
        found: dict[Path, str] = {(): scope.record}
        for place in (place for rule in rules for place in rule.read_places):
            for length in range(1, len(place)):
                path = place[:length]
                if path not in found:
                    (found[path],) = self._next("inside")
                    lines.inner(found[path], found[path[:-1]], path[-1])
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
            got = got_from(sources, place)
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
                got, where = got_from(sources, place), placed(scope.prefix, place)
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
        got, where = got_from(sources, place), placed(scope.prefix, place)
        target = at(names[field_.outer], field_.name)
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
            century = [] if rule.century_from is None else [got_from(sources, rule.century_from)]
            name = self._named(rule)
            if self._typed:
                lines.add(f"value = {got}")
                self._unless_known(lines, rule, "known", target, "value or value not in BLANK")
            else:
                lines.add(f"if value := {got}:")
            inner = lines.inside()
            shortcut = f"found = {name}.known.get(value) or {name}.read(value, {where}, notes)"
            remembers = isinstance(rule.converter, Source) or rule.converter.name in ("Dates", "Number")
            if remembers and not (self._typed or century or inner.indent + len(shortcut) > WIDTH):
                inner.add(shortcut)
            else:
                inner.call("found", f"{name}.read", "value", where, "notes", *century)
            inner.add("if found is not None:")
            inner.inside().add(f"{target} = found")
        if rule.default is not None:
            back = plain(rule.default)
            if rule.converter is not None:
                back = f"{self._named(rule)}.write({back}, {where}, Notes())"
            lines.add(f"if {got} in BLANK:")
            lines.inside().add(f"{target} = {plain(rule.default)}")
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
        lines.add(f"value = {got_from(sources, rule.places[0])}")
        lines.add(f"if value and {literal(field_.name)} not in {holder}:")
        inner = lines.inside()
        inner.call("found", "notes.latin", pointed("", field_), "value")
        inner.add("if found is not None:")
        inner.inside().add(f"{at(holder, field_.name)} = found")
        for other in rules:
            if other.kind == "value" and other.writes and other.fields[0].steps == field_.steps:
                where = placed(scope.prefix, other.places[0])
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
        values = Call("", tuple(Source(got_from(sources, place)) for place in rule.places))
        places = Call("", tuple(Source(placed(scope.prefix, place)) for place in rule.places))
        lines.call("found", f"{self._named(rule)}.read", values, places, "notes")
        lines.add("if found is not None:")
        lines.inside().add(f"{at(names[field_.outer], field_.name)} = found")

    def _parts(
        self,
        lines: Lines,
        rule: Resolved,
        names: Mapping[tuple[Step, ...], str],
        sources: Mapping[Path, str],
        scope: Scope,
    ) -> None:
        place = rule.places[0]
        lines.add(f"value = {got_from(sources, place)}")
        lines.add("if value or value not in BLANK:")
        inner = lines.inside()
        inner.call("parts", f"{self._named(rule)}.split", "value", placed(scope.prefix, place), "notes")
        for number, field_ in enumerate(rule.fields):
            inner.add(f"if parts[{number}]:")
            inner.inside().add(f"{at(names[field_.outer], field_.name)} = parts[{number}]")

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
        got = got_from(sources, place)
        found = f"objects({got})"  # in XML an element that stands alone is an object
        if rule.of_scalars:
            found = f"notes.scalars({placed(scope.prefix, place)}, {got}, alone={self._alone})"
        elif not self._alone:
            found = f"notes.objects({placed(scope.prefix, place)}, {got})"
        loop = lines.loop(number, item, found)
        inner = lines.inside()
        inner.add(f"{entry}: Tree = {{}}")
        prefix = placed(scope.prefix, place, f"{{{number}}}", "")
        self.block(inner, rule.rules, Scope(item, entry, prefix), 1)
        inner.add(f"if {entry}:")
        inner.inside().add(f"{entries}.append({entry})")
        if rule.of_scalars:
            where = placed(scope.prefix, place, f"{{{number}}}")
            inner.add("else:")
            inner.inside().call("", "notes.original", where, "None", f'{item}.get(".")')
        lines.counted(loop, number)
        lines.add(f"if {entries}:")
        lines.inside().add(f"{at(names[field_.outer], field_.name)} = {entries}")

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
        prefix = placed(scope.prefix, (*above, "")) if above or scope.prefix else '""'
        lines.add(f"{inside} = Notes()")
        lines.add(f"{entries} = {into}({sources[above]}, {inside})")
        lines.call("", "notes.columns", prefix, sources[above], f"{out}({entries}, Notes())", columns, inside)
        lines.add(f"if {entries}:")
        lines.inside().add(f"{at(names[field_.outer], field_.name)} = {entries}")

    def _attach(self, lines: Lines, path: tuple[Step, ...], names: Mapping[tuple[Step, ...], str]) -> None:
        step, holder = path[-1], names[path[:-1]]
        lines.add(f"if {names[path]}:")
        inner = lines.inside()
        if step.key:
            inner.add(f"{at(names[path], step.key)} = {literal(step.value)}")
            inner.add(f"{holder}.setdefault({literal(step.name)}, []).append({names[path]})")
        else:
            inner.add(f"{at(holder, step.name)} = {names[path]}")
