"""Whole processes: importing the server."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.benchmarks.measure import Row, cpu_of, in_turn


def rows() -> Iterator[Row]:
    """CPU seconds of processes from their start to their end."""
    bare = [sys.executable, "-c", "import fastapi, sqlmodel, uvicorn, jinja2, babel.dates, jsonschema"]
    ours, theirs, ratio = in_turn(
        lambda: cpu_of([sys.executable, "-c", "import ilink_runtime.app"]), lambda: cpu_of(bare), rounds=3
    )
    yield Row("import the server / its libraries alone", ours, theirs, "s CPU", "≤ 1.2 s", ratio)
