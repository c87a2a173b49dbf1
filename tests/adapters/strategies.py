"""Records and messages for the laws, made from an adapter's own rules; each strategy is made once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from ilink_generators.adapters.language import Adapter, CodeTable
from ilink_generators.adapters.resolve import Resolved
from ilink_generators.standard import Class, Kind, Slot, Standard
from ilink_runtime.adapters.trees import alone

#: Texts that hold what mappings stumble over: separators, blanks, letters of other scripts, digits.
_LETTERS = "ABcd éñ'-.,;|/<0123456789ابت"
#: Values that no rule expects there.
_ODD: tuple[Any, ...] = (0, 7, 1.5, True, [], {}, ["x"], {"x": "y"})
Records = st.SearchStrategy[dict[str, Any]]


def records(adapter: Adapter, rules: tuple[Resolved, ...], standard: Standard) -> Records:
    """National records: places of the rules with values that fit and values that do not, and other places."""
    return _Records(adapter, standard).of(rules)


class _Records:
    def __init__(self, adapter: Adapter, standard: Standard) -> None:
        self._adapter, self._standard = adapter, standard
        letters = [letter for letter in _LETTERS if _fits(letter, adapter.format.encoding)]
        self._texts = st.text(letters, max_size=10)
        self._typed = adapter.format.type == "json"
        self._odd: st.SearchStrategy[Any] = st.sampled_from(_ODD) if self._typed else st.nothing()

    def of(self, rules: tuple[Resolved, ...]) -> Records:
        """Objects of a list of rules."""
        tree: dict[str, Any] = {"EXTRA": self._texts}
        for rule in rules:
            for place in rule.read_places if rule.reads or rule.kind == "constant" else ():
                inside = tree
                for name in place[:-1]:
                    below = inside.setdefault(name, {})
                    inside = below if isinstance(below, dict) else {}
                held = inside.get(place[-1])
                value = self._place(rule, place)
                inside[place[-1]] = value if held is None or isinstance(held, dict) else held | value
        return _dictionaries(tree)

    def _place(self, rule: Resolved, place: tuple[str, ...]) -> st.SearchStrategy[Any]:
        if rule.when is not None and place == rule.when[0]:
            return st.sampled_from(rule.when[1]) | self._texts
        if rule.of_scalars:
            inner = next(one for one in rule.rules if one.places)
            return st.lists(self._value(inner), max_size=3) | self._odd
        if rule.kind == "each":
            several = st.lists(self.of(rule.rules), max_size=3)
            # An element of XML that is not repeated is read as an object, never as a list of one.
            return (several.map(alone) if self._adapter.format.type == "xml" else several) | self._odd
        if rule.kind == "zip":
            inner = next((one for one in rule.rules if place in one.places), rule.rules[0])
            return st.lists(self._value(inner), max_size=3).map(
                lambda parts: (rule.rule.get("zip") or "").join(map(str, parts))
            )
        return self._value(rule)

    def _value(self, rule: Resolved) -> st.SearchStrategy[Any]:
        fitting = self._fitting(rule)
        separator = rule.rule.get("split")
        if rule.kind == "value" and rule.fields[0].slot.multivalued and separator is None:
            fitting = st.lists(fitting, max_size=3)
        elif rule.kind == "value" and separator is not None:
            fitting = st.lists(fitting.map(str), max_size=3).map(separator.join)
        return fitting | fitting | fitting | self._texts | self._odd

    def _fitting(self, rule: Resolved) -> st.SearchStrategy[Any]:
        if rule.kind == "constant":
            return st.just(rule.constant)
        if rule.rule.get("codes"):
            table = self._adapter.codes[rule.rule.get("codes") or ""]
            code = st.sampled_from([row[0] for row in table.rows] or ["X"])
            return _listed(table, code) if table.xoev else code
        if rule.rule.formats:
            return st.one_of([_dates(text) for text in rule.rule.formats])
        slot = rule.fields[0].slot if rule.fields else None
        base = self._standard.types[slot.range].base if slot and slot.kind is Kind.TYPE else "string"
        if base in ("integer", "number"):
            decimal = rule.rule.get("decimal") or "."
            said = st.decimals(0, 300, places=2).map(lambda number: str(number).replace(".", decimal))
            number = st.integers(0, 400) | st.sampled_from([1.5, 1.75, 80.0])
            return number if self._typed and rule.rule.get("decimal") is None else said
        if base == "boolean":
            words = f"{rule.rule.get('yes') or ''}\n{rule.rule.get('no') or ''}".split()
            return st.sampled_from(words) if words else st.booleans()
        return self._texts


def _listed(table: CodeTable, code: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A code with its list and version, or with another version, or none."""
    uri, _, version = table.national_list.rpartition(" ")
    said = {"@listURI": st.just(uri) | st.just("urn:zz:another"), "@listVersionID": st.just("0.9")}
    whole = st.fixed_dictionaries(
        {"@listURI": st.just(uri), "@listVersionID": st.just(version), "code": code}
    )
    return whole | st.fixed_dictionaries({"code": code}, optional=said)


