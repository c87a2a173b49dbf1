"""What holds for every request and answer: headers, limits, refusals; plain ASGI, so that it costs little."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.signin import SAFE

log = logging.getLogger("ilink")

Refuse = Callable[[Request, Problem], Response]

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecureHeaders:
    """Puts the security headers on every answer; what says nothing of caching is not kept."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = SECURITY_HEADERS) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                if not any(name == b"cache-control" for name, _value in headers):
                    headers.append((b"cache-control", b"no-store"))
                headers += self.headers
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Refusals:
    """Turns problems into answers, and any other error into a problem that echoes nothing.

    The log names the place of an error and its kind; never its message, which may quote what was sent.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            _must_be_readable(scope)
            await self.app(scope, receive, send_noting_start)
        except Exception as error:
            problem = error if isinstance(error, Problem) else _noted(scope, error)
            if started:
                raise problem from None
            await self.refuse(Request(scope, receive), problem)(scope, receive, send)


class LimitBody:
    """Refuses a body that is longer than the limit of its request, announced or not."""

    def __init__(self, app: ASGIApp, limit: Callable[[Scope], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not (announced.isascii() and announced.isdigit()):
            raise Problem(400, "bad_request")
        left = self.limit(scope)
        if len(announced) > 15 or int(announced) > left:
            raise Problem(413, "too_large", headers={"Connection": "close"})

        async def receive_at_most() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise Problem(413, "too_large", headers={"Connection": "close"})
            return message

        await self.app(scope, receive_at_most, send)


class SameOrigin:
    """Refuses what another site makes a browser send here; a second line behind the CSRF token."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            foreign = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
            if foreign and "authorization" not in headers:
                raise Problem(403, "csrf")
        await self.app(scope, receive, send)


class AfterChange:
    """Tells somebody when a request may have changed something, after its answer."""

    def __init__(self, app: ASGIApp, tell: Callable[[], None]) -> None:
        self.app = app
        self.tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        await self.app(scope, receive, send)
        if scope["type"] == "http" and scope["method"] not in SAFE:
            self.tell()


def vary(response: Response, *names: str) -> None:
    """Adds to what an answer varies by."""
    for name in names:
        MutableHeaders(raw=response.raw_headers).add_vary_header(name)


def _must_be_readable(scope: Scope) -> None:
    """No address of ours holds U+0000, and no database takes it."""
    if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
        raise Problem(400, "bad_request", _("The address holds the character U+0000."))


def _noted(scope: Scope, error: Exception) -> Problem:
    incident = uuid4().hex
    route = getattr(scope.get("route"), "path", "?")
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("incident %s: %s in %s %s\n%s", incident, type(error).__name__, scope["method"], route, frames)
    return Problem(500, "internal", more={"incident": incident})
