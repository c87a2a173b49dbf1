"""A whole server on both databases, with bureaus and the tokens of their systems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from ilink_runtime import bundle
from ilink_runtime.bundle import Bundle
from tests.api.bureaus import Bureaus, opened
from tests.databases import Databases, OnPostgres, OnSqlite


@pytest.fixture(scope="session")
def standard() -> Bundle:
    return bundle.read()


@pytest.fixture
def url(databases: Databases, standard: Bundle) -> str:
    """A database with the tables of the standard."""
    return databases.ready(standard)


@pytest.fixture
def bureaus(url: str) -> Iterator[Bureaus]:
    """A server on either database."""
    with opened(url) as found:
        yield found


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def module_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with tables, of either kind, for all tests of a module."""
    if request.param == "sqlite":
        return OnSqlite(tmp_path_factory.mktemp("module")).ready(bundle.read())
    return OnPostgres(request.getfixturevalue("postgres_url"), "module").ready(bundle.read())


@pytest.fixture(scope="module")
def shared_server(module_url: str) -> Iterator[Bureaus]:
    """One server on either database for all tests of a module, each of which empties it first."""
    with opened(module_url) as found:
        yield found


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    """One server on SQLite for all tests of a module that leave nothing behind."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('server') / 'ilink.db'}") as found:
        yield found


@pytest.fixture(scope="module")
def anybody(one_server: Bureaus) -> TestClient:
    """Somebody without credentials."""
    return one_server.client()
