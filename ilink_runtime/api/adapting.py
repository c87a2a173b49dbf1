"""National systems send records in their own format, and are answered in their own terms."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import audit, drafts, files, national_records, signin
from ilink_runtime.access import Reader
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.api.asking import answer, one_of
from ilink_runtime.api.incoming import Ready, in_order, records_of
from ilink_runtime.api.operations import BYTES, LANG, PURPOSE, Parameter, operation
from ilink_runtime.api.told_records import Teller
from ilink_runtime.bundle import Bundle
from ilink_runtime.levels import Levels
from ilink_runtime.national_records import Known, Rehearsed, Taken
from ilink_runtime.problem_details import language_of
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.writer import Store, Work

#: Groups of records that are written at a time; those of one reference follow one another.
TOGETHER = 32
#: Versions of one record in a test: they share a transaction, and nobody else writes meanwhile.
MOST_VERSIONS_TRIED = 20
#: Drafts are finished by hand.
MOST_DRAFTS = 100

TEST = Parameter(
    "test", "true: all is done as it would be, and nothing of it stays.", schema={"enum": ["true", "false"]}
)
_SENDING = (400, 401, 403, 404, 413, 415, 422, 503)


@operation(
    "GET",
    "/adapters",
    "The national formats that this server reads and writes.",
    {200: "Adapters"},
    public=True,
)
async def listing(request: Request) -> Response:
    adapters: Adapters = request.app.state.adapters
    found = [
        {
            "name": name,
            **{
                word: adapter.described[word]
                for word in ("title", "country", "official", "message", "language")
            },
            "format": adapter.spec.type,
            "encoding": adapter.spec.encoding,
            "extract": adapter.described["extract"],
        }
        for name, adapter in sorted(adapters.standing.items())
    ]
    return answer({"adapters": found, "hindrance": adapters.hindrance})


@operation(
    "POST",
    "/adapters/{name}/messages",
    "Takes records of a national format: each is recorded, amended, withdrawn, left as it is, or refused.",
    {200: "NationalRecords", 207: "NationalRecords"},
    TEST,
    LANG,
    problems=_SENDING,
    body=BYTES,
)
async def send(request: Request) -> Response:
    reader, test = await _sender(request)
    adapter = _adapter(request)
    ready = await records_of(request, adapter)
    outcomes: dict[int, Taken | Problem] = {}

    async def write(group: list[Ready]) -> None:
        outcomes.update(await _written(request, reader, group, test=test))

    groups = in_order(ready)
    if test and max(map(len, groups), default=0) > MOST_VERSIONS_TRIED:
        detail = _("A test takes fewer versions of one record; send them in several requests.")
        raise Problem(413, "too_large", detail, more={"limit": MOST_VERSIONS_TRIED})
    for first in range(0, len(groups), TOGETHER):
        await asyncio.gather(*map(write, groups[first : first + TOGETHER]))
    if test:
        await _note_rehearsal(request, reader, adapter, len(ready))
    teller = _teller(request, adapter)

    def tell() -> list[dict[str, Any]]:
        return [teller.record(one, outcomes.get(one.came.number)) for one in ready]

    return _answered(request, await asyncio.to_thread(tell), test=test)


@operation(
    "GET",
    "/adapters/{name}/messages/{national_reference}",
    "What became of one's own record, and what of it is kept here.",
    {200: "NationalRecord"},
    PURPOSE,
    LANG,
    problems=(400, 401, 404, 503),
)
async def look_up(request: Request) -> Response:
    reader = await signin.require_purpose(request)
    adapter, reference = _adapter(request), request.path_params["national_reference"]
    store = _store(request)

    def ask(connection: Connection) -> Known | None:
        return national_records.find(connection, reader, adapter.name, reference)

    known = await store.aread(ask)
    if known is None:
        raise Problem(404, "not_found")
    told_reference = known.stored.envelope["reference"]
    await store.awrite(lambda c: audit.note(c, reader, "read_record", told_reference, adapter=adapter.name))
    return answer(_teller(request, adapter).known(known), language=language_of(request))


@operation(
    "DELETE",
    "/adapters/{name}/messages/{national_reference}",
    "Withdraws the message of one's own record; sent again, the record begins anew.",
    {200: "NationalRecord"},
    TEST,
    LANG,
    problems=(400, 401, 403, 404, 409, 503),
)
async def take_back(request: Request) -> Response:
    reader, test = await _sender(request)
    adapter, reference = _adapter(request), request.path_params["national_reference"]
    bundle = _bundle(request)

    def recall(connection: Connection) -> Taken:
        return national_records.recall(connection, bundle, reader, adapter.name, reference)

    (outcome,) = await _done(_store(request), [recall], test=test)
    if test:
        await _note_rehearsal(request, reader, adapter, 1)
    if isinstance(outcome, Problem):
        raise outcome
    told = _teller(request, adapter).taken(outcome)
    return answer({"national_reference": reference, **told, "test": test}, language=language_of(request))


@operation(
    "POST",
    "/adapters/{name}/drafts",
    "Opens a prefilled form for each record, for an officer to finish; faults hinder none.",
    {200: "NationalRecords", 207: "NationalRecords"},
    LANG,
    problems=_SENDING,
    body=BYTES,
)
async def begin(request: Request) -> Response:
    reader = await signin.require_reader(request)
    _must_know(request, LANG)
    if not reader.may_write:
        raise Problem(403, "scope")
    adapter, bundle, store = _adapter(request), _bundle(request), _store(request)
    ready = await records_of(request, adapter, MOST_DRAFTS)
    message_type, language = adapter.described["message"], adapter.described["language"]
    if language not in bundle.languages:
        language = language_of(request)

    def begin(connection: Connection) -> dict[int, str]:
        found = {}
        for one in ready:
            if (body := one.carried) is None:
                continue
            for content, known in one.files:
                files.keep(connection, reader, content, known)
            draft = drafts.create(connection, reader, message_type, language, body, bundle.version)
            found[one.came.number] = draft.id
        return found

    begun = await store.awrite(begin)
    teller = _teller(request, adapter)

    def tell() -> list[dict[str, Any]]:
        return [teller.draft(one, begun.get(one.came.number)) for one in ready]

    return _answered(request, await asyncio.to_thread(tell), test=False)


# -- what the operations share -------------------------------------------------------------------


def _adapter(request: Request) -> Loaded:
    """The adapter in the address."""
    adapters: Adapters = request.app.state.adapters
    return adapters.named(request.path_params["name"])


async def _sender(request: Request) -> tuple[Reader, bool]:
    """Who sends, and whether he only tries: because he says so, or because his token can do nothing else."""
    reader = await signin.require_reader(request, trying=True)
    asked = one_of(request, "test", ("true", "false"), "false") == "true"
    _must_know(request, TEST, LANG)
    if not reader.may_write:
        raise Problem(403, "scope")
    return reader, asked or reader.test


def _must_know(request: Request, *parameters: Parameter) -> None:
    """Refuses a word in the address that nobody knows: a test that is misspelt must not raise an alert."""
    if strange := set(request.query_params) - {parameter.name for parameter in parameters}:
        detail = _("The address asks for something that is not known here; nothing was taken.")
        raise Problem(400, "bad_request", detail, more={"parameter": min(strange)[:100]})


async def _written(
    request: Request, reader: Reader, group: Sequence[Ready], *, test: bool
) -> dict[int, Taken | Problem]:
    """What became of the records of one reference, by their numbers; each is a transaction of its own."""
    bundle, store = _bundle(request), _store(request)
    levels: Levels = request.app.state.levels

    def taking(one: Ready) -> Work[Taken]:
        sent = one.sent
        assert sent is not None
        return lambda connection: national_records.take(connection, bundle, levels, reader, sent)

    outcomes = await _done(store, [taking(one) for one in group], test=test)
    return {one.came.number: outcome for one, outcome in zip(group, outcomes, strict=True)}


async def _done(
    store: Store, works: Sequence[Callable[[Connection], Taken]], *, test: bool
) -> Sequence[Taken | Problem]:
    """What became of each; of a test nothing stays, but the later ones find what the earlier ones made."""
    if test:
        try:
            await store.awrite(lambda c: national_records.rehearse(c, works))
        except Rehearsed as rehearsed:
            return rehearsed.outcomes
        except Problem as problem:
            return [problem] * len(works)
    outcomes: list[Taken | Problem] = []
    for work in works:
        try:
            outcomes.append(await store.awrite(work))
        except Problem as problem:
            outcomes.append(problem)
    return outcomes


async def _note_rehearsal(request: Request, reader: Reader, adapter: Loaded, records: int) -> None:
    await _store(request).awrite(
        lambda c: audit.note(c, reader, "rehearse", adapter=adapter.name, records=records)
    )


def _answered(request: Request, told: list[dict[str, Any]], *, test: bool) -> Response:
    """200 when all were taken, 207 when some were refused, a problem with the same members when all were."""
    counts = Counter(one["outcome"] for one in told)
    refused = counts.get("refused", 0)
    said: dict[str, Any] = {"records": told, "counts": dict(counts), "test": test}
    if refused == len(told):
        busy = all(fault["code"] == "busy" for one in told for fault in one["faults"])
        if busy:
            raise Problem(503, "busy", headers={"Retry-After": "5"}, more=said)
        raise Problem(422, "invalid", _("No record was taken."), more=said)
    return answer(said, 207 if refused else 200, language=language_of(request))


def _teller(request: Request, adapter: Loaded) -> Teller:
    state = request.app.state
    return Teller(state.bundle, state.languages, state.levels, adapter, language_of(request))


def _bundle(request: Request) -> Bundle:
    bundle: Bundle = request.app.state.bundle
    return bundle


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
