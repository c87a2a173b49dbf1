"""The HTTP interface under /api/v1, for national systems and for the scripts of the pages.

Its handlers are plain functions on Starlette routes: what FastAPI would do for each request
(dependencies, models) costs more than most of them do.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime.api import drafting, messages, searching, standard  # noqa: F401 - they declare operations
from ilink_runtime.api.description import describe
from ilink_runtime.api.operations import OPERATIONS, Handler
from ilink_runtime.api.ready import PREFIX, ready

router = APIRouter(prefix=PREFIX)


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


_paths: dict[str, dict[str, Handler]] = {}
for _operation in OPERATIONS:
    _paths.setdefault(_operation.path, {})[_operation.method] = _operation.handler
for _path, _handlers in _paths.items():
    router.add_route(PREFIX + _path, _by_method(_handlers), methods=list(_handlers), include_in_schema=False)
router.add_route(f"{PREFIX}/openapi.json", description, methods=["GET"], include_in_schema=False)
