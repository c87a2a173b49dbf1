"""Each folder of `cases/` holds profiles that are refused, with `errors.txt`: each fault with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ilink_generators import Standard
from ilink_generators.model_text import ModelRefused
from ilink_generators.profiles import generate
from ilink_generators.profiles.read_profile import read_profiles

CASES = sorted((Path(__file__).parent / "cases").iterdir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_profile_that_does_not_tighten_is_refused_with_its_line(
    case: Path, standard: Standard, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(ModelRefused) as refused:
        generate(replace(standard, profiles=read_profiles(case)))
    said = f"{refused.value}\n".replace(f"{case.relative_to(Path.cwd())}/", "")
    if request.config.getoption("--update-cases"):
        (case / "errors.txt").write_text(said, "utf-8")
    assert said == (case / "errors.txt").read_text("utf-8")
