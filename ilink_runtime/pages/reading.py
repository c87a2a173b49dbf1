"""A message as it is read: the text in the reader's language, the essentials first, the handling always."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ilink_runtime.envelope import SET_ASIDE
from ilink_runtime.form import Entry, Section
from ilink_runtime.restriction import Restriction, restrictions

#: Without a level of its own a message is kept by the lowest one.
LOWEST_CONFIDENTIALITY = "for_official_use_only"
#: How a translation was made, the most trusted first.
_TRUST = ("sworn", "human", "machine")
#: How many short facts about the subject stand at the top, and the sections that stand there whole.
FIRST_FACTS = 8
FIRST_SECTIONS = frozenset({"documents", "request"})
#: The section that stands above everything else.
DANGERS = "warnings"


@dataclass(frozen=True, slots=True)
class Text:
    """A free text as one reader gets it."""

    text: str
    language: str
    original: bool
    state: str = ""
    author: str = ""


def best_text(value: Mapping[str, Any], language: str) -> Text:
    """The text itself if it is in the reader's language, else its most trusted translation, else the text."""
    original = Text(str(value.get("text", "")), str(value.get("language", "")), True)
    if original.language == language:
        return original
    fitting = [found for found in value.get("translations") or () if found.get("language") == language]
    if not fitting:
        return original
    best = min(fitting, key=_distrust)
    return Text(
        str(best.get("text", "")), language, False, str(best.get("state", "")), str(best.get("author", ""))
    )


def _distrust(translation: Mapping[str, Any]) -> int:
    state = translation.get("state")
    return _TRUST.index(state) if state in _TRUST else len(_TRUST)


@dataclass(frozen=True, slots=True)
class Essentials:
    """What an officer needs at once."""

    dangers: list[Entry]
    facts: list[Entry]


def essentials(sections: Iterable[Section], headline: str) -> Essentials:
    """The dangers first; then who it is, the documents, what is asked."""
    dangers: list[Entry] = []
    facts: list[Entry] = []
    first: list[Entry] = []
    for section in sections:
        for entry in section.entries:
            if entry.value is None or entry.control in {"free_text", "group", "choice", "checkbox"}:
                continue
            if section.name == DANGERS:
                dangers.append(entry)
            elif section.name in FIRST_SECTIONS:
                first.append(entry)
            elif entry.control != "rows" and (
                not headline or entry.pointer.startswith(f"/{headline.replace('.', '/')}/")
            ):
                facts.append(entry)
    return Essentials(dangers, facts[:FIRST_FACTS] + first)


@dataclass(frozen=True, slots=True)
class Banner:
    """Who may see a message and what may be done with it."""

    type: str
    owner: str
    status: str
    confidentiality: str
    restricted_to: tuple[str, ...]
    hidden_from: tuple[str, ...]
    recipients: tuple[str, ...]
    closed: bool  # only the owner and the General Secretariat see it
    conditions: tuple[str, ...]
    other_conditions: Mapping[str, Any]
    codes: tuple[tuple[str, str], ...]  # those of Europol: the list and the code


#: The codes of Europol, and their lists.
EUROPOL = {
    "handling_code": "HandlingCode",
    "source_evaluation": "SourceEvaluation",
    "information_evaluation": "InformationEvaluation",
}


def banner(
    message_type: str, message: Mapping[str, Any], owner: str, status: str, *, private: bool = False
) -> Banner:
    """The handling of a message, read from the message as the reader may see it."""
    handling = message.get("handling") or {}
    return Banner(
        message_type,
        owner,
        status,
        str(handling.get("confidentiality") or LOWEST_CONFIDENTIALITY),
        (*(handling.get("restricted_to") or ()), *(handling.get("restricted_to_entities") or ())),
        (*(handling.get("hidden_from") or ()), *(handling.get("hidden_from_entities") or ())),
        tuple(message.get("recipients") or ()),
        private or status in SET_ASIDE,
        tuple(handling.get("conditions_of_use") or ()),
        handling.get("other_conditions") or {},
        tuple((EUROPOL[name], str(handling[name])) for name in EUROPOL if handling.get(name)),
    )


def marks(message: Mapping[str, Any]) -> dict[str, Restriction]:
    """The restricted parts of a message that a reader knows of, by their places."""
    return {one.pointer: one for one in restrictions(message)}
