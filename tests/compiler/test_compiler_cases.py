"""Each folder of `cases/` is a small model: refused with `errors.txt`, or judging its instances.

`valid/*.json` have no fault at any level; `invalid/*.json` have those of `expected.txt`. Where a
model has several messages, a file is named by its type: `Red.full.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ilink_generators import ModelRefused, generate, load
from ilink_runtime.validation import Fault
from tests.agreement.judges import Judges, load_python

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/model.yaml"))
GENERATORS = (
    "json_schema",
    "pydantic_models",
    "sql_tables",
    "forms",
    "code_lists",
    "threads",
    "standard_json",
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(case)
    update = bool(request.config.getoption("--update-cases"))
    try:
        standard = load("model.yaml")
    except ModelRefused as refused:
        _compare(case / "errors.txt", f"{refused}\n", update)
        return
    assert not (case / "errors.txt").exists() or update, "this model ought to be refused"
    files = generate(standard, GENERATORS)
    judges = Judges(files, tmp_path)
    load_python(files["tables.py"], tmp_path)
    messages = [message.name for message in standard.messages()]
    said = []
    for path in sorted(case.glob("*valid/*.json")):
        message_type = path.stem.split(".")[0] if len(messages) > 1 else messages[0]
        value = json.loads(path.read_text("utf-8"))
        judges.agree(message_type, value)
        faults = judges.all_faults(message_type, value)
        if path.parent.name == "valid":
            assert faults == [], path
        else:
            assert faults, path
            said += [f"{path.name}: {_shown(fault)}" for fault in faults]
    if said:
        _compare(case / "expected.txt", "\n".join(said) + "\n", update)


def _shown(fault: Fault) -> str:
    either = f" either {' '.join(fault.paths)}" if fault.paths else ""
    return f"{fault.code} {fault.path or '(message)'} {fault.level} {fault.rule or '-'}{either}"


def _compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text
