"""A running server takes up changed adapters: whole or not at all, and without a restart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from ilink_runtime.adapters import loading, standing
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.app import create_app
from ilink_runtime.settings import Settings
from tests.api.adapter_bundle import generated, own_bundle, written
from tests.api.bureaus import Bureaus, furnished

RECORD = {"id": "1", "name": "Sample"}
STATUS = {"A": "suspect", "B": "charged"}


@pytest.fixture(scope="module")
def texts() -> dict[str, dict[str, str]]:
    return {title: generated(title, status) for title, status in STATUS.items()}


@pytest.fixture
def directory(tmp_path: Path, texts: dict[str, dict[str, str]]) -> Path:
    return own_bundle(tmp_path / "bundle", texts["A"])


@pytest.fixture
def running(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Bureaus, Adapters]]:
    """A server that looks often."""
    monkeypatch.setattr(standing, "EVERY_SECONDS", 0.01)
    app = create_app(Settings(database=f"sqlite:///{tmp_path / 'ilink.db'}", standard=directory))
    with TestClient(app):
        yield furnished(app), app.state.adapters


def title(adapters: Adapters) -> str:
    return str(adapters.standing["zz-test"].described["title"])


def status(adapters: Adapters) -> str:
    return str(adapters.standing["zz-test"].to_standard(dict(RECORD)).tree["subject"]["status"])


def eventually(adapters: Adapters, hindrance: str, expected: str) -> None:
    """Waits until the server has looked."""
    for _attempt in range(500):
        if (adapters.hindrance, title(adapters)) == (hindrance, expected):
            return
        threading.Event().wait(0.01)
    raise AssertionError((adapters.hindrance, title(adapters)))


def health(bureaus: Bureaus) -> Any:
    return bureaus.client().get("/api/v1/health").json()["adapters"]


def test_a_changed_adapter_is_taken_up(
    running: tuple[Bureaus, Adapters], directory: Path, texts: dict[str, dict[str, str]]
) -> None:
    bureaus, adapters = running
    assert health(bureaus) == {"count": 1, "hindrance": None}
    before = adapters.standing["zz-test"]
    written(directory, texts["B"])
    eventually(adapters, "", "B")
    assert status(adapters) == "charged"
    goes_on = before.to_standard(dict(RECORD)).tree["subject"]["status"]
    assert goes_on == "suspect", "who began with the old one ends with it"


def test_a_half_written_bundle_leaves_the_old_one_standing(
    running: tuple[Bureaus, Adapters], directory: Path, texts: dict[str, dict[str, str]]
) -> None:
    bureaus, adapters = running
    for name in ("adapters.json", "adapters/zz_test.py"):
        written(directory, {name: texts["B"][name]})
        if name == "adapters.json":
            eventually(adapters, "half_written", "A")
            assert health(bureaus) == {"count": 1, "hindrance": "half_written"}
            assert status(adapters) == "suspect"
    eventually(adapters, "", "B")
    written(directory, {"adapters.json": texts["A"]["adapters.json"][:200]})
    eventually(adapters, "half_written", "B")


def test_a_broken_one_leaves_the_old_one_standing_and_is_logged(
    running: tuple[Bureaus, Adapters],
    directory: Path,
    texts: dict[str, dict[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    bureaus, adapters = running
    module = texts["B"]["adapters/zz_test.py"] + "\nraise RuntimeError('it breaks')\n"
    said = orjson.loads(texts["B"]["adapters.json"])
    said["adapters"]["zz-test"]["digest"] = loading.text_digest(module)
    written(directory, {"adapters.json": orjson.dumps(said).decode(), "adapters/zz_test.py": module})
    eventually(adapters, "broken", "A")
    assert "it breaks" in caplog.text
    assert health(bureaus)["hindrance"] == "broken"
    answer = bureaus.tunis.post("/api/v1/adapters/zz-test/messages", content=orjson.dumps(RECORD))
    assert answer.status_code == 200, answer.text


def test_one_that_maps_to_another_standard_waits_for_a_restart(
    running: tuple[Bureaus, Adapters], directory: Path, texts: dict[str, dict[str, str]]
) -> None:
    _bureaus, adapters = running
    said = orjson.loads(texts["B"]["adapters.json"])
    said["standard"] = "0" * 64
    written(directory, texts["B"] | {"adapters.json": orjson.dumps(said).decode()})
    eventually(adapters, "another_standard", "A")


def test_nobody_meets_a_mixture_while_it_changes(
    running: tuple[Bureaus, Adapters], directory: Path, texts: dict[str, dict[str, str]]
) -> None:
    """What an adapter says of itself and what it does belong together, in every request."""
    bureaus, adapters = running
    met: list[tuple[str, str]] = []
    answers: set[int] = set()
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            adapter = adapters.standing["zz-test"]
            found = adapter.to_standard(dict(RECORD)).tree["subject"]["status"]
            met.append((adapter.described["title"], found))

    def send() -> None:
        client = bureaus.client("TN")
        while not over.is_set():
            body = orjson.dumps(RECORD)
            answers.add(client.post("/api/v1/adapters/zz-test/messages?test=true", content=body).status_code)

    threads = [threading.Thread(target=work) for work in (ask, send)]
    for thread in threads:
        thread.start()
    try:
        for number in range(10):
            now = "BA"[number % 2]
            written(directory, texts[now])
            eventually(adapters, "", now)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert set(met) == set(STATUS.items())
    assert answers == {200}
