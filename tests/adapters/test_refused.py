"""Adapters that are refused before the first record: each says file, line, element and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ilink_generators import load
from ilink_generators.adapters import checked
from ilink_generators.adapters.read_adapter import read_parts
from ilink_generators.adapters.searching import check_search, families
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.standard import Standard

ROOT = Path(__file__).parents[2]
CASES = sorted((Path(__file__).parent / "cases").glob("refused_*"))


@pytest.fixture(scope="module")
def standard() -> Standard:
    return load(ROOT / "schema")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused(
    standard: Standard, case: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(case)
    faults: list[ModelFault] = []
    parts = [(one, checked(standard, one, faults)) for one in read_parts(Path("adapter.yaml"), faults)]
    for family in families(parts).values():
        faults += check_search(standard, family)
    said = f"{ModelRefused(faults)}\n"
    if request.config.getoption("--update-cases"):
        (case / "expected.txt").write_text(said, "utf-8")
    assert faults
    assert said == (case / "expected.txt").read_text("utf-8")
