"""`profiles/<cc>/<Type>.json`, a country's tighter version of a form, and `profile.json` with its words.

Whatever passes a profiled form passes the standard: a profile has no word that could loosen, what does
not fit is refused, and `compare` proves it once more of every form that is written.
"""

from __future__ import annotations

from typing import Any

from ilink_generators.forms import form
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.plain_json import dump
from ilink_generators.profiles.compare import loosened
from ilink_generators.profiles.language import FormProfile, Profile
from ilink_generators.profiles.tighten import Tightened, tightened
from ilink_generators.standard import Standard
from ilink_generators.well_formed import near


def generate(standard: Standard) -> dict[str, str]:
    """A file a form and one for the words. ModelRefused when a profile does not fit or would loosen."""
    faults: list[ModelFault] = []
    files: dict[str, str] = {}
    for profile in standard.profiles.values():
        files |= _files(standard, profile, faults)
    if faults:
        raise ModelRefused(faults)
    return files


def _files(standard: Standard, profile: Profile, faults: list[ModelFault]) -> dict[str, str]:
    folder = f"profiles/{profile.country.lower()}"
    _check(standard, profile, faults)
    messages = {message.name: message for message in standard.messages()}
    forms: dict[str, Tightened] = {}
    for said in profile.forms:
        if said.message not in messages:
            origin = said.origins.get("", profile.origin)
            what, hint = f"there is no message type {said.message}.", near(said.message, messages, "")
            faults.append(ModelFault("refused", origin.file, origin.line, said.message, what, hint))
            continue
        before = form(standard, messages[said.message])
        forms[said.message] = tightened(standard, profile, said, before, faults)
        if not faults:
            faults += _proved(profile, said, loosened(before, forms[said.message].form))
    described = {
        "title": profile.title,
        "country": profile.country,
        "languages": list(profile.languages),
        "code_lists": {name: codes for made in forms.values() for name, codes in made.code_lists.items()},
        "texts": _texts(standard, profile, forms.values()),
    }
    files = {f"{folder}/{name}.json": dump(made.form) for name, made in forms.items()}
    return {**files, f"{folder}/profile.json": dump(described)}


def _proved(profile: Profile, said: FormProfile, found: list[str]) -> list[ModelFault]:
    origin = said.origins.get("", profile.origin)
    return [
        ModelFault("refused", origin.file, origin.line, said.message, f"it loosens the standard: {what}")
        for what in found
    ]


def _check(standard: Standard, profile: Profile, faults: list[ModelFault]) -> None:
    countries = standard.code_lists["Country"].texts if "Country" in standard.code_lists else ()
    if countries and profile.country not in countries:
        at = profile.origin
        what = f"there is no country {profile.country or '“”'}."
        faults.append(ModelFault("refused", at.file, at.line, "country", what))
    elements = dict(standard.texts())
    for language, texts in profile.texts.items():
        for element in texts:
            at = profile.origins[f"{language}.{element}"]
            if language not in (*standard.languages(), *profile.languages):
                what = f"{language} is neither a language of the standard nor one of this country's own."
                faults.append(ModelFault("refused", at.file, at.line, element, what, "Add it to languages."))
            elif element not in elements:
                what, hint = "no element has this text.", near(element, elements, "")
                faults.append(ModelFault("refused", at.file, at.line, element, what, hint))


def _texts(standard: Standard, profile: Profile, forms: Any) -> dict[str, dict[str, str]]:
    """The words by language: what the country says of elements of the standard, and its own labels."""
    texts: dict[str, dict[str, str]] = {}
    for language in (*standard.languages(), *profile.languages):
        texts[language] = dict(profile.texts.get(language, {}))
        for made in forms:
            for path, words in made.labels.items():
                if language in words:
                    texts[language][path] = words[language]
    return texts
