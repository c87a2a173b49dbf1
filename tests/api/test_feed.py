"""The feed: news for those who may see it, at once, and no trace of the rest."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from ilink_runtime import feed, serving
from ilink_runtime.access import Reader
from ilink_runtime.app import create_app
from ilink_runtime.feed import Feed, News
from ilink_runtime.problems import Problem
from ilink_runtime.settings import Settings
from tests import event_loop
from tests.api.bureaus import Bureaus, diffusion, furnished, notice, sent

TUNIS = Reader("TN", "user:amal", "p")
MADRID = Reader("ES", "user:lucia", "p")
PARIS = Reader("FR", "user:marie", "p")


def _news(bureaus: Bureaus, reader: Reader, after: int = 0) -> list[News]:
    return bureaus.store.read(lambda c: feed.news_for(c, reader, after))[1]


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    return event_loop.run(asyncio.wait_for(work, 20))


def test_news_is_for_those_who_may_see_the_message(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, notice())
    hidden = sent(bureaus.tunis, diffusion(recipients=["ES"]))
    assert [one.kind for one in _news(bureaus, PARIS)] == ["recorded"]
    assert [one.reference for one in _news(bureaus, MADRID)][1] == hidden.json()["reference"]
    last = bureaus.store.read(feed.last_news)
    assert _news(bureaus, MADRID, last) == []
    bureaus.tunis.delete(hidden.headers["location"], headers={"If-Match": hidden.headers["etag"]})
    assert [(one.kind, one.type) for one in _news(bureaus, MADRID, last)] == [("removed", None)]
    assert _news(bureaus, PARIS, last) == []


def test_an_event_says_who_and_that_but_not_what(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, notice()).json()["reference"]
    (one,) = _news(bureaus, MADRID)
    id_line, kind, data, *_ = feed.event(one).decode().splitlines()
    assert re.fullmatch(r"id: [0-9T:.-]+Z", id_line)
    assert kind == "event: message"
    told = orjson.loads(data.removeprefix("data: "))
    assert told == {
        "kind": "recorded",
        "reference": reference,
        "type": "RedNotice",
        "owner": "TN",
        "status": "processing",
        "at": one.at,
    }


def test_who_comes_back_is_told_what_he_missed(bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        sent(bureaus.tunis, notice())
    at = _news(bureaus, MADRID)[1].at
    since = bureaus.store.read(lambda c: feed.news_since(c, at))
    assert since == 0  # within the overlap
    future = "2999-01-01T00:00:00.000Z"
    assert bureaus.store.read(lambda c: feed.news_since(c, future)) == bureaus.store.read(feed.last_news)
    monkeypatch.setattr(feed, "MEMORY", 2)
    assert bureaus.store.read(lambda c: feed.news_since(c, at)) is None
    for strange in ("0001-01-01T00:00:00.000Z", "2026-99-01T00:00:00.000Z"):
        assert bureaus.store.read(lambda c, strange=strange: feed.news_since(c, strange)) is None  # type: ignore[misc]


def test_a_listener_is_woken_and_let_go(bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(feed, "POLL_SECONDS", 30)
    allowed = [MADRID]

    async def work() -> list[bytes]:
        news = Feed(bureaus.store, 1)
        await news.start()
        stream: AsyncIterator[bytes] = news.listen(lambda _c: allowed[0] if allowed else None, None)
        heard = [await anext(stream)]
        with pytest.raises(Problem):
            news.listen(lambda _c: MADRID, None)
        heard.append(await anext(stream))
        await asyncio.to_thread(sent, bureaus.tunis, notice())
        news.look()
        heard.append(await anext(stream))
        while b"still here" in heard[-1]:
            heard.append(await anext(stream))
        allowed.clear()
        heard += [one async for one in stream]
        await news.close()
        with pytest.raises(Problem):
            news.listen(lambda _c: MADRID, None)
        return heard

    heard = _run(work())
    assert heard[0].startswith(b"retry:")
    assert heard[1] == b": still here\n\n"
    assert b'"kind":"recorded"' in heard[-1]


def test_whoever_missed_too_much_loads_anew(bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MEMORY", 1)
    sent(bureaus.tunis, notice())

    async def work() -> list[bytes]:
        news = Feed(bureaus.store, 1)
        await news.start()
        stream = news.listen(lambda _c: MADRID, "2000-01-01T00:00:00.000Z")
        heard = [await anext(stream), await anext(stream)]
        news.stop()
        heard += [one async for one in stream]
        await news.close()
        return heard

    assert _run(work())[1:] == [b"event: reload\ndata: {}\n\n"]


def test_a_server_streams_and_stops(tmp_path: Path) -> None:
    """Over a real socket: heard by Madrid, not by Paris; the server ends in the middle of both streams."""
    bureaus = furnished(create_app(Settings(database=f"sqlite:///{tmp_path / 'ilink.db'}")))
    listener = serving.listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = serving.Server(serving.config(bureaus.app), bureaus.app.state.feed)
    thread = threading.Thread(target=server.run, args=([listener],))
    heard: dict[str, str] = {"ES": "", "FR": ""}

    def hear(code: str) -> None:
        headers = {"Authorization": f"Bearer {bureaus.tokens[code]}", "X-Purpose": "watching"}
        with httpx.stream("GET", f"{address}/api/v1/stream", headers=headers, timeout=20) as answer:
            for text in answer.iter_text():
                heard[code] += text

    listeners = [threading.Thread(target=hear, args=(code,)) for code in heard]
    for one in (thread, *listeners):
        one.start()
    _until(lambda: all(heard.values()))
    headers = {"Authorization": f"Bearer {bureaus.tokens['TN']}"}
    receipt = httpx.post(f"{address}/api/v1/messages", json=diffusion(recipients=["ES"]), headers=headers)
    reference = receipt.json()["reference"]
    _until(lambda: reference in heard["ES"])
    server.handle_exit(2, None)
    for one in (*listeners, thread):
        one.join(10)
        assert not one.is_alive()
    assert reference not in heard["FR"]
    assert "id:" not in heard["FR"]


def _until(holds: Any) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_taken_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serving.listen("127.0.0.1", taken.getsockname()[1])
