"""The threads of the demonstration: what messages of several countries share, each in its own spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ilink_runtime.demo.numbers import with_check_digits


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing, the slot of a person it stands in, and how each bureau that met it wrote it down."""

    slot: str
    spellings: tuple[tuple[str, dict[str, Any]], ...]


ACCOUNT = with_check_digits("FR?? 9999 9999 9900 0000 4711 042")

#: A phone in three countries; the draft of the tour has it too.
PHONE = Shared(
    "phone_numbers",
    (
        ("TN", {"number": "+216 61 417 283", "kind": "mobile"}),
        ("ES", {"number": "00216 61417283"}),
        ("FR", {"number": "+216-61-41-72-83", "kind": "mobile"}),
    ),
)

#: A phone of a removal firm that everybody calls, in more messages than a thread says anything of.
HUB = {"number": "+44 20 7946 0999", "kind": "fixed", "note": "Example Removals"}
HUB_MESSAGES = 24

SHARED = (
    PHONE,
    Shared(
        "bank_accounts",
        (
            ("FR", {"iban": ACCOUNT, "bank_name": "Example Bank", "country": "FR"}),
            ("DE", {"iban": ACCOUNT.replace(" ", "").lower(), "holder_name": "Example Consulting 1874"}),
        ),
    ),
    Shared(
        "addresses",
        (
            (
                "FR",
                {
                    "kind": "home",
                    "street": "Rue de l’Olivier Bleu",
                    "house_number": "1012",
                    "postal_code": "69000",
                    "city": "Lyon",
                    "country": "FR",
                },
            ),
            (
                "ES",
                {"kind": "visited", "street": "1012, r. Olivier-Bleu", "city": "LYON", "country": "FR"},
            ),
        ),
    ),
    Shared(
        "identity_documents",
        (
            ("EG", {"document_type": "passport", "number": "XEG 2048719", "issuing_country": "EG"}),
            (
                "GB",
                {
                    "document_type": "passport",
                    "number": "xeg2048719",
                    "issuing_country": "EG",
                    "state": "stolen",
                },
            ),
        ),
    ),
    Shared(
        "vehicles",
        (
            ("BG", {"kind": "car", "make": "Ostrel", "vin": "0PLZZZTHR40718253", "colour": "grey"}),
            ("PL", {"kind": "car", "make": "Ostrel", "model": "E4", "vin": "0PL ZZZTHR 40718253"}),
        ),
    ),
    Shared(
        "emails",
        (
            ("JP", {"address": "paper.boat@example.org"}),
            ("KR", {"address": "Paper.Boat@EXAMPLE.org"}),
        ),
    ),
)
