"""What the two directions of a compiled adapter share: lines of Python, constants, names and places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Field, Resolved, Step, ident
from ilink_generators.python_text import WIDTH, Call, Source, expression, literal

Path = tuple[str, ...]


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

    def inner(self, name: str, holder: str, key: str) -> None:
        """The object below a key of another, or one that says nothing."""
        self.add(f"{name} = {holder}.get({literal(key)})")
        self.add(f"if {name}.__class__ is not dict:")
        self.inside().add(f"{name} = NOTHING")

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


class Functions:
    """The lists in columns of an adapter: for each a pair of functions, which both directions call."""

    def __init__(self) -> None:
        #: Those of which nobody has written the functions yet.
        self.waiting: list[tuple[str, Resolved]] = []
        #: By the rule itself: two lists of one field are two pairs of functions.
        self._names: dict[int, str] = {}

    def pair(self, rule: Resolved) -> str:
        """The name that the two functions of a rule share."""
        if id(rule) not in self._names:
            wanted = name = ident(rule.fields[0].name).lower()
            number = 2
            while name in self._names.values():
                name, number = f"{wanted}_{number}", number + 1
            self._names[id(rule)] = name
            self.waiting.append((name, rule))
        return self._names[id(rule)]


class Direction:
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

    def _unless_known(
        self, lines: Lines, rule: Resolved, table: str, target: str, test: str, numbers: bool = False
    ) -> None:
        """Begins the block of a value that is to be converted; one that its converter knows is looked up."""
        kind = rule.converter.name if isinstance(rule.converter, Call) else "Codes"
        class_ = {"Codes": "str", "Dates": "str", "Number": "int" if numbers else None}.get(kind)
        known = f"{self._named(rule)}.{table}"
        head, looked_up = (
            f"if value.__class__ is {class_} and value in {known}:",
            f"{target} = {known}[value]",
        )
        fits = lines.indent + max(len(head), len(looked_up) + 4) <= WIDTH
        if class_ and fits and rule.century_from is None:
            lines.add(head)
            lines.inside().add(looked_up)
            lines.add(f"elif {test}:")
        else:
            lines.add(f"if {test}:")

    def _zip(self, rule: Resolved) -> tuple[str, str, str]:
        """The two functions of a list in columns, and the names of these."""
        name = self._functions.pair(rule)
        return f"{name}_in", f"{name}_out", expression(Call("", tuple(place[-1] for place in rule.places)))


def python_function(signature: str, says: str, body: Iterable[str]) -> list[str]:
    """The lines of a function, and before it the blank ones."""
    lines = list(body)
    if any("found" in line for line in lines):
        lines.insert(0, "    found: Any")
    return ["", "", f"def {signature}:", f'    """{says}"""', *lines]


def containers(paths: Iterable[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """Every object on the way to the fields, outer ones first."""
    found: dict[tuple[Step, ...], None] = {}
    for path in paths:
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length])
    return list(found)


def variable(path: tuple[Step, ...], depth: int) -> str:
    """The variable of an object of the message; `depth` counts the lists around it."""
    words = [step.name + (f"_{step.value}" if step.key else "") for step in path]
    return f"{ident('_'.join(words)).lower()}{'_inner' if depth else ''}"


def at(holder: str, name: str) -> str:
    """A place of an object that is in a variable."""
    return f"{holder}[{literal(name)}]"


def of(holders: Mapping[tuple[Step, ...], str], field_: Field) -> str:
    """What a message says in a field."""
    return f"{holders[field_.outer]}.get({literal(field_.name)})"


def goal(targets: Mapping[Path, str], place: Path) -> str:
    """The place of the record that is written."""
    return at(targets[place[:-1]], place[-1])


def got_from(sources: Mapping[Path, str], place: Path) -> str:
    """What a record says at a place."""
    return f"{sources[place[:-1]]}.get({literal(place[-1])})"


def plain(value: Any) -> str:
    """A literal of a scalar, or of a list of one."""
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else literal(value)


def safe(text: str) -> str:
    """Text of an adapter as it may stand in a docstring."""
    return "".join(char if char.isalnum() or char in " .,_-/:#@" else "?" for char in text)


def placed(prefix: str, place: Iterable[str], *more: str) -> str:
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


def pointed(prefix: str, field_: Field, *more: str) -> str:
    """A Python expression of the place of a field in the message."""
    steps = []
    for step in field_.steps:
        steps.append(step.name)
        if step.key:
            steps.append(f"[{step.key}={step.value}]")
    return placed(prefix, steps, *more)
