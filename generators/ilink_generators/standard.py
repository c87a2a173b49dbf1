"""The resolved standard: what every generator reads, and nothing else.

`load` makes one `Standard` from a LinkML model; inheritance, mixins, slot_usage and types are
already applied, so a generator never asks where a fact came from. Everything here is frozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ilink_generators.origin import NOWHERE, Origin
from ilink_runtime.conditions import Condition, Scalar

if TYPE_CHECKING:
    from ilink_generators.adapters.language import Adapter
    from ilink_generators.profiles.language import Profile

#: A level of a rule: may it be stored, may it be published, is it good (domain.md, section 7).
Level = Literal["record", "publish", "quality"]
LEVELS: tuple[Level, ...] = ("record", "publish", "quality")

#: The JSON shapes a type can have. Dates and times travel as text.
Base = Literal["string", "integer", "number", "boolean", "date", "datetime", "time", "any"]

Thread = Literal["strong", "weak", "never"]

#: How a message leaves: through the General Secretariat; straight to its recipients; into the
#: database at once; or as a question whose answer is the sender's alone.
Routing = Literal["direct", "publication", "record", "query"]

#: What a message does to the one that it concerns, once it takes effect.
Effect = Literal["none", "add", "extend", "suspend", "withdraw", "cancel"]

#: Who may send it: any bureau, the owner of the message that it concerns, or the General Secretariat.
Sender = Literal["any", "owner", "secretariat"]


class Kind(StrEnum):
    """What the range of a slot is."""

    TYPE = "type"
    CODE = "code"
    CLASS = "class"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Type:
    """A scalar with its meaning: every use of a phone number, IBAN or text shares one of these.

    `check` names a function of `ilink_runtime.checks`, `canonical` one of
    `ilink_runtime.canonical`. `check_level` says how bad a failed check is: a check digit is a
    matter of quality, an impossible calendar date cannot be recorded.
    """

    name: str
    base: Base
    title: str = ""
    description: str = ""
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    one_of: tuple[Scalar, ...] = ()
    unit: str = ""
    check: str | None = None
    check_level: Level = "quality"
    canonical: str | None = None
    thread: Thread = "never"
    widget: str = "text"
    search: Literal["none", "identifier", "name", "text"] = "none"
    direction: Literal["ltr", "auto"] = "auto"
    example: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list, by the code that is stored."""

    code: str
    title: str
    description: str = ""
    meaning: str | None = None
    status: str = "in_force"
    mappings: tuple[str, ...] = ()
    masked: bool = False
    label_source: str = ""
    #: What others call it, in any language; a proposed adapter is found by them, nothing shows them.
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of codes; an open one is governed by others, so an unknown code is a quality fault."""

    name: str
    title: str
    description: str
    codes: tuple[Code, ...]
    open: bool = False
    source: str = ""
    version: str = ""
    cldr: str = ""
    pattern: str | None = None
    origin: Origin = NOWHERE

    @property
    def texts(self) -> tuple[str, ...]:
        """The stored codes, in the order of the model."""
        return tuple(code.code for code in self.codes)


#: How the ranges of a choice are joined, in LinkML's words.
Joined = Literal["any_of", "all_of", "exactly_one_of", "none_of"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Several ranges that one value is held against; each part is a single value of its own range."""

    word: Joined
    parts: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a class, with everything that is true of it there.

    A list of objects whose `key` is named is written as an object, a member under its key; a member
    may then be the value of `compact` alone. `refers_to` is the class whose identifier the value is.
    `default` is offered by forms; nothing is filled in elsewhere.
    """

    name: str
    title: str
    description: str
    kind: Kind
    range: str
    required: bool = False
    recommended: bool = False
    multivalued: bool = False
    minimum_cardinality: int | None = None
    maximum_cardinality: int | None = None
    group: str = ""
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    equals: tuple[Scalar, ...] = ()
    choices: tuple[Choice, ...] = ()
    key: str = ""
    compact: str = ""
    refers_to: str = ""
    default: Scalar | None = None
    distinct: bool = False
    designates_type: bool = False
    sensitive: bool = False
    masked_under_age: int | None = None
    unit: str = ""
    example: str = ""
    defined_in: str = ""
    #: What others call it, in any language, as of a code.
    aliases: tuple[str, ...] = ()
    origin: Origin = NOWHERE

    @property
    def text(self) -> str:
        """The element path of its label, without the last word: `NameParts.family_name`."""
        return f"{self.defined_in or 'slots'}.{self.name}"


def values(slot: Slot) -> Iterator[Slot]:
    """A slot and the parts of its choices: every single range that a value of it may have."""
    yield slot
    for choice in slot.choices:
        for part in choice.parts:
            yield from values(part)


#: The choices of which a value has one range.
_EITHER: tuple[Joined, ...] = ("any_of", "exactly_one_of")


def single_ranges(slot: Slot) -> Iterator[Slot]:
    """The ranges one of which a value of a slot has: its own, or those between which it chooses."""
    parts = [part for choice in slot.choices if choice.word in _EITHER for part in choice.parts]
    if slot.kind is not Kind.ANY or not parts:
        yield slot
    else:
        for part in parts:
            yield from single_ranges(part)


def class_ranges(slot: Slot) -> Iterator[str]:
    """The classes of which a value of a slot may be."""
    return (part.range for part in values(slot) if part.kind is Kind.CLASS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on an object of a class: if `when` is certain, `then` must be possible.

    `code` is stable and public; `title` is the sentence an officer reads.
    """

    code: str
    level: Level
    title: str
    then: Condition
    when: Condition | None = None
    otherwise: Condition | None = None
    rule_ref: str = ""
    defined_in: str = ""
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """Slots whose values together may not repeat in a list of the class."""

    name: str
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassCheck:
    """A named check over a whole object, such as the order of two dates."""

    check: str
    level: Level
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the server treats the messages of a type, as its annotations say.

    `family` is the abstract class under which lists show the type (Notice, Diffusion).
    `retention` is the longest time that a message is kept without a new decision, an ISO 8601
    duration in years or months (`P5Y`), empty without a limit. `entered_by` names the fields that
    lead to a country which must be the sender's own. `answered_by` is the type of the answer,
    `reported_by` the type that tells the owner of what a query found.
    """

    family: str = ""
    notice_type: str = ""
    colour: str = ""
    routing: Routing = "direct"
    headline: str = ""
    short_title: str = ""
    retention: str = ""
    effect: Effect = "none"
    sender: Sender = "any"
    entered_by: str = ""
    answered_by: str = ""
    reported_by: str = ""


@dataclass(frozen=True, slots=True)
class Class:
    """A class with all its slots, its own and inherited ones, in the order of the form.

    `number_range` names the slots of the first and the last number, where its objects stand for all
    the numbers from one to the other.
    An innocent one describes somebody whose identity the subject of a message used (SIS-62).
    """

    name: str
    title: str
    description: str
    slots: tuple[Slot, ...]
    rules: tuple[Rule, ...] = ()
    unique_keys: tuple[UniqueKey, ...] = ()
    checks: tuple[ClassCheck, ...] = ()
    ancestors: tuple[str, ...] = ()
    abstract: bool = False
    mixin: bool = False
    open: bool = False
    #: What a type designator may say of an object of this class, its usual name first.
    designations: tuple[str, ...] = ()
    treatment: Treatment | None = None
    thread: Thread = "never"
    canonical: str | None = None
    number_range: tuple[str, str] | None = None
    widget: str = "group"
    innocent: bool = False
    #: What others call it, in any language, as of a code.
    aliases: tuple[str, ...] = ()
    origin: Origin = NOWHERE

    @property
    def is_message(self) -> bool:
        """Whether it is a message type."""
        return self.treatment is not None

    def slot(self, name: str) -> Slot:
        """The slot of that name; KeyError when there is none."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Group:
    """A section of a form, in the order of `rank`; a folded one opens when something stands in it."""

    name: str
    title: str
    description: str = ""
    rank: int = 0
    folded: bool = False
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Translation:
    """One string in one language and how far it can be trusted: cldr, machine or reviewed.

    `source` is the English that it translates. It is voided when somebody approved it and one of
    the two texts has changed since.
    """

    text: str
    state: str
    source: str
    voided: bool = False


