"""Each folder of `cases/` holds profiles that are refused, with `errors.txt`: each fault with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from ilink_generators import Standard
from ilink_generators.adapters.commands import adapter
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


def test_the_command_checks_a_profile_beside_its_adapter_and_alone(tmp_path: Path) -> None:
    def check(*said: str) -> tuple[int, str]:
        told = CliRunner().invoke(adapter, ["check", *said])
        return told.exit_code, told.output

    code, said = check("ch-csv-recherche")
    assert (code, "the profile of CH only tightens RedNotice" in said) == (0, True)
    alone = tmp_path / "tn"
    alone.mkdir()
    (alone / "profile.yaml").write_text(
        "profile: x\ncountry: TN\nforms: {RedNotice: {require: [subject.sex]}}\n", "utf-8"
    )
    code, said = check("--adapters", str(tmp_path))
    assert (code, said) == (0, "tn: the profile of TN only tightens RedNotice.\n")
    (alone / "profile.yaml").write_text(
        "profile: x\ncountry: TN\nforms:\n RedNotice:\n  hide: [purpose]\n", "utf-8"
    )
    code, said = check("--adapters", str(tmp_path))
    assert (code, f"{alone}/profile.yaml:5: purpose: it is needed" in said) == (1, True)
