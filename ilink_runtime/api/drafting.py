"""Drafts: kept for the bureau while its officer writes; they need not be valid."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import drafts, messages, signin
from ilink_runtime.api.asking import answer, if_match, nothing, object_of
from ilink_runtime.api.operations import IF_MATCH, operation
from ilink_runtime.api.ready import PREFIX
from ilink_runtime.bundle import Bundle
from ilink_runtime.drafts import Draft
from ilink_runtime.message_types import known_type
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store


@operation(
    "GET", "/drafts", "The drafts of one's bureau, the latest first.", {200: "DraftList"}, problems=(401, 503)
)
async def listing(request: Request) -> Response:
    reader = await signin.require_reader(request)
    store: Store = request.app.state.store
    found = await store.aread(lambda c: drafts.listing(c, reader))
    return answer({"drafts": [{k: v for k, v in asdict(draft).items() if k != "body"} for draft in found]})


@operation(
    "POST",
    "/drafts",
    "Begins a draft, of a new message or of the next version of one's own.",
    {201: "Draft"},
    problems=(400, 401, 403, 404, 413, 415, 422, 503),
    body="NewDraft",
)
async def create(request: Request) -> Response:
    reader, sent = await signin.require_reader(request), await object_of(request)
    bundle: Bundle = request.app.state.bundle
    store: Store = request.app.state.store
    body, language, reference = _body(sent), _language(bundle, sent), sent.get("reference")
    if not isinstance(sent.get("type"), str):
        raise Problem(422, "invalid", _("Say the message type of the draft."))
    message_type = known_type(bundle, sent["type"])

    def create(connection: Connection) -> Draft:
        amended = None
        if reference is not None:
            amended = messages.find(connection, reader, reference) if isinstance(reference, str) else None
            if amended is None:
                raise Problem(404, "not_found")
            if amended.envelope["type"] != message_type:
                raise Problem(409, "conflict", _("A message keeps its type; send a new one."))
        return drafts.create(connection, reader, message_type, language, body, bundle.version, amended)

    draft = await store.awrite(create)
    return _shown(draft, 201, {"Location": f"{PREFIX}/drafts/{draft.id}"})


@operation("GET", "/drafts/{id}", "A draft of one's bureau.", {200: "Draft"}, problems=(401, 404, 503))
async def read(request: Request) -> Response:
    reader = await signin.require_reader(request)
    store: Store = request.app.state.store
    draft = await store.aread(lambda c: drafts.find(c, reader, request.path_params["id"]))
    if draft is None:
        raise Problem(404, "not_found")
    return _shown(draft)


@operation(
    "PUT",
    "/drafts/{id}",
    "Saves over the revision that one has seen.",
    {200: "Draft"},
    IF_MATCH,
    problems=(400, 401, 403, 404, 412, 413, 415, 422, 428, 503),
    body="SavedDraft",
)
async def save(request: Request) -> Response:
    reader, etag, sent = await signin.require_reader(request), if_match(request), await object_of(request)
    store: Store = request.app.state.store
    body, language = _body(sent), _language(request.app.state.bundle, sent)
    number = etag.strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Problem(412, "stale")
    draft_id = request.path_params["id"]
    return _shown(await store.awrite(lambda c: drafts.save(c, reader, draft_id, body, language, int(number))))


@operation("DELETE", "/drafts/{id}", "Throws a draft away.", {204: ""}, problems=(401, 403, 404, 503))
async def delete(request: Request) -> Response:
    reader = await signin.require_reader(request)
    store: Store = request.app.state.store
    await store.awrite(lambda c: drafts.delete(c, reader, request.path_params["id"]))
    return nothing()


def _shown(draft: Draft, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return answer(asdict(draft), status, {"ETag": f'"{draft.revision}"', **(headers or {})})


def _body(sent: dict[str, Any]) -> dict[str, Any]:
    body = sent.get("body", {})
    if not isinstance(body, dict):
        raise Problem(422, "invalid", _("The body of a draft is an object."))
    return body


def _language(bundle: Bundle, sent: dict[str, Any]) -> str:
    language = sent.get("language", bundle.languages[0])
    if not isinstance(language, str) or language not in bundle.languages:
        raise Problem(422, "invalid", _("The standard does not speak this language."))
    return language
