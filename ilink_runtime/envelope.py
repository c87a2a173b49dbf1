"""The envelope: what the system itself knows of a message, and where in the message it reads the rest.

Pure data, so that the compiler can describe the table `message` and the server can fill it. A
foreign standard without these places simply leaves the columns empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "integer", "float", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class EnvelopeColumn:
    """A column of `message`; `source` is the JSON Pointer in the message it is read from, if any."""

    name: str
    type: ColumnType = "text"
    required: bool = False
    index: bool = False
    source: str | None = None


#: The system assigns those without a source. Instants are UTC text, `2026-11-23T09:30:00.123Z`.
COLUMNS: tuple[EnvelopeColumn, ...] = (
    EnvelopeColumn("reference", required=True, index=True),
    EnvelopeColumn("type", required=True, index=True),
    EnvelopeColumn("owner", required=True, index=True),
    EnvelopeColumn("status", required=True, index=True),
    EnvelopeColumn("version", "integer", required=True),
    EnvelopeColumn("standard_version", required=True),
    EnvelopeColumn("headline", required=True),
    EnvelopeColumn("recorded_at", required=True),
    EnvelopeColumn("updated_at", required=True, index=True),
    EnvelopeColumn("published_at"),
    EnvelopeColumn("returned_reason"),
    EnvelopeColumn("national_reference", index=True, source="/national_reference"),
    EnvelopeColumn("in_reply_to", index=True, source="/in_reply_to"),
    EnvelopeColumn("purpose", source="/purpose"),
    EnvelopeColumn("urgency", source="/urgency"),
    EnvelopeColumn("reply_by", "date", source="/reply_by"),
    EnvelopeColumn("review_date", "date", source="/review_date"),
    EnvelopeColumn("confidentiality", source="/handling/confidentiality"),
)

#: Lists of bureaus in a message, and the part each plays in who may see it (table `audience`).
AUDIENCE: dict[str, str] = {
    "recipient": "/recipients",
    "restricted_to": "/handling/restricted_to",
    "hidden_from": "/handling/hidden_from",
}

#: Tables that the server keeps for itself; a class of the standard with such a name gets another.
OWN_TABLES = frozenset(
    [
        "message",
        "audience",
        "revision",
        "tombstone",
        "bureau",
        "user",
        "token",
        "session",
        "identifier",
        "occurrence",
        "number_range",
        "search_text",
        "search_index",
        "draft",
        "idempotency",
        "audit",
        "outbox",
        "standard",
        "sign_in_failure",
    ]
)
