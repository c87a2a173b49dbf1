"""The bench on which a standard is changed: its forms in all languages side by side, new at every save.

The bench shows what it is given and knows nothing of compilers; `ilink dev` gives. It has no
database and nobody signs in.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ilink_runtime import form
from ilink_runtime.app import STATIC, Static, as_problem, longest_body, refuse
from ilink_runtime.bundle import DEFAULT, Bundle
from ilink_runtime.languages import Languages
from ilink_runtime.levels import Levels
from ilink_runtime.middleware import SECURITY_HEADERS, LimitBody, Refusals, SameOrigin, SecureHeaders
from ilink_runtime.pages import reference, standard_css, trying
from ilink_runtime.pages.desk import Desk
from ilink_runtime.problems import Problem
from ilink_runtime.profiles import Profiles
from ilink_runtime.settings import Settings

#: How often an open page is asked whether there is something new, in seconds.
_LOOK = 0.02
#: The bench shows its own pages in frames; nobody else may.
_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": SECURITY_HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something said about a model: where it stands, which element it is about, what to do."""

    place: str
    element: str
    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the bench shows: the last bundle that could be made, and what stands against the model since."""

    bundle: Bundle
    refusals: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
    untranslated: Mapping[str, int] = field(default_factory=dict)


_NO_STANDARD = {"name": "", "version": "", "languages": ["en"], "messages": {}, "classes": {}, "types": {}}
#: Before the first bundle could be made.
NOTHING = Shown(
    Bundle(
        directory=DEFAULT,
        standard=_NO_STANDARD,
        schema={"$defs": {}},
        forms={},
        texts={"en": {}},
        code_lists={},
        tables=(),
        reference={"classes": {}, "types": {}, "code_lists": {}, "rules": {}, "examples": {}},
    )
)


class Bench:
    """What is shown, from whatever thread it comes; open pages learn of it."""

    def __init__(self) -> None:
        self.app = _app(self)
        self.shown = NOTHING
        self.turn = 0
        self._stopping = False
        self._serve(NOTHING.bundle)

    def show(self, shown: Shown) -> None:
        """Shows this from now on."""
        if shown.bundle is not self.shown.bundle:
            self._serve(shown.bundle)
        self.shown = shown
        self.turn += 1

    def _serve(self, made: Bundle) -> None:
        state = self.app.state
        state.bundle = made
        state.languages = Languages(made.languages)
        state.profiles = Profiles(made, state.languages)
        state.levels = Levels(made)

    def stop(self) -> None:
        """Ends all streams: a server waits for them before it shuts down."""
        self._stopping = True

    async def turns(self) -> AsyncIterator[bytes]:
        """An event now and at every change, for a page that listens."""
        told = -1
        while not self._stopping:
            if told != self.turn:
                told = self.turn
                yield f"data: {told}\n\n".encode()
            await asyncio.sleep(_LOOK)


class _Nobody:
    """Nobody is signed in here; a cookie of another server at this address means nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        scope.setdefault("state", {})["officer"] = None
        await self.app(scope, receive, send)


def _app(bench: Bench) -> FastAPI:
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(SecureHeaders, headers=_HEADERS),
            Middleware(Refusals, refuse=refuse),
            Middleware(SameOrigin),
            Middleware(LimitBody, limit=longest_body(Settings())),
            Middleware(_Nobody),
        ],
        exception_handlers={HTTPException: as_problem},
    )
    app.state.bench = bench
    app.state.settings = Settings()
    app.state.store = None
    for concern in (router, reference.router, trying.router, standard_css.router):
        app.include_router(concern)
    app.mount("/static", Static(directory=STATIC))
    return app


@router.get("/")
async def bench_page(request: Request, chosen: Annotated[str, Query(alias="form")] = "") -> Response:
    """The chosen form in every language, and what stands against the model."""
    bench: Bench = request.app.state.bench
    desk, shown = Desk(request, None), bench.shown
    message_type = chosen if chosen in desk.bundle.forms else next(iter(desk.bundle.forms), "")
    placed = _keys(desk.bundle.forms.get(message_type, {"sections": ()}))
    return desk.page(
        "bench/bench.html",
        message_type=message_type,
        turn=bench.turn,
        shown=shown,
        elsewhere=[finding for finding in shown.findings if finding.element not in placed],
    )


@router.get("/bench/{message_type}")
async def column(request: Request, message_type: str) -> Response:
    """The form in one language, each finding beside its field."""
    desk = Desk(request, None)
    if message_type not in desk.bundle.forms:
        raise Problem(404, "not_found")
    definition = desk.bundle.forms[message_type]
    sections = form.show(definition, {})
    bench: Bench = request.app.state.bench
    return desk.page(
        "bench/column.html",
        form=definition,
        sections=sections,
        faults=_beside(sections, bench.shown.findings),
        parts_filled={},
        held={},
        most=request.app.state.settings.max_file,
    )


@router.get("/turns")
async def turns(request: Request) -> Response:
    """Tells an open page of every change."""
    bench: Bench = request.app.state.bench
    return StreamingResponse(bench.turns(), media_type="text/event-stream")


def _beside(sections: Sequence[form.Section], findings: Iterable[Finding]) -> defaultdict[str, list[str]]:
    """The findings by the pointer of the field that they are about, or that the field stands in."""
    said: defaultdict[str, list[str]] = defaultdict(list)
    for finding in findings:
        for entry in (entry for section in sections for entry in form.walk(section.entries)):
            shown = [entry.field] if entry.entries else _inside([entry.field])  # rows are not there yet
            if finding.element in {one["text"] for one in shown}:
                said[entry.pointer].append(f"{finding.place}: {finding.sentence} {finding.hint}".rstrip())
    return said


def _keys(definition: Mapping[str, Any]) -> set[str]:
    fields = (one for section in definition["sections"] for one in section["fields"])
    return {one["text"] for one in _inside(fields)}


def _inside(fields: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in fields:
        yield one
        yield from _inside(one.get("fields", ()))
        yield from _inside(form.branches(one))
