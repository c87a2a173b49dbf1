"""The standard of this repository, compiled once for all tests of agreement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ilink_generators import Standard, generate, load
from tests.agreement.judges import Judges
from tests.api.bureaus import Bureaus, opened

SCHEMA = Path(__file__).parents[2] / "schema"


@pytest.fixture(scope="session")
def standard() -> Standard:
    return load(SCHEMA)


@pytest.fixture(scope="session")
def judges(standard: Standard, tmp_path_factory: pytest.TempPathFactory) -> Judges:
    return Judges(generate(standard, ("json_schema", "pydantic_models")), tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureaus]:
    """A server of the standard on an empty database."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('agreement') / 'ilink.db'}") as found:
        yield found
