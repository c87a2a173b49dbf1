"""A message as a country writes it: `GET /messages/{reference}?as={name}`, what its reader may see of it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import national_records
from ilink_runtime.access import Reader
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.outward import as_national, carries, file_ending, media_type
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.api.asking import has_already, not_modified
from ilink_runtime.api.operations import Parameter
from ilink_runtime.api.told_records import Teller
from ilink_runtime.messages import Stored
from ilink_runtime.problem_details import language_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store

AS = Parameter("as", "The name of a national adapter: the message in that format.")

#: What is lost is said in a header, as pointers, so far as there is room.
LOST, LONGEST_LOST = "X-Lost", 4000
#: What a national file says is never run in a browser.
SANDBOX = {"Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}


async def in_national_format(request: Request, reader: Reader, stored: Stored, name: str) -> Response:
    """The record; Problem `not_carried` with the reason when the adapter cannot write this message."""
    adapters: Adapters = request.app.state.adapters
    adapter = adapters.named(name)
    if not carries(adapter.described, stored.envelope["type"]):
        more = {"type": stored.envelope["type"], "adapter_type": adapter.described["message"]}
        raise Problem(409, "not_carried", _("This adapter carries messages of another type."), more=more)
    etag = f'{stored.etag[:-1]}-{adapter.digest[:8]}"'
    headers = {"ETag": etag, **SANDBOX}
    if has_already(request, etag):
        return not_modified(headers)
    store: Store = request.app.state.store
    theirs = {}
    if reader.bureau == stored.envelope["owner"]:
        theirs = await store.aread(lambda c: national_records.leftovers_of(c, reader, name, stored))
    found = await asyncio.to_thread(
        as_national, adapter, stored.envelope, stored.audience, stored.message, theirs or None
    )
    if found.record is None:
        raise _not_carried(request, adapter, found.troubles)
    file_name = f"{stored.envelope['reference']}.{file_ending(adapter)}"
    headers |= {
        "Content-Type": media_type(adapter),
        "Content-Disposition": f'attachment; filename="{file_name}"',
    }
    if found.lost:
        said = " ".join(quote(pointer, safe="/") for pointer in found.lost)
        headers[LOST] = said[:LONGEST_LOST].rpartition(" ")[0] if len(said) > LONGEST_LOST else said
    return Response(found.record, headers=headers)


def _not_carried(request: Request, adapter: Loaded, troubles: tuple[Trouble, ...]) -> Problem:
    state = request.app.state
    teller = Teller(state.bundle, state.languages, state.levels, adapter, language_of(request))
    told = teller.troubles(troubles)
    return Problem(409, "not_carried", more={"errors": told, "error_count": len(told)})
