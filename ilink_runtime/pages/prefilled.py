"""A form that is opened from a message: it knows already which message, and to whom it goes."""

from __future__ import annotations

from typing import Any

from ilink_runtime import messages
from ilink_runtime.access import SECRETARIAT
from ilink_runtime.pages.desk import Desk

#: Fields that name another message; the owner of the first one is written to.
REFERENCES = ("concerns", "in_reply_to", "query")
RECIPIENTS = "recipients"
#: A reference is shorter; whatever else stands in the address is judged with the form.
LONGEST = 40


async def prefilled(desk: Desk, message_type: str) -> dict[str, Any]:
    """What the address says of the fields that the form has; of a hidden message nothing follows."""
    slots, given = desk.bundle.classes[message_type].slots, desk.request.query_params
    single = {slot.name for slot in slots.values() if slot.kind == "type" and not slot.multivalued}
    body: dict[str, Any] = {
        name: given[name][:LONGEST] for name in REFERENCES if name in single and given.get(name)
    }
    if body and RECIPIENTS in slots and (owner := await _owner(desk, next(iter(body.values())))):
        body[RECIPIENTS] = [owner]
    return body


async def _owner(desk: Desk, reference: str) -> str | None:
    """The other bureau whose message it is, if the officer may see it."""
    if desk.officer is None:
        return None
    reader = desk.officer.reader
    stored = await desk.store.aread(lambda c: messages.find(c, reader, reference))
    owner = None if stored is None else str(stored.envelope["owner"])
    return None if owner in (None, reader.bureau, SECRETARIAT) else owner
