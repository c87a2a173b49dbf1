"""A build whose inputs have not changed is not done again; any change of them, or of the bundle, is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from ilink_generators.commands import build

CASE = Path(__file__).parent / "cases" / "designators" / "model.yaml"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that was built once, its bundle beside it."""
    path = tmp_path / "schema" / "model.yaml"
    path.parent.mkdir()
    shutil.copy(CASE, path)
    _build(path)
    return path


def _build(model: Path) -> str:
    out = model.parents[1] / "bundle"
    result = CliRunner().invoke(build, ["--schema", str(model), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return result.output


def test_nothing_changed(model: Path) -> None:
    assert "nothing has changed" in _build(model)
    assert "nothing has changed" in _build(model)


def test_another_model_is_not_the_same(model: Path) -> None:
    other = model.with_name("other.yaml")
    other.write_text(model.read_text("utf-8").replace("Death", "End"), "utf-8")
    assert "files" in _build(other)


@pytest.mark.parametrize("change", ["model", "overlay", "catalogue", "bundle", "lost"])
def test_a_change_is_seen(model: Path, change: str) -> None:
    bundle = model.parents[1] / "bundle"
    match change:
        case "model":
            model.write_text(model.read_text("utf-8").replace("Death", "End"), "utf-8")
        case "overlay":
            model.with_name("model.fr.yaml").write_text("classes: {Box: {title: Boîte}}\n", "utf-8")
        case "catalogue":
            (model.parent / "translations").mkdir()
            _build(model)
            (model.parent / "translations" / "fr.po").write_text('msgid ""\nmsgstr ""\n', "utf-8")
        case "bundle":
            (bundle / "schema.json").write_text("{}", "utf-8")
        case "lost":
            (bundle / "models.py").unlink()
    assert "files" in _build(model)
    assert (bundle / "models.py").is_file()
    assert (bundle / "schema.json").read_text("utf-8") != "{}"
    assert "nothing has changed" in _build(model)
