"""Messages: bureaus record, read, amend and delete them; the General Secretariat publishes or returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import (
    access,
    audit,
    candidates,
    effects,
    files,
    history,
    messages,
    retention,
    signin,
    submission,
    sweep,
    threads,
)
from ilink_runtime.access import Reader
from ilink_runtime.api.admitting import admitted, judged
from ilink_runtime.api.asking import (
    answer,
    day,
    has_already,
    if_match,
    message_of,
    not_modified,
    nothing,
    number,
    object_of,
)
from ilink_runtime.api.in_national_format import AS, in_national_format
from ilink_runtime.api.operations import IF_MATCH, IF_NONE_MATCH, LANG, PURPOSE, Parameter, operation, up_to
from ilink_runtime.api.ready import PREFIX
from ilink_runtime.bundle import Bundle
from ilink_runtime.files import File
from ilink_runtime.languages import Languages
from ilink_runtime.messages import Receipt, Stored
from ilink_runtime.problem_details import language_of, told
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.search import Hit
from ilink_runtime.sentences import label, without_name
from ilink_runtime.validation import Fault
from ilink_runtime.writer import Store

ALERT = _("Ask %(owner)s before anyone acts on this.")
PROCESSING = _("The request is being processed; the General Secretariat has not published it.")

_CHANGE = (400, 401, 403, 404, 412, 428, 503)


@operation(
    "POST",
    "/messages",
    "Records a message; its owner is the bureau that sends it.",
    {201: "Receipt"},
    Parameter("Idempotency-Key", "Sent again with the same message, nothing is recorded twice.", "header"),
    Parameter("type", "The message type, where the message does not name it."),
    LANG,
    problems=(400, 401, 403, 404, 413, 415, 422, 503),
    body="Message",
)
async def record(request: Request) -> Response:
    reader = await signin.require_reader(request)
    message_type, message = await message_of(request)
    faults = await admitted(request, reader, message_type, message)
    key, bundle, store = _key(request), _bundle(request), _store(request)
    receipt = await store.awrite(
        lambda c: submission.record(c, bundle, reader, message, key=key, message_type=message_type)
    )
    headers = {"Location": f"{PREFIX}/messages/{receipt.reference}"}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    return _receipt(request, receipt, message_type, faults, 201, headers)


@operation(
    "GET",
    "/messages",
    "One's own messages that will be deleted unless they are extended, the next first.",
    {200: "Endings"},
    Parameter("expiring", "Those whose last day is this one or earlier; else within six months."),
    Parameter("limit", "At most so many.", schema=up_to(100)),
    Parameter("offset", "After so many.", schema=up_to(100_000)),
    PURPOSE,
    LANG,
    problems=(400, 401, 503),
)
async def endings(request: Request) -> Response:
    reader, bundle, store = await signin.require_purpose(request), _bundle(request), _store(request)
    until = day(request, "expiring", retention.after(retention.today(), retention.NOTICE))
    limit, offset = number(request, "limit", 25, 100), number(request, "offset", 0, 100_000)
    total, found = await store.aread(lambda c: sweep.endings(c, bundle, reader, until, limit, offset))
    await store.awrite(lambda c: audit.note(c, reader, "endings", hits=total))
    language = language_of(request)
    told_endings = [
        {
            **asdict(ending),
            "type_label": bundle.text(f"{ending.type}.title", language),
            "status_label": status_label(bundle, ending.status, language),
        }
        for ending in found
    ]
    return answer({"total": total, "messages": told_endings}, language=language)


@operation(
    "GET",
    "/messages/{reference}",
    "A message, less what its owner keeps from you, with what the system knows of it.",
    {200: "StoredMessage", 304: ""},
    PURPOSE,
    LANG,
    IF_NONE_MATCH,
    Parameter("query", "The reference of your query that led here; the audit keeps it, with its purpose."),
    AS,
    problems=(400, 401, 404, 409, 503),
)
async def read(request: Request) -> Response:
    reader, store = await signin.require_purpose(request), _store(request)
    query = request.query_params.get("query") or None
    if query is not None:
        reader = await store.aread(lambda c: candidates.through(c, _bundle(request), reader, query))

    def ask(connection: Connection) -> tuple[Stored, dict[str, File]]:
        stored = _seen(connection, reader, request)
        return stored, files.of_message(connection, stored.id)

    stored, held = await store.aread(ask)
    await _note(request, reader, "read", query=query)
    if name := request.query_params.get(AS.name):
        return await in_national_format(request, reader, stored, name)
    headers = {"ETag": stored.etag, "Cache-Control": "no-store"}
    if has_already(request, stored.etag):
        return not_modified(headers)
    language = language_of(request)
    named = files.named(_bundle(request), stored.envelope["type"], stored.message)
    found = [asdict(known) for hash_, known in held.items() if hash_ in named]
    return answer({**shown(request, stored, language), "files": found}, headers=headers, language=language)


@operation(
    "PUT",
    "/messages/{reference}",
    "Stores the next version of one's own message; a notice awaits publication again.",
    {200: "Receipt"},
    IF_MATCH,
    LANG,
    problems=(*_CHANGE, 409, 413, 415, 422),
    body="Message",
)
async def amend(request: Request) -> Response:
    reader, etag = await signin.require_reader(request), if_match(request)
    message_type, message = await message_of(request)
    bundle, reference, store = _bundle(request), request.path_params["reference"], _store(request)
    await store.aread(lambda c: _must_be_own(c, reader, request))
    faults = await admitted(request, reader, message_type, message, reference)
    receipt = await store.awrite(
        lambda c: submission.amend(c, bundle, reader, reference, message, etag, message_type=message_type)
    )
    return _receipt(request, receipt, message_type, faults)


@operation(
    "DELETE",
    "/messages/{reference}",
    "Deletes one's own message with all its versions.",
    {204: ""},
    IF_MATCH,
    problems=_CHANGE,
)
async def delete(request: Request) -> Response:
    reader, etag, store = await signin.require_reader(request), if_match(request), _store(request)
    await store.awrite(lambda c: submission.delete(c, reader, request.path_params["reference"], etag))
    return nothing()


@operation(
    "POST",
    "/messages/{reference}/publication",
    "Publishes a notice (General Secretariat).",
    {200: "Receipt"},
    IF_MATCH,
    LANG,
    problems=(*_CHANGE, 409, 422),
)
async def publish(request: Request) -> Response:
    reader, etag, store = await signin.require_reader(request), if_match(request), _store(request)
    bundle, reference = _bundle(request), request.path_params["reference"]

    def publish(connection: Connection) -> tuple[Receipt, str, list[Fault]]:
        """Publishes, then judges what was published: a fault takes the publication back."""
        receipt = submission.publish(connection, bundle, reader, reference, etag)
        stored = _seen(connection, reader, request)
        message_type = stored.envelope["type"]
        return receipt, message_type, judged(request, message_type, stored.message, "publish")

    receipt, message_type, faults = await store.awrite(publish)
    return _receipt(request, receipt, message_type, faults)


@operation(
    "POST",
    "/messages/{reference}/return",
    "Returns a notice to its owner with the reason (General Secretariat).",
    {200: "Receipt"},
    IF_MATCH,
    LANG,
    problems=(*_CHANGE, 409, 413, 415, 422),
    body="Reason",
)
async def send_back(request: Request) -> Response:
    reader, etag, store = await signin.require_reader(request), if_match(request), _store(request)
    reason, reference = (await object_of(request)).get("reason"), request.path_params["reference"]
    if not isinstance(reason, str) or len(reason) > 4000:
        raise Problem(422, "invalid", _("Say why the notice is returned."))
    receipt = await store.awrite(lambda c: submission.send_back(c, reader, reference, etag, reason))
    return _receipt(request, receipt, "", ())


@operation(
    "POST",
    "/messages/{reference}/resume",
    "Takes up one's own message again that was suspended.",
    {200: "Receipt"},
    IF_MATCH,
    LANG,
    problems=(*_CHANGE, 409),
)
async def resume(request: Request) -> Response:
    reader, etag, store = await signin.require_reader(request), if_match(request), _store(request)
    bundle, reference = _bundle(request), request.path_params["reference"]
    receipt = await store.awrite(lambda c: submission.resume(c, bundle, reader, reference, etag))
    return _receipt(request, receipt, "", ())


@operation(
    "GET",
    "/messages/{reference}/requests",
    "The requests about a message that you may see, newest first: what was added to it, what became of it.",
    {200: "Requests"},
    PURPOSE,
    LANG,
    problems=(400, 401, 404, 503),
)
async def requests(request: Request) -> Response:
    reader, bundle, store = await signin.require_purpose(request), _bundle(request), _store(request)
    reference, language = request.path_params["reference"], language_of(request)

    def ask(connection: Connection) -> list[Hit]:
        _seen(connection, reader, request)
        return messages.requests(connection, reader, reference)

    found = await store.aread(ask)
    await _note(request, reader, "requests")
    told_requests = [
        {
            "reference": hit.reference,
            "type": hit.type,
            "type_label": bundle.text(f"{hit.type}.title", language),
            "effect": effects.of(bundle, hit.type),
            "owner": hit.owner,
            "status": hit.status,
            "status_label": status_label(bundle, hit.status, language),
            "updated_at": hit.updated_at,
        }
        for hit in found
    ]
    return answer({"reference": reference, "requests": told_requests}, language=language)


@operation(
    "GET",
    "/messages/{reference}/history",
    "The versions of a message, newest first, what each changed, and what became of the message.",
    {200: "History"},
    PURPOSE,
    LANG,
    problems=(400, 401, 404, 503),
)
async def versions(request: Request) -> Response:
    reader, bundle, store = await signin.require_purpose(request), _bundle(request), _store(request)
    reference, language = request.path_params["reference"], language_of(request)

    def ask(connection: Connection) -> tuple[str, list[history.Revision], list[history.Step]]:
        message_type = _seen(connection, reader, request).envelope["type"]
        revisions = history.revisions(connection, bundle, reader, reference)
        return message_type, revisions, history.steps(connection, reader, reference)

    message_type, revisions, steps = await store.aread(ask)
    await _note(request, reader, "history")
    told_revisions = [
        {
            **asdict(revision),
            "differences": [
                {
                    "pointer": difference.path,
                    "label": label(bundle, message_type, difference.path, language),
                    "before": difference.before,
                    "after": difference.after,
                }
                for difference in revision.differences
            ],
        }
        for revision in revisions
    ]
    told_history = {
        "reference": reference,
        "type": message_type,
        "revisions": told_revisions,
        "steps": [asdict(step) for step in steps],
    }
    return answer(told_history, language=language)


@operation(
    "GET",
    "/messages/{reference}/threads",
    "The values that a message shares with others that you may see.",
    {200: "Threads"},
    PURPOSE,
    LANG,
    problems=(400, 401, 404, 503),
)
async def shared(request: Request) -> Response:
    reader, bundle, store = await signin.require_purpose(request), _bundle(request), _store(request)
    language = language_of(request)

    def ask(connection: Connection) -> tuple[str, list[threads.Thread]]:
        stored = _seen(connection, reader, request)
        return stored.envelope["type"], threads.of(connection, bundle, reader, stored.id)

    message_type, found = await store.aread(ask)
    await _note(request, reader, "threads")
    told_threads = [
        {
            **asdict(thread),
            "label": bundle.text(f"{thread.kind}.title", language),
            "labels": [label(bundle, message_type, path, language) for path in thread.paths],
            "others": [
                {**asdict(other), "hit": told_hit(bundle, other.hit, language)} for other in thread.others
            ],
        }
        for thread in found
    ]
    reference = request.path_params["reference"]
    return answer({"reference": reference, "threads": told_threads}, language=language)


@operation(
    "GET",
    "/messages/{reference}/candidates",
    "What the databases answer to one's own query: which messages may be meant, and why.",
    {200: "Candidates"},
    PURPOSE,
    LANG,
    problems=(400, 401, 404, 503),
)
async def answered(request: Request) -> Response:
    reader, bundle, store = await signin.require_purpose(request), _bundle(request), _store(request)
    language, reference = language_of(request), request.path_params["reference"]

    def ask(connection: Connection) -> tuple[str, candidates.Answer]:
        query = _seen(connection, reader, request)
        return query.envelope["type"], candidates.of(connection, bundle, reader, query)

    query_type, found = await store.aread(ask)
    await _note(request, reader, "candidates", total=len(found.candidates))

    def place(message_type: str, path: str) -> dict[str, str]:
        return {"pointer": path, "label": label(bundle, message_type, path, language)}

    told_candidates = [
        {
            **told_hit(bundle, candidate.hit, language),
            "type_label": bundle.text(f"{candidate.hit.type}.title", language),
            "status_label": status_label(bundle, candidate.hit.status, language),
            "reasons": [
                {
                    "kind": reason.kind,
                    "kind_label": bundle.text(f"{reason.kind}.title", language),
                    "likeness": reason.likeness,
                    "asked": place(query_type, reason.asked),
                    "found": place(candidate.hit.type, reason.found),
                    "agrees": [place(query_type, path) for path in reason.agrees],
                    "differs": [place(query_type, path) for path in reason.differs],
                    "misused": reason.misused,
                }
                for reason in candidate.reasons
            ],
            "href": f"{PREFIX}/messages/{candidate.hit.reference}?query={reference}",
        }
        for candidate in found.candidates
    ]
    told_answer = {"reference": reference, "candidates": told_candidates, "more": found.more}
    return answer(told_answer, language=language)


def shown(request: Request, stored: Stored, language: str) -> dict[str, Any]:
    """A message as a reader sees it."""
    envelope = stored.envelope
    return {
        "reference": envelope["reference"],
        "type": envelope["type"],
        "owner": envelope["owner"],
        "status": envelope["status"],
        "status_label": status_label(_bundle(request), envelope["status"], language),
        "alert": alert(request.app.state.languages, _bundle(request), envelope, language),
        **{name: value for name, value in envelope.items() if value is not None},
        "message": stored.message,
    }


def told_hit(bundle: Bundle, hit: Hit, language: str) -> dict[str, Any]:
    """A message as a list shows it; where its name is withheld, the headline says so."""
    told_anyhow = asdict(hit)
    if hit.withheld is None:
        return told_anyhow
    return told_anyhow | {"headline": without_name(bundle, hit.withheld, language)}


def status_label(bundle: Bundle, status: str, language: str) -> str:
    """A status in words."""
    return bundle.text(f"MessageStatus.{status}.title", language)


def alert(languages: Languages, bundle: Bundle, envelope: Mapping[str, Any], language: str) -> str:
    """That the owner is asked before anyone acts; and that a request is being processed, while it is."""
    say = languages.gettext(language)
    owner = envelope["owner"]
    name = bundle.texts.get(language, {}).get(f"Country.{owner}.title", "") or bundle.texts["en"].get(
        f"Country.{owner}.title", ""
    )
    sentences = [say(ALERT, owner=f"{name} ({owner})" if name else owner)]
    if envelope["status"] == "processing":
        sentences.insert(0, say(PROCESSING))
    return " ".join(sentences)


def _receipt(
    request: Request,
    receipt: Receipt,
    message_type: str,
    warnings: Iterable[Fault],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    bundle, language = _bundle(request), language_of(request)
    told_receipt = {
        "reference": receipt.reference,
        "version": receipt.version,
        "status": receipt.status,
        "status_label": status_label(bundle, receipt.status, language),
        "warnings": told(bundle, message_type, warnings, language),
    }
    if bundle.is_query(message_type):
        told_receipt["candidates"] = f"{PREFIX}/messages/{receipt.reference}/candidates"
    return answer(told_receipt, status, {"ETag": receipt.etag, **(headers or {})}, language)


def _seen(connection: Connection, reader: Reader, request: Request) -> Stored:
    """The message in the address, as the reader may see it."""
    stored = messages.find(connection, reader, request.path_params["reference"])
    if stored is None:
        raise Problem(404, "not_found")
    return stored


def _must_be_own(connection: Connection, reader: Reader, request: Request) -> None:
    """Who may not change a message is told so, before he is told of faults."""
    owner = _seen(connection, reader, request).envelope["owner"]
    if not access.may_change(reader, owner):
        raise Problem(403, "scope" if owner == reader.bureau else "not_yours")


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise Problem(400, "bad_request", _("An Idempotency-Key has 1 to 255 ASCII characters."))
    return key


async def _note(request: Request, reader: Reader, action: str, **detail: Any) -> None:
    """Nothing is told before the audit has it."""
    reference = request.path_params["reference"]
    await _store(request).awrite(lambda c: audit.note(c, reader, action, reference, **detail))


def _bundle(request: Request) -> Bundle:
    bundle: Bundle = request.app.state.bundle
    return bundle


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store
