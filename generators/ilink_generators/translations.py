"""The catalogues of the standard: one `.po` file a language, keyed by element path.

`msgctxt` is the element path, `msgid` the English of the model, and a comment `state: machine`
says how far a translation can be trusted: cldr, machine or reviewed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.standard import CodeList, Standard, Translation

STATES = ("cldr", "machine", "reviewed")

#: Where CLDR names the codes of a list; a code list says which by its annotation `cldr`.
_CLDR = {
    "territories": "territories",
    "languages": "languages",
    "currencies": "currencies",
    "scripts": "scripts",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How complete one language is; the paths of what is missing or stale (the English changed)."""

    language: str
    total: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    unreviewed: int

    @property
    def complete(self) -> bool:
        """Nothing missing, nothing stale."""
        return not self.missing and not self.stale


def read_catalogues(folder: Path) -> dict[str, Mapping[str, Translation]]:
    """Reads every `<language>.po` of a folder; a missing folder means English only."""
    return {path.stem: _read(path.name, path.read_bytes()) for path in sorted(folder.glob("*.po"))}


@lru_cache(maxsize=16)
def _read(name: str, content: bytes) -> Mapping[str, Translation]:
    """A catalogue by its content: who edits the model reads the same ones again and again."""
    try:
        catalog = read_po(io.BytesIO(content), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ModelRefused(
            [ModelFault("bad_po", name, line, "", f"this is not a catalogue: {error}.")]
        ) from None
    return {
        message.context: Translation(str(message.string), _state(message.user_comments), str(message.id))
        for message in catalog
        if message.id and message.context and message.string
    }


def _state(comments: list[str]) -> str:
    for comment in comments:
        word, _, state = comment.partition(":")
        if word.strip() == "state" and state.strip() in STATES:
            return state.strip()
    return "machine"


def status(standard: Standard) -> list[Status]:
    """What each catalogue lacks, language by language."""
    english = dict(standard.texts())
    return [
        Status(
            language=language,
            total=len(english),
            missing=tuple(path for path in english if path not in said),
            stale=tuple(path for path in english if path in said and said[path].source != english[path]),
            unreviewed=sum(1 for path in english if path in said and said[path].state == "machine"),
        )
        for language, said in sorted(standard.translations.items())
    ]


def updated(standard: Standard, language: str) -> str:
    """The catalogue of a language, brought up to date: every path of the standard, in its order.

    Names of countries, languages and currencies that nobody wrote come from CLDR; what is still
    missing stays empty; what the standard no longer says goes.
    """
    said = standard.translations.get(language, {})
    labels = _cldr_labels(standard, language)
    catalog = Catalog(locale=language)
    for path, english in standard.texts():
        known = said.get(path)
        if known is None and path in labels:
            known = Translation(labels[path], "cldr", english)
        text = known.text if known and known.source == english else ""
        comment = [f"state: {known.state}"] if known and text else []
        if known and not text:
            comment = [f"stale: {known.text}"]
        catalog.add(english, text, context=path, user_comments=comment)
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True)
    header = (
        f'# The standard in {Locale.parse(language).english_name}. "state" says who stands behind a line.\n'
        f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Language: {language}\\n"\n\n'
    )
    return header + body.getvalue().decode().strip() + "\n"


def _cldr_labels(standard: Standard, language: str) -> Mapping[str, str]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    labels: dict[str, str] = {}
    for code_list in standard.code_lists.values():
        names = _cldr_names(locale, code_list)
        for code in code_list.codes:
            if code.code in names and not code.label_source:
                labels[f"{code_list.name}.{code.code}.title"] = str(names[code.code])
    return labels


def _cldr_names(locale: Locale, code_list: CodeList) -> Mapping[str, str]:
    attribute = _CLDR.get(code_list.cldr)
    return getattr(locale, attribute) if attribute else {}
