"""The documents do not drift: their commands run, their example builds, their links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from ilink_generators import generate, load
from tests.api.bureaus import notice, opened, publishable, sent

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def commands(document: str, program: str) -> list[str]:
    """The lines of the indented blocks that run a program, continued lines joined."""
    text = (ROOT / document).read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.split("\n") if line.startswith("    ")]
    return [line.partition("  #")[0] for line in lines if line.removeprefix(".venv/bin/").startswith(program)]


@pytest.mark.parametrize("command", [*commands("docs/change-the-standard.md", "ilink")])
def test_the_standards_editor_can_type_this(command: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    shutil.copytree(ROOT / "national_adapters", tmp_path / "national_adapters")
    shutil.copytree(ROOT / "ilink_runtime/generated", tmp_path / "ilink_runtime/generated")
    words = shlex.split(command.removeprefix(".venv/bin/"))
    run = subprocess.run(
        [BIN / words[0], *words[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


#: The files that the commands name.
FILES = {
    "@notice.json": json.dumps(publishable()).encode(),
    "@photo.jpg": b"\xff\xd8\xff an invented photograph",
    "@avis.csv": (ROOT / "national_adapters/ch-csv-recherche/examples/01-complet.csv").read_bytes(),
}
#: The message that they name.
NAMED = "2026-7K3QX9TD"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """The system of a country, and the reference of a message that it sent."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('country') / 'ilink.db'}") as bureaus:
        yield bureaus.client("TN"), sent(bureaus.tunis, notice()).json()["reference"]


@pytest.mark.parametrize("command", commands("docs/connect-your-country.md", "curl"))
def test_the_countrys_colleague_can_type_this(command: str, country: tuple[TestClient, str]) -> None:
    client, reference = country
    words = iter(shlex.split(command)[1:])
    method, path, headers, body = "GET", "", {}, None
    parts: list[tuple[str, tuple[str, bytes, str]]] = []
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-binary"):
            given = next(words)
            body = FILES[given] if given.startswith("@") else given.encode()
        elif word == "-F":
            name, _, said = next(words).partition("=")
            file, _, kind = said.partition(";type=")
            parts.append((name, (file[1:], FILES[file], kind)))
        else:
            path = word.removeprefix("http://127.0.0.1:8000/api/v1")
    headers.pop("Authorization", None)  # the client has a token of its own
    path = path.replace(NAMED, reference)
    answer = client.request(method, f"/api/v1{path}", headers=headers, content=body, files=parts or None)
    assert answer.status_code in (200, 201), answer.text


def test_the_commands_for_the_country_exist() -> None:
    for command in commands("docs/connect-your-country.md", "ilink"):
        words = shlex.split(command)
        named = [word for word in words[1:3] if not word.startswith("-")]
        helped = subprocess.run([BIN / "ilink", *named, "--help"], capture_output=True, text=True, check=True)
        for option in [word for word in words if word.startswith("--")]:
            assert option in helped.stdout, f"{command}: {option}"


def test_the_example_of_the_readme_is_a_change_of_the_model_alone(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"```yaml\n# schema/person\.yaml.*?\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    shutil.copytree(ROOT / "schema", tmp_path / "schema")
    person = tmp_path / "schema/person.yaml"
    lines = person.read_text("utf-8")
    anchor = lines.index("      status:\n", lines.index("\n  Person:\n"))
    person.write_text(lines[:anchor] + block.group(1) + lines[anchor:], "utf-8")
    (name,) = yaml.safe_load(block.group(1))
    before, after = generate(load(ROOT / "schema")), generate(load(tmp_path / "schema"))
    changed = {path for path in after if after[path] != before.get(path)}
    assert {"schema.json", "models.py", "tables.py", "tables.json", "standard.json"} <= changed
    assert {"forms/RedNotice.json", "texts/en.json"} <= changed
    assert all(
        name in after[path] for path in ("schema.json", "models.py", "tables.py", "forms/RedNotice.json")
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target
