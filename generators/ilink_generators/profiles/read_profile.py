"""Reads `profile.yaml` into a `Profile`; every fault names file and line, all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ilink_generators.model_files import display_name
from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, read
from ilink_generators.origin import Origin
from ilink_generators.profiles.language import SECTION, FormProfile, NationalField, Profile, Texts
from ilink_generators.well_formed import near

_PROFILE = ("profile", "country", "languages", "forms", "texts")
_FORM = ("hide", "require", "codes", "prefill", "labels", "order", "sections", "fields")
_FIELD = ("labels", "section", "required", "codes")
_TIGHTENS = "A profile only tightens; known are {}."
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile("[a-z]{2,3}")


def read_profiles(folder: str | Path) -> dict[str, Profile]:
    """The profiles of a folder by country (`CH`). ModelRefused with every fault of all of them."""
    faults: list[ModelFault] = []
    found: dict[str, Profile] = {}
    for path in sorted(Path(folder).glob("*/profile.yaml")):
        try:
            profile = read_profile(path)
        except ModelRefused as refused:
            faults += refused.faults
            continue
        if profile.country in found:
            first, at = found[profile.country].origin.file, profile.origin
            what = f"{profile.country} has a profile already, in {first}; a country has one."
            faults.append(ModelFault("refused", at.file, at.line, "country", what))
        found.setdefault(profile.country, profile)
    if faults:
        raise ModelRefused(faults)
    return found


def read_profile(path: Path) -> Profile:
    """The profile of one file. ModelRefused with every fault of it."""
    faults: list[ModelFault] = []
    node = read(path, display_name(path), texts_only=True)
    profile = _Reader(node, faults).profile(path)
    if faults:
        raise ModelRefused(faults)
    return profile


class _Reader:
    def __init__(self, node: Mapped, faults: list[ModelFault]) -> None:
        self._node = node
        self._faults = faults

    def profile(self, path: Path) -> Profile:
        node = self._node
        self._only(node, "", _PROFILE)
        for word in ("profile", "country", "forms"):
            if word not in node:
                self._refuse(node, None, "", f"it says no {word}.")
        languages = self._list(node, "languages", "languages")
        for language in languages:
            if not _LANGUAGE.fullmatch(language):
                self._refuse(node, "languages", "languages", f"“{language}” is no language such as de.")
        forms, texts = self._mapping(node, "forms", "forms"), self._mapping(node, "texts", "texts")
        said = {language: self._texts(texts, language, f"texts.{language}") for language in texts}
        return Profile(
            country=self._text(node, "country", "country"),
            title=self._text(node, "profile", "profile"),
            file=path,
            languages=languages,
            forms=tuple(self._form(self._mapping(forms, name, name), name) for name in forms),
            texts=said,
            origin=Origin(node.file, node.line_of("country")),
            origins={
                f"{language}.{element}": Origin(node.file, texts[language].line_of(element))
                for language, elements in said.items()
                for element in elements
            },
        )

    def _form(self, node: Mapped, name: str) -> FormProfile:
        self._only(node, name, _FORM)
        codes, labels = self._mapping(node, "codes", name), self._mapping(node, "labels", name)
        fields = self._mapping(node, "fields", name)
        origins = {word: Origin(node.file, node.line_of(word)) for word in ("", *node)}
        for word, said in node.items():
            if isinstance(said, Mapped):
                origins |= {f"{word}.{key}": Origin(node.file, said.line_of(key)) for key in said}
        return FormProfile(
            message=name,
            hide=self._list(node, "hide", name),
            require=self._list(node, "require", name),
            codes={path: self._list(codes, path, path) for path in codes},
            prefill=self._texts(node, "prefill", name),
            labels={path: self._texts(labels, path, path) for path in labels},
            order=self._list(node, "order", name),
            sections=self._list(node, "sections", name),
            fields=tuple(self._field(fields, key) for key in fields),
            origins=origins,
        )

    def _field(self, fields: Mapped, name: str) -> NationalField:
        node = self._mapping(fields, name, name)
        self._only(node, name, _FIELD)
        if not _NAME.fullmatch(name):
            self._refuse(fields, name, name, "a name here is of small letters, digits and _.")
        labels = self._texts(node, "labels", name)
        if "en" not in labels:
            self._refuse(fields, name, name, "it has no label in English (en).")
        required = self._text(node, "required", name) or "no"
        if required not in ("yes", "no"):
            self._refuse(node, "required", name, f"“{required}” is not one of yes, no.")
        codes = self._mapping(node, "codes", name)
        return NationalField(
            name=name,
            labels=labels,
            section=self._text(node, "section", name) or SECTION,
            required=required == "yes",
            codes={code: self._texts(codes, code, code) for code in codes},
            origin=Origin(fields.file, fields.line_of(name)),
        )

    # -- shapes ------------------------------------------------------------------------------

    def _mapping(self, node: Mapped, key: str, element: str) -> Mapped:
        found = node.get(key)
        if isinstance(found, Mapped):
            return found
        if found not in (None, ""):
            self._refuse(node, key, element, f"{key} must be a mapping.")
        return Mapped(node.file, node.line_of(key))

    def _texts(self, node: Mapped, key: str, element: str) -> Texts:
        found = self._mapping(node, key, element)
        return {name: self._text(found, name, name) for name in found}

    def _text(self, node: Mapped, key: str, element: str) -> str:
        found: Any = node.get(key, "")
        if isinstance(found, str):
            return found.strip()
        self._refuse(node, key, element, f"{key} must be a text.")
        return ""

    def _list(self, node: Mapped, key: str, element: str) -> tuple[str, ...]:
        found = node.get(key)
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(found)
        if found not in (None, ""):
            self._refuse(node, key, element, f"{key} must be a list of texts.")
        return ()

    def _only(self, node: Mapped, element: str, known: Iterable[str]) -> None:
        for word in node:
            if word not in known:
                hint = near(word, known, _TIGHTENS.format(", ".join(known)))
                self._refuse(node, word, element, f"{word}: no such word.", hint)

    def _refuse(self, node: Mapped, key: str | None, element: str, message: str, hint: str = "") -> None:
        line = node.line_of(key) if key else node.line
        self._faults.append(ModelFault("refused", node.file, line, element, message, hint))
