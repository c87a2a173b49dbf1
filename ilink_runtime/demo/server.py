"""Runs the server with the demonstration in it, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ilink_runtime import bundle, serving
from ilink_runtime.app import create_app
from ilink_runtime.demo.load import is_demo, is_new, load
from ilink_runtime.demo.officers import OFFICERS
from ilink_runtime.opening import open_store
from ilink_runtime.problems import Problem
from ilink_runtime.settings import from_environment


def run(host: str = "127.0.0.1", port: int = 8000, database: str | None = None, seed: int = 7) -> None:
    """Serves the world of a seed, from a database of its own or from the one at a URL.

    Port 0 is any free one. An empty database is filled; Problem when it holds anything but the demonstration.
    """
    with _listen(host, port) as listener, _database(database) as url:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, so that nothing is left
        settings = replace(from_environment(), database=url, demo=True)
        fill(url, settings.standard, seed)
        app = create_app(settings)
        name, number = f"[{host}]" if ":" in host else host, listener.getsockname()[1]
        print(tour(f"http://{name}:{number}"), flush=True)
        with suppress(KeyboardInterrupt):
            serving.serve(app, listener)


def fill(url: str, standard: Path, seed: int) -> None:
    """Fills an empty database with the world of a seed; one that holds it already stays as it is."""
    model = bundle.read(standard)
    store = open_store(url, model)
    try:
        if store.read(is_new):
            store.write(lambda connection: load(connection, model, seed))
        elif not store.read(is_demo):
            raise Problem(409, "conflict", "This database is in use. The demonstration needs one of its own.")
    finally:
        store.close()


def tour(address: str) -> str:
    """What the terminal says: where to look, and three steps."""
    steps = [f"  {officer.step}. {officer.role}" for officer in OFFICERS if officer.step]
    return "\n".join(
        [
            f"ilink runs with invented data: {address}",
            "Sign in there with one click, as an officer of three bureaus in turn:",
            *steps,
            "A notice that is ready to be sent lies among the drafts of Tunis. Stop with Ctrl-C.",
        ]
    )


def _listen(host: str, port: int) -> socket.socket:
    try:
        return serving.listen(host, port)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Problem(409, "conflict", f"Cannot listen at {host}, port {port}: {reason}.") from error


@contextmanager
def _database(given: str | None) -> Iterator[str]:
    """The database that was given, else one that is gone when the server stops."""
    if given is not None:
        yield given
        return
    with TemporaryDirectory(prefix="ilink-demo-") as folder:
        yield f"sqlite:///{folder}/demo.sqlite3"
