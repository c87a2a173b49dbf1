"""Whole processes: importing the server, and a cold build against the stock generators."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Row, cpu_of, in_turn

_BIN = Path(sys.executable).parent
_STOCK = ("gen-json-schema", "gen-pydantic", "gen-sqla")


def rows() -> Iterator[Row]:
    """CPU seconds of processes from their start to their end."""
    bare = [sys.executable, "-c", "import fastapi, sqlmodel, uvicorn, jinja2, babel.dates, jsonschema"]
    ours, theirs, ratio = in_turn(
        lambda: cpu_of([sys.executable, "-c", "import ilink_runtime.app"]), lambda: cpu_of(bare), rounds=3
    )
    yield Row("import the server / its libraries alone", ours, theirs, "s CPU", "≤ 1.2 s", ratio)
    with tempfile.TemporaryDirectory() as folder:
        build = [str(_BIN / "ilink"), "build", "--out", folder]
        ours, theirs, ratio = in_turn(lambda: cpu_of(build), _stock, rounds=3)
    yield Row("ilink build, cold / three stock generators", ours, theirs, "s CPU", "≥ 5 x; < 4 s", ratio)


def _stock() -> float:
    return sum(cpu_of([str(_BIN / name), "schema/ilink.yaml"]) for name in _STOCK)
