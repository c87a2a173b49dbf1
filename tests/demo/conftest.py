"""The demonstration of seed 7 in a database, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ilink_runtime import bundle
from ilink_runtime.bundle import Bundle
from ilink_runtime.demo.server import fill
from ilink_runtime.demo.world import World, world
from ilink_runtime.writer import Store

SEED = 7


@pytest.fixture(scope="session")
def model() -> Bundle:
    return bundle.read()


@pytest.fixture(scope="session")
def invented() -> World:
    return world(SEED)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    fill(f"sqlite:///{path}", bundle.DEFAULT, SEED)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def filled(demo_database: str) -> Iterator[Store]:
    store = Store(demo_database)
    yield store
    store.close()
