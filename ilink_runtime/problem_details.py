"""Problems as answers: RFC 9457 details for programs, in the caller's language; pages have their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime.bundle import Bundle
from ilink_runtime.languages import Languages
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.sentences import sentence
from ilink_runtime.validation import Fault
from ilink_runtime.values import classes_of

MEDIA_TYPE = "application/problem+json"
#: Nobody reads more, and a body of rubbish could bring a hundred thousand.
MOST_FAULTS = 500


TITLES: dict[str, str] = {
    "bad_json": _("The body cannot be read."),
    "bad_request": _("The request cannot be read."),
    "purpose_required": _("Say for what purpose you read: a bearer token needs the header X-Purpose."),
    "unauthenticated": _("Please sign in."),
    "csrf": _("This page is out of date. Load it again, then repeat what you did."),
    "scope": _("You may not do this."),
    "not_yours": _("Only the bureau that owns this may change it."),
    "not_found": _("There is nothing here that you may see."),
    "method_not_allowed": _("This cannot be done here."),
    "conflict": _("This does not fit with what is stored."),
    "not_reviewable": _("This message does not await publication."),
    "stale": _("Somebody has changed this in the meantime. Load it again."),
    "too_large": _("This is too large."),
    "unsupported_media_type": _("The body must be JSON (application/json)."),
    "invalid": _("The message has faults."),
    "no_record": _("There is no national record that could be read."),
    "not_carried": _("This message cannot be written in that national format."),
    "bad_file": _("The file cannot be taken."),
    "key_reused": _("This Idempotency-Key came with another message."),
    "precondition_required": _("Say which version you mean: send its ETag in If-Match."),
    "too_many_attempts": _("Too many attempts. Wait a little, then try again."),
    "internal": _("Something went wrong here. It was noted; nothing was stored."),
    "busy": _("The server is busy. Try again in a moment."),
}


def language_of(request: Request) -> str:
    """The language asked for in the address, then an officer's own, then what the client accepts."""
    languages: Languages = request.app.state.languages
    officer = getattr(request.state, "officer", None)
    return languages.choose(
        request.query_params.get("lang"),
        officer.reader.language if officer else None,
        accept=request.headers.get("accept-language", ""),
    )


def problem_details(request: Request, problem: Problem) -> Response:
    """The answer to a program that met a problem."""
    language = language_of(request)
    return Response(
        orjson.dumps(described(request.app.state.bundle, request.app.state.languages, problem, language)),
        problem.status,
        {"Cache-Control": "no-store", "Content-Language": language, **problem.headers},
        MEDIA_TYPE,
    )


def described(bundle: Bundle, languages: Languages, problem: Problem, language: str) -> dict[str, Any]:
    """The members of the problem details."""
    say = languages.gettext(language)
    title = TITLES.get(problem.code)
    details: dict[str, Any] = {
        "type": f"urn:ilink:problem:{problem.code}",
        "title": say(title) if title else problem.code,
        "status": problem.status,
        "code": problem.code,
    }
    if problem.detail:
        details["detail"] = say(problem.detail)
    if problem.faults:
        details["errors"] = told(bundle, problem.message_type, problem.faults, language)
        details["error_count"] = len(problem.faults)
    return {**problem.more, **details}


def told(
    bundle: Bundle, message_type: str, faults: Iterable[Fault], language: str, message: Any = None
) -> list[dict[str, Any]]:
    """Faults as a caller reads them: data for his program, a sentence for his officer.

    Of a `message` that is at hand the labels are those of the classes of its objects.
    """
    classes = classes_of(bundle, message_type, message)
    return [
        {
            "code": fault.code,
            "pointer": fault.path,
            "pointers": list(fault.paths),
            "level": fault.level,
            "rule": fault.rule,
            "rule_ref": fault.rule_ref,
            "message": sentence(bundle, message_type, fault, language, classes),
        }
        for fault, _number in zip(faults, range(MOST_FAULTS), strict=False)
    ]
