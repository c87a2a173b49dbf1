"""What anybody may ask: forms, code lists, a verdict on a message, and whether the server lives."""

from __future__ import annotations

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime import __version__
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.api.asking import answer, message_of, number, one_of
from ilink_runtime.api.operations import IF_NONE_MATCH, LANG, PROFILE, Parameter, operation, up_to
from ilink_runtime.api.ready import Library, Ready, Worded, ready
from ilink_runtime.bundle import Bundle
from ilink_runtime.languages import Languages
from ilink_runtime.levels import LEVELS, Levels, hinders
from ilink_runtime.message_types import known_type
from ilink_runtime.problem_details import language_of, told
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.profiles import Profiles, asked
from ilink_runtime.validation import Level
from ilink_runtime.writer import Store

MOST_CODES = 50


@operation("GET", "/forms", "The forms of the standard.", {200: "FormList"}, LANG, IF_NONE_MATCH, public=True)
async def forms(request: Request) -> Response:
    library: Library = request.app.state.library
    return library.form_list(language_of(request)).answer(request)


@operation(
    "GET",
    "/forms/{type}",
    "A form: its fields with their texts, its rules, its code lists.",
    {200: "Form", 304: ""},
    LANG,
    PROFILE,
    IF_NONE_MATCH,
    problems=(404,),
    public=True,
)
async def form(request: Request) -> Response:
    library: Library = request.app.state.library
    name = known_type(request.app.state.bundle, request.path_params["type"])
    if country := request.query_params.get("profile"):
        return _profiled(request, country, name).answer(request)
    return library.form(name, language_of(request)).answer(request)


def _spoken(request: Request, languages: Languages) -> str:
    """The language of the answer where a country has more of them than the standard."""
    accept = request.headers.get("accept-language", "")
    return languages.choose(request.query_params.get("lang"), accept=accept)


def _profiled(request: Request, country: str, name: str) -> Ready:
    """A form as a country has it, in its own languages too."""
    profiles: Profiles = request.app.state.profiles
    bundle, languages = profiles.of(country)
    language = _spoken(request, languages)
    return ready(Worded(bundle, languages).form(name, language), language)


@operation(
    "GET",
    "/code-lists/{name}",
    "A code list, or with q the codes that a text in any language may mean.",
    {200: "CodeList", 304: ""},
    Parameter("q", "A code, or a part of a label in any language."),
    Parameter(
        "limit",
        "With q, at most so many codes.",
        schema=up_to(MOST_CODES),
    ),
    LANG,
    IF_NONE_MATCH,
    problems=(400, 404),
    public=True,
)
async def code_list(request: Request) -> Response:
    library: Library = request.app.state.library
    name, language = request.path_params["name"], language_of(request)
    if name not in request.app.state.bundle.code_lists:
        raise Problem(404, "not_found", _("There is no such code list."))
    asked = request.query_params.get("q", "")[:100].strip()
    if not asked:
        return library.code_list(name, language).answer(request)
    return answer(
        library.codes(name, asked, language, number(request, "limit", 20, MOST_CODES)), language=language
    )


@operation(
    "POST",
    "/validate",
    "What the standard says of a message; nothing is stored.",
    {200: "Verdict"},
    Parameter("type", "The message type, where the message does not name it."),
    Parameter("profile", "A country (ch): also what it asks for besides the standard."),
    Parameter("level", "record, publish (record too) or quality (all three).", schema={"enum": list(LEVELS)}),
    LANG,
    problems=(400, 404, 413, 415, 422),
    body="Message",
    public=True,
)
async def validate(request: Request) -> Response:
    message_type, message = await message_of(request)
    level: Level = one_of(request, "level", LEVELS, "record")  # type: ignore[assignment]
    levels: Levels = request.app.state.levels
    profiles: Profiles = request.app.state.profiles
    bundle, languages = profiles.of(request.query_params.get("profile"))
    found = levels.faults(message_type, message, level)
    language = _spoken(request, languages)
    found = [*found, *asked(bundle.forms[message_type], message, found)]
    hindering = [fault for fault in found if hinders(fault)]
    verdict = {
        "type": message_type,
        "level": level,
        "valid": not hindering,
        "errors": told(bundle, message_type, hindering, language),
        "warnings": told(bundle, message_type, (fault for fault in found if not hinders(fault)), language),
    }
    return answer(verdict, language=language)


@operation(
    "GET",
    "/health",
    "Whether the server and its database work.",
    {200: "Health"},
    problems=(503,),
    public=True,
)
async def health(request: Request) -> Response:
    bundle: Bundle = request.app.state.bundle
    store: Store = request.app.state.store
    await store.aread(lambda connection: connection.execute(text("SELECT 1")).scalar())
    standard = {"name": bundle.standard["name"], "version": bundle.version, "etag": bundle.etag}
    adapters: Adapters = request.app.state.adapters
    standing = {"count": len(adapters.standing), "hindrance": adapters.hindrance or None}
    return answer({"status": "ok", "version": __version__, "standard": standard, "adapters": standing})
