"""Search and threads on both databases: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, insert

from ilink_runtime import database, search
from ilink_runtime.bundle import Bundle
from tests.find.desk import BUREAUS, linked_bundle
from tools.postgres import start_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with start_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ilink.db'}"
    found: str = request.getfixturevalue("postgres_url")
    engine = create_engine(found)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return found


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
