"""A form that is opened from a message: it knows already which message, and to whom it goes."""

from __future__ import annotations

import re
from typing import Any

from ilink_runtime import submission
from ilink_runtime.pages.desk import Desk

#: Fields that name another message, the one whose owner is written to first.
REFERENCES = ("concerns", "in_reply_to", "query")
RECIPIENTS = "recipients"

_REFERENCE = re.compile(r"[0-9]{4}-[0-9A-Z]{8}")


async def prefilled(desk: Desk, message_type: str) -> dict[str, Any]:
    """What the address says of the fields that the form has; a reference that is hidden is as good as none."""
    slots, given = desk.bundle.classes[message_type].slots, desk.request.query_params
    body: dict[str, Any] = {
        name: given[name]
        for name in REFERENCES
        if name in slots and _REFERENCE.fullmatch(given.get(name, ""))
    }
    if body and RECIPIENTS in slots and (owner := await _owner(desk, next(iter(body.values())))):
        body[RECIPIENTS] = [owner]
    return body


async def _owner(desk: Desk, reference: str) -> str | None:
    """The other bureau whose message it is, if the officer may see it."""
    if desk.officer is None:
        return None
    reader = desk.officer.reader
    stored = await desk.store.aread(lambda c: submission.find(c, reader, reference))
    owner = None if stored is None else str(stored.envelope["owner"])
    return None if owner in (None, reader.bureau) else owner
