"""Writes an adapter as plain Python: two functions and the shapes of what they carry."""

from __future__ import annotations

import re

from ilink_generators.adapters.blocks import Constants, Functions, Lines, Scope, python_function, safe
from ilink_generators.adapters.inwards import Inwards
from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.outwards import Outwards
from ilink_generators.adapters.resolve import Resolved, ident, table_call
from ilink_generators.adapters.shapes import Wholes, both_ways, national_shape, standard_shape, written_shape
from ilink_generators.python_text import Call, expression, literal

#: The name of a code table in the module.
_TABLE = re.compile("CODES_[A-Z0-9_]+")


#: That nothing was noted, and nothing is to be restored.
_SILENT = "not (theirs or notes.originals or notes.troubles or notes.machine)"


def source(adapter: Adapter, rules: tuple[Resolved, ...]) -> str:
    """The module of one adapter, but for its imports."""
    constants, functions = Constants(), Functions()
    inwards, outwards = Lines(), Lines()
    Inwards(constants, functions, adapter).block(inwards, rules, Scope("record", "message"), 0)
    Outwards(constants, functions, adapter).block(outwards, rules, Scope("record", "message"), 0)
    in_columns = _columns(constants, functions, adapter)
    wholes = Wholes(constants)
    read = any(rule.reads for rule in rules)
    shape_out = standard_shape(rules, adapter.message) if read else written_shape(rules, adapter)
    shapes = {
        "CARRIED_IN": wholes.carries(national_shape(rules), "record"),
        "CARRIED_OUT": wholes.carries(shape_out, "message"),
    }
    used = set(
        _TABLE.findall("\n".join((*inwards.text, *outwards.text, *in_columns, *constants.made.values())))
    )
    lines = [
        *(
            f"CODES_{ident(name)} = {expression(table_call(table), 0, len(ident(name)) + 9)}"
            for name, table in adapter.codes.items()
            if f"CODES_{ident(name)}" in used
        ),
        *(f"{name} = {text}" for name, text in (constants.made | wholes.constants).items()),
        *wholes.text,
        "",
        "",
        *(f"{name} = {expression(shape, 0, len(name) + 3)}" for name, shape in shapes.items()),
        *python_function(
            "to_standard(record: Tree, theirs: Tree | None = None) -> Carried",
            "A national record as a message; `theirs` are leftovers of the way out.",
            [
                "    notes = Notes()",
                "    message = standard(record, notes)",
                f"    if {_SILENT} and {shapes['CARRIED_IN'].args[1].text}(record):",
                "        return Carried(message, {}, (), ())",
                "    return carried(record, CARRIED_IN, message, notes, theirs, national)",
            ],
        ),
        *python_function(
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
                f"    if {_SILENT} and {shapes['CARRIED_OUT'].args[1].text}(message):",
                "        return Carried(record, {}, (), ())",
                "    return carried(message, CARRIED_OUT, record, notes, theirs, standard)",
            ],
        ),
        *python_function(
            "standard(record: Tree, notes: Notes) -> Tree",
            "The message of a record.",
            [
                f'    message: Tree = {{"message_type": {literal(adapter.message)}}}',
                *inwards.text,
                "    return message",
            ],
        ),
        *python_function(
            "national(message: Tree, notes: Notes) -> Tree",
            "The record of a message.",
            ["    record: Tree = {}", *outwards.text, "    return record"],
        ),
        *in_columns,
    ]
    return "\n".join(lines)


def _columns(constants: Constants, functions: Functions, adapter: Adapter) -> list[str]:
    """The functions of lists in columns; a list may hold others."""
    text: list[str] = []
    while functions.waiting:
        name, rule = functions.waiting.pop(0)
        separator = literal(rule.rule.get("zip") or "")
        columns = expression(Call("", tuple(place[-1] for place in rule.places)))
        label = safe(" and ".join("/".join(place) for place in rule.places))
        entries, items = Lines(), Lines()
        entries.add("entries: list[Tree] = []")
        entries.add(f"for item in unzipped({separator}, record, {columns}):")
        inner = entries.inside()
        inner.add("entry: Tree = {}")
        # Columns that are only written are read too, to see whether they say what the list says.
        inward = tuple(map(both_ways, rule.rules))
        Inwards(constants, functions, adapter).block(inner, inward, Scope("item", "entry"), 1)
        inner.add("if entry:")
        inner.inside().add("entries.append(entry)")
        entries.add("return entries")
        items.add("items: list[Tree] = []")
        items.add("for entry in entries:")
        inner = items.inside()
        inner.add("item: Tree = {}")
        Outwards(constants, functions, adapter).block(inner, rule.rules, Scope("item", "entry"), 1)
        inner.add("if item:")
        inner.inside().add("items.append(item)")
        items.add(f"return zipped({separator}, items, {columns})")
        text += python_function(
            f"{name}_in(record: Tree, notes: Notes) -> list[Tree]",
            f"What {label} list, as {rule.fields[0].name}.",
            entries.text,
        )
        text += python_function(
            f"{name}_out(entries: list[Tree], notes: Notes) -> Tree",
            f"The columns {label} of {rule.fields[0].name}.",
            items.text,
        )
    return text
