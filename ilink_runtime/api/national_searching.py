"""Search in a country's own format: candidates first, then one record whole.

A query is recorded like any other, and answered by what the reader may see of the messages that it
meets. Faults of the record are told in the country's terms, its place and line; what is wrong with
the request itself, as everywhere, in problem details.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import audit, candidates, messages, signin, submission
from ilink_runtime.access import Reader
from ilink_runtime.adapters import troubles
from ilink_runtime.adapters.desk import Desk, Query, Rejected, Wanted
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.api.operations import BYTES, LANG, PURPOSE, operation
from ilink_runtime.bundle import Bundle
from ilink_runtime.candidates import Candidate
from ilink_runtime.languages import Languages
from ilink_runtime.levels import Levels
from ilink_runtime.messages import Stored
from ilink_runtime.problem_details import language_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.sentences import sentence
from ilink_runtime.validation import Fault
from ilink_runtime.writer import Store

#: No line of a switch is longer.
LONGEST = 16 * 1024


@operation(
    "POST",
    "/adapters/{name}/searches",
    "Asks in a country's own format: candidates, or, where the reference says which, one record whole.",
    {200: "text/plain", 422: "text/plain"},
    PURPOSE,
    LANG,
    problems=(401, 403, 404, 413, 415, 503),
    body=BYTES,
)
async def search(request: Request) -> Response:
    reader = await signin.require_reader(request)
    desk = _desk(request)
    try:
        asked = desk.asked(await _body_of(request, desk))
        if isinstance(asked, Wanted):
            return await _one(request, reader, desk, asked)
        return await _candidates(request, reader, desk, asked)
    except Rejected as rejected:
        return _rejected(request, desk, rejected)


async def _candidates(request: Request, reader: Reader, desk: Desk, asked: Query) -> Response:
    """The first step: the query is recorded, and answered by a short line for each candidate."""
    bundle, store, message = _bundle(request), _store(request), asked.message
    levels: Levels = request.app.state.levels
    kind = message["message_type"]
    if faults := levels.faults(kind, message, "record"):
        return _faulty(request, desk, asked, faults)
    reader = replace(reader, purpose=reader.purpose or message["purpose"])
    receipt = await store.awrite(lambda c: submission.record(c, bundle, reader, message, message_type=kind))

    def ask(connection: Connection) -> tuple[list[Tree], bool]:
        query = messages.find(connection, reader, receipt.reference)
        if query is None:  # deleted meanwhile
            raise Problem(404, "not_found")
        found = candidates.of(connection, bundle, reader, query)
        seen = ((one, messages.find(connection, reader, one.hit.reference)) for one in found.candidates)
        return [_line(desk, one, stored) for one, stored in seen if stored is not None], found.more

    lines, more = await store.aread(ask)
    noted = {"total": len(lines), "adapter": desk.name}
    await store.awrite(lambda c: audit.note(c, reader, "candidates", receipt.reference, **noted))
    return _answer(desk, [desk.counted(len(lines), more=more, query=receipt.reference), *lines])


def _line(desk: Desk, candidate: Candidate, stored: Stored) -> Tree:
    reasons = candidate.reasons
    facts = {
        **asdict(candidate.hit),
        "likeness": reasons[0].likeness,
        "misused": all(reason.misused for reason in reasons),
    }
    return desk.candidate(facts, stored.message, named=candidate.hit.withheld is None)


async def _one(request: Request, reader: Reader, desk: Desk, wanted: Wanted) -> Response:
    """The second step: a record whole. What is hidden and what is not there are no hit alike."""
    bundle, store, query = _bundle(request), _store(request), wanted.query or None
    if query is not None:
        reader = await _through(request, reader, desk, query)
    if not reader.purpose:
        raise Problem(400, "purpose_required")
    stored = await store.aread(lambda c: messages.find(c, reader, wanted.reference))
    if stored is None or bundle.is_query(stored.envelope["type"]):
        await store.awrite(lambda c: audit.note(c, reader, "search", hits=0, adapter=desk.name))
        return _answer(desk, [desk.counted(0)])
    envelope = stored.envelope
    noted = {"query": query, "adapter": desk.name}
    await store.awrite(lambda c: audit.note(c, reader, "read", envelope["reference"], **noted))
    return _answer(desk, [desk.counted(1), desk.whole(envelope, stored.message, envelope)])


async def _through(request: Request, reader: Reader, desk: Desk, query: str) -> Reader:
    """The reader for the purpose of the query that led here."""
    bundle, store = _bundle(request), _store(request)
    try:
        return await store.aread(lambda c: candidates.through(c, bundle, reader, query))
    except Problem as problem:
        if problem.code != "not_found":
            raise
        raise Rejected(1, [Trouble("no_such_query", desk.place_of("query"), None)]) from None


def _rejected(request: Request, desk: Desk, rejected: Rejected) -> Response:
    """Why a record cannot be read, by its places."""
    languages: Languages = request.app.state.languages
    say = languages.gettext(language_of(request))
    faults = [(one.place, troubles.sentence(one, say)) for one in rejected.troubles]
    return _refusal(request, desk, rejected.line, faults)


def _faulty(request: Request, desk: Desk, asked: Query, faults: Iterable[Fault]) -> Response:
    """What is wrong with a query, by the places that its fields came from."""
    bundle, language, kind = _bundle(request), language_of(request), asked.message["message_type"]
    told = []
    for fault in faults:
        places = (place for path in fault.paths or (fault.path,) for place in asked.places(path))
        told.append((" ".join(dict.fromkeys(places)), sentence(bundle, kind, fault, language)))
    return _refusal(request, desk, asked.line, told)


def _refusal(request: Request, desk: Desk, line: int, faults: Iterable[tuple[str, str]]) -> Response:
    answer = _answer(desk, desk.rejection(line, faults), 422)
    answer.headers["Content-Language"] = language_of(request)
    return answer


def _answer(desk: Desk, trees: Iterable[Tree], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(desk.written(trees), status, headers, f"text/plain; charset={desk.spec.encoding}")


async def _body_of(request: Request, desk: Desk) -> bytes:
    """The record as it came."""
    media_type, _semicolon, parameters = request.headers.get("content-type", "").partition(";")
    _name, _equals, charset = parameters.lower().replace('"', "").replace(" ", "").partition("charset=")
    if media_type.strip().lower() != "text/plain" or charset not in ("", desk.spec.encoding):
        detail = _("Send the record as text/plain in the encoding that the adapter names.")
        raise Problem(415, "unsupported_media_type", detail, more={"encoding": desk.spec.encoding})
    body = await request.body()
    if len(body) > LONGEST:
        raise Problem(413, "too_large")
    return body


def _desk(request: Request) -> Desk:
    adapters: Adapters = request.app.state.adapters
    found = adapters.desks.get(request.path_params["name"])
    if found is None:
        raise Problem(404, "not_found", _("There is no such national adapter."))
    return found


def _bundle(request: Request) -> Bundle:
    bundle: Bundle = request.app.state.bundle
    return bundle


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
