"""Forms before anything is written: to pick one, to read one; the first thing written begins a draft."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ilink_runtime import drafts, form
from ilink_runtime.pages import files, posted
from ilink_runtime.pages.desk import Desk, at_desk
from ilink_runtime.pages.draft_page import draft_page, next_step
from ilink_runtime.pages.entrance import ask_to_sign_in
from ilink_runtime.pages.prefilled import prefilled
from ilink_runtime.problems import Problem

router = APIRouter()


@router.get("/forms")
async def pick(request: Request) -> Response:
    """The kinds of messages that one can write."""
    return (await at_desk(request)).page("forms.html")


@router.get("/forms/{message_type}")
async def blank(request: Request, message_type: str) -> Response:
    """An empty form, about another message or alone; nobody needs to sign in to read it."""
    desk = (await at_desk(request)).under(request.query_params.get("profile"))
    _must_know(desk, message_type)
    begun = form.begun(desk.bundle.forms[message_type])
    return await draft_page(desk, message_type, begun | await prefilled(desk, message_type))


@router.post("/forms/{message_type}")
async def begin(request: Request, message_type: str) -> Response:
    """Keeps what was written as a draft of the officer's bureau, and goes on there."""
    desk = (await at_desk(request)).under(request.query_params.get("profile"))
    _must_know(desk, message_type)
    if desk.officer is None:
        return await ask_to_sign_in(desk)
    data = await posted.posted(request, desk.officer)
    reader, bundle = desk.officer.reader, desk.bundle
    taken = await files.came_along(desk, reader, message_type, data)
    written_in = posted.text(data, "form_language") or desk.language
    body = posted.message(bundle, message_type, data, written_in, taken.known)
    step = next_step(desk, message_type, body, posted.text(data, "action"))
    draft = await desk.store.awrite(
        lambda c: drafts.create(
            c, reader, message_type, step.language, step.body, bundle.version, profile=desk.profile
        )
    )
    if taken.refused:
        return await draft_page(desk, message_type, draft.body, draft, refused=taken.refused, status=422)
    return await step.answer(desk, draft)


def _must_know(desk: Desk, message_type: str) -> None:
    if message_type not in desk.bundle.forms:
        raise Problem(404, "not_found")
