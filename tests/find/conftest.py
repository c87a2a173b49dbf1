"""Search and threads on both databases: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert

from ilink_runtime import database, search
from ilink_runtime.bundle import Bundle
from tests.find.desk import BUREAUS, linked_bundle


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return linked_bundle()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An empty database with the hand-written tables, the search index and a few bureaus."""
    engine = database.open_engine(url)
    with engine.begin() as connection:
        database.metadata.create_all(connection)
        search.prepare(connection)
        rows = [{"code": code, "kind": "ncb", "name": code, "created_at": database.now()} for code in BUREAUS]
        connection.execute(insert(database.bureau), rows)
    yield engine
    engine.dispose()
