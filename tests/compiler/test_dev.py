"""`ilink dev` without a browser: what it shows of a model, and that it hears of every save."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ilink_generators import build, dev
from ilink_generators.standard import Standard
from ilink_runtime.bench import NOTHING

ROOT = Path(__file__).parents[2]
PERSON = "person.yaml"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    """A copy of the model under somebody's hands."""
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    return tmp_path / "schema"


def change(path: Path, old: str, new: str) -> None:
    """Saves a file with a part of it replaced, which must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_good_model_is_shown_with_its_findings(schema: Path) -> None:
    change(schema / PERSON, "        description: Every language that the person speaks.\n", "")
    *_, shown = dev.shown(schema, schema / "none")
    assert "RedNotice" in shown.bundle.forms
    assert shown.refusals == ()
    (finding,) = shown.findings
    assert finding.element == "Person.languages"
    assert re.search(r"person\.yaml:[0-9]+$", finding.place)
    assert finding.hint


def test_missing_translations_are_counted_and_hinder_nothing(schema: Path) -> None:
    *_, before = dev.shown(schema, schema / "none")
    change(schema / PERSON, "title: Occupation\n", "title: Work\n")
    *_, after = dev.shown(schema, schema / "none", before)
    assert after.refusals == ()
    assert {name: number + 1 for name, number in before.untranslated.items()} == after.untranslated


def test_a_refused_model_keeps_the_bundle_and_says_every_fault(schema: Path) -> None:
    *_, good = dev.shown(schema, schema / "none")
    change(schema / PERSON, "range: PlaceName\n", "range: PlaceNam\n")
    change(schema / PERSON, "range: HeightCm\n", "range: HeightInch\n")
    *_, shown = dev.shown(schema, schema / "none", good)
    assert shown.bundle is good.bundle
    refused = [refusal.element for refusal in shown.refusals]
    assert refused == ["Person.place_of_birth", "PhysicalDescription.height"]
    change(schema / PERSON, "classes:", "classes: [")
    *_, shown = dev.shown(schema, schema / "none", shown)
    assert shown.bundle is good.bundle
    assert len(shown.refusals) == 1


def test_no_model_at_all_is_said_too(tmp_path: Path) -> None:
    *_, shown = dev.shown(tmp_path / "nowhere", tmp_path)
    assert shown.bundle is NOTHING.bundle
    assert "there is no such file" in shown.refusals[0].sentence


def test_a_generator_that_fails_does_not_end_the_bench(schema: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_standard: Standard) -> dict[str, str]:
        raise ZeroDivisionError("of a third party")

    monkeypatch.setattr(build, "generators", lambda: {"forms": failing})
    *_, refused = dev.shown(schema, schema / "none")
    (refusal,) = refused.refusals
    assert refusal.sentence == "ZeroDivisionError: of a third party"


@pytest.fixture
def address(schema: Path) -> Iterator[str]:
    """The address of the command, run on the copy."""
    command = [str(Path(sys.executable).parent / "ilink"), "dev", "--port", "0", "--schema", str(schema)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", process.stdout.readline())
        assert found is not None
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        text: str = answer.read().decode()
    return text


def test_the_command_tells_of_every_save(address: str, schema: Path) -> None:
    with urllib.request.urlopen(f"{address}/turns", timeout=30) as turns:
        assert turns.readline().startswith(b"data: ")
        until = time.monotonic() + 30
        while "RedNotice" not in _read(address):  # the first model is being made
            assert time.monotonic() < until
            time.sleep(0.1)
        change(schema / PERSON, "title: Occupation\n", "title: Trade or calling\n")
        while "calling" not in _read(f"{address}/bench/RedNotice?lang=en"):
            assert turns.readline()  # blank after each event; the last one is that of the save
            assert time.monotonic() < until
    assert 'title="العربية"' in _read(f"{address}/?form=RedNotice")
    assert 'dir="rtl"' in _read(f"{address}/bench/RedNotice?lang=ar")
    assert "frame-ancestors 'self'" in _headers(address)["content-security-policy"]


def _headers(address: str) -> dict[str, str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}
