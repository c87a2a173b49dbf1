"""A message: read, with its history; changed, taken up again and deleted by its owner."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ilink_runtime import drafts, history, submission
from ilink_runtime.pages import checking, posted
from ilink_runtime.pages.opened import Opened, open_message
from ilink_runtime.problems import translatable as _

router = APIRouter()

#: What was done to a message, in words.
STEP_WORDS = {
    "published": _("Published"),
    "accepted": _("Accepted"),
    "returned": _("Returned with a reason"),
    "added": _("Something was added"),
    "extended": _("Kept for longer"),
    "suspended": _("Set aside"),
    "resumed": _("Taken up again"),
    "withdrawn": _("Withdrawn"),
    "cancelled": _("Cancelled"),
}


@router.get("/messages/{reference}")
async def read(request: Request, reference: str) -> Response:
    """A message, dense, its handling always in sight."""
    opened = await open_message(request, reference)
    return await opened.record_page(publication_wishes(opened), [])


@router.get("/messages/{reference}/history")
async def show_history(request: Request, reference: str) -> Response:
    """The versions of a message and what each changed."""
    opened = await open_message(request, reference, "history")
    desk, reader = opened.desk, opened.officer.reader
    revisions, steps = await desk.store.aread(
        lambda c: (
            history.revisions(c, desk.bundle, reader, reference),
            history.steps(c, reader, reference),
        )
    )
    return opened.page("history.html", revisions=revisions, steps=steps, step_words=STEP_WORDS)


@router.post("/messages/{reference}/resume")
async def resume(request: Request, reference: str) -> Response:
    """Takes a message up again that its owner had set aside."""
    opened = await open_message(request, reference)
    data = await posted.posted(request, opened.officer)
    desk, reader, etag = opened.desk, opened.officer.reader, posted.text(data, "etag")
    await desk.store.awrite(lambda c: submission.resume(c, desk.bundle, reader, reference, etag))
    return RedirectResponse(f"/messages/{reference}", 303)


@router.post("/messages/{reference}/amend")
async def amend(request: Request, reference: str) -> Response:
    """Begins a draft of the next version; only the owner may."""
    opened = await open_message(request, reference)
    desk, reader, stored = opened.desk, opened.officer.reader, opened.stored
    await posted.posted(request, opened.officer)
    draft = await desk.store.awrite(
        lambda c: drafts.create(
            c, reader, opened.type, desk.language, stored.message, desk.bundle.version, stored
        )
    )
    return RedirectResponse(f"/drafts/{draft.id}", 303)


@router.get("/messages/{reference}/delete")
async def ask_to_delete(request: Request, reference: str) -> Response:
    """Asks once before a message is deleted everywhere."""
    return (await open_message(request, reference)).page("delete.html")


@router.post("/messages/{reference}/delete")
async def delete(request: Request, reference: str) -> Response:
    """Deletes a message everywhere; only the owner may."""
    opened = await open_message(request, reference)
    data = await posted.posted(request, opened.officer)
    reader, etag = opened.officer.reader, posted.text(data, "etag")
    await opened.desk.store.awrite(lambda c: submission.delete(c, reader, reference, etag))
    return RedirectResponse("/", 303)


def publication_wishes(opened: Opened) -> list[checking.Line]:
    """What a notice still lacks before publication, for those who can do something about it."""
    envelope = opened.stored.envelope
    own = opened.officer.reader.bureau == envelope["owner"]
    if envelope["status"] not in {"processing", "returned"} or not (own or opened.awaits_review):
        return []
    return checking.lines(
        opened.desk,
        opened.type,
        opened.desk.levels.faults(opened.type, opened.stored.message, "publish"),
        (),
        message=opened.stored.message,
    )
