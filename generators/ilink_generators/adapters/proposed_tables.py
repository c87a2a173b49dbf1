"""Code tables out of the values of a sample: what each means, by all that the standard's codes are called."""

from __future__ import annotations

import re

from ilink_generators.adapters.likely import codes_of, nearest, plain
from ilink_generators.adapters.resolve import ident
from ilink_generators.adapters.written import Words, all_dates, quoted
from ilink_generators.standard import CodeList, Standard

#: Codes of one field in a sample; more are hardly a code list of the country.
_FEW = 40
#: What a code list has for a country's code that nobody knows.
OPEN_CODES = ("unknown", "other", "U", "OTH", "OTHC", "OTHD")


class Tables:
    """The code tables of a proposed adapter, by their names; two that say the same are one."""

    def __init__(self, standard: Standard, adapter: str) -> None:
        self._standard, self._adapter = standard, adapter
        self._said: dict[str, tuple[str, list[str]]] = {}

    def lines(self, used: str) -> list[str]:
        """The tables that rules name, as lines of the file."""
        return [
            line
            for name, (place, body) in self._said.items()
            if f"codes: {quoted(name)}" in used
            for line in (f"  {quoted(name)}:", f"    national: {quoted(f'{self._adapter} {place}')}", *body)
        ]

    def of(self, place: str, list_name: str, values: list[str], *, named: bool) -> Words | None:
        """The converter of a field of codes; None when no value is known and the place is not `named` so."""
        code_list = self._standard.code_lists[list_name]
        seen = sorted(set(values))
        if code_list.open and (not code_list.codes or (seen and set(seen) <= set(code_list.texts))):
            return Words()
        if len(seen) > _FEW or all_dates(seen):
            return None
        own = set(seen) <= set(code_list.texts)
        called = {} if own else codes_of(self._standard, code_list)
        meant = {value: nearest(value, called) for value in seen} if not own else {}
        mapped = next((one for one in _mapped(code_list) if seen and not own and one[1] & set(seen)), None)
        if mapped is not None and len(mapped[1] & set(seen)) >= sum(
            code is not None for code in meant.values()
        ):
            meant = {value: code for value, code in meant.items() if value not in mapped[1]}
            return Words(f", codes: {quoted(self._table(place, code_list, meant, mapped[0]))}")
        if seen and not own and not any(meant.values()) and (code_list.open or not named):
            return None
        if not seen and not named:
            return None
        usual = next((one[0] for one in _mapped(code_list) if code_list.open), "")
        return Words(f", codes: {quoted(self._table(place, code_list, meant, usual))}")

    def _table(self, place: str, code_list: CodeList, meant: dict[str, str | None], mapped: str) -> str:
        rest = next((code for code in OPEN_CODES if code in code_list.texts), code_list.texts[-1])
        body = [f"    standard: {quoted(code_list.name)}"]
        if mapped:
            body.append(f"    mapped: {quoted(mapped)}")
        if meant:
            body.append("    rows:")
            body += [
                f"      {quoted(value)}: {quoted(code or rest)}{'' if code else '  # decide: what it means'}"
                for value, code in meant.items()
            ]
        elif not mapped:
            body.append('    same: "yes"  # decide: are these the standard\'s own codes? If not, give rows')
        if meant and not mapped and not set(code_list.texts) <= {code or rest for code in meant.values()}:
            body.append('    back_otherwise: ""  # decide: what is written for all other codes')
        return self._named(place, body, code_list.name, shared=not meant)

    def _named(self, place: str, body: list[str], list_name: str, *, shared: bool) -> str:
        """A name that no other table has, or that of the table which says the same."""
        for name, (_place, other) in self._said.items():
            if other == body:
                return name
        last = plain(re.sub("^[^:]*:", "", place.rpartition("/")[2]))
        stem = (plain(list_name) if shared else last).replace(" ", "-") or "codes"
        name, number = stem, 1
        while ident(name) in {ident(other) for other in self._said}:
            number += 1
            name = f"{stem}-{number}"
        self._said[name] = (place, body)
        return name


def _mapped(code_list: CodeList) -> list[tuple[str, set[str]]]:
    """The lists to which the model maps the codes of a list, with their codes."""
    found: dict[str, set[str]] = {}
    for code in code_list.codes:
        for mapping in code.mappings:
            prefix, _, other = mapping.partition(":")
            found.setdefault(prefix, set()).add(other)
    return list(found.items())
