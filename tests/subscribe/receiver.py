"""A national system that is called: it keeps what came, and answers as the test wants."""

from __future__ import annotations

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Answer = bytes | float | Callable[[dict[str, Any]], bytes]


@dataclass
class Receiver:
    """Answers in turn what `answers` holds, then 200; a number is so many seconds of silence."""

    answers: list[Answer] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was told, call by call."""
        return [json.loads(body) for _headers, body in self.calls]

    def told(self) -> list[tuple[str, str]]:
        """Kind and reference, call by call."""
        return [(body["kind"], body["reference"]) for body in self.bodies]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.calls.append(({"request": head[0], **headers}, body))
                answer = self.answers.pop(0) if self.answers else OK
                if isinstance(answer, float):
                    await asyncio.sleep(answer)
                    answer = OK
                writer.write(answer(json.loads(body)) if callable(answer) else answer)
                await writer.drain()
                if b"Connection: close" in (answer if isinstance(answer, bytes) else b""):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(*answers: Answer) -> AsyncIterator[Receiver]:
    """A receiver at a port of this machine."""
    receiver = Receiver(list(answers))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver checks, written by the letter of Standard Webhooks."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b64decode(secret[len("whsec_") :]), signed, sha256).digest()
    return headers["webhook-signature"] == f"v1,{b64encode(digest).decode()}"
