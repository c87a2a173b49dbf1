"""The HTTP interface under /api/v1, for national systems and for the scripts of the pages.

Its handlers are plain functions on a Starlette router of their own, to be mounted at `PREFIX`: what
FastAPI would do for each request (matching, dependencies, models) costs more than most of them do.
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from ilink_runtime.api import (  # noqa: F401 - they declare operations
    adapting,
    drafting,
    files,
    messages,
    national_searching,
    searching,
    standard,
    subscribing,
)
from ilink_runtime.api.description import describe
from ilink_runtime.api.operations import OPERATIONS, Handler
from ilink_runtime.api.ready import ready


def _by_method(handlers: dict[str, Handler]) -> Handler:
    """One handler for a path, so that a wrong method is told all the right ones."""

    async def handle(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return handle


async def description(request: Request) -> Response:
    """The OpenAPI description, made when it is first asked for."""
    state = request.app.state
    if not hasattr(state, "description"):
        state.description = ready(describe(state.bundle, OPERATIONS), "en")
    response: Response = state.description.answer(request)
    return response


def _routes() -> Iterator[Route]:
    paths: dict[str, dict[str, Handler]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.route, {})[operation.method] = operation.handler
    for path, handlers in paths.items():
        yield Route(path, _by_method(handlers), methods=list(handlers))
    yield Route("/openapi.json", description)


router = Router([*_routes()], redirect_slashes=False)
