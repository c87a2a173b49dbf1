"""The first reading of a model's file: known words, values of the right kind, names that work everywhere.

What is wrong is said and taken out, so that the reading goes on and all faults are found in one pass.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from ilink_generators import linkml_words as words
from ilink_generators.model_text import Mapped
from ilink_generators.names import NAMING

#: Says a fault: the mapping, the key in it if any, the element, the message, a hint.
Refuse = Callable[[Mapped, str | None, str, str, str], None]

_SECTIONS = {"types": words.TYPE, "enums": words.ENUM, "classes": words.CLASS, "slots": words.SLOT}
#: First words of element paths that are no class (`groups.identity.title`).
_OTHER_PATHS = ("groups", "rules", "slots")


def check_schema(schema: Mapped, refuse: Refuse) -> None:
    """Checks a whole file, conditions excepted: those are checked where they are understood."""
    check_words(schema, words.SCHEMA, "", refuse)
    for section, known in _SECTIONS.items():
        for name, node in named(schema, section, "", refuse).items():
            if name in _OTHER_PATHS and section != "slots":
                refuse(node, None, name, "this name is a word that we use; take another.", "")
            check_words(node, known, name, refuse)
            if section == "classes":
                _check_class(node, name, refuse)
            elif section == "enums":
                _check_enum(node, name, refuse)


def _check_class(node: Mapped, name: str, refuse: Refuse) -> None:
    for word in ("attributes", "slot_usage"):
        for slot, said in named(node, word, name, refuse).items():
            check_words(said, words.SLOT, f"{name}.{slot}", refuse)
    for key, said in named(node, "unique_keys", name, refuse).items():
        check_words(said, words.UNIQUE_KEY, f"{name}.{key}", refuse)
    for number, rule in enumerate(node.get("rules") or (), start=1):
        check_words(rule, words.RULE, f"{name} rule {number}", refuse)


def _check_enum(node: Mapped, name: str, refuse: Refuse) -> None:
    for code, value in named(node, "permissible_values", name, refuse).items():
        check_words(value, words.VALUE, f"{name}.{code}", refuse)
        if value.get("text", code) != code:
            refuse(value, "text", f"{name}.{code}", "the text of a code is the code itself.", "")


def named(node: Mapped, word: str, element: str, refuse: Refuse) -> dict[str, Mapped]:
    """The elements under a word by the names that they have here; one without a body has an empty one.

    LinkML also lets them stand in a list, by name alone or with a key that is the name, and lets a code
    have its description for a body.
    """
    said: Any = node.get(word) or Mapped(node.file, node.line_of(word))
    if isinstance(said, Done):
        return said
    elements = Done(node.file, node.line_of(word))
    for name, body in said.items() if isinstance(said, dict) else map(_listed_element, said):
        line = (said if isinstance(said, Mapped) else node).line_of(
            name if isinstance(said, Mapped) else word
        )
        here = f"{element}.{name}" if element else str(name)
        if not isinstance(name, str):
            refuse(node, word, element, f"{word} must be a mapping.", "")
            continue
        held = body if isinstance(body, Mapped) else Mapped(node.file, line)
        if isinstance(body, str) and word == "permissible_values":
            held["description"] = body
        elif body is not None and not isinstance(body, Mapped):
            refuse(elements, None, here, "this must be a mapping.", "")
        made = NAMING.get(word, str)(name)
        if made in elements and word == "classes":
            made = f"{made}_2"
        if made in elements:
            refuse(held, None, here, f"{made} stands here already.", "")
        elements.written[name] = made
        if made != name:
            held["name"] = name
        elements[made] = held
        elements.lines[made] = line
    node[word] = elements
    return elements


class Done(Mapped):
    """Elements by the names that they have here; `written` has those by the names in the model."""

    __slots__ = ("written",)

    def __init__(self, file: str, line: int) -> None:
        super().__init__(file, line)
        self.written: dict[str, str] = {}


def _listed_element(item: Any) -> tuple[Any, Any]:
    """The name and the body of an element that stands in a list."""
    if not isinstance(item, Mapped):
        return (str(item), None) if isinstance(item, str | int | float) else (None, None)
    for key in ("name", "text", "unique_key_name"):
        if isinstance(item.get(key), str | int):
            return str(item[key]), item
    return next(iter(item.items())) if len(item) == 1 else (None, None)


def check_words(node: Mapped, known: frozenset[str], element: str, refuse: Refuse) -> None:
    """Refuses the words that mean nothing here, and values of the wrong kind; both are taken out.

    A word without a value says nothing.
    """
    for word, value in list(node.items()):
        value = node[word] = _loosened(value) if word in words.LOOSE_TEXTS else value
        if word in words.REFUSED and word not in known:
            refuse(node, word, element, f"{word} is not supported: {words.REFUSED[word]}", "")
        elif word not in known:
            refuse(node, word, element, f"{word} is not supported.", near(word, known))
        elif expected := words.misshapen(word, value, known):
            refuse(node, word, element, f"{word} must be {expected}.", "")
        elif value is not None:
            continue
        del node[word]
    if notes := words.NOTES.get(known):
        _check_notes(node, notes, element, refuse)


def _check_notes(node: Mapped, known: frozenset[str], element: str, refuse: Refuse) -> None:
    """An annotation of ours that is misspelt would be lost in silence."""
    found = node.get("annotations") or {}
    if isinstance(found, list):
        if not all(isinstance(item, dict) and isinstance(item.get("tag"), str) for item in found):
            refuse(node, "annotations", element, "each annotation of a list has a tag and a value.", "")
            del node["annotations"]
            return
        found = {item["tag"]: item.get("value") for item in found}
    for tag, value in found.items():
        value = value["value"] if isinstance(value, dict) and "value" in value else value
        if tag not in known and (misspelt := difflib.get_close_matches(tag, sorted(known), 1, 0.8)):
            refuse(
                node, "annotations", element, f"no such annotation: {tag}.", f"Did you mean {misspelt[0]}?"
            )
        elif tag in known and not isinstance(value, str | bool | int):
            refuse(node, "annotations", element, f"the annotation {tag} must be a text.", "")
        elif tag in known & words.WRITTEN_NOTES and not isinstance(value, str):
            refuse(
                node, "annotations", element, f"the annotation {tag} must be a text; write it in quotes.", ""
            )


def _loosened(value: Any) -> Any:
    """A text that YAML took for a number or a date, as a text."""
    if isinstance(value, list):
        return [_loosened(item) for item in value]
    return str(value) if isinstance(value, int | float | date) and not isinstance(value, bool) else value


def near(word: str, known: Iterable[str], otherwise: str = "See docs/linkml-support.md.") -> str:
    """A hint: the known word that was probably meant."""
    found = difflib.get_close_matches(word, sorted(known), 1)
    return f"Did you mean {found[0]}?" if found else otherwise
