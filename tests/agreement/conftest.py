"""The standard of this repository, compiled once for all tests of agreement."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilink_generators import Standard, generate, load
from tests.agreement.judges import Judges

SCHEMA = Path(__file__).parents[2] / "schema"


@pytest.fixture(scope="session")
def standard() -> Standard:
    return load(SCHEMA)


@pytest.fixture(scope="session")
def judges(standard: Standard, tmp_path_factory: pytest.TempPathFactory) -> Judges:
    return Judges(generate(standard, ("json_schema", "pydantic_models")), tmp_path_factory.mktemp("bundle"))
