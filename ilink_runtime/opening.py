"""Opening the database of a standard: what is empty gets its tables, what is outdated is refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url

from ilink_runtime import upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store


class OutdatedDatabase(Exception):
    """The database does not fit the standard; `ilink db upgrade` makes it fit."""


def open_store(url: str, bundle: Bundle) -> Store:
    """Opens a database that fits the standard; an empty SQLite is made ready, a server's database is not."""
    make_folder(url)
    store = Store(url)
    try:
        state = upgrade.check(store.engine, bundle)
        if state == "empty" and store.engine.dialect.name == "sqlite":
            upgrade.create(store.engine, bundle)
        elif state != "current":
            raise OutdatedDatabase(f"The database is {state}. Run: ilink db upgrade")
    except BaseException:
        store.close()
        raise
    return store


def make_folder(url: str) -> None:
    """Makes the folder that a SQLite file is to stand in."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
