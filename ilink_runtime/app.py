"""The server put together: one bundle, one database, the interface and the pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ilink_runtime import __version__, api, bundle, pages
from ilink_runtime.adapters.standing import Adapters, keep_looking
from ilink_runtime.api.ready import PREFIX, Library
from ilink_runtime.feed import Feed
from ilink_runtime.languages import Languages
from ilink_runtime.levels import Levels
from ilink_runtime.middleware import AfterChange, LimitBody, Refusals, SameOrigin, SecureHeaders
from ilink_runtime.opening import open_store
from ilink_runtime.problem_details import problem_details
from ilink_runtime.problems import Problem
from ilink_runtime.profiles import Profiles
from ilink_runtime.settings import Settings
from ilink_runtime.sweep import keep_sweeping
from ilink_runtime.webhooks import Courier
from ilink_runtime.writer import Store

STATIC = Path(__file__).parent / "static"
CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"


def create_app(settings: Settings) -> FastAPI:
    """Makes a server of settings; an empty SQLite database gets its tables, an outdated one is refused."""
    standard = bundle.read(settings.standard)
    store = open_store(settings.database, standard)
    feed = Feed(store, settings.max_streams)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await feed.start()
        tasks = [
            asyncio.create_task(keep_sweeping(store, feed.look)),
            asyncio.create_task(keep_looking(app.state.adapters)),
        ]
        if settings.webhook_hosts and settings.webhook_key:
            tasks.append(asyncio.create_task(courier(settings, store, app.state.adapters).keep_calling()))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await feed.close()
        store.close()

    app = FastAPI(
        title="ilink",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        middleware=[
            Middleware(SecureHeaders),
            Middleware(AfterChange, tell=feed.look),
            Middleware(Refusals, refuse=refuse),
            Middleware(SameOrigin),
            Middleware(LimitBody, limit=longest_body(settings)),
        ],
        exception_handlers={HTTPException: as_problem, RequestValidationError: _as_bad_request},
    )
    app.state.settings = settings
    app.state.bundle = standard
    app.state.store = store
    app.state.feed = feed
    app.state.languages = Languages(standard.languages)
    app.state.profiles = Profiles(standard, app.state.languages)
    app.state.levels = Levels(standard)
    app.state.adapters = Adapters(settings.standard, standard.standard)
    app.state.adapters.look()
    app.state.library = Library(standard, app.state.languages)
    app.mount(PREFIX, api.router)
    app.include_router(pages.router)
    if settings.demo:
        from ilink_runtime.pages import guides  # without a demonstration nothing of it is loaded

        app.include_router(guides.router)
    app.add_route("/favicon.ico", favicon, include_in_schema=False)
    app.mount("/static", Static(directory=STATIC))
    return app


def courier(settings: Settings, store: Store, adapters: Adapters) -> Courier:
    """Who calls the subscriptions that have an address."""
    return Courier(
        store,
        adapters.__getitem__,
        settings.webhook_hosts,
        settings.webhook_key,
        timedelta(days=settings.webhook_days),
    )


def longest_body(settings: Settings) -> Callable[[Scope], int]:
    """How many bytes a request may bring: a file more than a message, and a form a file beside it."""

    def longest(scope: Scope) -> int:
        if scope["path"] == f"{PREFIX}/files":
            return settings.max_file
        kind = Headers(scope=scope).get("content-type", "")
        if scope["path"].startswith(f"{PREFIX}/adapters/"):  # a batch, or a record with its photographs
            return settings.max_body + settings.max_file
        if scope["path"].startswith(("/forms/", "/drafts/")) and kind.startswith("multipart/form-data"):
            return settings.max_body + settings.max_file
        return settings.max_body

    return longest


def refuse(request: Request, problem: Problem) -> Response:
    """A problem as the asker reads it: a program as details, an officer as a page."""
    path = request.url.path
    if path == "/api" or path.startswith(("/api/", "/static/")):
        return problem_details(request, problem)
    return pages.problem_page(request, problem)


async def favicon(_request: Request) -> Response:
    """What browsers ask for by themselves."""
    return FileResponse(STATIC / "icon.svg", headers={"Cache-Control": _HOUR})


class Static(StaticFiles):
    """The files that pages are drawn with; those asked for by their fingerprint never change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or 304."""
        response = await super().get_response(path, scope)
        known = b"v=" in scope["query_string"] or path.startswith("vendor/")
        response.headers["Cache-Control"] = _YEAR if known else _HOUR
        return response


async def as_problem(_request: Request, error: Any) -> Response:
    """The router's own refusals become problems, without their words."""
    code = CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "busy")
    raise Problem(error.status_code, code, headers=error.headers)


async def _as_bad_request(_request: Request, _error: Any) -> Response:
    """What FastAPI itself would say echoes what was sent."""
    raise Problem(422, "bad_request")
