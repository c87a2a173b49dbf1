"""Files: a bureau uploads one, names its hash in a message, and who may see the message may have the file."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ilink_runtime import audit, drafts, files, messages, signin
from ilink_runtime.api.asking import answer, has_already, not_modified
from ilink_runtime.api.operations import BYTES, IF_NONE_MATCH, PURPOSE, operation
from ilink_runtime.bundle import Bundle
from ilink_runtime.files import File
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store

#: The server's own policy is sent too, and both hold: what a file says is never run.
SANDBOX = {"Content-Security-Policy": "sandbox"}


@operation(
    "PUT",
    "/files",
    "Uploads a file as it is; the message that names its SHA-256 within a day holds it.",
    {201: "File"},
    problems=(400, 401, 403, 413, 415, 422, 503),
    body=BYTES,
)
async def upload(request: Request) -> Response:
    reader = await signin.require_reader(request)
    store: Store = request.app.state.store
    content = await _bytes(request)
    declared, most = request.headers.get("content-type", ""), request.app.state.settings.max_file
    return answer(asdict(await files.upload(store, reader, content, declared, most)), 201)


@operation(
    "GET",
    "/messages/{reference}/files/{sha256}",
    "A file that a message holds.",
    {200: BYTES, 304: ""},
    PURPOSE,
    IF_NONE_MATCH,
    problems=(400, 401, 404, 503),
)
async def of_message(request: Request) -> Response:
    reader, bundle = await signin.require_purpose(request), _bundle(request)
    store: Store = request.app.state.store
    reference, hash_ = request.path_params["reference"], request.path_params["sha256"]

    def find(connection: Connection) -> tuple[str, File, str]:
        stored = messages.find(connection, reader, reference)
        if stored is not None:
            named = files.named(bundle, stored.envelope["type"], stored.message)
            held = files.of_message(connection, stored.id)
            if hash_ in named and hash_ in held:
                return stored.envelope["owner"], held[hash_], named[hash_]
        raise Problem(404, "not_found")

    owner, known, name = await store.aread(find)
    await store.awrite(lambda c: audit.note(c, reader, "file", reference))
    return await _given(request, owner, known, name)


@operation(
    "GET",
    "/drafts/{id}/files/{sha256}",
    "A file of one's bureau that a draft of it names.",
    {200: BYTES, 304: ""},
    IF_NONE_MATCH,
    problems=(401, 404, 503),
)
async def of_draft(request: Request) -> Response:
    reader, bundle = await signin.require_reader(request), _bundle(request)
    store: Store = request.app.state.store
    draft_id, hash_ = request.path_params["id"], request.path_params["sha256"]

    def find(connection: Connection) -> tuple[File, str]:
        draft = drafts.find(connection, reader, draft_id)
        if draft is not None:
            named = files.named(bundle, draft.type, draft.body)
            held = files.of_bureau(connection, reader.bureau, named)
            if hash_ in held:
                return held[hash_], named[hash_]
        raise Problem(404, "not_found")

    known, name = await store.aread(find)
    return await _given(request, reader.bureau, known, name)


async def _bytes(request: Request) -> bytes:
    """The whole body; half a file is none."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, "unsupported_media_type", _("Send the file as it is, without Content-Encoding."))
    if "content-range" in request.headers:
        raise Problem(400, "bad_request", _("Send the whole file: a part of it cannot be put."))
    incomplete = Problem(400, "bad_request", _("The file is not as long as was announced."))
    try:
        content = await request.body()
    except ClientDisconnect:
        raise incomplete from None
    if int(request.headers.get("content-length", len(content))) != len(content):
        raise incomplete
    return content


async def _given(request: Request, owner: str, known: File, name: str) -> Response:
    """The file: a proved picture to be shown, anything else to be kept; asked after each time."""
    etag = f'"{known.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", **SANDBOX}
    if has_already(request, etag):
        return not_modified(headers)
    store: Store = request.app.state.store
    content = await store.aread(lambda c: files.content(c, owner, known.sha256))
    if content is None:  # taken away since
        raise Problem(404, "not_found")
    way = "inline" if known.is_picture else "attachment"
    named = f"; filename*=UTF-8''{quote(name, safe='')}" if name else ""
    headers |= {"Content-Disposition": way + named, "Content-Type": known.media_type}
    return Response(content, headers=headers)


def _bundle(request: Request) -> Bundle:
    bundle: Bundle = request.app.state.bundle
    return bundle
