"""Python source from data: text of a model enters only as a literal, long calls break as ruff breaks them."""

from __future__ import annotations

import ast
import dataclasses
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of Python that we wrote ourselves: a name, an annotation."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or with an empty name a tuple; arguments are literals, sources, calls or dicts of them."""

    name: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    brackets: str = "()"


def literal(value: Any) -> str:
    """A literal of a scalar; strings in double quotes, whatever they contain."""
    text = repr(value)
    if isinstance(value, str) and text.startswith("'"):
        body = text[1:-1]
        if '"' not in body:
            return '"' + body.replace("\\'", "'") + '"'
    return text


def expression(value: Any, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """An expression, on one line if it fits behind `before` characters, else a line an argument or key."""
    flat = _flat(value)
    if indent + before + len(flat) + after <= WIDTH:
        return flat
    inner = indent + 4
    pad = " " * inner
    if isinstance(value, dict) and value:
        keys = {literal(key): item for key, item in value.items()}
        lines = [f"{pad}{key}: {expression(item, inner, len(key) + 2, 1)}," for key, item in keys.items()]
        return "{\n" + "\n".join(lines) + f"\n{' ' * indent}}}"
    if not isinstance(value, Call) or not (value.args or value.named):
        return flat
    lines = [f"{pad}{expression(arg, inner, 0, 1)}," for arg in value.args]
    lines += [f"{pad}{name}={expression(arg, inner, len(name) + 1, 1)}," for name, arg in value.named.items()]
    return f"{value.name}{value.brackets[0]}\n" + "\n".join(lines) + f"\n{' ' * indent}{value.brackets[1]}"


def _flat(value: Any) -> str:
    if isinstance(value, Source):
        return value.text
    if isinstance(value, dict):
        return f"{{{', '.join(f'{literal(key)}: {_flat(item)}' for key, item in value.items())}}}"
    if not isinstance(value, Call):
        return literal(value)
    args = [_flat(arg) for arg in value.args] + [f"{name}={_flat(arg)}" for name, arg in value.named.items()]
    comma = "," if not value.name and value.brackets == "()" and len(args) == 1 else ""
    return f"{value.name}{value.brackets[0]}{', '.join(args)}{comma}{value.brackets[1]}"


def construction(value: Any) -> Any:
    """The call that makes a frozen dataclass of ours again, and so on inwards."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return Call(
            type(value).__name__,
            tuple(construction(getattr(value, f.name)) for f in dataclasses.fields(value)),
        )
    if isinstance(value, tuple):
        return Call("", tuple(construction(item) for item in value))
    return value


def identifier(name: str, *, reserved: Callable[[str], bool] = lambda _: False) -> str:
    """A name of the model as a Python name; the caller keeps the original as alias where it differs."""
    made = "".join(char if char.isascii() and (char.isalnum() or char == "_") else "_" for char in name)
    if not made or made[0].isdigit() or made[0] == "_":
        made = f"n{made}"
    while keyword.iskeyword(made) or keyword.issoftkeyword(made) or reserved(made):
        made += "_"
    return made


def render(template: Path, **values: Any) -> str:
    """Renders a template that lies beside its generator; it holds layout, never text of a model."""
    # Only what writes Python needs it, and it is slow to come.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.globals.update(expression=expression, literal=literal)
    return with_imports_used(environment.get_template(template.name).render(**values))


def with_imports_used(text: str) -> str:
    """Keeps of each import line only the names that the file uses, and breaks it where it is too long."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    lines = []
    for line in text.split("\n"):
        if line.startswith("from ") and "__future__" not in line:
            head, names = line.split(" import ")
            kept = [name for name in names.split(", ") if name in used]
            line = f"{head} import {', '.join(kept)}"
            if len(line) > WIDTH:
                line = f"{head} import (\n" + "".join(f"    {name},\n" for name in kept) + ")"
            if not kept:
                continue
        lines.append(line)
    return "\n".join(lines)


def imported(template: Path) -> frozenset[str]:
    """The names that a template imports, and Python's own that it uses: no element may take them."""
    lines = [line for line in template.read_text("utf-8").split("\n") if line.startswith("from ")]
    named = {name for line in lines for name in line.split(" import ")[1].split(", ")}
    return frozenset(named | {"bool", "float", "int", "list", "str"})
