"""A whole server on both databases, one for a module; each test begins without messages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, delete

from ilink_runtime import bundle, database, upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import open_engine
from tests.api.bureaus import Bureaus, opened

#: What tests leave behind; the rest of a message goes with it.
LEFT = ("delivery", "subscription", "lease", "message", "outbox", "tombstone", "audit", "entity")


@pytest.fixture(scope="session")
def standard() -> Bundle:
    return bundle.read()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, standard: Bundle
) -> Iterator[Bureaus]:
    """A server on either database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('server') / 'ilink.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
    engine = open_engine(url)
    upgrade.create(engine, standard)
    engine.dispose()
    with opened(url) as found:
        yield found


@pytest.fixture
def bureaus(server: Bureaus) -> Bureaus:
    """The bureaus, and nothing that they sent."""
    tables = database.metadata.tables

    def clear(connection: Connection) -> None:
        connection.execute(delete(tables["token"]).where(tables["token"].c.name != "system"))
        for name in LEFT:
            connection.execute(delete(tables[name]))

    server.store.write(clear)
    return server
