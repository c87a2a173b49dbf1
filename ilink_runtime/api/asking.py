"""What a request says, read strictly; and answers in JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import strict_json
from ilink_runtime.bundle import Bundle
from ilink_runtime.message_types import type_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _

LONGEST_ETAG = 200


def answer(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None, language: str = ""
) -> Response:
    """A value as JSON, for the caller's eyes only."""
    said = {"Cache-Control": "no-store", **(headers or {})}
    if language:
        said["Content-Language"] = language
    return Response(orjson.dumps(value), status, said, "application/json")


def nothing() -> Response:
    """Done, and nothing to say about it."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def body_of(request: Request) -> Any:
    """The JSON body."""
    media_type, _semicolon, parameters = request.headers.get("content-type", "").partition(";")
    kind = media_type.strip().lower()
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if not (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        raise Problem(415, "unsupported_media_type")
    if "charset=" in charset and "charset=utf-8" not in charset:
        raise Problem(415, "unsupported_media_type")
    return strict_json.read(await request.body(), request.app.state.settings.max_body)


async def object_of(request: Request) -> dict[str, Any]:
    """The JSON body, which is an object."""
    body = await body_of(request)
    if not isinstance(body, dict):
        raise Problem(422, "invalid", _("The body must be a JSON object."))
    return body


async def message_of(request: Request) -> tuple[str, dict[str, Any]]:
    """The message in the body with its type; `?type=` says it where the message cannot."""
    message = await object_of(request)
    bundle: Bundle = request.app.state.bundle
    return type_of(bundle, message, request.query_params.get("type")), message


def if_match(request: Request) -> str:
    """The ETag in `If-Match`, which a change needs."""
    given = request.headers.get("if-match", "").strip()
    if given in ("", "*"):
        raise Problem(428, "precondition_required")
    return given[:LONGEST_ETAG]


def has_already(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names what would be answered."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in given.split(","))


def not_modified(headers: Mapping[str, str]) -> Response:
    """The caller has it already."""
    return Response(status_code=304, headers=dict(headers))


def number(request: Request, name: str, default: int, largest: int) -> int:
    """A whole number of the query."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= largest):
        detail = _("A number in the address is not one, or too large.")
        raise Problem(400, "bad_request", detail, more={"parameter": name})
    return int(text)


def day(request: Request, name: str, default: date) -> date:
    """A day of the query, `2027-05-23`."""
    text = request.query_params.get(name)
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        detail = _("A day in the address is not one; write it like 2027-05-23.")
        raise Problem(400, "bad_request", detail, more={"parameter": name}) from None


def one_of(request: Request, name: str, values: Collection[str], default: str | None = None) -> str | None:
    """A word of the query that is one of a few."""
    text = request.query_params.get(name)
    if not text:
        return default
    if text not in values:
        more = {"parameter": name, "values": list(values)}
        raise Problem(400, "bad_request", _("A word in the address is none of those it can be."), more=more)
    return text
