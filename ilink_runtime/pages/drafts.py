"""Drafts: written on, checked, sent or thrown away. Every button saves first."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy import Connection

from ilink_runtime import drafts, effects, form, messages, submission
from ilink_runtime.classes import fitting
from ilink_runtime.drafts import Draft
from ilink_runtime.headline import headline
from ilink_runtime.levels import hinders
from ilink_runtime.messages import Receipt
from ilink_runtime.pages import checking, files, posted
from ilink_runtime.pages.desk import Desk, at_desk, at_own_desk
from ilink_runtime.pages.draft_page import draft_page, next_step
from ilink_runtime.pages.entrance import ask_to_sign_in
from ilink_runtime.pages.reading import banner, marks
from ilink_runtime.people import Officer
from ilink_runtime.problems import Problem
from ilink_runtime.validation import Fault

router = APIRouter()


@router.get("/drafts")
async def listing(request: Request) -> Response:
    """The drafts of the officer's bureau."""
    desk, officer = await at_own_desk(request)
    found = await desk.store.aread(lambda c: drafts.listing(c, officer.reader))
    known = [draft for draft in found if draft.type in desk.bundle.forms]
    headlines = {
        d.id: headline(desk.bundle, d.type, form.message(desk.bundle.forms[d.type], d.body)) for d in known
    }
    return desk.page("drafts.html", drafts=known, headlines=headlines)


@router.get("/drafts/{draft_id}")
async def show(request: Request, draft_id: str) -> Response:
    """A draft in its form."""
    desk, officer = await at_own_desk(request)
    draft = await _find(desk, officer, draft_id)
    return await draft_page(_laid(desk, draft), draft.type, draft.body, draft)


@router.post("/drafts/{draft_id}")
async def write(request: Request, draft_id: str) -> Response:
    """Saves what was posted and does what the button says."""
    desk = await at_desk(request)
    officer = desk.officer
    if officer is None:
        return await ask_to_sign_in(desk)
    data = await posted.posted(request, officer)
    draft = await _find(desk, officer, draft_id)
    desk = _laid(desk, draft)
    written_in = posted.text(data, "form_language") or draft.language
    taken = await files.came_along(desk, officer.reader, draft.type, data)
    body = posted.message(desk.bundle, draft.type, data, written_in, taken.known)
    step = next_step(desk, draft.type, body, posted.text(data, "action"))
    revision = _revision(posted.text(data, "revision"))
    try:
        saved = await desk.store.awrite(
            lambda c: drafts.save(c, officer.reader, draft_id, step.body, step.language, revision)
        )
    except Problem as problem:
        if problem.code != "stale":
            raise
        draft = await _find(desk, officer, draft_id)
        if draft.body == step.body:  # the same was saved twice: nobody's words are lost
            return await step.answer(desk, draft)
        if step.quiet:
            return JSONResponse({"code": "stale"}, 412)
        return await draft_page(desk, draft.type, body, draft, stale=True, status=412)
    if taken.refused:
        return await draft_page(desk, draft.type, saved.body, saved, refused=taken.refused, status=422)
    return await step.answer(desk, saved)


@router.get("/drafts/{draft_id}/check")
async def check(request: Request, draft_id: str) -> Response:
    """The faults at their fields; without any, the answers once more, and the button that sends."""
    desk, officer = await at_own_desk(request)
    if (sent := await _sent(desk, officer, draft_id)) is not None:
        return sent
    draft = await _find(desk, officer, draft_id)
    desk = _laid(desk, draft)
    written = form.kept(desk.bundle.forms[draft.type], draft.body)
    message = form.without_choices(written)
    further = await desk.store.aread(
        lambda c: submission.hindrances(
            c, desk.standard, officer.reader, message, draft.type, draft.reference
        )
    )
    if further or checking.against(desk, draft.type, written, "record"):
        return await draft_page(desk, draft.type, written, draft, checked=True, further=further)
    sections = form.show(desk.bundle.forms[draft.type], written, fitting(desk.bundle))
    publication = desk.bundle.messages[draft.type]["routing"] == "publication"
    lacking: list[Fault] = []
    advice: list[Fault] = []
    for fault in checking.against(desk, draft.type, written, "quality"):
        (lacking if publication and hinders(fault) else advice).append(fault)
    back = f"/drafts/{draft.id}"
    return desk.page(
        "check.html",
        form=desk.bundle.forms[draft.type],
        draft=draft,
        sections=sections,
        marks=marks(message),
        banner=banner(
            draft.type,
            message,
            officer.reader.bureau,
            "",
            private=effects.is_private(desk.bundle, draft.type),
        ),
        lacking=checking.lines(desk, draft.type, lacking, sections, back, message),
        advice=checking.lines(desk, draft.type, advice, sections, back, message),
        held=await files.of_draft(desk.store, officer.reader, desk.bundle, draft),
        requests=effects.of(desk.bundle, draft.type) != "none",
    )


