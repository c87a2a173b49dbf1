"""A new notice type under `schema/` alone is served, stored, searched, shown and translated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po, write_po
from starlette.testclient import TestClient

from ilink_generators import generate, load
from ilink_generators.build import write
from ilink_generators.translations import updated
from ilink_runtime import people
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings
from ilink_runtime.writer import Store

SCHEMA = Path(__file__).parents[2] / "schema"
TEAL = """\
id: https://w3id.org/ilink/notices/teal
name: teal_notice
default_prefix: ilink
prefixes: {ilink: "https://w3id.org/ilink/", linkml: "https://w3id.org/linkml/"}
imports: [linkml:types, ../message, ../person]
classes:
  TealNotice:
    is_a: Notice
    title: Teal Notice
    description: A warning about a boat that was seen adrift, and about its last master.
    annotations: {notice_type: teal, colour: "#0b7a75", routing: publication, headline: subject}
    attributes:
      subject: {title: Last master, range: Person, inlined: true, required: true, slot_group: identity}
      radio_call_sign: {title: Call sign, range: ShortText, slot_group: identity}
    rules:
      - title: Say the call sign that was heard.
        annotations: {code: teal-call-sign, level: publish, rule_ref: RPD-12}
        postconditions: {slot_conditions: {radio_call_sign: {required: true}}}
"""
MESSAGE = {
    "message_type": "TealNotice",
    "purpose": "locate",
    "subject": {"family_name": "Adelmira", "forename": "Ines", "status": "missing"},
}
FRENCH = {
    "Teal Notice": "Notice sarcelle",
    "Call sign": "Indicatif d’appel",
    "Say the call sign that was heard.": "Indiquez l’indicatif d’appel entendu.",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """A server of a standard with one notice more, and the headers of two bureaus."""
    folder = tmp_path_factory.mktemp("teal")
    schema = folder / "schema"
    shutil.copytree(SCHEMA, schema)
    (schema / "notices/teal.yaml").write_text(TEAL, "utf-8")
    _line(schema / "ilink.yaml", "  - notices/silver\n", "  - notices/teal\n")
    _line(
        schema / "codes/notice_types.yaml",
        "      silver:\n",
        "",
        before="      teal:\n        title: Teal Notice\n",
    )
    catalogue = schema / "translations/fr.po"
    catalogue.write_text(updated(load(schema), "fr"), "utf-8")
    with catalogue.open("rb") as file:
        entries = read_po(file)
    for entry in entries:
        if not entry.string and entry.id in FRENCH:
            entry.string = FRENCH[str(entry.id)]
    with catalogue.open("wb") as file:
        write_po(file, entries, omit_header=False)
    write(generate(load(schema)), folder / "bundle")
    database = f"sqlite:///{folder / 'ilink.db'}"
    with TestClient(create_app(Settings(database=database, standard=folder / "bundle"))) as client:
        yield client, _tokens(database)


def _line(path: Path, after: str, text: str, before: str = "") -> None:
    said = path.read_text("utf-8")
    assert said.count(after) == 1, path
    path.write_text(said.replace(after, before + after + text), "utf-8")


def _tokens(database: str) -> dict[str, str]:
    store = Store(database)

    def create(connection: Any) -> dict[str, str]:
        found = {}
        for bureau, kind in (("TN", "ncb"), ("ES", "ncb"), ("IPSG", "secretariat")):
            people.create_bureau(connection, bureau, kind, bureau)
            found[bureau] = people.create_token(connection, bureau, "test", "read write")
        return found

    tokens = store.write(create)
    store.close()
    return tokens


def test_a_new_notice_is_everywhere(desk: tuple[TestClient, dict[str, str]]) -> None:
    client, tokens = desk

    def of(bureau: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens[bureau]}", "X-Purpose": "locate"}

    form = client.get("/api/v1/forms/TealNotice", params={"lang": "fr"}).json()
    assert form["label"] == "Notice sarcelle"
    assert "Indicatif d’appel" in client.get("/forms/TealNotice", params={"lang": "fr"}).text
    assert client.get("/docs/standard/classes/TealNotice", params={"lang": "fr"}).status_code == 200

    sent = client.post("/api/v1/messages", json=MESSAGE, headers=of("TN"))
    assert sent.status_code == 201, sent.text
    reference = sent.json()["reference"]
    publication = f"/api/v1/messages/{reference}/publication"
    french = of("IPSG") | {"Accept-Language": "fr"}
    refused = client.post(publication, headers=french | {"If-Match": sent.headers["ETag"]})
    assert refused.status_code == 422
    said = {fault["rule"]: fault["message"] for fault in refused.json()["errors"]}
    assert said["teal-call-sign"].startswith("Indicatif d’appel")
    assert "Indiquez l’indicatif d’appel entendu." in {rule["label"] for rule in form["rules"]}

    amended = client.put(
        f"/api/v1/messages/{reference}",
        json=MESSAGE | {"radio_call_sign": "3XAB"},
        headers=of("TN") | {"If-Match": sent.headers["ETag"]},
    )
    assert amended.status_code == 200, amended.text
    published = client.post(publication, headers=french | {"If-Match": amended.headers["ETag"]})
    assert published.status_code == 200, published.text

    found = client.get("/api/v1/search", params={"q": "adelmira"}, headers=of("ES")).json()
    assert [one["reference"] for one in found["hits"]] == [reference]
    read = client.get(f"/api/v1/messages/{reference}", headers=of("ES")).json()
    assert read["message"]["radio_call_sign"] == "3XAB"
