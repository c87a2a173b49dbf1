"""Filling a form the way an officer does: each value at the field with its JSON Pointer."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.visitor import Visitor

_HOW = """(pointer) => {
    const named = (selector) => document.querySelector(selector.replaceAll("@", CSS.escape(pointer)));
    if (named('[id="@#day"]')) return "date";
    const field = named('[id="@"]');
    if (!field) return "missing";
    if (field.type === "radio") return "radio";
    if (field.type === "checkbox") return "tick";
    if (field.tagName === "SELECT") return "select";
    if (field.dataset.codeList) return "words";
    return field.tagName === "FIELDSET" ? "group" : "text";
}"""

_VALUES = """() => [...new FormData(document.getElementById("draft"))]
    .filter(([name, value]) => name.startsWith("/") && value !== "")"""


def fill(visitor: Visitor, message: dict[str, Any], base: str = "") -> None:
    """Writes a message, or a part of one, into the form."""
    for name, value in message.items():
        if name != "message_type":  # the form knows
            _put(visitor, f"{base}/{name}", value)


def values(page: Page) -> dict[str, str]:
    """What stands in the form, by the names it is posted under; ticks of one list are told apart."""
    found: dict[str, str] = {}
    for name, value in page.evaluate(_VALUES):
        found[f"{name}={value}" if name in found else name] = value
    return found


def add_row(visitor: Visitor, pointer: str) -> None:
    """Adds a member to a repeated group, and waits until its box is there."""
    rows = visitor.find(f'[id="{pointer}"] > .row-group, [id="{pointer}"] > .list-row')
    before = rows.count()
    visitor.find(f'button[value="add:{pointer}"]').click()
    rows.nth(before).wait_for()


def remove_row(visitor: Visitor, pointer: str) -> None:
    """Takes a member out of a repeated group."""
    group, _, _number = pointer.rpartition("/")
    rows = visitor.find(f'[id="{group}"] > .row-group, [id="{group}"] > .list-row')
    before = rows.count()
    visitor.find(f'button[value="remove:{pointer}"]').click()
    rows.nth(before - 1).wait_for(state="detached")


def _put(visitor: Visitor, pointer: str, value: Any) -> None:
    if isinstance(value, dict):
        fill(visitor, value, pointer)
    elif isinstance(value, list):
        _put_list(visitor, pointer, value)
    else:
        _put_one(visitor, pointer, value)


def _put_list(visitor: Visitor, pointer: str, members: list[Any]) -> None:
    for number, member in enumerate(members):
        ticks = visitor.find(f'[id="{pointer}={member}"]') if isinstance(member, str) else None
        if ticks is not None and ticks.count():
            ticks.check()
            continue
        place = f"{pointer}/{number}"
        if not visitor.at(place).count():
            add_row(visitor, pointer)
        _put(visitor, place, member)


def _put_one(visitor: Visitor, pointer: str, value: Any) -> None:
    match visitor.page.evaluate(_HOW, pointer):
        case "date":
            year, month, day, *_ = [*str(value).removesuffix("~").split("-"), "", ""]
            visitor.at(f"{pointer}#day").fill(day)
            visitor.at(f"{pointer}#month").fill(month)
            visitor.at(pointer).fill(year)
            if str(value).endswith("~"):
                visitor.at(f"{pointer}#about").check()
        case "radio":
            visitor.find(f'[name="{pointer}"][value="{value}"]').check()
        case "tick":
            visitor.at(pointer).check()
        case "select":
            visitor.at(pointer).select_option(str(value))
        case "words":
            visitor.at(pointer).fill(visitor.words.title(f"Language.{value}"))
        case "text":
            visitor.at(pointer).fill(str(value))
        case how:
            raise AssertionError(f"{pointer} cannot be filled: {how}")
