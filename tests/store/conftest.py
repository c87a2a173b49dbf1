"""The store on both databases: every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection

from ilink_runtime import people
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store
from tests.databases import Databases
from tests.small_bundle import small_bundle
from tests.store.desk import BUREAUS


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return small_bundle()


@pytest.fixture
def store(databases: Databases, bundle: Bundle) -> Iterator[Store]:
    """A database with the tables of the small standard and a few bureaus."""
    with closing(Store(databases.ready(bundle))) as store:
        store.write(establish)
        yield store


def establish(connection: Connection) -> None:
    for code, kind in BUREAUS.items():
        people.create_bureau(connection, code, kind, f"Bureau {code}")
