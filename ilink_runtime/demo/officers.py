"""The invented officers of the demonstration, in the order of its tour."""

from __future__ import annotations

from dataclasses import dataclass

from ilink_runtime.access import SECRETARIAT


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody whom one click signs in; `role` says what he or she does at a step of the tour."""

    username: str
    name: str
    bureau: str
    language: str
    zone: str
    step: int | None
    role: str


OFFICERS = (
    Officer(
        "hela",
        "هالة بن ميلاد",
        "TN",
        "ar",
        "Africa/Tunis",
        1,
        "You are in Tunis: write a Red Notice and send it.",
    ),
    Officer(
        "etienne",
        "Étienne Valcourbe",
        SECRETARIAT,
        "fr",
        "Europe/Paris",
        2,
        "You are in Lyon, at the General Secretariat: check the request and publish it.",
    ),
    Officer(
        "candela",
        "Candela Ortuñedo",
        "ES",
        "es",
        "Europe/Madrid",
        3,
        "You are in Madrid: find the notice and look at what connects it with others.",
    ),
    Officer(
        "naomi", "Naomi Wekesaro", "KE", "en", "Africa/Nairobi", None, "You are in Nairobi, and read English."
    ),
)
