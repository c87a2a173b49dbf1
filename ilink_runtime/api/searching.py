"""Search, and the feed of news."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import audit, feed, search, signin
from ilink_runtime.api.asking import answer, number, one_of
from ilink_runtime.api.messages import status_label, told_hit
from ilink_runtime.api.operations import LANG, PURPOSE, Parameter, operation, up_to
from ilink_runtime.bundle import Bundle
from ilink_runtime.envelope import IN_FORCE, SET_ASIDE
from ilink_runtime.problem_details import language_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store

STATUSES = (*IN_FORCE, *SET_ASIDE)
_BUREAU = re.compile(r"[A-Z0-9-]{1,8}")


@operation(
    "GET",
    "/search",
    "Finds messages by a name in any script, a word, an identifier or a reference; without text, the newest.",
    {200: "SearchResults"},
    Parameter("q", "What to look for."),
    Parameter("type", "Only messages of this type."),
    Parameter("owner", "Only messages of this bureau."),
    Parameter("status", "Only messages in this status.", schema={"enum": list(STATUSES)}),
    Parameter("limit", "At most so many.", schema=up_to(100)),
    Parameter("offset", "After so many.", schema=up_to(100_000)),
    PURPOSE,
    LANG,
    problems=(400, 401, 503),
)
async def find(request: Request) -> Response:
    reader = await signin.require_purpose(request)
    bundle: Bundle = request.app.state.bundle
    store: Store = request.app.state.store
    query = asked(request, bundle)
    results = await store.aread(lambda c: search.find(c, bundle, reader, query))
    detail = {"text": query.text or None, "type": query.type, "bureau": query.owner, "status": query.status}
    await store.awrite(lambda c: audit.note(c, reader, "search", hits=results.total, **detail))
    language = language_of(request)
    found = {
        "total": results.total,
        "hits": [
            {
                **told_hit(bundle, hit, language),
                "type_label": bundle.text(f"{hit.type}.title", language),
                "status_label": status_label(bundle, hit.status, language),
            }
            for hit in results.hits
        ],
        "facets": results.facets,
    }
    return answer(found, language=language)


def asked(request: Request, bundle: Bundle) -> search.Query:
    """The question in the address."""
    owner = request.query_params.get("owner") or None
    if owner is not None and not _BUREAU.fullmatch(owner):
        raise Problem(400, "bad_request", _("This is not the code of a bureau."), more={"parameter": "owner"})
    return search.Query(
        request.query_params.get("q", ""),
        one_of(request, "type", list(bundle.messages)),
        owner,
        one_of(request, "status", STATUSES),
        number(request, "limit", 25, 100),
        number(request, "offset", 0, 100_000),
    )


@operation(
    "GET",
    "/stream",
    "News of the messages that you may see, as server-sent events.",
    {200: "text/event-stream"},
    PURPOSE,
    Parameter("Last-Event-ID", "The id of the last event that you had.", "header"),
    problems=(400, 401, 503),
)
async def stream(request: Request) -> Response:
    return await feed.stream(request)
