"""A form to be tried: nobody signs in, nothing is kept; it shows the message and what stands against it.

The page needs no script. With one it grows by itself, and without a server (the static site) the
script judges too, by the same rules as data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from ilink_runtime import form, sentences
from ilink_runtime.classes import fitting
from ilink_runtime.pages import checking, posted
from ilink_runtime.pages.reference import ROOT, Shelf, at_shelf
from ilink_runtime.problems import Problem
from ilink_runtime.reference import Reference

router = APIRouter()

#: The sentences that the script needs, by code of the fault.
_SAID = ("required", "pattern", "too_long", "too_small", "too_large", "not_in_list")
#: A list with more codes than this is typed in: the script must know its labels.
_MOST_CHOSEN = 300


@router.get(ROOT + "/forms/{message_type}")
async def blank(request: Request, message_type: str) -> Response:
    """The form with nothing in it."""
    shelf = _known(await at_shelf(request), message_type)
    return try_page(shelf, message_type, form.begun(shelf.desk.bundle.forms[message_type]))


@router.post(ROOT + "/forms/{message_type}")
async def tried(request: Request, message_type: str) -> Response:
    """The form with what was written: one row more or less, or judged."""
    shelf = _known(await at_shelf(request), message_type)
    data = await posted.posted(request)
    bundle = shelf.desk.bundle
    body = posted.message(bundle, message_type, data, shelf.desk.language)
    verb, _, pointer = posted.text(data, "action").partition(":")
    try:
        if verb == "add":
            body, _added = form.add(bundle.forms[message_type], body, pointer)
        elif verb == "remove":
            body, _removed = form.remove(bundle.forms[message_type], body, pointer)
    except ValueError:
        pass  # a row that is not there stays away
    return try_page(shelf, message_type, body, judged=verb == "try")


def try_page(shelf: Shelf, message_type: str, body: Mapping[str, Any], *, judged: bool = False) -> Response:
    """The page of a form."""
    desk = shelf.desk
    definition = desk.bundle.forms[message_type]
    sections = form.show(definition, body, fitting(desk.bundle))
    written = form.kept(definition, body)
    message = form.without_choices(written)
    faults = desk.levels.faults(message_type, message, "quality", written) if judged else []
    found = {
        level: checking.lines(
            desk,
            message_type,
            [fault for fault in faults if fault.level == level],
            sections,
            message=written,
        )
        for level in ("record", "publish", "quality")
    }
    return shelf.page(
        "try.html",
        form=definition,
        sections=sections,
        judged=judged,
        message=json.dumps(message, ensure_ascii=False, indent=1) if judged else "",
        found=found,
        faults=checking.by_field(found["record"]),
        growing=True,
        parts_filled={},
        for_script=for_script(shelf, message_type),
    )


def for_script(shelf: Shelf, message_type: str) -> dict[str, Any]:
    """What the script needs to judge without a server: the form, its rules as data, and the words."""
    desk, reference = shelf.desk, shelf.reference
    definition = desk.bundle.forms[message_type]
    fields = list(_fields(definition))
    holders = {message_type, *(field["range"] for field in fields if field["kind"] == "class")}
    for field in fields:
        holders.update(_way(reference, message_type, field["pointer"]))
    rules = {
        name: reference.classes[name].get("rules", ()) for name in sorted(holders & reference.classes.keys())
    }
    codes = {code for said in rules.values() for code in said}
    lists = (name for name in definition["code_lists"] if len(desk.codes(name)) > _MOST_CHOSEN)
    return {
        "form": definition,
        "ranges": {name: _ranges(reference, name) for name in rules},
        "rules": rules,
        "conditions": {code: reference.rules[code] for code in sorted(codes)},
        "types": {
            field["range"]: reference.types[field["range"]] for field in fields if field["kind"] == "type"
        },
        "codes": {name: {label: code for code, label in desk.codes(name)} for name in lists},
        "titles": {field["text"]: desk.title(field["text"]) for field in fields},
        "sentences": {code: shelf.rule(code) or code for code in sorted(codes)},
        "said": {code: desk.say(sentences.SENTENCES[code]) for code in _SAID},
    }


def _ranges(reference: Reference, name: str) -> dict[str, str]:
    """The fields of a class that hold objects, with the class of these."""
    fields = reference.fields(name)
    return {field.name: field.range for field in fields if field.range_kind == "classes"}


def _way(reference: Reference, class_name: str, pointer: str) -> Iterator[str]:
    """The classes on the way to a field of the form: objects without a section stand in no list of fields."""
    for step in str(pointer).strip("/").split("/"):
        ranges = _ranges(reference, class_name)
        if step not in ranges:
            return
        class_name = ranges[step]
        yield class_name


def _fields(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every field of a form, those inside others too."""
    waiting = [field for section in definition["sections"] for field in section["fields"]]
    while waiting:
        field = waiting.pop()
        yield field
        waiting.extend(field.get("fields", ()))
        waiting.extend(form.branches(field))


def _known(shelf: Shelf, message_type: str) -> Shelf:
    if message_type not in shelf.desk.bundle.forms:
        raise Problem(404, "not_found")
    return shelf
