"""`tables.py` for Python users and `tables.json` for the server say the same tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table
from sqlmodel import Session, create_engine, select

from ilink_runtime import bundle as bundles
from ilink_runtime import database, people, projection, submission, upgrade
from ilink_runtime.access import Reader
from ilink_runtime.envelope import OWN_TABLES
from ilink_runtime.writer import Store
from tests.agreement.messages import written
from tests.benchmarks.bundle_python import load


def described(table: Table) -> dict[str, tuple[str, bool]]:
    return {column.name: (type(column.type).__name__, column.primary_key) for column in table.columns}


def test_both_describe_the_same_tables() -> None:
    bundle = bundles.read()
    python = load("tables").Row.metadata.tables
    server = projection.tables(bundle)
    assert set(python) == {*server, "message"}
    assert list(described(python["message"])) == list(described(database.message))
    for name, table in server.items():
        ours = {column: key for column, (_, key) in described(table).items()}
        assert ours == {column: key for column, (_, key) in described(python[name]).items()}, name


def test_asking_for_messages_finds_every_kind(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/ilink.db"
    bundle = bundles.read()
    store = Store(url)
    upgrade.create(store.engine, bundle)
    store.write(lambda c: people.create_bureau(c, "TN", "ncb", "Tunis"))
    reader = Reader("TN", "token:test", "wanted_person")
    good = {
        entry.type: entry.message
        for entry in written()
        if entry.verdict in ("good", "publishable") and bundle.messages[entry.type]["effect"] == "none"
    }

    def record_all(connection: Connection) -> None:
        for name, message in good.items():
            country: Any = message if bundle.messages[name]["entered_by"] else "TN"
            for field in filter(None, bundle.messages[name]["entered_by"].split(".")):
                country = country[field]
            submission.record(connection, bundle, replace(reader, bureau=country), message)

    store.write(record_all)
    store.close()
    tables = load("tables")
    with Session(create_engine(url)) as session:
        found = session.exec(select(tables.Message)).all()
        persons = session.exec(select(tables.Person)).all()
    alone = {name for name, treatment in bundle.messages.items() if treatment["effect"] == "none"}
    assert {row.type for row in found} == alone
    about_persons = [m for m in good.values() if "status" in m.get("subject", {})]
    assert len(persons) == len(about_persons)


def test_the_tables_that_the_server_keeps_for_itself_are_named() -> None:
    assert set(database.metadata.tables) | {"search_index"} == set(OWN_TABLES)
