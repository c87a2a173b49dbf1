"""The review of a notice by the General Secretariat: published, or returned with a reason."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ilink_runtime import access, submission
from ilink_runtime.pages import posted
from ilink_runtime.pages.messages import publication_wishes
from ilink_runtime.pages.opened import Opened, open_message
from ilink_runtime.problems import Problem

router = APIRouter()


@router.post("/messages/{reference}/publish")
async def publish(request: Request, reference: str) -> Response:
    """Publishes a notice, unless something that publication needs is missing."""
    opened = await _open_for_review(request, reference)
    data = await posted.posted(request, opened.officer)
    missing = publication_wishes(opened)
    if missing:
        return await opened.record_page([], missing, 422)
    reader, bundle, etag = opened.officer.reader, opened.desk.bundle, posted.text(data, "etag")
    await opened.desk.store.awrite(lambda c: submission.publish(c, bundle, reader, reference, etag))
    return RedirectResponse(f"/messages/{reference}", 303)


@router.get("/messages/{reference}/return")
async def ask_for_reason(request: Request, reference: str) -> Response:
    """Asks why a notice is returned."""
    return (await _open_for_review(request, reference)).page("return.html", fault="", reason="")


@router.post("/messages/{reference}/return")
async def send_back(request: Request, reference: str) -> Response:
    """Returns a notice to its owner with the reason."""
    opened = await _open_for_review(request, reference)
    data = await posted.posted(request, opened.officer)
    reader, etag = opened.officer.reader, posted.text(data, "etag")
    reason = posted.text(data, "reason").strip()
    if not reason:
        fault = opened.desk.say("Write why you return it.")
        return opened.page("return.html", 422, fault=fault, reason="")
    await opened.desk.store.awrite(lambda c: submission.send_back(c, reader, reference, etag, reason))
    return RedirectResponse(f"/messages/{reference}", 303)


async def _open_for_review(request: Request, reference: str) -> Opened:
    opened = await open_message(request, reference)
    if not access.may_review(opened.officer.reader):
        raise Problem(403, "scope")
    if not opened.awaits_review:
        raise Problem(409, "not_reviewable")
    return opened
