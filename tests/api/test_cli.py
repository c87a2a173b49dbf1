"""The command `ilink`: every command helps with an example, does its work, and refuses in one sentence."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from ilink_runtime import cli, people, settings
from ilink_runtime.writer import Store
from tests.api.bureaus import PASSWORD, notice, publishable
from tests.databases import Databases


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty folder to work in, its database named by the environment."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'data' / 'ilink.sqlite3'}"
    monkeypatch.setenv("ILINK_DATABASE", url)
    return url


def run(*arguments: str, say: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, arguments, input=say, prog_name="ilink")


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, (*path, name))


@pytest.mark.parametrize("path", list(_commands(cli.main)), ids=" ".join)
def test_every_command_helps_with_an_example(path: tuple[str, ...]) -> None:
    helped = run(*path, "--help")
    assert helped.exit_code == 0
    assert f"Example: ilink {' '.join(path)}".strip() in helped.output


def test_the_first_two_minutes(database: str) -> None:
    assert run("bureau", "create", "TN", "--name", "Tunis").output == "Bureau TN is there.\n"
    user = ("user", "create", "amal", "--bureau", "TN", "--name", "Amal", "--zone", "Africa/Tunis")
    assert run(*user, "--password-stdin", say=f"{PASSWORD}\n").exit_code == 0
    created = run("token", "create", "--bureau", "TN", "--name", "cases", "--scope", "write")
    store = Store(database)
    try:
        reader = store.read(lambda c: people.bearer(c, created.output.strip(), "p"))
        assert reader is not None
        assert (reader.bureau, reader.may_write) == ("TN", True)
        assert store.write(lambda c: people.sign_in(c, "amal", PASSWORD, "p"))
        assert run("token", "revoke", "--bureau", "TN", "--name", "cases").exit_code == 0
        assert store.read(lambda c: people.bearer(c, created.output.strip(), "p")) is None
    finally:
        store.close()


def test_a_service_reads_and_writes_only_when_it_is_let(database: str) -> None:
    run("bureau", "create", "FR", "--name", "Paris")
    made = run("entity", "create", "FR", "dgpn", "--name", "Police nationale")
    assert made.output == "Service FR/dgpn is there.\n"
    say = f"{PASSWORD}\n"
    for name, scope in (("dora", ()), ("david", ("--scope", "write"))):
        user = ("user", "create", name, "--bureau", "FR", "--entity", "dgpn", "--name", name, *scope)
        assert "can sign in for FR/dgpn" in run(*user, "--password-stdin", say=say).output
    token = run("token", "create", "--bureau", "FR", "--entity", "dgpn", "--name", "patrol").output.strip()
    store = Store(database)
    try:
        readers = [store.read(lambda c: people.bearer(c, token, "p"))]
        for name in ("dora", "david"):
            secret = store.write(lambda c, name=name: people.sign_in(c, name, PASSWORD, "p")) or ""  # type: ignore[misc]
            officer = store.read(lambda c, secret=secret: people.officer(c, secret))  # type: ignore[misc]
            readers.append(officer.reader if officer else None)
    finally:
        store.close()
    assert [(one.entity, one.may_write) for one in readers if one] == [
        ("FR/dgpn", False),
        ("FR/dgpn", False),
        ("FR/dgpn", True),
    ]


def test_a_password_is_asked_for_twice(database: str) -> None:
    run("bureau", "create", "TN", "--name", "Tunis")
    user = ("user", "create", "amal", "--bureau", "TN", "--name", "Amal")
    assert run(*user, say=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("bureau", "create", "tunis", "--name", "x"), "A bureau's code has"),
        (("token", "create", "--bureau", "XX", "--name", "x"), "There is no bureau XX."),
        (("entity", "create", "XX", "dgpn", "--name", "x"), "There is no bureau XX."),
        (("token", "revoke", "--bureau", "TN", "--name", "x"), "has no token x"),
        (("db", "upgrade", "--database", "nonsense"), "The address of the database is none"),
        (("db", "upgrade", "--database", "nonsense://x"), "The address of the database is none"),
        (("db", "upgrade", "--database", "postgresql+psycopg://127.0.0.1:1/x"), "cannot be opened"),
        (("db", "upgrade", "--standard", "."), "There is no standard here"),
        (("serve", "--standard", "."), "There is no standard here"),
        (("validate", "a.json", "--lang", "xx"), "does not speak xx"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_refusal_is_one_sentence(database: str, arguments: tuple[str, ...], sentence: str) -> None:
    Path("a.json").write_text("{}")
    if arguments[0] == "serve":
        arguments += ("--port", "0")
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("ilink: ")
    assert sentence in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_the_environment_is_read_strictly(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ILINK_MAX_BODY", "ILINK_MAX_STREAMS", "ILINK_SECURE_COOKIES"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "many")
            assert name in run("db", "upgrade").stderr


def test_an_upgrade_says_what_it_did(database: str) -> None:
    assert run("db", "upgrade").output == "The database is ready.\n"
    assert "up to date" in run("db", "upgrade").output


def test_an_outdated_database_is_not_served(database: str) -> None:
    run("db", "upgrade")
    store = Store(database)
    store.write(lambda c: c.exec_driver_sql("ALTER TABLE person DROP COLUMN occupation"))
    store.close()
    refused = run("serve", "--port", "0")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "ilink: The database is outdated. Run: ilink db upgrade\n",
    )
    assert "Added person.occupation." in run("db", "upgrade").output


def test_a_taken_port_is_said(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run("serve", "--port", str(taken.getsockname()[1]))
    assert refused.exit_code == 2
    assert "Address already in use." in refused.stderr


def test_messages_in_files_are_judged(database: str) -> None:
    Path("fine.json").write_text(json.dumps(publishable()))
    Path("two.json").write_text(json.dumps([notice(), notice(purpose=5)]))
    Path("lines.jsonl").write_text(
        json.dumps(notice()) + "\n\n" + json.dumps({"message_type": "RedNotic"}) + "\n"
    )
    Path("broken.json").write_text('{"a": 1,\n "a"}')
    Path("twice.json").write_text('{"a": 1, "a": 2}')
    Path("text.json").write_text('"text"')

    assert run("validate", "fine.json", "--level", "publish").exit_code == 0
    several = run("validate", "two.json", "lines.jsonl", "broken.json", "twice.json", "text.json")
    assert several.exit_code == 1
    said = several.stdout.splitlines()
    assert said[0].startswith("two.json[1]: /purpose: Purpose")
    assert said[0].endswith("(record)")
    assert said[1].startswith("lines.jsonl:3: /message_type: ")
    assert said[2] == "broken.json:2:5: The body is not JSON. (record)"
    assert said[3] == "twice.json: An object has the same name twice. (record)"
    assert said[4] == "text.json: This is not a JSON object. (record)"


def test_the_level_and_the_language_of_a_judgement(database: str) -> None:
    Path("a.json").write_text(json.dumps(notice()))
    assert run("validate", "a.json").exit_code == 0
    publish = run("validate", "a.json", "--level", "publish", "--lang", "fr")
    assert publish.exit_code == 1
    assert "/facts_summary: " in publish.stdout
    assert "RPD-83(2)(b))" in publish.stdout
    Path("a.json").write_text(json.dumps(publishable() | {"urgency": "immediate"}))
    warned = run("validate", "a.json", "--level", "quality")
    assert (warned.exit_code, "(quality, RPD-12)" in warned.stdout) == (0, True)


def test_judgements_for_programs(database: str) -> None:
    Path("a.json").write_text(json.dumps([notice(), notice(purpose=5)]))
    judged = run("validate", "a.json", "--json")
    first, second = map(json.loads, judged.stdout.splitlines())
    assert (first["place"], first["type"], first["valid"], first["errors"]) == (
        "a.json[0]",
        "RedNotice",
        True,
        [],
    )
    assert (second["valid"], second["errors"][0]["pointer"]) == (False, "/purpose")


def test_commands_beside_are_loaded_when_called(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = {
        "beside": EntryPoint("beside", "tests.api.beside:command", "ilink.commands"),
        "missing": EntryPoint("missing", "no_such_module:command", "ilink.commands"),
    }
    monkeypatch.setattr(cli, "_installed", lambda: beside)
    sys.modules.pop("tests.api.beside", None)
    assert "beside" in run("--help").output
    assert "tests.api.beside" not in sys.modules
    assert run("beside").output == "Beside.\n"
    refused = run("missing")
    assert (refused.exit_code, "needs no_such_module" in refused.stderr) == (2, True)
    assert "No such command" in run("nothing").stderr


def test_a_server_is_served_and_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ilink_runtime.cli import main; main()", "serve", "--port", "0"]
    environment = os.environ | {
        "ILINK_DATABASE": f"sqlite:///{tmp_path / 'ilink.db'}",
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        address = said.split()[2].rstrip(".")
        for _ in range(100):
            try:
                health = httpx.get(f"{address}/api/v1/health", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert health.json()["status"] == "ok"
        assert "server" not in health.headers
        server.terminate()
        assert server.wait(15) in (0, -15)


def test_an_empty_database_of_a_server_is_made_ready_first(
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = databases.empty()
    monkeypatch.setenv("ILINK_DATABASE", url)
    created = run("bureau", "create", "TN", "--name", "Tunis")
    if url.startswith("sqlite"):
        assert created.exit_code == 0
    else:
        assert created.stderr == "ilink: The database is empty. Run: ilink db upgrade\n"
        assert run("db", "upgrade").output == "The database is ready.\n"
        assert run("bureau", "create", "TN", "--name", "Tunis").exit_code == 0


def _documented() -> list[str]:
    manual = Path(__file__).parents[2] / "docs" / "operate.md"
    blocks = re.findall(r"```sh\n(.*?)```", manual.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("ilink ")]


@pytest.mark.parametrize("line", _documented())
def test_the_manual_names_commands_and_options_that_are_there(line: str) -> None:
    command: click.Command = cli.main
    arguments = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    command.make_context("ilink", arguments).close()


def test_the_manual_names_every_setting() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "operate.md").read_text("utf-8")
    read = set(re.findall(r"ILINK_[A-Z_]+", Path(str(settings.__file__)).read_text("utf-8")))
    assert read
    assert {name for name in read if f"`{name}`" not in manual} == set()
