"""Calls to a national system: one POST after the other over a connection, each signed and answered.

Signed as Standard Webhooks has it (https://www.standardwebhooks.com): HMAC-SHA256 over id, instant and
body. The connection stands before anything is told, so what never left is known not to have left.
No redirect is followed, and of an answer only its status counts.
"""

from __future__ import annotations

import asyncio
import hmac
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from time import time

import h11

from ilink_runtime import __version__
from ilink_runtime.addresses import Forbidden, Target, resolve

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
LONGEST_ANSWER = 64 * 1024
PREFIX = "whsec_"


class Undelivered(Exception):
    """Why a call failed, in one or two words: timeout, redirect 302, status 500 …"""


def secret(key: str, identity: str) -> str:
    """The secret of a subscription: made of the server's key, so it is stored nowhere."""
    made = hmac.new(key.encode(), f"webhook {identity}".encode(), sha256).digest()
    return PREFIX + b64encode(made).decode()


def signature(secret: str, identity: str, instant: int, body: bytes) -> str:
    """The signature of a call, version 1."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{identity}.{instant}.".encode() + body, sha256).digest()
    return f"v1,{b64encode(signed).decode()}"


class Line:
    """An open connection; `closed` when the next call needs another one."""

    def __init__(
        self, target: Target, secret: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._target = target
        self._secret = secret
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)
        self.closed = False

    async def post(self, identity: str, body: bytes) -> None:
        """Sends a body and waits for a status of 200 to 299. Undelivered says why not."""
        self.closed = True  # until the answer was read to its end
        instant = int(time())
        headers = [
            ("host", self._target.authority),
            ("user-agent", f"ilink/{__version__}"),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("webhook-id", identity),
            ("webhook-timestamp", str(instant)),
            ("webhook-signature", signature(self._secret, identity, instant, body)),
        ]
        request = h11.Request(method="POST", target=self._target.path, headers=headers)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                for event in (request, h11.Data(data=body), h11.EndOfMessage()):
                    self._writer.write(self._http.send(event) or b"")
                await self._writer.drain()
                status = await self._answer()
        except TimeoutError:
            raise Undelivered("timeout") from None
        except (OSError, h11.RemoteProtocolError):
            raise Undelivered("no answer") from None
        if 300 <= status < 400:
            raise Undelivered(f"redirect {status}")
        if not 200 <= status < 300:
            raise Undelivered(f"status {status}")

    async def _answer(self) -> int:
        """The status of the answer; what else it says is read so that the connection can be used again."""
        status = length = 0
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(16 * 1024))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                length += len(event.data)
                if length > LONGEST_ANSWER:
                    return status
            elif isinstance(event, h11.EndOfMessage):
                if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
                    self._http.start_next_cycle()
                    self.closed = False
                return status
            elif isinstance(event, h11.ConnectionClosed):
                raise Undelivered("no answer")


@asynccontextmanager
async def connected(target: Target, secret: str) -> AsyncIterator[Line]:
    """A connection to where a target leads. Undelivered when there is none, and then nothing was told."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            address = await resolve(target.host)
            reader, writer = await asyncio.open_connection(
                address,
                target.host.port,
                ssl=_tls() if target.tls else None,
                server_hostname=target.host.name.strip("[]") if target.tls else None,
            )
    except Forbidden:
        raise Undelivered("forbidden address") from None
    except TimeoutError:
        raise Undelivered("timeout") from None
    except ssl.SSLError:
        raise Undelivered("tls") from None
    except (OSError, UnicodeError):
        raise Undelivered("no connection") from None
    try:
        yield Line(target, secret, reader, writer)
    finally:
        writer.transport.abort()


@cache
def _tls() -> ssl.SSLContext:
    """TLS 1.2 at least, with the authorities that the machine trusts."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
