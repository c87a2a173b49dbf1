"""The words of `profile.yaml`: how a country tightens the forms of the standard. Everything here is frozen.

There is no word that could loosen a form: what is not needed may be left out, what is optional may be
asked for, a code list may lose codes, and what a country adds is needed of nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ilink_generators.origin import NOWHERE, Origin

Texts = Mapping[str, str]


#: Where a field of a country stands that names no section.
SECTION = "sending"


@dataclass(frozen=True, slots=True)
class NationalField:
    """A field that only one country asks for; `codes` are its own, with their labels by language."""

    name: str
    labels: Texts
    section: str = SECTION
    required: bool = False
    codes: Mapping[str, Texts] = field(default_factory=dict)
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class FormProfile:
    """What a country says of one form. Fields are named as they stand in a message: `subject.sex`."""

    message: str
    hide: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prefill: Texts = field(default_factory=dict)
    labels: Mapping[str, Texts] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    fields: tuple[NationalField, ...] = ()
    #: Where each word stands, and each field below it: `codes`, `codes.subject.sex`.
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """The forms of one country; `texts` says elements of the standard in languages of its own."""

    country: str
    title: str
    file: Path
    languages: tuple[str, ...] = ()
    forms: tuple[FormProfile, ...] = ()
    texts: Mapping[str, Texts] = field(default_factory=dict)
    origin: Origin = NOWHERE
    #: Where each text stands, by language and element path: `de.Sex.F.title`.
    origins: Mapping[str, Origin] = field(default_factory=dict)
