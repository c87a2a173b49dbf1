"""Making a bundle: whole processes, from a cold start, against the stock generators of LinkML."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Row, cpu_of, in_turn

_BIN = Path(sys.executable).parent
_STOCK = ("gen-json-schema", "gen-pydantic", "gen-sqla")
_SCHEMAS = Path(
    os.environ.get("ILINK_SCHEMAS") or Path(__file__).parents[3] / "shared" / "data" / "linkml-schemas"
)
_TWO = "from ilink_generators import generate, load; generate(load({!r}), ('json_schema', 'pydantic_models'))"


def rows() -> Iterator[Row]:
    """CPU seconds of processes from their start to their end."""
    with tempfile.TemporaryDirectory() as folder:
        build = [str(_BIN / "ilink"), "build", "--out"]
        fresh = iter(range(1000))
        ours, theirs, ratio = in_turn(
            lambda: cpu_of([*build, f"{folder}/{next(fresh)}"]), lambda: _stock("schema/ilink.yaml"), rounds=3
        )
        yield Row("ilink build, cold / three stock generators", ours, theirs, "s CPU", "≥ 5 x", ratio)
        same, whole, ratio = in_turn(
            lambda: cpu_of([*build, f"{folder}/0"]), lambda: cpu_of([*build, f"{folder}/{next(fresh)}"])
        )
        yield Row("ilink build, nothing changed / cold", same, whole, "s CPU", "< 0.3 s", ratio)
    biolink = _SCHEMAS / "biolink-model.yaml"
    if biolink.is_file():
        two = [sys.executable, "-c", _TWO.format(str(biolink))]
        ours, theirs, ratio = in_turn(lambda: cpu_of(two), lambda: _stock(str(biolink), _STOCK[:2]), rounds=1)
        yield Row("biolink: JSON Schema, Pydantic / stock", ours, theirs, "s CPU", "≥ 5 x", ratio)


def _stock(schema: str, names: tuple[str, ...] = _STOCK) -> float:
    return sum(cpu_of([str(_BIN / name), schema]) for name in names)
