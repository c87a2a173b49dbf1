"""What the invented bureaus write: one JSON file a language, the same sentences in each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent / "sentences"

#: Into these languages the invented bureaus have their texts translated, English most often.
TRANSLATED_INTO = ("en", "en", "en", "fr", "es", "ar")
TRANSLATORS = (
    {"state": "machine", "author": "Example Translator 1.0"},
    {"state": "human", "author": "Example translation office"},
)


def free_text(
    random: Random, language: str, keys: Sequence[str], values: Mapping[str, object]
) -> dict[str, Any]:
    """A text of some sentences; now and then a translation by a person or a machine stands beside it."""
    text: dict[str, Any] = {"text": written(language, keys, values), "language": language}
    wanted = random.sample(TRANSLATED_INTO, random.choice((0, 0, 1, 1, 2)))
    into = [code for code in dict.fromkeys(wanted) if code != language]
    if into:
        text["translations"] = [
            {"language": code, "text": written(code, keys, values), **random.choice(TRANSLATORS)}
            for code in into
        ]
    return text


def written(language: str, keys: Sequence[str], values: Mapping[str, object]) -> str:
    """The sentences in a language, with their values filled in."""
    return "\n".join(_read(language)[key].format_map(values) for key in keys)


@cache
def _read(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return texts
