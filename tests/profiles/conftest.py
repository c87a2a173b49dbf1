"""The standard of this repository, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilink_generators import Standard, load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def standard() -> Standard:
    return load(ROOT / "schema")
