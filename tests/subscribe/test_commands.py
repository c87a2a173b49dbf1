"""`ilink subscription`: what the administrator makes, sees and ends."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ilink_runtime import bundle, calls, people, subscriptions, webhooks
from ilink_runtime.cli import main
from ilink_runtime.opening import open_store

KEY = "k" * 40
PURPOSE = ("--purpose", "national case file")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One database for all: each test has a name of its own."""
    run = Run(f"sqlite:///{tmp_path_factory.mktemp('command') / 'ilink.db'}")
    with closing(open_store(run.url, bundle.read())) as store:
        store.write(lambda c: people.create_bureau(c, "TN", "ncb", "Tunis"))
        store.write(lambda c: people.create_entity(c, "TN", "customs", "Customs"))
    return run


class Run:
    """The command on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = {"ILINK_WEBHOOK_HOSTS": "cases.example:443", "ILINK_WEBHOOK_KEY": KEY}

    def __call__(self, *words: str, code: int = 0, **environment: str) -> Result:
        """Types a command."""
        environment = {"ILINK_DATABASE": self.url, **self.environment, **environment}
        done = CliRunner().invoke(main, words, env=environment)
        assert done.exit_code == code, done.output
        return done

    def create(self, name: str, *words: str, code: int = 0, **environment: str) -> list[str]:
        """Makes a subscription; what it writes, line by line."""
        words = ("subscription", "create", "--bureau", "TN", "--name", name, *PURPOSE, *words)
        return self(*words, code=code, **environment).output.split("\n")[:-1]

    def listed(self, name: str) -> str:
        """What the list says of a subscription."""
        lines = self("subscription", "list", "--bureau", "TN").output.split("\n")
        return next(line for line in lines if f"  {name}  " in line)


def test_one_that_asks(run: Run) -> None:
    (identity,) = run.create("asks", "--adapter", "zz-csv-arabic", "--from-now")
    assert run.listed("asks") == f"TN  asks  {identity}  zz-csv-arabic  active"
    for command, state in (("pause", "paused"), ("resume", "active"), ("delete", "ended")):
        said = run("subscription", command, "--bureau", "TN", "--name", "asks").output
        assert said == f"The subscription asks of TN is {state}.\n"
    assert run.listed("asks").endswith("ended")
    run("subscription", "resume", "--bureau", "TN", "--name", "asks", code=2)
    assert run("subscription", "list", "--bureau", "ES").output == ""


def test_one_that_is_called(run: Run) -> None:
    identity, secret = run.create("called", "--url", "https://cases.example/in", "--entity", "customs")
    assert secret == calls.secret(KEY, identity)
    assert run.listed("called") == (
        f"TN/customs  called  {identity}  json  active  https://cases.example/in  0 of 0 told"
    )
    folder = Path(run.url.removeprefix("sqlite:///")).parent
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert identity.encode() in content
    assert secret.removeprefix(calls.PREFIX).encode() not in content, "secrets are made, not stored"
    run("subscription", "delete", "--bureau", "TN", "--name", "called")
    assert "https" not in run.listed("called")


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
    (said,) = run.create("refused", *words, code=2)
    assert said.startswith("ilink: ")


def test_without_a_key_nothing_can_be_signed(run: Run) -> None:
    words = ("--url", "https://cases.example/in")
    assert "ILINK_WEBHOOK_KEY" in run.create("unsigned", *words, code=2, ILINK_WEBHOOK_KEY="")[0]


def test_the_list_says_what_is_wrong(run: Run) -> None:
    identity, _secret = run.create("failing", "--url", "https://cases.example/in")
    with closing(open_store(run.url, bundle.read())) as store:
        one = store.read(lambda c: subscriptions.find(c, identity))
        assert store.write(lambda c: webhooks.failed(c, one, "status 500", timedelta()))
    assert "stopped" in run.listed("failing")
    assert "status 500, 1 times since 20" in run.listed("failing")
