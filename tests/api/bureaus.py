"""The bureaus of these tests and what they send. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Connection, delete
from starlette.testclient import TestClient

from ilink_runtime import database, people
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings
from ilink_runtime.writer import Store

KINDS = {"TN": "ncb", "ES": "ncb", "FR": "ncb", "IPSG": "secretariat"}
PASSWORD = "a long invented password"

DIFFUSION: dict[str, Any] = {
    "message_type": "WantedPersonDiffusion",
    "purpose": "wanted_person",
    "subject": {
        "family_name": "Benhaddou",
        "forename": "Salim",
        "family_name_original": "بن حدو",
        "status": "charged",
        "sex": "M",
        "date_of_birth": "1980-05",
        "nationalities": ["TN"],
        "phone_numbers": [{"number": "+21620123456"}],
        "identity_documents": [{"document_type": "passport", "number": "X1234567", "issuing_country": "TN"}],
    },
}

NOTICE: dict[str, Any] = {
    **DIFFUSION,
    "message_type": "RedNotice",
    "arrest_warrants": [{"number": "17/2026", "country": "TN", "issue_date": "2026-03-02"}],
}


def diffusion(**changes: Any) -> dict[str, Any]:
    """A diffusion with some of its fields changed."""
    return deepcopy(DIFFUSION) | changes


def notice(**changes: Any) -> dict[str, Any]:
    """A Red Notice with some of its fields changed; it cannot be published yet."""
    return deepcopy(NOTICE) | changes


def person_query(**changes: Any) -> dict[str, Any]:
    """A query for the person of the diffusion, by name and document."""
    asked = {"family_name": "Benhaddou", "date_of_birth": "1980", "document_number": "X1234567"}
    return {"message_type": "PersonQuery", "purpose": "border_control", **asked} | changes


def publishable() -> dict[str, Any]:
    """A Red Notice with all that publication needs."""
    return notice(
        arrest_warrants=[
            {
                "number": "17/2026",
                "kind": "arrest_warrant",
                "country": "TN",
                "issue_date": "2026-03-02",
                "authority": "Tribunal de Sfax",
                "charge": {"text": "Vol", "language": "fr"},
                "offence_categories": ["theft"],
                "law_provisions": {"text": "Article 258", "language": "fr"},
                "maximum_penalty": "imprisonment",
                "maximum_penalty_months": 60,
            }
        ],
        facts_summary={"text": "Il est recherché pour vol.", "language": "fr"},
        facts_date="2026-02-11",
        facts_country="TN",
        assurance_extradition_will_be_sought=True,
        assurance_authority_valid_warrant=True,
        assurance_article3=True,
    )


class Bureaus:
    """A running server, and a client for each bureau's system."""

    def __init__(self, app: FastAPI, tokens: dict[str, str]) -> None:
        self.app = app
        self.tokens = tokens
        self.store: Store = app.state.store
        self.tunis, self.madrid, self.paris, self.lyon = (self.client(code) for code in KINDS)

    def client(self, code: str = "", purpose: str = "investigation") -> TestClient:
        """A client without cookies of its own; without a code, of nobody."""
        client = TestClient(self.app, follow_redirects=False)
        if code:
            bearer = f"Bearer {self.tokens[code]}"
            client.headers = [(b"authorization", bearer.encode()), (b"x-purpose", purpose.encode())]
        return client

    def officer(self, code: str) -> tuple[TestClient, str]:
        """A client with the cookie of an officer of a bureau, and his CSRF token."""
        username = f"officer-{code.lower()}"
        self.store.write(lambda c: people.create_user(c, username, f"Officer of {code}", code, PASSWORD))
        secret = self.store.write(lambda c: people.sign_in(c, username, PASSWORD, "investigation"))
        assert secret is not None
        known = self.store.read(lambda c: people.officer(c, secret))
        assert known is not None
        client = self.client()
        client.cookies.set("ilink_session", secret)
        return client, known.csrf


def furnished(app: FastAPI) -> Bureaus:
    """The server with its bureaus, and a token for each."""
    store: Store = app.state.store
    tokens = {}
    for code, kind in KINDS.items():
        store.write(lambda c, code=code, kind=kind: people.create_bureau(c, code, kind, f"Bureau {code}"))  # type: ignore[misc]
        tokens[code] = store.write(lambda c, code=code: people.create_token(c, code, "system", "write"))  # type: ignore[misc]
    return Bureaus(app, tokens)


@contextmanager
def opened(url: str) -> Iterator[Bureaus]:
    """A running server on a database, with its bureaus."""
    app = create_app(Settings(database=url))
    with TestClient(app):
        yield furnished(app)


def emptied(bureaus: Bureaus) -> Bureaus:
    """A server with its bureaus and their systems, and nothing else."""
    kept = {"bureau", "token", "standard"}

    def empty(connection: Connection) -> None:
        for table in reversed(database.metadata.sorted_tables):
            if table.name not in kept:
                connection.execute(delete(table))
        connection.execute(delete(database.token).where(database.token.c.name != "system"))

    bureaus.store.write(empty)
    return bureaus


def sent(client: TestClient, message: dict[str, Any], **headers: str) -> Any:
    """Records a message, which has to succeed."""
    answer = client.post("/api/v1/messages", json=message, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer
