"""The page on which a message is written, and what its buttons do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse, RedirectResponse

from ilink_runtime import form, people
from ilink_runtime.classes import fitting
from ilink_runtime.drafts import Draft
from ilink_runtime.pages import checking, files, message_parts
from ilink_runtime.pages.desk import Desk
from ilink_runtime.pages.file_boxes import BOX
from ilink_runtime.pages.files import Refusal
from ilink_runtime.validation import Fault


async def draft_page(
    desk: Desk,
    message_type: str,
    body: Mapping[str, Any],
    draft: Draft | None = None,
    *,
    checked: bool = False,
    further: Sequence[Fault] = (),
    stale: bool = False,
    refused: Sequence[Refusal] = (),
    status: int = 200,
) -> Response:
    """The form with what stands in it; once checked with its faults, those found elsewhere too."""
    definition = desk.bundle.forms[message_type]
    sections = form.show(definition, body, fitting(desk.bundle))
    faults = checking.against(desk, message_type, form.kept(definition, body), "publish")
    wanting = checking.lines(desk, message_type, faults, sections, message=body)
    hindering = [fault for fault in faults if fault.level == "record"] if checked else []
    known = {fault.path for fault in hindering}
    hindering += [fault for fault in further if fault.path not in known]
    lacking = [fault for fault in faults if fault.level == "publish"] if checked else []
    summary = [
        *_refusals(desk, refused),
        *checking.lines(desk, message_type, hindering, sections, message=body),
    ]
    officer = desk.officer
    return desk.page(
        "draft.html",
        status,
        form=definition,
        sections=sections,
        parts_filled=message_parts.parts(desk.bundle, message_type, body, desk.language),
        draft=draft,
        summary=summary,
        lacking=checking.lines(desk, message_type, lacking, sections, message=body),
        faults=checking.by_field(summary),
        missing=checking.missing(wanting),
        stale=stale,
        held=await files.of_draft(desk.store, officer.reader, desk.bundle, draft)
        if officer and draft
        else {},
        most=desk.request.app.state.settings.max_file,
    )


def _refusals(desk: Desk, refused: Sequence[Refusal]) -> list[checking.Line]:
    """Why files were not taken, at the boxes they were chosen with."""
    return [checking.Line(desk.say(one.problem.detail), one.box, "") for one in refused]


@dataclass(frozen=True, slots=True)
class Step:
    """What a button of the form asked for: the message to keep, and where to go then."""

    body: dict[str, Any]
    language: str
    place: str = ""  # below the draft's own address
    quiet: bool = False

    async def answer(self, desk: Desk, draft: Draft) -> Response:
        """Sends the browser on; a save in the background only learns the new revision."""
        officer = desk.officer
        own = self.language not in desk.standard.languages  # a country's, which only its forms speak
        if officer is not None and not own and self.language != officer.reader.language:
            await desk.store.awrite(lambda c: people.set_language(c, officer.username, self.language))
        if self.quiet:
            said = desk.say("Saved: %(instant)s", instant=desk.instant(draft.updated_at))
            return JSONResponse({"revision": draft.revision, "place": f"/drafts/{draft.id}", "said": said})
        path, hash_, part = self.place.partition("#")
        spoken = f"?lang={self.language}" if own else ""
        return RedirectResponse(f"/drafts/{draft.id}{path}{spoken}{hash_}{part}", 303)


def next_step(desk: Desk, message_type: str, body: dict[str, Any], action: str) -> Step:
    """Does what the button says to the message that was posted; an unknown button only saves."""
    verb, _, object_ = action.partition(":")
    language, definition = desk.language, desk.bundle.forms[message_type]
    match verb:
        case "add":
            try:
                added, pointer = form.add(definition, body, object_)
            except ValueError:
                return Step(body, language)
            return Step(added, language, f"#{pointer}")
        case "remove":
            try:
                without, pointer = form.remove(definition, body, object_)
            except ValueError:
                return Step(body, language)
            return Step(without, language, f"#{pointer}")
        case "language" if object_ in desk.languages.codes:
            return Step(body, object_)
        case "check":
            return Step(form.kept(definition, body), language, "/check")
        case "drop":
            return Step(body, language, f"#{object_}{BOX}")
        case "discard":
            return Step(body, language, "/delete")
        case "autosave":
            return Step(body, language, quiet=True)
    return Step(body, language)
