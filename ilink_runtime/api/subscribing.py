"""Subscriptions of national systems: what they are told, what they confirm; and what owners must know."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import audit, deliveries, removals, signin, subscriptions
from ilink_runtime.api.asking import answer, number, object_of, one_of
from ilink_runtime.api.operations import LANG, Parameter, operation, up_to
from ilink_runtime.problem_details import language_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.subscriptions import Subscription
from ilink_runtime.writer import Store

LARGEST_CURSOR = 10**11
MOST_CONFIRMED = 1000


@operation(
    "GET",
    "/subscriptions",
    "The subscriptions of one's bureau or service; the administrator makes them.",
    {200: "Subscriptions"},
    problems=(401, 503),
)
async def listing(request: Request) -> Response:
    reader, store = await signin.require_reader(request), _store(request)
    found = await store.aread(lambda c: subscriptions.listing(c, subscriptions.own(reader)))
    return answer({"subscriptions": [_shown(one) for one in found]})


@operation(
    "GET",
    "/subscriptions/{id}/deliveries",
    "What became of the messages that you may see since you last asked, in the format of the subscription.",
    {200: "Deliveries"},
    Parameter("after", "The cursor that the last answer ended with; none begins with the first delivery."),
    Parameter("limit", "At most so many.", schema=up_to(deliveries.MOST)),
    problems=(400, 401, 404, 409, 503),
)
async def told(request: Request) -> Response:
    reader = await signin.require_reader(request)
    after = number(request, "after", 0, LARGEST_CURSOR)
    limit = number(request, "limit", 50, deliveries.MOST) or 1
    find_adapter = request.app.state.adapters.__getitem__
    identity = request.path_params["id"]
    page = await deliveries.next_page(_store(request), find_adapter, identity, reader, after, limit)
    return answer({"deliveries": page.bodies, "next": page.next, "more": page.more})


@operation(
    "POST",
    "/subscriptions/{id}/confirmations",
    "Says that messages which you were told to remove are gone from your system.",
    {200: "Confirmed"},
    problems=(400, 401, 403, 404, 413, 415, 422, 503),
    body="Confirmation",
)
async def confirm(request: Request) -> Response:
    reader, sent = await signin.require_reader(request), await object_of(request)
    references, identity = sent.get("references"), request.path_params["id"]
    if (
        not isinstance(references, list)
        or len(references) > MOST_CONFIRMED
        or not all(isinstance(one, str) and one.isascii() and one.isprintable() for one in references)
    ):
        raise Problem(422, "invalid", _("Say in `references` which messages are gone, at most 1000."))
    known = await _store(request).awrite(lambda c: deliveries.confirm(c, identity, reader, references))
    unknown = [one for one in references if one not in set(known)]
    return answer({"confirmed": known, "unknown": unknown})


@operation(
    "GET",
    "/removals",
    "One's own messages that bureaus were given and may see no more, the oldest first.",
    {200: "Removals"},
    Parameter("state", "`unconfirmed` (or left out): nobody said yet that they are gone; or `confirmed`."),
    Parameter("limit", "At most so many.", schema=up_to(200)),
    Parameter("offset", "After so many.", schema=up_to(100_000)),
    LANG,
    problems=(400, 401, 403, 503),
)
async def unconfirmed(request: Request) -> Response:
    reader, store = await signin.require_reader(request), _store(request)
    state = one_of(request, "state", ("unconfirmed", "confirmed"), "unconfirmed")
    limit, offset = number(request, "limit", 50, 200), number(request, "offset", 0, 100_000)

    def ask(connection: Connection) -> tuple[int, list[removals.Removal]]:
        return removals.listing(connection, reader, state, limit, offset)  # type: ignore[arg-type]

    total, found = await store.aread(ask)
    await store.awrite(lambda c: audit.note(c, reader, "removals", hits=total))
    bundle, language = request.app.state.bundle, language_of(request)
    told_removals = [
        {**asdict(one), "type_label": bundle.text(f"{one.type}.title", language)} for one in found
    ]
    return answer({"total": total, "removals": told_removals}, language=language)


def _shown(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "adapter": one.adapter,
        "types": one.types,
        "purpose": one.purpose,
        "url": one.url,
        "state": one.state,
        "created_at": one.created_at,
        "failing_since": one.failing_since,
        "trouble": one.trouble,
    }


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
