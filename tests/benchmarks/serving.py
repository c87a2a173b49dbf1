"""Routes of two real servers on loopback, eight connections each, in turn: ours and plain FastAPI's."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ilink_runtime import people
from ilink_runtime.writer import Store
from tests.benchmarks.measure import Row, medians, pairs
from tests.benchmarks.validating import NOTICE

_CONNECTIONS = 8


def rows() -> Iterator[Row]:
    """The form, and a durable submission with all its rows."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/ilink.sqlite"
        with _servers(database, f"sqlite:///{folder}/plain.sqlite") as (ours, theirs):
            form, dictionary = _get("/api/v1/forms/RedNotice?lang=ar"), _get("/forms/RedNotice")
            costs = pairs(lambda: ours.load(form, 200, 2000), lambda: theirs.load(dictionary, 200, 80))
            a, b, ratio = medians([(x.cpu, y.cpu) for x, y in costs])
            yield Row("GET a form", a * 1e6, b * 1e6, "us CPU", "≥ 10 x a FastAPI dict route", ratio)
            message, plain = _post("/api/v1/messages", _token(database)), _post("/messages", "")
            costs = pairs(lambda: ours.load(message, 201, 400), lambda: theirs.load(plain, 201, 200))
            a, b, ratio = medians([(x.wall, y.wall) for x, y in costs])
            yield Row("POST a message, durable", a * 1e3, b * 1e3, "ms", "≥ 5 x FastAPI + SQLModel", ratio)
            a, b, ratio = medians([(x.cpu, y.cpu) for x, y in costs])
            yield Row("the same in CPU of the server", a * 1e3, b * 1e3, "ms CPU", "", ratio)


def _token(database: str) -> str:
    store = Store(database)

    def create(connection: object) -> str:
        people.create_bureau(connection, "TN", "ncb", "NCB Tunis")  # type: ignore[arg-type]
        return people.create_token(connection, "TN", "benchmark", "read write")  # type: ignore[arg-type]

    secret = store.write(create)
    store.close()
    return secret


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds a request, of the clock over all connections together, and of the server's own CPU."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server under load."""

    port: int
    pid: int

    def load(self, request: bytes, expected: int, times: int) -> Cost:
        """What one of so many requests costs."""
        start, ticks = time.perf_counter(), self._ticks()
        asyncio.run(_all(self.port, request, expected, times // _CONNECTIONS))
        wall, cpu = time.perf_counter() - start, (self._ticks() - ticks) / os.sysconf("SC_CLK_TCK")
        return Cost(wall / times, cpu / times)

    def _ticks(self) -> int:
        """The server's CPU so far, as Linux accounts for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])


@contextmanager
def _servers(ours: str, theirs: str) -> Iterator[tuple[Server, Server]]:
    """Both servers on free ports of loopback, stopped at the end."""
    ports = (_free_port(), _free_port())
    commands = (
        [str(Path(sys.executable).with_name("ilink")), "serve", "--database", ours, "--port", str(ports[0])],
        [
            sys.executable,
            "-m",
            "uvicorn",
            "--port",
            str(ports[1]),
            "--no-access-log",
            "tests.benchmarks.plain_fastapi:app",
        ],
    )
    environment = os.environ | {"PLAIN_DATABASE": theirs}
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        for port, path in zip(ports, ("/api/v1/health", "/openapi.json"), strict=True):
            _wait(f"http://127.0.0.1:{port}{path}")
        yield Server(ports[0], processes[0].pid), Server(ports[1], processes[1].pid)
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer from {url}")


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _post(path: str, token: str) -> bytes:
    body = NOTICE.read_bytes()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body


async def _all(port: int, request: bytes, expected: int, share: int) -> None:
    await asyncio.gather(*(_connection(port, request, expected, share) for _ in range(_CONNECTIONS)))


async def _connection(port: int, request: bytes, expected: int, times: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    for _ in range(times):
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if f" {expected} " not in head.split("\r\n")[0]:
            raise RuntimeError(head)
        length = next(
            int(line.split(":")[1])
            for line in head.split("\r\n")
            if line.lower().startswith("content-length")
        )
        await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