@router.post("/drafts/{draft_id}/send")
async def send(request: Request, draft_id: str) -> Response:
    """Sends the message just as its answers were shown; the draft goes with it."""
    desk, officer = await at_own_desk(request)
    data = await posted.posted(request, officer)
    if (sent := await _sent(desk, officer, draft_id)) is not None:
        return sent
    draft = await _find(desk, officer, draft_id)
    desk = _laid(desk, draft)
    message = form.message(desk.bundle.forms[draft.type], draft.body)
    shown = _revision(posted.text(data, "revision"))
    if shown != draft.revision or checking.against(desk, draft.type, message, "record"):
        return RedirectResponse(f"/drafts/{draft_id}/check", 303)

    def work(connection: Connection) -> Receipt:
        receipt = _send(connection, desk, officer, draft, message)
        drafts.delete(connection, officer.reader, draft_id)
        return receipt

    try:
        receipt = await desk.store.awrite(work)
    except Problem as problem:
        if not problem.faults:
            raise
        return RedirectResponse(f"/drafts/{draft_id}/check", 303)  # it shows them at their fields
    return RedirectResponse(f"/messages/{receipt.reference}", 303)


@router.get("/drafts/{draft_id}/delete")
async def ask_to_delete(request: Request, draft_id: str) -> Response:
    """Asks once before a draft is thrown away."""
    desk, officer = await at_own_desk(request)
    return desk.page("discard.html", draft=await _find(desk, officer, draft_id))


@router.post("/drafts/{draft_id}/delete")
async def delete(request: Request, draft_id: str) -> Response:
    """Throws a draft away."""
    desk, officer = await at_own_desk(request)
    await posted.posted(request, officer)
    await desk.store.awrite(lambda c: drafts.delete(c, officer.reader, draft_id))
    return RedirectResponse("/drafts", 303)


def _send(
    connection: Connection, desk: Desk, officer: Officer, draft: Draft, message: dict[str, object]
) -> Receipt:
    """A new message, or the next version of the one that the draft was begun from."""
    reader = officer.reader
    if draft.reference is None:
        return submission.record(
            connection, desk.standard, reader, message, key=_key(draft.id), message_type=draft.type
        )
    stored = messages.find(connection, reader, draft.reference)
    if stored is None:
        raise Problem(404, "not_found")
    if stored.envelope["version"] != draft.message_version:
        raise Problem(412, "stale")
    return submission.amend(
        connection, desk.standard, reader, draft.reference, message, stored.etag, message_type=draft.type
    )


async def _sent(desk: Desk, officer: Officer, draft_id: str) -> Response | None:
    """The way to the message, when the draft is gone because it was sent: the button was pressed twice."""
    reference = await desk.store.aread(lambda c: messages.sent_with(c, officer.reader, _key(draft_id)))
    return None if reference is None else RedirectResponse(f"/messages/{reference}", 303)


def _laid(desk: Desk, draft: Draft) -> Desk:
    """The desk with the form of a draft: that of the standard, when its country has none any more."""
    return desk.under(draft.profile if draft.profile in desk.standard.profiled else None)


async def _find(desk: Desk, officer: Officer, draft_id: str) -> Draft:
    draft = await desk.store.aread(lambda c: drafts.find(c, officer.reader, draft_id))
    if draft is None or draft.type not in desk.bundle.forms:
        raise Problem(404, "not_found")
    return draft


def _key(draft_id: str) -> str:
    return f"draft {draft_id}"


def _revision(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
