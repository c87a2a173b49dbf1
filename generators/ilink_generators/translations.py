"""The catalogues of the standard: one `.po` file a language, keyed by element path.

`msgctxt` is the element path, `msgid` the English of the model. A comment says where a translation
comes from, `state: cldr` or `state: machine`; only an approval beside the catalogue makes it
reviewed (`reviews`). Where the English has changed since, the entry is fuzzy and says `was: …`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.reviews import Approval, read_reviews, reviews_of
from ilink_generators.standard import CodeList, Standard, Translation

#: Where a translation may come from; who wrote none of these did not say, and counts as a machine.
_SOURCES = ("cldr", "machine")
#: What a catalogue is named by: a tag as HTML knows it, `pt`, `pt-BR`, `zh-Hant`.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")

#: Where CLDR names the codes of a list; a code list says which by its annotation `cldr`.
_CLDR = {
    "territories": "territories",
    "languages": "languages",
    "currencies": "currencies",
    "scripts": "scripts",
}


@dataclass(frozen=True, slots=True)
class Status:
    """How complete one language is, by element path.

    Stale: the English changed. Unreviewed: nobody stands behind it. Voided: somebody did, and one
    of the two texts has changed since; these are among the unreviewed.
    """

    language: str
    total: int
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    unreviewed: tuple[str, ...]
    voided: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Nothing missing, nothing stale."""
        return not self.missing and not self.stale


def read_catalogues(folder: Path) -> dict[str, Mapping[str, Translation]]:
    """Reads every `<language>.po` of a folder with its approvals; a missing folder means English only.

    ModelRefused when one is no catalogue.
    """
    return {
        _language(path): _reviewed(_read(path.as_posix(), path.read_bytes()), read_reviews(reviews_of(path)))
        for path in sorted(folder.glob("*.po"))
    }


def _language(path: Path) -> str:
    if path.stem == "en" or not _LANGUAGE.fullmatch(path.stem):
        what = "a catalogue is named by its language, such as pt.po or pt-BR.po; English is in the model."
        raise ModelRefused([ModelFault("bad_po", path.as_posix(), 1, "", what)])
    return path.stem


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
    entries = [message for message in catalog if message.id and message.context]
    plural = [
        ModelFault("bad_po", name, entry.lineno or 1, str(entry.context), "texts of a model have no plural.")
        for entry in entries
        if not isinstance(entry.id, str)
    ]
    if plural:
        raise ModelRefused(plural)
    return {str(entry.context): _translation(entry) for entry in entries if entry.string}


def _translation(entry: Message) -> Translation:
    english = str(entry.id)
    comments = [str(comment) for comment in entry.user_comments]
    source = _was(comments) if entry.fuzzy else english
    state = next((state for state in _SOURCES if f"state: {state}" in comments), "machine")
    return Translation(str(entry.string), state, source)


def _was(comments: list[str]) -> str:
    """The English before it changed; a long one is written over several lines."""
    _, _, said = " ".join(comments).partition("was: ")
    return said


def _reviewed(
    said: Mapping[str, Translation], approvals: Mapping[str, Approval]
) -> Mapping[str, Translation]:
    """The catalogue, as far as somebody stands behind it."""
    found = dict(said)
    for path in approvals.keys() & said.keys():
        one = said[path]
        holds = approvals[path].holds(one.source, one.text)
        found[path] = replace(one, state="reviewed") if holds else replace(one, state="machine", voided=True)
    return found


def status(standard: Standard) -> list[Status]:
    """What each catalogue lacks, language by language."""
    english = dict(standard.texts())
    return [
        _status(language, english, said, set(stale(standard, language)))
        for language, said in sorted(standard.translations.items())
    ]


def _status(
    language: str, english: Mapping[str, str], said: Mapping[str, Translation], stale: set[str]
) -> Status:
    known = {path: said[path] for path in english if path in said}
    return Status(
        language=language,
        total=len(english),
        missing=tuple(path for path in english if path not in known),
        stale=tuple(path for path in known if path in stale),
        unreviewed=tuple(path for path, one in known.items() if one.state == "machine" or path in stale),
        voided=tuple(
            path for path, one in known.items() if one.voided or (path in stale and one.state == "reviewed")
        ),
    )


def stale(standard: Standard, language: str) -> list[str]:
    """The paths whose English has changed since they were translated."""
    said = standard.translations.get(language, {})
    return [path for path, text in standard.texts() if path in said and said[path].source != text]


def updated(standard: Standard, language: str) -> str:
    """The catalogue of a language, brought up to date: every path of the standard, in its order.

    Names of countries, languages and currencies that nobody wrote come from CLDR, and so do those
    that came from there before; what is still missing stays empty; a translation whose English has
    changed stays, fuzzy, with the English that it translates; what the standard no longer says goes.
    """
    said = standard.translations.get(language, {})
    labels = _cldr_labels(standard, language)
    catalog = Catalog()
    for path, english in standard.texts():
        known = said.get(path)
        if path in labels and (known is None or known.state == "cldr"):
            known = Translation(labels[path], "cldr", english)
        if known is None:
            catalog.add(english, context=path)
            continue
        comments = [f"state: {known.state if known.state in _SOURCES else 'machine'}"]
        changed = known.source != english
        if changed:
            comments.append(f"was: {known.source}")
        flags = ["fuzzy"] if changed else []
        catalog.add(english, known.text, context=path, user_comments=comments, flags=flags)
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True)
    header = (
        f'# The standard in {_name(language)}. "state" says where a line comes from.\n'
        f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Language: {language}\\n"\n\n'
    )
    return header + body.getvalue().decode().strip() + "\n"


def _locale(language: str) -> Locale | None:
    """What CLDR knows of a language; None for one that it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _name(language: str) -> str:
    locale = _locale(language)
    return (locale.english_name if locale else None) or language


def _cldr_labels(standard: Standard, language: str) -> Mapping[str, str]:
    locale = _locale(language)
    if locale is None:
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
