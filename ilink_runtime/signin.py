"""Who is asking: an officer with a session cookie, or a bureau's system with a bearer token.

A browser sends the cookie by itself, so everything that changes something by cookie also needs the
session's CSRF token, in the form field `csrf` or the header `X-CSRF-Token`. A bearer token is never
sent by a browser by itself and needs none.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import people
from ilink_runtime.access import Reader
from ilink_runtime.people import Officer
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store

COOKIE = "ilink_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_PURPOSE = 200
LONGEST_SECRET = 200

#: Finds out again who is asking, in a transaction of the reader's own; None when he may no longer.
Identify = Callable[[Connection], Reader | None]


async def officer(request: Request) -> Officer | None:
    """The officer whose session the cookie names, if it still runs."""
    if not hasattr(request.state, "officer"):
        secret = request.cookies.get(COOKIE, "")
        store: Store = request.app.state.store
        known = await store.aglance(lambda c: people.officer(c, secret)) if _may_be_secret(secret) else None
        request.state.officer = known
    found: Officer | None = request.state.officer
    return found


async def require_officer(request: Request) -> Officer:
    """The officer, or Problem `unauthenticated`."""
    found = await officer(request)
    if found is None:
        raise Problem(401, "unauthenticated")
    return found


async def require_reader(request: Request, *, trying: bool = False) -> Reader:
    """Who comes with a bearer token or a cookie; to change something by cookie, with the CSRF token.

    A token of the test space comes in only where something can be tried out.
    """
    if "authorization" in request.headers:
        known = await _bearer(request)
        if known.test and not trying:
            raise Problem(403, "scope", _("This token is for the test space alone."))
        return known
    found = await officer(request)
    if found is None:
        raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    if request.method not in SAFE:
        _compare(found, request.headers.get("x-csrf-token", ""))
    return found.reader


async def require_purpose(request: Request) -> Reader:
    """The reader, who has said why he reads: at sign-in, or in the header `X-Purpose`."""
    reader = await require_reader(request)
    if not reader.purpose:
        raise Problem(400, "purpose_required")
    return reader


async def check_csrf(request: Request, form: Mapping[str, object]) -> None:
    """Problem `csrf` unless the form, or the header, holds the token of the officer's session."""
    known = await require_officer(request)
    _compare(known, request.headers.get("x-csrf-token") or str(form.get("csrf") or ""))


def identify(request: Request) -> Identify:
    """How a long answer asks again who is reading it, for a session ends and a token is revoked."""
    secret, purpose = _token(request), _purpose(request)
    if secret is not None:

        def by_token(connection: Connection) -> Reader | None:
            known = people.bearer(connection, secret, purpose)
            return None if known is None or known.test else known

        return by_token

    def by_cookie(connection: Connection) -> Reader | None:
        known = people.officer(connection, request.cookies.get(COOKIE, ""))
        return known.reader if known else None

    return by_cookie


def session_secret(request: Request) -> str:
    """The secret in the cookie, for signing out."""
    return request.cookies.get(COOKIE, "")


def keep_session(request: Request, response: Response, secret: str) -> None:
    """Puts a new session's secret in the browser."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=people.SESSION_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )


def forget_session(request: Request, response: Response) -> None:
    """Takes the secret out of the browser."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_secure(request))


async def _bearer(request: Request) -> Reader:
    secret, purpose = _token(request), _purpose(request)
    store: Store = request.app.state.store
    known = await store.aglance(lambda c: people.bearer(c, secret, purpose)) if secret else None
    if known is None:
        raise Problem(401, "unauthenticated", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return known


def _token(request: Request) -> str | None:
    """The bearer token, empty when another kind of credentials came, None when none came."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    return secret if scheme.lower() == "bearer" and _may_be_secret(secret) else ""


def _purpose(request: Request) -> str:
    """What `X-Purpose` says; headers are bytes, and UTF-8 is what they hold today."""
    given = request.headers.get("x-purpose", "").encode("latin-1")
    try:
        purpose = given.decode().strip()
    except UnicodeDecodeError:
        raise Problem(400, "bad_request", _("The header X-Purpose is not UTF-8 text.")) from None
    if len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
        raise Problem(400, "bad_request", _("The header X-Purpose is not a short text."))
    return purpose


def _may_be_secret(secret: str) -> bool:
    return 0 < len(secret) <= LONGEST_SECRET and secret.isascii() and secret.isprintable()


def _compare(known: Officer, given: str) -> None:
    if not hmac.compare_digest(known.csrf.encode(), given.encode(errors="backslashreplace")):
        raise Problem(403, "csrf")


def _secure(request: Request) -> bool:
    return request.url.scheme == "https" or bool(request.app.state.settings.secure_cookies)
