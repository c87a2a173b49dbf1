"""The reference of the standard, rendered from the bundle when it is asked for; nobody needs to sign in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from ilink_runtime.canonical import FORMS
from ilink_runtime.folding import fold
from ilink_runtime.pages.chart import Box, Chart, Join, draw
from ilink_runtime.pages.checking import lines
from ilink_runtime.pages.desk import Desk, at_desk
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.reference import Field, Kind, Reference, reference

router = APIRouter()

ROOT = "/docs/standard"
#: The kinds of elements with their names, in the order in which pages list them.
KINDS: dict[Kind, str] = {
    "classes": _("Classes and fields"),
    "codes": _("Code lists"),
    "types": _("Types of values"),
    "rules": _("Rules"),
}
LEVELS = {
    "record": _("needed to be recorded"),
    "publish": _("needed for publication"),
    "quality": _("advice"),
}
#: More is found by more words.
MOST_FOUND = 100
#: A drawing with more boxes in a column says nothing; the tables say it all.
MOST_BOXES = 24


class Shelf:
    """What the pages of the reference ask beside their desk: the elements, their names and addresses."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.reference: Reference = reference(desk.bundle)
        self.kinds = KINDS

    def link(self, kind: str = "", name: str = "", anchor: str = "") -> str:
        """The address of an element; rules share one page."""
        if kind == "rules" and name:
            return f"{self.desk.link(f'{ROOT}/rules')}#{quote(name)}"
        path = "/".join(filter(None, (ROOT, kind, quote(name, safe=""))))
        return self.desk.link(path) + (f"#{quote(anchor)}" if anchor else "")

    def level(self, level: str) -> str:
        """What a level means, in words."""
        return self.desk.say(LEVELS[level])

    def rule(self, code: str) -> str:
        """The sentence of a rule; empty when the model gives none."""
        key = f"rules.{code}.title"
        texts = self.desk.bundle.texts
        return texts.get(self.desk.language, {}).get(key) or texts["en"].get(key, "")

    def field(self, class_name: str, name: str) -> Field | None:
        """A field that a rule asks of a class; None when only an heir of the class has it."""
        try:
            return self.reference.field(class_name, name)
        except KeyError:
            return None

    def codes(self, code_list: str) -> dict[str, Mapping[str, Any]]:
        """The codes of a list with what is known of each."""
        return {str(code["code"]): code for code in self.desk.bundle.code_lists[code_list]["codes"]}

    def canonical(self, type_: Mapping[str, Any]) -> str:
        """The example of a type in the form in which two spellings are equal."""
        form = FORMS.get(type_.get("canonical", ""))
        return (form(type_["example"]) or "") if form and type_.get("example") else ""

    def page(self, template: str, **context: Any) -> Response:
        """A page of the reference."""
        return self.desk.page(f"reference/{template}", shelf=self, reference=self.reference, **context)


async def at_shelf(request: Request) -> Shelf:
    """The shelf of whoever asks."""
    return Shelf(await at_desk(request))


@router.get(ROOT)
async def overview(request: Request, q: str = "") -> Response:
    """The message types, and what some words find."""
    shelf = await at_shelf(request)
    found = shelf.reference.find(q[:200], shelf.desk.language)
    return shelf.page("overview.html", asked_for=q[:200].strip(), found=found[:MOST_FOUND], total=len(found))


@router.get(ROOT + "/index")
async def index(request: Request, q: str = "") -> Response:
    """Every element in one list, which a script can search where no server does (the static site)."""
    shelf = await at_shelf(request)
    found = sorted(
        (one for one, _help in shelf.reference.elements(shelf.desk.language)), key=lambda one: fold(one.title)
    )
    return shelf.page("index.html", found=found, asked_for=q[:200].strip())


@router.get(ROOT + "/classes")
async def classes(request: Request) -> Response:
    """All classes, as the tree of what is a kind of what."""
    return (await at_shelf(request)).page("classes.html")


@router.get(ROOT + "/codes")
async def code_lists(request: Request) -> Response:
    """All code lists."""
    return (await at_shelf(request)).page("code_lists.html")


@router.get(ROOT + "/types")
async def types(request: Request) -> Response:
    """All types."""
    return (await at_shelf(request)).page("types.html")


@router.get(ROOT + "/rules")
async def rules(request: Request) -> Response:
    """All rules, by the class that says them."""
    return (await at_shelf(request)).page("rules.html")


@router.get(ROOT + "/classes/{name}")
async def class_page(request: Request, name: str) -> Response:
    """One class: its fields, its rules, where it is used; of a message type an example too."""
    shelf = await at_shelf(request)
    _must_be(name, shelf.reference.classes)
    example, lacking = _example(shelf, name)
    return shelf.page(
        "class.html",
        name=name,
        row=shelf.reference.classes[name],
        treatment=shelf.desk.bundle.messages.get(name),
        drawing=neighbours(shelf, name),
        example=json.dumps(example, ensure_ascii=False, indent=1) if example else "",
        lacking=lacking,
    )


@router.get(ROOT + "/codes/{name}")
async def code_list(request: Request, name: str) -> Response:
    """One code list, with the words of its codes."""
    shelf = await at_shelf(request)
    _must_be(name, shelf.reference.lists)
    return shelf.page("code_list.html", name=name, row=shelf.reference.lists[name])


@router.get(ROOT + "/types/{name}")
async def type_page(request: Request, name: str) -> Response:
    """One type: how a value looks, and what is done with it."""
    shelf = await at_shelf(request)
    _must_be(name, shelf.reference.types)
    return shelf.page("type.html", name=name, row=shelf.reference.types[name])


def neighbours(shelf: Shelf, name: str) -> Chart | None:
    """What holds a class, the class, and what it holds; None when there is too much or nothing to draw."""
    holders = dict.fromkeys(use.holder for use in shelf.reference.uses("classes", name))
    held = dict.fromkeys(
        field.range for field in shelf.reference.fields(name) if field.range_kind == "classes"
    )
    if not (holders or held) or max(len(holders), len(held)) > MOST_BOXES:
        return None
    columns = [[_box(shelf, one) for one in column] for column in (holders, (name,), held)]
    joins = [Join(0, number, 0) for number in range(len(holders))]
    joins += [Join(1, 0, number) for number in range(len(held))]
    return draw(columns, joins, shelf.desk.direction)


def _box(shelf: Shelf, name: str) -> Box:
    return Box(shelf.desk.title(name), f"type-{name}", href=shelf.link("classes", name))


def _example(shelf: Shelf, name: str) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The example of a message type, and what it lacks before publication; none that cannot be recorded."""
    example = shelf.reference.examples.get(name)
    if example is None or name not in shelf.desk.bundle.messages:
        return None, []
    faults = shelf.desk.levels.faults(name, example, "publish")
    if any(fault.level == "record" for fault in faults):
        return None, []
    return example, [line.sentence for line in lines(shelf.desk, name, faults, ())]


def _must_be(name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise Problem(404, "not_found")