@dataclass(frozen=True)
class Standard:
    """The whole standard, resolved."""

    name: str
    title: str
    version: str
    types: Mapping[str, Type]
    code_lists: Mapping[str, CodeList]
    classes: Mapping[str, Class]
    groups: Mapping[str, Group]
    #: language -> element path ("Person.family_name.title") -> translation; English is not here.
    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)
    adapters: Mapping[str, Adapter] = field(default_factory=dict)
    #: country -> its own, tighter forms.
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    license: str = ""
    #: The files it was read from.
    inputs: tuple[Path, ...] = ()

    def messages(self) -> tuple[Class, ...]:
        """The message types, in the order of the model."""
        return tuple(c for c in self.classes.values() if c.is_message)

    @cached_property
    def _heirs(self) -> Mapping[str, tuple[Class, ...]]:
        found: dict[str, list[Class]] = {}
        for class_ in self.classes.values():
            if not class_.abstract and not class_.mixin:
                for name in (class_.name, *class_.ancestors):
                    found.setdefault(name, []).append(class_)
        return {name: tuple(classes) for name, classes in found.items()}

    def designator(self, name: str) -> Slot | None:
        """The slot that says which class an object is, where a value with that range has one."""
        return next((slot for slot in self.classes[name].slots if slot.designates_type), None)

    def concrete(self, name: str) -> tuple[Class, ...]:
        """The classes that a value with that range may be: all heirs where one is told from another.

        Without a type designator an object is of the class itself; of an abstract one it is of any heir.
        A mixin that nobody uses stands for itself.
        """
        class_, heirs = self.classes[name], self._heirs.get(name, ())
        if class_.mixin and not heirs:
            return (class_,)
        return (class_,) if class_ in heirs and self.designator(name) is None else heirs

    def alternatives(self, slot: Slot) -> tuple[tuple[Class, ...], tuple[Slot, ...]]:
        """The classes of which a value of a slot may be, and the other ranges that it may have."""
        classes: dict[str, Class] = {}
        others = []
        for part in single_ranges(slot):
            if part.kind is Kind.CLASS:
                classes |= {class_.name: class_ for class_ in self.concrete(part.range)}
            else:
                others.append(part)
        return tuple(classes.values()), tuple(others)

    def languages(self) -> tuple[str, ...]:
        """English and every language that has a catalogue."""
        return ("en", *sorted(self.translations))

    @cached_property
    def _reachable(self) -> tuple[Class, ...]:
        seen: set[str] = set()
        queue = [c.name for c in self.messages()]
        while queue:
            name = queue.pop()
            if name not in seen:
                seen.add(name)
                for slot in self.classes[name].slots:
                    queue.extend(c.name for range_ in class_ranges(slot) for c in self.concrete(range_))
        return tuple(c for c in self.classes.values() if c.name in seen)

    def reachable(self) -> tuple[Class, ...]:
        """Concrete classes that stand in some message, the messages included, in model order."""
        return self._reachable

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every string a reader can see, as (element path, English), each path once.

        A field is translated where its label was said, so one translation serves every class
        that inherits it.
        """
        said: dict[str, str] = {}

        def say(path: str, title: str, description: str = "") -> None:
            said.setdefault(f"{path}.title", title)
            if description:
                said.setdefault(f"{path}.description", description)

        for group in self.groups.values():
            say(f"groups.{group.name}", group.title, group.description)
        for class_ in self.classes.values():
            say(class_.name, class_.title, class_.description)
            for slot in class_.slots:
                say(slot.text, slot.title, slot.description)
            for rule in class_.rules:
                if rule.title:
                    say(f"rules.{rule.code}", rule.title)
        for code_list in self.code_lists.values():
            say(code_list.name, code_list.title, code_list.description)
            for code in code_list.codes:
                say(f"{code_list.name}.{code.code}", code.title, code.description)
        used = {
            part.range for class_ in self.classes.values() for slot in class_.slots for part in values(slot)
        }
        for type_ in self.types.values():
            if type_.name in used:
                say(type_.name, type_.title, type_.description)
        yield from said.items()
