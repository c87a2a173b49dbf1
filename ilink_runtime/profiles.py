"""Profiles: the forms as one country has them, and what it asks of a message besides the standard.

A profile tightens what a country sends. What it receives is judged by the standard alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ilink_runtime.bundle import Bundle
from ilink_runtime.conditions import is_absent
from ilink_runtime.languages import Languages
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.validation import Fault
from ilink_runtime.values import unescape


class Profiles:
    """The standard as each country has it, with the languages in which its forms can be read."""

    def __init__(self, bundle: Bundle, languages: Languages) -> None:
        self._standard = (bundle, languages)
        self._known: dict[str, tuple[Bundle, Languages]] = {}

    def of(self, country: str | None) -> tuple[Bundle, Languages]:
        """The standard as a country has it, or as all do. Problem 404 for a country without a profile."""
        if not country:
            return self._standard
        name = country.lower()
        if name not in self._known:
            bundle, languages = self._standard
            if name not in bundle.profiled:
                raise Problem(404, "not_found", _("This country has no forms of its own."))
            own = bundle.profiled[name]
            known = own.languages == languages.codes
            self._known[name] = (own, languages if known else Languages(own.languages))
        return self._known[name]


def asked(form: Mapping[str, Any], message: Mapping[str, Any], known: Iterable[Fault] = ()) -> list[Fault]:
    """What stands against a message by the profile of its form and by none of the faults already known."""
    said = {(fault.path, fault.code) for fault in known if fault.level == "record"}
    return [fault for fault in faults(form, message) if (fault.path, fault.code) not in said]


def faults(form: Mapping[str, Any], message: Mapping[str, Any]) -> list[Fault]:
    """What a country asks for and the message does not say; empty for a form of the standard itself."""
    profile = form.get("profile", {"required": (), "codes": {}})
    found = [
        Fault("required", pointer)
        for place in profile["required"]
        for pointer, value in _places(message, place.strip("/").split("/"))
        if is_absent(value)
    ]
    return found + [
        Fault("not_in_list", pointer)
        for place, codes in profile["codes"].items()
        for outer, value in _places(message, place.strip("/").split("/"))
        for pointer, code in _members(outer, value)
        if not is_absent(code) and code not in codes
    ]


def _places(holder: Any, steps: Sequence[str], pointer: str = "") -> Iterator[tuple[str, Any]]:
    """What stands at a place, None where nothing does; `*` is every member of a list."""
    if not steps:
        yield pointer, holder
        return
    step, rest = steps[0], steps[1:]
    if step == "*":
        for name, member in _members("", holder):
            yield from _places(member, rest, pointer + name)
        return
    inner = holder.get(unescape(step)) if isinstance(holder, Mapping) else None
    yield from _places(inner, rest, f"{pointer}/{step}")


def _members(pointer: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The members of a list with their pointers; a single value is its own."""
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield f"{pointer}/{number}", member
    elif value is not None:
        yield pointer, value
