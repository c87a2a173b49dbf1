"""Serving until somebody stops it."""

from __future__ import annotations

import socket
from types import FrameType
from typing import Protocol

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 10


class Streams(Protocol):
    """What keeps answers open."""

    def stop(self) -> None:
        """Ends them."""


class Server(uvicorn.Server):
    """A server that ends its streams when it is told to stop: they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, feed: Streams) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal to stop."""
        self._feed.stop()
        super().handle_exit(sig, frame)


def config(app: FastAPI) -> uvicorn.Config:
    """How it is served. No access log: addresses hold what was searched for, and the audit has it."""
    return uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Serves on an open socket."""
    Server(config(app), app.state.feed).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Opens the socket before anything else is done; OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=2048)
    # asyncio sets it only on sockets made with IPPROTO_TCP; without it a small answer waits 40 ms
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
