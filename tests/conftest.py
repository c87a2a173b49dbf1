"""What every room of the tests shares: an option, and an empty database of either kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tools.postgres import start_postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    """They write what is said now into the files that hold it; read the difference."""
    parser.addoption("--update-cases", action="store_true", help="rewrite errors.txt and expected.txt")
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/desk/golden/*.txt")


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
