"""Resolves an adapter against the standard: places and fields that exist, converters that fit.

What cannot hold for every record is refused here, before the first one, with file, line and a hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from anyascii import anyascii

from ilink_generators.adapters.language import Adapter, CodeTable, Rule
from ilink_generators.adapters.units import factor
from ilink_generators.model_text import ModelFault
from ilink_generators.python_text import Call, Source
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard
from ilink_generators.well_formed import near
from ilink_runtime.adapters.formats.entries import Spec
from ilink_runtime.adapters.formats.fixed_width import columns
from ilink_runtime.envelope import HASH

_STEP = re.compile(r"(?P<name>[^.\[\]]+)(?:\[(?P<key>[^=\]]+)=(?P<value>[^\]]+)\])?")
RuleKind = Literal["value", "join", "part", "constant", "each", "zip", "drop", "latin"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a field's path; with a choice it is the first object of a list with that value."""

    name: str
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the standard as an adapter reaches it."""

    steps: tuple[Step, ...]
    slot: Slot
    holder: Class

    @property
    def outer(self) -> tuple[Step, ...]:
        """The steps to the object that holds it."""
        return self.steps[:-1]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.steps[-1].name


@dataclass(frozen=True, slots=True)
class Resolved:
    """A rule whose places and fields are known to fit."""

    kind: RuleKind
    rule: Rule
    places: tuple[tuple[str, ...], ...]
    fields: tuple[Field, ...]
    converter: Call | Source | None = None  # none carries a text as it stands
    constant: str | int | bool | None = None
    default: str | int | bool | None = None
    rules: tuple[Resolved, ...] = ()
    #: The place that decides whether it applies, and the values there for which it does.
    when: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    #: The place that confirms the century of a date of two digits.
    century_from: tuple[str, ...] | None = None

    @property
    def read_places(self) -> tuple[tuple[str, ...], ...]:
        """Its places and the one that decides about it."""
        said = [] if self.when is None else [self.when[0]]
        return (*self.places, *said, *([] if self.century_from is None else [self.century_from]))

    @property
    def of_scalars(self) -> bool:
        """Whether it makes objects of a list of scalars, whose only place is `.`."""
        return any(place == (".",) for rule in self.rules for place in rule.places)

    @property
    def only(self) -> bool:
        """Whether a record that does not say its constant is none of the adapter's."""
        return self.kind == "constant" and self.rule.get("only") == "yes"

    @property
    def reads(self) -> bool:
        """Whether it serves records that come in."""
        return self.rule.direction != "out"

    @property
    def writes(self) -> bool:
        """Whether it serves messages that go out; a machine's transliteration never does."""
        return self.rule.direction != "in" and self.kind != "latin"


