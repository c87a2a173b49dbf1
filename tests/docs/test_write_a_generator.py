"""The generator of docs/write-a-generator.md: built from the page, installed beside ilink, and run."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ilink_generators import load

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/write-a-generator.md"
BLOCK = re.compile(r"```\w+\n# (data-dictionary/\S+)\n(.*?)```", re.DOTALL)
ILINK = Path(sys.executable).parent / "ilink"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package of the page is installed."""
    folder = tmp_path_factory.mktemp("third-party")
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    assert {name for name, _ in blocks} == {
        "data-dictionary/pyproject.toml",
        "data-dictionary/data_dictionary.py",
    }
    for name, text in blocks:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    target = folder / "target"
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    _run([sys.executable, "-m", "pip", "install", *options, "--target", target, folder / "data-dictionary"])
    return target


def _run(command: list[str | Path], beside: Path | None = None) -> str:
    paths = [str(beside)] if beside else []
    paths += filter(None, [os.environ.get("PYTHONPATH")])
    environment = os.environ | ({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_installed_generator_is_run_by_build_and_held_by_check(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "my-bundle"
    _run([ILINK, "build", "--out", out], beside=installed)
    lines = (out / "dictionary.csv").read_text("utf-8").splitlines()
    fields = {(row["class"], row["field"]): row for row in csv.DictReader(lines)}
    standard = load(ROOT / "schema")
    assert set(fields) == {(c.name, slot.name) for c in standard.reachable() for slot in c.slots}
    assert fields["Person", "status"]["needed"] == "yes"
    assert (
        fields["Person", "family_name"]["label"]
        == standard.translations["fr"]["NameParts.family_name.title"].text
    )
    _run([ILINK, "build", "--check", "--out", out], beside=installed)


def test_without_it_the_bundle_has_no_such_file(tmp_path: Path) -> None:
    _run([ILINK, "build", "--out", tmp_path / "bundle"])
    assert not (tmp_path / "bundle/dictionary.csv").exists()


def test_it_is_chosen_by_its_name(installed: Path) -> None:
    lines = re.search(
        r"```python\n(from ilink_generators import generate.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    )
    assert lines is not None
    said = _run([sys.executable, "-c", lines[1] + "print(list(files))"], beside=installed)
    assert said.strip() == "['dictionary.csv']"
