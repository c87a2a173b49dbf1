"""The operations of the HTTP interface: each a plain handler, and what the description says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter in the query or in a header; those in the path describe themselves."""

    name: str
    meaning: str
    place: str = "query"
    required: bool = False
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the server."""

    method: str
    path: str
    handler: Handler
    summary: str
    answers: Mapping[int, str]  # status to the schema of the answer; "" for none
    problems: tuple[int, ...]
    parameters: tuple[Parameter, ...]
    body: str  # schema of the request; "" for none
    public: bool

    @property
    def route(self) -> str:
        """Its path as the router takes it."""
        return self.path.replace(WITH_SLASHES, f"{WITH_SLASHES[:-1]}:path}}")


#: Every operation, in the order in which the modules that hold them are imported.
OPERATIONS: list[Operation] = []

#: What at the end of a path may itself hold slashes: countries number their cases `17/2026`.
WITH_SLASHES = "{national_reference}"

#: In place of a schema: any bytes of any media type.
BYTES = "*/*"

LANG = Parameter("lang", "Language of labels and sentences: en, ar, es, fr.")
PROFILE = Parameter("profile", "A country (ch): the form as it has it, in its own languages too.")
IF_MATCH = Parameter("If-Match", "The ETag of the version that you mean.", "header", required=True)
IF_NONE_MATCH = Parameter("If-None-Match", "The ETag of the version that you have.", "header")
PURPOSE = Parameter("X-Purpose", "Why you read: needed with a bearer token, and kept in the audit.", "header")


def up_to(largest: int) -> dict[str, Any]:
    """The schema of a count."""
    return {"type": "integer", "minimum": 0, "maximum": largest}


def operation(
    method: str,
    path: str,
    summary: str,
    answers: Mapping[int, str],
    *parameters: Parameter,
    problems: tuple[int, ...] = (),
    body: str = "",
    public: bool = False,
) -> Callable[[Handler], Handler]:
    """Declares a handler as an operation."""

    def declare(handler: Handler) -> Handler:
        OPERATIONS.append(
            Operation(method, path, handler, summary, answers, problems, parameters, body, public)
        )
        return handler

    return declare