def condition(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The place of `PLACE = one | other` and the values there; None when it is not written so."""
    place, found, values = text.partition("=")
    few = tuple(value.strip() for value in values.split("|"))
    return (place.strip(), few) if found and place.strip() and all(few) else None


class Resolver:
    """Resolves the rules of one adapter; faults are collected, not raised."""

    def __init__(self, standard: Standard, adapter: Adapter, faults: list[ModelFault]) -> None:
        self._standard = standard
        self._adapter = adapter
        self._faults = faults
        self._nested = adapter.format.type in ("json", "xml")

    def rules(self) -> tuple[Resolved, ...]:
        """The rules of the adapter; none when it names no message type that there is."""
        message = self._standard.classes.get(self._adapter.message)
        if message is None or not message.is_message:
            known = [c.name for c in self._standard.messages()]
            hint = near(self._adapter.message, known, "")
            self._faults.append(
                ModelFault(
                    "refused",
                    self._adapter.origin.file,
                    self._adapter.origin.line,
                    "message",
                    f"no such message type: {self._adapter.message}.",
                    hint,
                )
            )
            return ()
        self._check_names()
        return tuple(self._resolved(self._adapter.rules, message))

    def _check_names(self) -> None:
        """Each table is a constant of the compiled adapter, so that their names must differ there too."""
        taken: dict[str, str] = {}
        for name, table in self._adapter.codes.items():
            other = taken.setdefault(ident(name), name)
            if other != name:
                what = f"{name} and {other} are the same word in ASCII."
                self._refuse_at(table.origin.file, table.origin.line, f"codes.{name}", what, "Rename one.")

    def _resolved(self, rules: tuple[Rule, ...], holder: Class) -> Iterator[Resolved]:
        for rule in rules:
            found = self._rule(rule, holder)
            if found is not None:
                century = rule.get("century_from")
                yield replace(
                    found,
                    default=self._default(rule, found),
                    when=self._when(rule),
                    century_from=self._place(century) if century else None,
                )

    def _rule(self, rule: Rule, holder: Class) -> Resolved | None:
        places = tuple(self._place(place) for place in rule.places)
        fields = [self._field(rule, path, holder) for path in rule.fields]
        if any(field is None for field in fields):
            return None
        known = tuple(field for field in fields if field is not None)
        if rule.get("drop") is not None:
            return self._dropped(rule, places)
        if rule.get("constant") is not None:
            return self._constant(rule, places, known)
        if rule.rules:
            return self._list(rule, places, known)
        if not places or not known:
            missing = "place" if not places else "field"
            self._refuse(rule, missing, f"it names no {missing}.", "Add it, or say constant or drop.")
            return None
        if len(places) > 1:
            separator = rule.get("join")
            if separator is None or len(known) != 1:
                self._refuse(rule, "places", "several places are one field only with join: “ ”.")
                return None
            return Resolved("join", rule, places, known, Call("Joined", (separator, len(places))))
        if rule.get("transliterate") is not None:
            return self._latin(rule, places, known)
        if rule.get("mrz") is not None:
            return self._names(rule, places, known)
        if len(known) > 1:
            separator = rule.get("split")
            if separator is None:
                self._refuse(rule, "fields", "one place is several fields only with split: “, ”.")
                return None
            return Resolved("part", rule, places, known, Call("Joined", (separator, len(known))))
        return Resolved("value", rule, places, known, self._converter(rule, known[0]))

    def _when(self, rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        text = rule.get("when")
        if text is None:
            return None
        if rule.get("constant") is not None and rule.fields:
            self._refuse(rule, "when", "a field that is constant is so in every record.", "Take when: out.")
            return None
        found = condition(text)
        if found is None:
            self._refuse(
                rule, "when", f"when: {text} is no condition.", "Write it as when: PLACE = one | other."
            )
            return None
        return self._place(found[0]), found[1]

    def _default(self, rule: Rule, found: Resolved) -> str | int | bool | None:
        text = rule.get("default")
        if text is None:
            return None
        slot = found.fields[0].slot if found.fields else None
        if found.kind != "value" or slot is None or slot.multivalued or slot.kind is Kind.CLASS:
            self._refuse(rule, "default", "a default stands for one field with one value.")
            return None
        return self._typed_value(rule, "default", slot, text)

    def _typed_value(self, rule: Rule, word: str, slot: Slot, text: str) -> str | int | bool:
        """A value of the standard as the adapter writes it."""
        if slot.kind is Kind.CODE:
            self._check_code(rule, word, slot, text)
            return text
        type_ = self._standard.types[slot.range]
        if type_.base == "boolean":
            if text not in ("true", "false"):
                self._refuse(rule, word, f"{slot.name} is true or false, not {text}.")
            return text == "true"
        if type_.base in ("integer", "number"):
            if not text.lstrip("-").isdigit():
                self._refuse(rule, word, f"{slot.name} is a number, not {text}.")
                return 0
            return int(text)
        if type_.pattern and not re.search(type_.pattern, text):
            self._refuse(
                rule,
                word,
                f"{slot.name} cannot be {text}.",
                f"It is like {type_.example}." if type_.example else "",
            )
        return text

    def _latin(
        self, rule: Rule, places: tuple[tuple[str, ...], ...], fields: tuple[Field, ...]
    ) -> Resolved | None:
        slot = fields[0].slot
        if len(places) != 1 or len(fields) != 1 or slot.kind is not Kind.TYPE or slot.multivalued:
            self._refuse(rule, "transliterate", "one place is transliterated into one field of text.")
            return None
        return Resolved("latin", rule, places, fields)

    def _dropped(self, rule: Rule, places: tuple[tuple[str, ...], ...]) -> Resolved | None:
        if not (rule.get("drop") or "").strip():
            self._refuse(rule, "drop", "say why it is dropped.")
        return Resolved("drop", rule, places, ())

    def _constant(
        self, rule: Rule, places: tuple[tuple[str, ...], ...], fields: tuple[Field, ...]
    ) -> Resolved | None:
        text = rule.get("constant") or ""
        if len(places) + len(fields) != 1:
            self._refuse(rule, "constant", "a constant stands for one field or one place.")
            return None
        value: str | int | bool = text
        if fields:
            slot = fields[0].slot
            if slot.kind is Kind.CLASS:
                self._refuse(rule, "constant", f"{slot.name} is an object; name one of its fields.")
                return None
            value = self._typed_value(rule, "constant", slot, text)
            if rule.get("only") is not None:
                self._refuse(rule, "only", "only a place can be the only thing that a record may say.")
        return Resolved("constant", rule, places, fields, constant=value)

    def _list(
        self, rule: Rule, places: tuple[tuple[str, ...], ...], fields: tuple[Field, ...]
    ) -> Resolved | None:
        if len(fields) != 1 or fields[0].slot.kind is not Kind.CLASS or not fields[0].slot.multivalued:
            self._refuse(rule, "field", "rules within a rule need a field that is a list of objects.")
            return None
        separator = rule.get("zip")
        if separator is None and len(places) != 1:
            self._refuse(rule, "each", "name the one national list with each: or several places with zip:.")
            return None
        if separator is not None and len({place[:-1] for place in places}) != 1:
            self._refuse(rule, "zip", "the places of a zip stand in one object.")
            return None
        inner_class = self._standard.concrete(fields[0].slot.range)[0]
        inner = tuple(self._resolved(rule.rules, inner_class))
        if separator is not None:  # a zip's own rules stand in the object that holds its columns
            inner = tuple(replace(one, places=tuple(place[-1:] for place in one.places)) for one in inner)
        return Resolved("each" if separator is None else "zip", rule, places, fields, rules=inner)

    def _names(
        self, rule: Rule, places: tuple[tuple[str, ...], ...], fields: tuple[Field, ...]
    ) -> Resolved | None:
        """A family name and forenames in one place of a machine-readable zone."""
        if rule.get("mrz") != "names" or len(fields) != 2 or self._adapter.format.type != "fixed":
            self._refuse(rule, "mrz", "say mrz: names, with the fields of the surname and of the forenames.")
            return None
        said = {places[0][0]: self._adapter.format.columns.get(places[0][0], "")}
        try:
            (column,) = columns(Spec("fixed", columns=said))
        except ValueError:
            return None  # the format says what is wrong with it
        return Resolved("part", rule, places, fields, Call("MrzName", ("<<", 2, column.end - column.start)))

    # -- fields and places ---------------------------------------------------------------------

    def _place(self, text: str) -> tuple[str, ...]:
        return tuple(text.split("/")) if self._nested else (text,)

    def _field(self, rule: Rule, path: str, holder: Class) -> Field | None:
        steps: list[Step] = []
        slot: Slot | None = None
        inside = holder
        parts = path.split(".")
        for index, part in enumerate(parts):
            match = _STEP.fullmatch(part)
            name = match["name"] if match else part
            found = next((one for one in inside.slots if one.name == name), None)
            if match is None or found is None:
                hint = near(name, [one.name for one in inside.slots], "")
                self._refuse(rule, "field", f"{inside.name}.{name}: no such field.", hint)
                return None
            slot, last = found, index == len(parts) - 1
            steps.append(Step(name, match["key"] or "", match["value"] or ""))
            if last:
                return Field(tuple(steps), slot, inside)
            if slot.kind is not Kind.CLASS:
                self._refuse(rule, "field", f"{inside.name}.{name} is no object; nothing stands below it.")
                return None
            inside = self._standard.concrete(slot.range)[0]
            if slot.multivalued and not match["key"]:
                what = f"{name} is a list; use each:, or choose one as {name}[{inside.slots[0].name}=…]."
                self._refuse(rule, "field", what)
                return None
            if match["key"]:
                chosen = next((one for one in inside.slots if one.name == match["key"]), None)
                if chosen is None:
                    hint = near(match["key"], [one.name for one in inside.slots], "")
                    self._refuse(rule, "field", f"{inside.name}.{match['key']}: no such field.", hint)
                    return None
                if chosen.kind is Kind.CODE:
                    self._check_code(rule, "field", chosen, match["value"])
        return None

    # -- converters ----------------------------------------------------------------------------

    def _converter(self, rule: Rule, field: Field) -> Call | Source | None:
        slot = field.slot
        inner = self._single(rule, slot)
        if not slot.multivalued:
            return inner
        one = inner if inner is not None else Call("Text")
        separator = rule.get("split")
        if separator is not None:
            return Call("Split", (separator, one))
        return Call("Several", (one,), {"alone": True} if self._adapter.format.type == "xml" else {})

    def _single(self, rule: Rule, slot: Slot) -> Call | Source | None:
        if slot.kind is Kind.CLASS:
            return self._text_in_language(rule, slot)
        if slot.kind is Kind.CODE:
            return self._codes(rule, slot)
        if rule.get("content") is not None:
            return self._content(rule, slot)
        base = self._standard.types[slot.range].base
        if rule.formats:
            return self._dates(rule, slot)
        if base in ("integer", "number"):
            return self._number(rule, base)
        if base == "boolean":
            return self._yes_or_no(rule)
        if rule.get("codes") is not None:
            return self._codes(rule, slot)
        if self._standard.types[slot.range].widget in ("date", "partial_date"):
            self._refuse(
                rule, "field", f"{slot.name} is a date; say how the country writes it, date: yyyy-mm-dd."
            )
        if unknown := rule.get("unknown"):
            return Call("Text", (), {"unknown": Call("", tuple(unknown.split("\n")))})
        return None

    def _content(self, rule: Rule, slot: Slot) -> Call:
        """A file that stands in the record: its hash goes into the message."""
        if rule.get("content") != "base64" or slot.range != HASH or slot.multivalued:
            hint = f"Say content: base64, and name a field of the type {HASH}."
            self._refuse(rule, "content", f"{slot.name} holds no file.", hint)
        if rule.direction != "in":
            hint = "Say direction: in, and the reason."
            self._refuse(rule, "content", "a file comes in only; what goes out names it by its hash.", hint)
        return Call("Base64")

    def _text_in_language(self, rule: Rule, slot: Slot) -> Call | None:
        language = rule.get("language")
        inside = self._standard.concrete(slot.range)[0]
        if not {"text", "language"} <= {one.name for one in inside.slots}:
            hint = f"Name one of its fields, such as {slot.name}.{inside.slots[0].name}."
            self._refuse(rule, "field", f"{slot.name} is an object.", hint)
            return None
        if language is None:
            self._refuse(rule, "field", f"{slot.name} is free text; say in which language, language: fr.")
            return None
        return Call("InLanguage", (language,))

    def _dates(self, rule: Rule, slot: Slot) -> Call:
        type_ = self._standard.types[slot.range]
        if type_.base != "string" and type_.base != "date":
            self._refuse(rule, "date", f"{slot.name} is no date.")
        named: dict[str, object] = {}
        calendar = rule.get("calendar") or "gregorian"
        if calendar not in ("gregorian", "hijri"):
            self._refuse(rule, "calendar", f"“{calendar}” is not one of gregorian, hijri.")
        if calendar == "hijri":
            named["hijri"] = True
        if rule.get("unknown"):
            named["unknown"] = rule.get("unknown")
        if (century := self._whole(rule, "century")) is not None:
            named["century"] = century
        if any("yy" in text.replace("yyyy", "") for text in rule.formats) and not (
            century is not None or rule.get("century_from")
        ):
            hint = "Say where it is confirmed, century_from: PLACE, or for dates to come, century: 2000."
            self._refuse(rule, "date", "two digits of a year leave the century open.", hint)
        if rule.get("digits_script") == "arabic":
            named["arabic"] = True
        if type_.check == "date":
            named["whole"] = True
            for text in rule.formats:
                if "mm" not in text or "dd" not in text:
                    what = f"{slot.name} is a whole day, and {text} is none."
                    self._refuse(rule, "date", what, "Take this format out.")
        return Call("Dates", (Call("", rule.formats),), named)

    def _number(self, rule: Rule, base: str) -> Call:
        named: dict[str, object] = {}
        if rule.get("decimal"):
            named["decimal"] = rule.get("decimal")
        if rule.get("group"):
            named["group"] = rule.get("group")
        if unit := rule.get("unit"):
            both = unit.split("\n")
            if both[0] in ("ft-in", "ftin") and both[1:] == ["cm"]:
                return Call("FeetInches", (), {"marked": both[0] == "ft-in"})
            ratio = factor(both[0], both[-1]) if len(both) == 2 else None
            if ratio is None:
                self._refuse(rule, "unit", "say the national unit and the standard's, unit: [m, cm].")
            else:
                named["factor"] = Call("Decimal", (str(ratio),))
        if (digits := self._whole(rule, "digits")) is not None:
            named["digits"] = digits
        if base == "number":
            named["whole"] = False
        if self._adapter.format.type == "json" and rule.get("decimal") is None:
            named["as_text"] = False
        if rule.get("unknown") is not None:
            named["unknown"] = Call("", tuple((rule.get("unknown") or "").split("\n")))
        if rule.get("digits_script") == "arabic":
            named["arabic"] = True
        return Call("Number", (), named)

    def _whole(self, rule: Rule, word: str) -> int | None:
        """A whole number that a rule says."""
        text = rule.get(word)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            self._refuse(rule, word, f"{word}: {text} is no whole number.")
            return None
        return int(text)

    def _yes_or_no(self, rule: Rule) -> Call:
        if rule.get("yes") is None:
            return Call("Truth")
        yes, no = ((rule.get(word) or "").split("\n") for word in ("yes", "no"))
        return Call("Words", (Call("", tuple(yes)), Call("", tuple(no))))

    def _codes(self, rule: Rule, slot: Slot) -> Call | Source | None:
        name = rule.get("codes")
        code_list = self._standard.code_lists.get(slot.range) if slot.kind is Kind.CODE else None
        if name is None:
            if code_list is not None and not code_list.open:
                self._refuse(
                    rule, "field", f"{slot.name} is a code of {slot.range}; say which table, codes: …"
                )
            return None
        table = self._adapter.codes.get(name)
        if table is None:
            self._refuse(rule, "codes", f"no such table: {name}.", near(name, self._adapter.codes, ""))
            return None
        if table.mapped and not table.rows:
            what = f"{table.standard_list or 'no list'} is mapped to no {table.mapped}."
            hint = "Name the standard's list under standard:, and one of the lists of its exact_mappings."
            self._refuse_at(table.origin.file, table.origin.line, f"codes.{name}", what, hint)
        said = table.standard_list.split()[:1]
        if said and said != [slot.range]:
            what = f"the table is for {said[0]}, and {slot.name} is of {slot.range}."
            self._refuse(rule, "codes", what, near(slot.range, self._adapter.codes, ""))
        if code_list is not None:
            self._check_table(table, code_list)
        codes = Source(f"CODES_{ident(name)}")
        return self._listed(table, codes) if table.xoev else codes

    def _listed(self, table: CodeTable, codes: Source) -> Call:
        """A code with its list and version, which the table names."""
        uri, _, version = table.national_list.rpartition(" ")
        if not uri or self._adapter.format.type != "xml":
            what = "a code of XÖV is an element of XML with its list and version."
            hint = "Say them as national: urn:… 1.0"
            self._refuse_at(table.origin.file, table.origin.line, f"codes.{table.name}.xoev", what, hint)
        return Call("Listed", (codes, uri, version))

    def _check_table(self, table: CodeTable, code_list: CodeList) -> None:
        known = set(code_list.texts)
        for national, code in table.rows:
            if code and code not in known and not code_list.open:
                what = f"{code_list.name} has no code {code}."
                self._refuse_at(
                    table.origin.file,
                    table.origin.line,
                    f"codes.{table.name}.{national}",
                    what,
                    near(code, known, ""),
                )
        if table.otherwise is not None and table.otherwise not in known:
            what = f"{code_list.name} has no code {table.otherwise}."
            self._refuse_at(
                table.origin.file,
                table.origin.line,
                f"codes.{table.name}.otherwise",
                what,
                near(code, known, ""),
            )
        if table.same or table.mapped or table.back_otherwise is not None:
            return
        missing = [
            code
            for code in code_list.texts
            if code not in {to for _from, to in table.rows}
            and code not in table.without
            and code not in table.back
        ]
        if missing:
            what = f"the country has no code for {', '.join(missing)}."
            hint = "Add rows, or say why under without:, or what to write instead with back_otherwise:."
            self._refuse_at(table.origin.file, table.origin.line, f"codes.{table.name}", what, hint)

    def _check_code(self, rule: Rule, word: str, slot: Slot, code: str) -> None:
        code_list = self._standard.code_lists[slot.range]
        if code not in code_list.texts and not code_list.open:
            self._refuse(rule, word, f"{slot.range} has no code {code}.", near(code, code_list.texts, ""))

    def _refuse(self, rule: Rule, word: str, message: str, hint: str = "") -> None:
        element = ", ".join(rule.fields or rule.places)
        self._refuse_at(rule.origin.file, rule.origin.line, element, message, hint)

    def _refuse_at(self, file: str, line: int, element: str, message: str, hint: str) -> None:
        self._faults.append(ModelFault("refused", file, line, element, message, hint))


def with_mappings(adapter: Adapter, standard: Standard) -> Adapter:
    """The adapter with the rows of its code tables that the model says; what the file says wins."""
    return replace(adapter, codes={name: _mapped(table, standard) for name, table in adapter.codes.items()})


def _mapped(table: CodeTable, standard: Standard) -> CodeTable:
    code_list = standard.code_lists.get(table.standard_list)
    if not table.mapped or code_list is None:
        return table
    said = (
        (mapping.removeprefix(f"{table.mapped}:"), code.code)
        for code in code_list.codes
        for mapping in code.mappings
        if mapping.startswith(f"{table.mapped}:")
    )
    known = dict(table.rows)
    return replace(table, rows=(*table.rows, *(row for row in said if row[0] not in known)))


def ident(text: str) -> str:
    """A Python name in capitals out of any text, whose letters are transliterated."""
    found = re.sub(r"[^A-Za-z0-9]+", "_", anyascii(text)).strip("_").upper()
    return found if found and not found[0].isdigit() else f"N_{found}"


def table_call(table: CodeTable) -> Call:
    """The constant of a code table."""
    named: Mapping[str, object] = {
        key: value
        for key, value in (
            ("otherwise", table.otherwise),
            ("back_otherwise", table.back_otherwise),
            ("same", table.same or None),
            ("back", dict(table.back) or None),
        )
        if value is not None
    }
    return Call("Codes", (Call("", tuple(Call("", row) for row in table.rows), brackets="[]"),), named)
