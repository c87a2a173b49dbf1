"""What every room of the tests shares: an option, and an empty database of either kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ilink_runtime import bundle
from tests.databases import Databases, OnPostgres, OnSqlite
from tools.postgres import start_postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """They write what is said now into the files that hold it; read the difference."""
    parser.addoption("--update-cases", action="store_true", help="rewrite errors.txt and expected.txt")
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/desk/golden/*.txt")


@pytest.fixture(scope="session", autouse=True)
def bundle_is_read_once() -> Iterator[None]:
    """The bundle of this repository stays as it is while tests run: hundreds of servers share one reading."""
    read = bundle.read
    ours = cache(read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "read", lambda at=bundle.DEFAULT: (ours if at == bundle.DEFAULT else read)(at))
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with start_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def on_postgres(postgres_url: str) -> OnPostgres:
    """The databases of that server."""
    return OnPostgres(postgres_url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """Databases of either kind."""
    if request.param == "sqlite":
        return OnSqlite(tmp_path)
    found: OnPostgres = request.getfixturevalue("on_postgres")
    return found


@pytest.fixture
def url(databases: Databases) -> str:
    """An empty database."""
    return databases.empty()
