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


#: Where an owner says how long his message is needed; an extension changes it.
REVIEW_DATE = "review_date"

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
    EnvelopeColumn("concerns", index=True),  # the reference of the message that a request bears on
    EnvelopeColumn("extended_at"),
    EnvelopeColumn("suspended_until", "date"),
    EnvelopeColumn("expires_at", "date", index=True),  # its last day; then it is deleted
    EnvelopeColumn("national_reference", index=True, source="/national_reference"),
    EnvelopeColumn("in_reply_to", index=True, source="/in_reply_to"),
    EnvelopeColumn("purpose", source="/purpose"),
    EnvelopeColumn("urgency", source="/urgency"),
    EnvelopeColumn("reply_by", "date", source="/reply_by"),
    EnvelopeColumn("review_date", "date", source=f"/{REVIEW_DATE}"),
    EnvelopeColumn("confidentiality", source="/handling/confidentiality"),
    EnvelopeColumn("withheld"),
    EnvelopeColumn("withheld_until", "date"),
)

#: The statuses that the system gives; what is set aside only its owner and the General Secretariat see.
IN_FORCE = ("processing", "published", "sent", "recorded", "accepted")
SET_ASIDE = ("returned", "suspended", "withdrawn", "cancelled", "expired", "deleted")
#: What has ended is changed no more, only deleted.
ENDED = ("withdrawn", "cancelled")

#: Lists of bureaus and services in a message, and the part each plays in who may see it (table `audience`).
AUDIENCE: dict[str, str] = {
    "recipient": "/recipients",
    "restricted_to": "/handling/restricted_to",
    "hidden_from": "/handling/hidden_from",
    "restricted_to_entities": "/handling/restricted_to_entities",
    "hidden_from_entities": "/handling/hidden_from_entities",
}

#: What only the owner and the General Secretariat read of the handling.
CONCEALED = (AUDIENCE["hidden_from"], AUDIENCE["hidden_from_entities"])

#: The parts of a message that not everybody may see, each with its `pointer` and its bureaus.
FIELD_RESTRICTIONS = "/handling/field_restrictions"


def code(text: object) -> str:
    """A bureau or service as it is compared: in capitals, so that hidden from `fr` is hidden from FR."""
    return str(text).strip().upper()


#: The type of the standard whose values name the bytes of files.
HASH = "Sha256"

#: Tables that the server keeps for itself; a class of the standard with such a name gets another.
OWN_TABLES = frozenset(
    [
        "message",
        "audience",
        "revision",
        "tombstone",
        "bureau",
        "entity",
        "user",
        "token",
        "session",
        "identifier",
        "occurrence",
        "number_range",
        "search_text",
        "search_index",
        "file",
        "message_file",
        "draft",
        "idempotency",
        "national_record",
        "audit",
        "outbox",
        "subscription",
        "delivery",
        "lease",
        "standard",
        "sign_in_failure",
        "step",
    ]
)
