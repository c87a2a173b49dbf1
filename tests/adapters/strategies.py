"""Records and messages for the laws, made from an adapter's own rules."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Field, Resolved
from ilink_generators.standard import Class, Kind, Slot, Standard

_LETTERS = "ABCDEabcde éñ'-.,;|/0123456789"
_LATIN = st.text(_LETTERS, min_size=1, max_size=12)
_JUNK = st.one_of(_LATIN, st.just("\u200f"), st.just("  "))


def records(
    adapter: Adapter, rules: tuple[Resolved, ...], *, nested: bool
) -> st.SearchStrategy[dict[str, Any]]:
    """National records: places of the rules with values that fit and values that do not, and other places."""
    texts = _encodable(adapter.format.encoding)

    @st.composite
    def made(draw: st.DrawFn) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for rule in rules:
            if not rule.reads:
                continue
            for place in rule.places:
                if draw(st.integers(0, 9)) < 2:
                    continue
                holder = record
                for name in place[:-1]:
                    below = holder.setdefault(name, {})
                    holder = below if isinstance(below, dict) else {}
                holder[place[-1]] = draw(_value(adapter, rule, texts, nested))
        for name in draw(st.lists(st.sampled_from(["EXTRA", "OTHER"]), unique=True)):
            record[name] = draw(texts)
        return record

    return made()


def _value(adapter: Adapter, rule: Resolved, texts: Any, nested: bool) -> st.SearchStrategy[Any]:
    if rule.kind == "each":
        return st.lists(records(adapter, rule.rules, nested=nested), max_size=3)
    if rule.kind == "zip":
        separator = rule.rule.get("zip") or ""
        return st.lists(texts, max_size=3).map(separator.join)
    if rule.kind == "constant":
        return st.one_of(st.just(rule.constant), texts)
    said = [texts, st.just("")]
    if rule.rule.get("codes"):
        table = adapter.codes[rule.rule.get("codes") or ""]
        said += [st.sampled_from([row[0] for row in table.rows] or ["X"])] * 6
    if rule.rule.formats:
        said += [_dates(text, rule.rule.get("unknown") or "") for text in rule.rule.formats] * 4
    if rule.fields and _base(rule.fields[0]) == "number":
        decimal = rule.rule.get("decimal") or "."
        said += [
            st.integers(0, 400).map(str),
            st.decimals(0, 300, places=2).map(lambda d: str(d).replace(".", decimal)),
        ]
        if adapter.format.type == "json":
            said += [st.integers(0, 400), st.floats(0, 300).map(lambda f: round(f, 2))]
    one = st.one_of(*said)
    separator = rule.rule.get("split")
    if separator and rule.kind == "value":
        return st.lists(one.filter(lambda text: isinstance(text, str)), max_size=3).map(
            lambda parts: separator.join(map(str, parts))
        )
    if nested and rule.fields and rule.fields[0].slot.multivalued:
        return st.lists(one, max_size=3)
    return one


def _base(field: Field) -> str:
    return "number" if field.slot.range in ("HeightCm", "WeightKg", "Months", "integer") else "text"


def _dates(text: str, unknown: str) -> st.SearchStrategy[str]:
    def written(day: Any) -> str:
        said = text.replace("yyyy", f"{day.year:04d}").replace("yy", f"{day.year % 100:02d}")
        return said.replace("mm", f"{day.month:02d}").replace("dd", f"{day.day:02d}")

    return st.dates().map(written)


def _encodable(encoding: str) -> st.SearchStrategy[str]:
    def fits(text: str) -> bool:
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return False
        return text == text.strip()

    return st.one_of(_LATIN, _JUNK).filter(fits)


def messages(standard: Standard, class_: Class, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Messages of a type: fields of it with values of their type, valid or not matters not to a mapping."""

    @st.composite
    def made(draw: st.DrawFn) -> dict[str, Any]:
        found: dict[str, Any] = {"message_type": class_.name} if class_.is_message else {}
        for slot in class_.slots:
            if slot.designates_type or (
                not slot.required and draw(st.integers(0, 9)) < (4 if depth == 0 else 6)
            ):
                continue
            if slot.kind is Kind.CLASS and depth > 2:
                continue
            one = _of(standard, slot, depth)
            found[slot.name] = draw(st.lists(one, min_size=1, max_size=2) if slot.multivalued else one)
        return found

    return made()


def _of(standard: Standard, slot: Slot, depth: int) -> st.SearchStrategy[Any]:
    if slot.kind is Kind.CLASS:
        inner = standard.concrete(slot.range)[0]
        return messages(standard, inner, depth + 1).filter(bool)
    if slot.kind is Kind.CODE:
        return st.sampled_from(standard.code_lists[slot.range].texts)
    type_ = standard.types[slot.range]
    match type_.base:
        case "integer":
            return st.integers(0, 400)
        case "number":
            return st.floats(0, 400).map(lambda number: round(number, 1))
        case "boolean":
            return st.booleans()
    if type_.check == "date":
        return st.dates().map(str)
    if type_.check == "partial_date":
        return st.one_of(
            st.dates().map(str), st.integers(1900, 2026).map(str), st.just("1980-05"), st.just("1980~")
        )
    return _LATIN
