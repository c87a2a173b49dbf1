"""Who sits at the desk in these tests, and what they send. All invented."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlalchemy import Connection, func, inspect, select, table

from ilink_runtime import messages, submission
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.messages import Receipt, Stored
from ilink_runtime.writer import Store

BUREAUS = {"TN": "ncb", "ES": "ncb", "FR": "ncb", "IPSG": "secretariat"}

TUNIS = Reader("TN", "user:amal", "criminal investigation")
MADRID = Reader("ES", "user:lucia", "criminal investigation")
PARIS = Reader("FR", "user:marie", "criminal investigation")
LYON = Reader("IPSG", "user:jean", "review", secretariat=True)

NOTICE: dict[str, Any] = {
    "message_type": "RedNotice",
    "national_reference": "TUN/CR/2026/00417",
    "purpose": "arrest",
    "reply_by": "2027-01-31",
    "subject": {
        "family_name": "Benhaddou",
        "forename": "Salim",
        "family_name_original": "بن حدو",
        "sex": "M",
        "height": 178,
        "date_of_birth": "1980-05",
        "nationalities": ["TN", "FR"],
        "phone_numbers": [{"number": "+21620123456"}, {"number": "+33612345678"}],
        "identity_documents": [{"number": "X1234567", "issuing_country": "TN"}],
        "addresses": [{"street": "12 rue des Oliviers", "city": "Sfax", "country": "TN"}],
    },
    "facts_summary": {
        "text": "Il est recherché pour vol.",
        "language": "fr",
        "translations": [{"language": "en", "text": "He is wanted for theft."}],
    },
    "handling": {"confidentiality": "for_police_use"},
}


def notice(**changes: Any) -> dict[str, Any]:
    """A Red Notice with some of its fields changed; None takes a field out."""
    changed = deepcopy(NOTICE) | changes
    return {name: value for name, value in changed.items() if value is not None}


def diffusion(*recipients: str, **changes: Any) -> dict[str, Any]:
    """A diffusion to some bureaus, or to all."""
    return notice(message_type="WantedPersonDiffusion", recipients=list(recipients), **changes)


def send(
    store: Store, bundle: Bundle, message: dict[str, Any], reader: Reader = TUNIS, **more: Any
) -> Receipt:
    """Records a message."""
    return store.write(lambda c: submission.record(c, bundle, reader, message, **more))


def see(store: Store, receipt: Receipt, reader: Reader) -> Stored | None:
    """What a reader sees of a message."""
    return store.read(lambda c: messages.find(c, reader, receipt.reference))


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table of the database has, but for those SQLite makes for its search index."""
    names = [name for name in inspect(connection).get_table_names() if not name.startswith("search_index")]
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
