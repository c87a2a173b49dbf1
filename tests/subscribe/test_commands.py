"""`ilink subscription`: what the administrator makes, sees and ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ilink_runtime import bundle, calls, subscriptions, webhooks
from ilink_runtime.cli import main
from ilink_runtime.opening import open_store

KEY = "k" * 40
PURPOSE = ("--purpose", "national case file")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    run = Run(f"sqlite:///{tmp_path / 'ilink.db'}")
    run("bureau", "create", "TN", "--name", "Tunis")
    run("entity", "create", "TN", "customs", "--name", "Customs")
    return run


class Run:
    """The command on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = {"ILINK_WEBHOOK_HOSTS": "cases.example:443", "ILINK_WEBHOOK_KEY": KEY}

    def __call__(self, *words: str, code: int = 0) -> Result:
        """Types a command."""
        environment = {"ILINK_DATABASE": self.url, **self.environment}
        done = CliRunner().invoke(main, words, env=environment)
        assert done.exit_code == code, done.output
        return done

    def create(self, *words: str, code: int = 0) -> list[str]:
        """Makes a subscription; what it writes, line by line."""
        words = ("subscription", "create", "--bureau", "TN", "--name", "cases", *PURPOSE, *words)
        return self(*words, code=code).output.split("\n")[:-1]


def test_one_that_asks(run: Run) -> None:
    (identity,) = run.create("--adapter", "zz-csv-arabic", "--from-now")
    listed = run("subscription", "list").output
    assert listed == f"TN  cases  {identity}  zz-csv-arabic  active\n"
    for command, state in (("pause", "paused"), ("resume", "active"), ("delete", "ended")):
        said = run("subscription", command, "--bureau", "TN", "--name", "cases").output
        assert said == f"The subscription cases of TN is {state}.\n"
        assert run("subscription", "list", "--bureau", "TN").output.endswith(f"{state}\n")
    run("subscription", "resume", "--bureau", "TN", "--name", "cases", code=2)
    assert run("subscription", "list", "--bureau", "ES").output == ""


def test_one_that_is_called(run: Run) -> None:
    identity, secret = run.create("--url", "https://cases.example/in", "--entity", "customs")
    assert secret == calls.secret(KEY, identity)
    listed = run("subscription", "list").output
    assert "TN/customs  cases" in listed
    assert "https://cases.example/in  0 of 0 told" in listed
    content = Path(run.url.removeprefix("sqlite:///")).read_bytes()
    assert secret.encode() not in content, "secrets are made, not stored"
    run("subscription", "delete", "--bureau", "TN", "--name", "cases")
    assert "https" not in run("subscription", "list").output


@pytest.mark.parametrize(
    "words",
    [
        ("--url", "https://elsewhere.example/in"),
        ("--url", "http://cases.example:443/in"),
        ("--adapter", "nothing"),
        ("--adapter", "icao-9303-td1"),
        ("--type", "Nothing"),
        ("--entity", "nobody"),
    ],
)
def test_what_is_refused_is_refused_in_one_sentence(run: Run, words: tuple[str, ...]) -> None:
    (said,) = run.create(*words, code=2)
    assert said.startswith("ilink: ")
    assert run("subscription", "list").output == ""


def test_without_a_key_nothing_can_be_signed(run: Run) -> None:
    run.environment["ILINK_WEBHOOK_KEY"] = ""
    assert "ILINK_WEBHOOK_KEY" in run.create("--url", "https://cases.example/in", code=2)[0]


def test_the_list_says_what_is_wrong(run: Run) -> None:
    run.create("--url", "https://cases.example/in")
    store = open_store(run.url, bundle.read())
    try:
        (one,) = store.read(subscriptions.listing)
        store.write(lambda c: webhooks.failed(c, one, "status 500", timedelta()))
    finally:
        store.close()
    listed = run("subscription", "list").output
    assert "stopped" in listed
    assert "status 500, 1 times since 20" in listed