def _dates(text: str) -> st.SearchStrategy[str]:
    def written(day: date) -> str:
        said = text.replace("yyyy", f"{day.year:04d}").replace("yy", f"{day.year % 100:02d}")
        return said.replace("mm", f"{day.month:02d}").replace("dd", f"{day.day:02d}")

    return st.dates(date(1300, 1, 1)).map(written)


def messages(standard: Standard, class_: Class, shape: Mapping[str, Any]) -> Records:
    """Messages of a type: what the adapter carries, often, and a little of all else, each of its type."""
    found: dict[str, Any] = {}
    others: list[st.SearchStrategy[dict[str, Any]]] = []
    for slot in class_.slots:
        if slot.designates_type:
            continue
        if slot.name in shape:
            found[slot.name] = _field(standard, slot, shape[slot.name])
        elif slot.kind is not Kind.CLASS:
            others.append(st.fixed_dictionaries({slot.name: _field(standard, slot, {})}))
    extra = st.one_of(others) if others else st.just({})
    whole = st.tuples(st.fixed_dictionaries({}, optional=found), st.just({}) | extra).map(
        lambda parts: {**parts[0], **parts[1]}
    )
    if not class_.is_message:
        return whole
    return whole.map(lambda message: {"message_type": class_.name, **message})


def _field(standard: Standard, slot: Slot, shape: Any) -> st.SearchStrategy[Any]:
    one = _one(standard, slot, shape)
    return st.lists(one, min_size=1, max_size=3) if slot.multivalued else one


def _one(standard: Standard, slot: Slot, shape: Any) -> st.SearchStrategy[Any]:
    if slot.kind is Kind.CLASS:
        inner = standard.concrete(slot.range)[0]
        if not isinstance(shape, dict):  # chosen ones of a list, or a text in a language
            choices: list[Any] = list(shape.args[0].args) if shape else []
            merged = {name: item for choice in choices for name, item in choice.args[2].items()}
            kinds = [{choice.args[0]: choice.args[1]} for choice in choices] or [{}]
            some = messages(standard, inner, merged or dict.fromkeys(("text", "language")))
            return st.tuples(some, st.sampled_from([{}, *kinds])).map(lambda two: {**two[0], **two[1]})
        return messages(standard, inner, shape).filter(bool)
    if slot.kind is Kind.CODE:
        return st.sampled_from(standard.code_lists[slot.range].texts or ("X",))
    type_ = standard.types[slot.range]
    match type_.base:
        case "integer":
            return st.integers(0, 400)
        case "number":
            return st.integers(0, 4000).map(lambda number: number / 10)
        case "boolean":
            return st.booleans()
    if type_.check == "date":
        return st.dates(date(1300, 1, 1)).map(str)
    if type_.check == "partial_date":
        few = st.sampled_from(["1980", "1980-05", "1980~", "1980-05~", "1980-05-17~"])
        return few | st.dates(date(1300, 1, 1)).map(str)
    return st.text(_LETTERS, min_size=1, max_size=10)


def _fits(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _dictionaries(tree: Mapping[str, Any]) -> Records:
    return st.fixed_dictionaries(
        {},
        optional={
            name: _dictionaries(value) if isinstance(value, dict) else value for name, value in tree.items()
        },
    )
