"""The first reading of a model's file: known words, values of the right kind, names that work everywhere.

What is wrong is said and taken out, so that the reading goes on and all faults are found in one pass.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any

from ilink_generators import linkml_words as words
from ilink_generators.model_text import Mapped

#: Says a fault: the mapping, the key in it if any, the element, the message, a hint.
Refuse = Callable[[Mapped, str | None, str, str, str], None]

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_SLOT_NAME = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
_SECTIONS = {"types": words.TYPE, "enums": words.ENUM, "classes": words.CLASS, "slots": words.SLOT}
#: First words of element paths that are no class (`groups.identity.title`).
_OTHER_PATHS = ("groups", "rules", "slots")


def check_schema(schema: Mapped, refuse: Refuse) -> None:
    """Checks a whole file, conditions excepted: those are checked where they are understood."""
    check_words(schema, words.SCHEMA, "", refuse)
    for section, known in _SECTIONS.items():
        for name, node in named(schema, section, "", refuse).items():
            pattern, letters = (
                (_SLOT_NAME, "letters, digits, _ and -")
                if section == "slots"
                else (_NAME, "letters, digits and _")
            )
            if not pattern.fullmatch(name) or name in _OTHER_PATHS:
                refuse(
                    schema[section], name, name, f"a name here is of {letters}, and not a word we use.", ""
                )
            check_words(node, known, name, refuse)
            if section == "classes":
                _check_class(node, name, refuse)
            elif section == "enums":
                _check_enum(node, name, refuse)


def _check_class(node: Mapped, name: str, refuse: Refuse) -> None:
    for word in ("attributes", "slot_usage"):
        for slot, said in named(node, word, name, refuse).items():
            element = f"{name}.{slot}"
            if not _SLOT_NAME.fullmatch(slot):
                refuse(node[word], slot, element, "a name here is of letters, digits, _ and -.", "")
            check_words(said, words.SLOT, element, refuse)
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
    """The elements under a word by their names; one without a body has an empty one."""
    elements: dict[str, Any] = node.get(word) or {}
    for name, body in elements.items():
        if not isinstance(body, Mapped):
            line = node[word].line_of(name)
            if body is not None:
                refuse(
                    node[word], name, f"{element}.{name}" if element else name, "this must be a mapping.", ""
                )
            elements[name] = Mapped(node.file, line)
    return elements


def check_words(node: Mapped, known: frozenset[str], element: str, refuse: Refuse) -> None:
    """Refuses the words that mean nothing here, and values of the wrong kind; both are taken out."""
    for word, value in list(node.items()):
        if word not in known:
            refuse(node, word, element, f"{word} is not supported.", near(word, known))
        elif value is None and known is not words.SCHEMA and word not in words.INFORMS:
            refuse(node, word, element, f"{word} is empty; fill it in or take it out.", "")
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


def near(word: str, known: Iterable[str], otherwise: str = "See docs/linkml-support.md.") -> str:
    """A hint: the known word that was probably meant."""
    found = difflib.get_close_matches(word, sorted(known), 1)
    return f"Did you mean {found[0]}?" if found else otherwise
