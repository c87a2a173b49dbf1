"""The adapter language: what one `adapter.yaml` says, as data, with the line of each rule.

An adapter is a list of rules. Most rules name a place of the national record, a field of the standard
and a converter; the same rule serves both directions. There are no expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ilink_generators.origin import NOWHERE, Origin

FormatType = Literal["json", "xml", "csv", "fixed", "keyed"]
Direction = Literal["both", "in", "out"]


@dataclass(frozen=True, slots=True)
class Format:
    """How the national records are written: `options` are the words of that format, as text."""

    type: FormatType
    encoding: str = "utf-8"
    options: Mapping[str, str] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Of fixed width: the columns over which each check digit counts, and where a long value goes on.
    check_digits: Mapping[str, str] = field(default_factory=dict)
    continues: Mapping[str, str] = field(default_factory=dict)
    #: Of a list of named objects: of which kind each one is.
    kinds: Mapping[str, str] = field(default_factory=dict)
    #: Of XML: what stands at a place that its schema does not let be missing, and the children of an
    #: element in the order of the schema, blanks between them.
    fills: Mapping[str, str] = field(default_factory=dict)
    sequences: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class CodeTable:
    """National codes and the standard's, with the list and version of both sides."""

    name: str
    rows: tuple[tuple[str, str], ...]
    national_list: str = ""
    standard_list: str = ""
    otherwise: str | None = None
    back_otherwise: str | None = None
    same: bool = False
    #: A code is an element with its list and version, as XÖV writes it; those of `national_list`.
    xoev: bool = False
    #: A list to which the model itself maps its codes (`iso3166a3`); those rows come with it.
    mapped: str = ""
    #: Standard codes for which the country has none, each with the reason why that is right.
    without: Mapping[str, str] = field(default_factory=dict)
    #: One-way rows: what is written for a standard code that the country says less exactly.
    back: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of an adapter; places and fields are as written, dots and slashes not yet resolved."""

    places: tuple[str, ...]
    fields: tuple[str, ...]
    says: Mapping[str, str]
    formats: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    direction: Direction = "both"
    origin: Origin = NOWHERE

    def get(self, word: str) -> str | None:
        """What the rule says by a word."""
        return self.says.get(word)


@dataclass(frozen=True, slots=True)
class Search:
    """How a country asks in its own format and is answered: candidates first, then one record whole."""

    #: What stands before the first key when somebody asks for a record.
    full: tuple[str, ...]
    #: The places of what the system knows: `reference`, `type`, `owner` …
    facts: Mapping[str, str]
    #: The places of a record that a candidate's line shows besides.
    shown: tuple[str, ...]
    #: The places of a fault in the country's own query: `line`, `place`, `text`.
    faults: Mapping[str, str]
    #: The place of what a record has no room for.
    lost: str
    #: The country's words: `no_hit`, `hit`, `hits` …
    words: Mapping[str, str]
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class Adapter:
    """A country's mapping of one format to one message type, in both directions.

    A file that says queries and records becomes several, one each, by the name `file.part`.
    """

    name: str
    title: str
    country: str
    official: str
    standard_version: str
    message: str
    format: Format
    language: str
    reference: str
    rules: tuple[Rule, ...]
    codes: Mapping[str, CodeTable]
    #: `PLACE = one | other`: the country takes back a record that says so.
    recall: str = ""
    #: Only the extract of a notice that its sender lets be made public goes out.
    extract: bool = False
    #: Places whose leftovers are kept in the central database for their owner, each with a reason.
    keep_central: Mapping[str, str] = field(default_factory=dict)
    #: Message types besides the first one that are written by the same rules.
    others: tuple[str, ...] = ()
    #: Of a part: what its file says of asking, and whether the part is a query.
    search: Search | None = None
    asks: bool = False
    origin: Origin = NOWHERE

    @property
    def module(self) -> str:
        """The name of its compiled module."""
        return self.name.replace("-", "_").replace(".", "_").lower()

    @property
    def file(self) -> str:
        """The name of the file that it is, or is a part of."""
        return self.name.partition(".")[0]

    @property
    def part(self) -> str:
        """Its own name within its file."""
        return self.name.partition(".")[2]
