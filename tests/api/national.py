"""Records of the bundled French-labelled CSV, as an invented national system sends them."""

from __future__ import annotations

import csv
import io
from typing import Any

from starlette.testclient import TestClient

ADAPTER = "ch-csv-recherche"
API = f"/api/v1/adapters/{ADAPTER}"

ROW = {
    "NO_DOSSIER": "CH-2099-0001",
    "NOM": "Échantillon",
    "PRENOM": "Élodie",
    "DATE_NAISSANCE": "17.05.1981",
    "LIEU_NAISSANCE": "Modèleville",
    "SEXE": "F",
    "STATUT": "prevenu",
    "NATIONALITES": "CH",
    "TAILLE_M": "1,68",
    "EXPOSE": "Elle est recherchée.",
}


def row(**changes: str) -> dict[str, str]:
    """A record with some of its columns changed."""
    return ROW | changes


def file_of(*rows: dict[str, str]) -> bytes:
    """A file of records, as that country writes it."""
    names = list(dict.fromkeys(name for one in rows for name in one))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("iso-8859-1")


def post(client: TestClient, *rows: dict[str, str], path: str = "messages", **params: str) -> Any:
    """Sends records."""
    kind = {"Content-Type": "text/csv; charset=iso-8859-1"}
    return client.post(f"{API}/{path}", content=file_of(*rows), headers=kind, params=params)


def taken(client: TestClient, **changes: str) -> dict[str, Any]:
    """Sends one record, which has to succeed; what is told of it."""
    answer = post(client, row(**changes))
    assert answer.status_code == 200, answer.text
    (told,) = answer.json()["records"]
    found: dict[str, Any] = told
    return found
