"""Databases for tests of either kind: empty ones, and ones in which the tables of a standard stand already.

On PostgreSQL the tables of the whole standard take a second to make, and a copy of a database that has
them a tenth of it.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import orjson
from sqlalchemy import create_engine, make_url

from ilink_runtime import upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import open_engine


class OnSqlite:
    """Files in a folder of the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> str:
        """The URL of a database without tables."""
        return f"sqlite:///{self._folder / 'ilink.db'}"

    def ready(self, bundle: Bundle) -> str:
        """The URL of a database with the tables of a standard and nothing in them."""
        url = self.empty()
        Path(str(make_url(url).database)).unlink(missing_ok=True)
        _furnish(url, bundle)
        return url


class OnPostgres:
    """A database of a server by its name, anew for each who asks."""

    def __init__(self, server: str, name: str = "test") -> None:
        self._server, self._name = make_url(server), name
        self._made: set[str] = set()

    def empty(self) -> str:
        """The URL of a database without tables; the one that was given before is gone."""
        return self._copy("template1")

    def ready(self, bundle: Bundle) -> str:
        """The URL of a database with the tables of a standard and nothing in them."""
        model = f"{self._name}_{sha256(orjson.dumps(bundle.standard)).hexdigest()[:16]}"
        if model not in self._made:
            self._run(
                f"DROP DATABASE IF EXISTS {model} WITH (FORCE)",
                f"CREATE DATABASE {model} STRATEGY file_copy",
            )
            _furnish(self._url(model), bundle)
            self._made.add(model)
        return self._copy(model)

    def _copy(self, model: str) -> str:
        self._run(
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE {model} STRATEGY file_copy",
        )
        return self._url(self._name)

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()


Databases = OnSqlite | OnPostgres


def _furnish(url: str, bundle: Bundle) -> None:
    engine = open_engine(url)
    upgrade.create(engine, bundle)
    engine.dispose()
