"""The converter of a place by its field and its values: what a rule says beside place and field."""

from __future__ import annotations

from typing import Any

from ilink_generators.adapters.likely import Match
from ilink_generators.adapters.proposed_tables import Tables
from ilink_generators.adapters.sample import Sample
from ilink_generators.adapters.written import Words, all_dates, dates, each, number, quoted, yes_or_no
from ilink_generators.standard import Kind, Standard, Type
from ilink_runtime.conditions import matches

#: So likely a field needs no question.
SURE = 0.9
#: What may stand between several values in one place.
_MARKS = "|;,/،؛"


class Converters:
    """The converters of a proposed adapter, and the code tables that they name."""

    def __init__(self, standard: Standard, tables: Tables, sample: Sample, language: str) -> None:
        self._standard, self.tables, self.language = standard, tables, language
        self._type, self._texts = sample.format["type"], list(sample.texts())

    def of(self, place: str, match: Match, seen: list[Any]) -> Words | None:
        """The converter of a place, as words of its rule; None when the values do not fit."""
        slot, values = match.target.slot, each(seen)
        texts, split = [str(value) for value in values], ""
        if slot.multivalued:
            mark = next((mark for mark in _MARKS if any(mark in text for text in texts)), "")
            many = self._type == "xml" or any(isinstance(one, list) for one in seen)
            if mark or not many:
                split = f", split: {quoted(mark or ',')}"
                texts = [part.strip() for text in texts for part in text.split(mark or ",") if part.strip()]
        if slot.kind is Kind.CLASS:
            return None if all_dates(values) else Words(f", language: {self.language}")
        if slot.kind is Kind.CODE:
            named = match.score > SURE and match.target.rank[0] < 3
            words = self.tables.of(place, slot.range, texts, named=named and len(set(texts)) < 8)
        elif slot.kind is Kind.TYPE:
            words = self._typed(self._standard.types[slot.range], place, values if not split else texts)
        else:
            words = None
        return None if words is None else words._replace(said=words.said + split)

    def _typed(self, type_: Type, place: str, values: list[Any]) -> Words | None:
        if type_.widget in ("date", "partial_date") or type_.check in ("date", "partial_date"):
            return dates(type_, values, self._texts)
        if type_.base in ("integer", "number"):
            return number(type_, values, place, self._type == "json")
        if type_.base == "boolean":
            return yes_or_no(values, self._type == "json")
        texts = [str(value) for value in values]
        if all_dates(values) or any(isinstance(value, bool) for value in values):
            return None
        fits = type_.pattern is None or not texts or any(matches(type_.pattern, text) for text in texts)
        return Words() if fits else None

    def shown(self, values: list[Any]) -> str:
        """What the values of a place show for a rule, whatever its field is."""
        type_ = self._standard.types.get("PartialDate") or self._standard.types["date"]
        words = dates(type_, values, self._texts) if all_dates(values) else None
        words = words or (yes_or_no(values, self._type == "json") if values else None)
        return words.said if words is not None else ""
