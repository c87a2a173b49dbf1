"""What was added to a message and asked about it: the requests that concern it, as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ilink_runtime import form, messages
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.classes import fitting
from ilink_runtime.form import Entry


@dataclass(frozen=True, slots=True)
class Addition:
    """A request about a message, with what it says itself."""

    reference: str
    type: str
    owner: str
    status: str
    recorded_at: str
    entries: list[Entry]


def additions(connection: Connection, bundle: Bundle, reader: Reader, reference: str) -> list[Addition]:
    """The requests about a message that the reader may see, the newest first."""
    hits = messages.requests(connection, reader, reference)
    found = (messages.find(connection, reader, hit.reference) for hit in hits if hit.type in bundle.forms)
    return [_addition(bundle, stored.envelope, stored.message) for stored in found if stored is not None]


def _addition(bundle: Bundle, envelope: Mapping[str, Any], message: Mapping[str, Any]) -> Addition:
    """Only the fields that its own type declares: the rest is said alike by every message."""
    message_type = envelope["type"]
    slots = bundle.classes[message_type].slots.values()
    own = {f"/{slot.name}" for slot in slots if slot.text.startswith(f"{message_type}.")}
    sections = form.show(bundle.forms[message_type], message, fitting(bundle))
    return Addition(
        envelope["reference"],
        message_type,
        envelope["owner"],
        envelope["status"],
        envelope["recorded_at"],
        [entry for section in sections for entry in section.entries if entry.pointer in own],
    )
