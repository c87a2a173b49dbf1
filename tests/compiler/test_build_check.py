"""The bundle in the repository is what the model says, made the same everywhere, and reads like our code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ilink_generators import build as bundle
from ilink_generators import generate, load
from ilink_generators.commands import build

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "ilink_runtime" / "generated"
CASE = Path(__file__).parent / "cases" / "designated_unions" / "model.yaml"


#: A model of its own; our adapters are of our standard.
FOREIGN = ("--schema", CASE, "--adapters", CASE.parent / "none")


def _build(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(build, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_the_committed_bundle_is_what_the_model_says() -> None:
    assert _build("--schema", ROOT / "schema", "--out", GENERATED, "--check")[0] == 0


def test_check_tells_what_drifted_and_what_to_do(tmp_path: Path) -> None:
    out = tmp_path / "bundle"
    assert _build(*FOREIGN, "--out", out)[0] == 0
    assert _build(*FOREIGN, "--out", out, "--check")[0] == 0
    (out / "threads.json").unlink()
    (out / "models.py").write_bytes((out / "models.py").read_bytes().replace(b"\n", b"\r\n"))
    (out / "forms" / "Old.json").write_text("{}")
    code, said = _build(*FOREIGN, "--out", out, "--check")
    assert code == 1
    assert f"{out}/threads.json is missing." in said
    assert f"{out}/models.py differs." in said
    assert f"{out}/forms/Old.json is not generated any more." in said
    assert "Run ilink build" in said
    assert _build(*FOREIGN, "--out", out)[0] == 0
    assert bundle.differences(generate(load(CASE)), out) == []


def test_build_says_what_the_model_has_wrong(tmp_path: Path) -> None:
    refused = CASE.parents[1] / "refused_slot_usage" / "model.yaml"
    code, said = _build("--schema", refused, "--out", tmp_path / "bundle")
    assert code == 1
    assert "slot_usage of b, which it does not have." in said
    assert not (tmp_path / "bundle").exists()


def test_build_never_clears_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    code, said = _build(*FOREIGN, "--out", tmp_path)
    assert code == 1
    assert "holds other things than a bundle" in said
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from ilink_generators import generate, load; from ilink_generators.build import write;"
        "from pathlib import Path; write(generate(load(sys.argv[1])), Path(sys.argv[2]))"
    )
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        subprocess.run(
            [sys.executable, "-c", program, str(ROOT / "schema"), str(tmp_path / seed)],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            cwd=tmp_path,
            check=True,
        )
    files = {path.relative_to(tmp_path / "1").as_posix(): path for path in (tmp_path / "1").rglob("*.*")}
    assert (
        bundle.differences({name: path.read_text("utf-8") for name, path in files.items()}, tmp_path / "2")
        == []
    )


@pytest.mark.parametrize("command", ["ruff format --check", "ruff check", "mypy --strict"])
def test_generated_python_is_held_to_our_own_standard(command: str) -> None:
    files = [str(path.relative_to(ROOT)) for path in sorted(GENERATED.glob("*.py"))]
    assert files
    ran = subprocess.run(
        [sys.executable, "-m", *command.split(), *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
