"""Options for every room of the tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-cases` writes what the compiler says now into the cases; read the difference."""
    parser.addoption("--update-cases", action="store_true", help="rewrite errors.txt and expected.txt")
