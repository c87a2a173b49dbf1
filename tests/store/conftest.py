"""The store on both databases: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from ilink_runtime import people, upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store
from tests.small_bundle import small_bundle
from tests.store.desk import BUREAUS
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
    return small_bundle()


@pytest.fixture
def store(url: str, bundle: Bundle) -> Iterator[Store]:
    """A database with the tables of the small standard and a few bureaus."""
    with closing(Store(url)) as store:
        upgrade.create(store.engine, bundle)
        store.write(establish)
        yield store


def establish(connection: Connection) -> None:
    for code, kind in BUREAUS.items():
        people.create_bureau(connection, code, kind, f"Bureau {code}")
