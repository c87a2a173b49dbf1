"""The OpenAPI description of the interface, with the messages of the standard as their JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ilink_runtime import __version__
from ilink_runtime.api.operations import BYTES, Operation, Parameter
from ilink_runtime.api.ready import PREFIX
from ilink_runtime.bundle import Bundle

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
ANYTHING: dict[str, Any] = {"type": "object"}

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ANSWERED = {
    200: "Done.",
    201: "Made.",
    207: "Some were taken, others refused.",
    204: "Done; nothing to say.",
    304: "You have it already.",
    400: "The request cannot be read, or does not say its purpose.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "Not allowed to you.",
    404: "Nothing there that you may see.",
    405: "Not possible here.",
    409: "Does not fit with what is stored.",
    412: "Changed in the meantime.",
    413: "Too large.",
    415: "Not JSON.",
    422: "The message has faults.",
    428: "If-Match is missing.",
    500: "An error of the server.",
    503: "Busy; try again after Retry-After.",
}


def describe(bundle: Bundle, operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"ilink: {bundle.standard['title']}", "version": __version__},
        "paths": paths,
        "webhooks": {"delivery": {"post": _call()}},
        "components": {
            "schemas": {**_of_standard(bundle), **_own(bundle)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "ilink_session"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.handler.__module__.rpartition('.')[2]}_{operation.handler.__name__}",
        "summary": operation.summary,
        "parameters": [
            *(
                _parameter(Parameter(name, "", "path", required=True))
                for name in _PLACEHOLDER.findall(operation.path)
            ),
            *map(_parameter, operation.parameters),
        ],
        "responses": {
            **{str(status): _answer(status, schema) for status, schema in operation.answers.items()},
            **{
                str(status): _answer(status, "Problem", "application/problem+json")
                for status in sorted({*operation.problems, 400, 405, 500})
            },
        },
        "security": [] if operation.public else [{"token": []}, {"session": []}],
    }
    if operation.body:
        content = {BYTES: {}} if operation.body == BYTES else _content(operation.body, "application/json")
        described["requestBody"] = {"required": True, "content": content}
    return described


def _call() -> dict[str, Any]:
    """How a subscription with an address is called."""
    headers = {
        "webhook-id": "The same when a call is repeated.",
        "webhook-timestamp": "When it was signed, in seconds since 1970.",
        "webhook-signature": "`v1,` and the HMAC-SHA256 of id.timestamp.body in base64 (Standard Webhooks).",
    }
    return {
        "summary": "Tells a subscription what became of a message; any answer but 2xx is a failure.",
        "parameters": [
            _parameter(Parameter(name, meaning, "header", required=True)) for name, meaning in headers.items()
        ],
        "requestBody": {"required": True, "content": _content("Delivery", "application/json")},
        "responses": {"2XX": {"description": "Received."}},
        "security": [],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "schema": parameter.schema or TEXT,
    }
    return described | ({"description": parameter.meaning} if parameter.meaning else {})


def _answer(status: int, schema: str, media_type: str = "application/json") -> dict[str, Any]:
    described: dict[str, Any] = {"description": _ANSWERED[status]}
    if schema == BYTES:
        described["content"] = {BYTES: {}}
    elif "/" in schema:
        described["content"] = {schema: {"schema": TEXT}}
    elif schema:
        described["content"] = _content(schema, media_type)
    return described


def _content(schema: str, media_type: str) -> dict[str, Any]:
    return {media_type: {"schema": _ref(schema)}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _of_standard(bundle: Bundle) -> dict[str, Any]:
    """The definitions of the standard, at home among the components."""
    moved: dict[str, Any] = _moved(bundle.schema["$defs"])
    return moved


def _moved(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/", 1)
            if key == "$ref" and isinstance(value, str)
            else _moved(value)
            for key, value in node.items()
        }
    return [_moved(member) for member in node] if isinstance(node, list) else node


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _list(of: Any) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _own(bundle: Bundle) -> dict[str, Any]:
    """What the interface itself says around the messages."""
    names = sorted(bundle.messages)
    hit = _object(
        dict.fromkeys(("reference", "type", "owner", "status", "headline", "updated_at"), TEXT),
        version=COUNT,
        matched={"type": ["string", "null"]},
        withheld={"type": ["string", "null"]},
        misused={"type": "boolean"},
        type_label=TEXT,
        status_label=TEXT,
    )
    place = _object({"pointer": TEXT, "label": TEXT})
    reason = _object(
        {"kind": TEXT, "likeness": TEXT, "asked": place, "found": place},
        kind_label=TEXT,
        agrees=_list(place),
        differs=_list(place),
    )
    candidate = {"allOf": [hit, _object({"reasons": _list(reason), "href": TEXT})]}
    return {
        "Message": {"anyOf": [_ref(name) for name in names]},
        "Fault": _object(
            dict.fromkeys(("code", "pointer", "level", "message"), TEXT),
            pointers=_list(TEXT),
            rule={"type": ["string", "null"]},
            rule_ref=TEXT,
        ),
        "Problem": _object(
            {"type": TEXT, "title": TEXT, "status": COUNT, "code": TEXT},
            detail=TEXT,
            errors=_list(_ref("Fault")),
        ),
        "Verdict": _object(
            {"type": TEXT, "level": TEXT, "valid": {"type": "boolean"}},
            errors=_list(_ref("Fault")),
            warnings=_list(_ref("Fault")),
        ),
        "Receipt": _object(
            {"reference": TEXT, "version": COUNT, "status": TEXT, "status_label": TEXT},
            warnings=_list(_ref("Fault")),
            candidates=TEXT,
        ),
        "Candidates": _object(
            {"reference": TEXT, "candidates": _list(candidate), "more": {"type": "boolean"}}
        ),
        "StoredMessage": _object(
            dict.fromkeys(("reference", "type", "owner", "status", "status_label", "alert"), TEXT),
            version=COUNT,
            message=_ref("Message"),
            files=_list(_ref("File")),
        ),
        "NationalFault": {
            "allOf": [_ref("Fault"), _object({"places": _list(TEXT), "line": COUNT}, value=TEXT)]
        },
        "NationalRecords": _object(
            {"records": _list(_ref("NationalRecord")), "counts": ANYTHING, "test": FLAG}
        ),
        "NationalRecord": _object(
            {"record": COUNT, "line": COUNT, "outcome": TEXT, "faults": _list(_ref("NationalFault"))},
            national_reference=TEXT,
            outcome_label=TEXT,
            reference=TEXT,
            version=COUNT,
            etag=TEXT,
            status=TEXT,
            status_label=TEXT,
            draft=TEXT,
            page=TEXT,
            warnings=_list(_ref("NationalFault")),
            lost=_list(TEXT),
            machine=_list(TEXT),
            homeless=_list(TEXT),
            unnamed_files=_list(TEXT),
            leftovers=ANYTHING,
        ),
        "Adapters": _object({"adapters": _list(ANYTHING), "hindrance": TEXT}),
        "Reason": _object({"reason": TEXT}),
        "File": _object({"sha256": TEXT, "media_type": TEXT, "size_bytes": COUNT}),
        "History": _object(
            {"reference": TEXT, "type": TEXT, "revisions": _list(ANYTHING), "steps": _list(ANYTHING)}
        ),
        "Requests": _object({"reference": TEXT, "requests": _list(ANYTHING)}),
        "Endings": _object({"total": COUNT, "messages": _list(ANYTHING)}),
        "Threads": _object({"reference": TEXT, "threads": _list(ANYTHING)}),
        "SearchResults": _object({"total": COUNT, "hits": _list(hit), "facets": ANYTHING}),
        "FormList": _object({"forms": _list(ANYTHING), "languages": _list(TEXT)}),
        "Form": _object(
            {"type": TEXT, "language": TEXT, "sections": _list(ANYTHING), "rules": _list(ANYTHING)}
        ),
        "CodeList": _object({"name": TEXT, "language": TEXT, "codes": _list(ANYTHING)}),
        "Draft": _object({"id": TEXT, "type": TEXT, "language": TEXT, "body": ANYTHING, "revision": COUNT}),
        "DraftList": _object({"drafts": _list(ANYTHING)}),
        "NewDraft": _object({"type": TEXT}, language=TEXT, body=ANYTHING, reference=TEXT),
        "SavedDraft": _object({"body": ANYTHING}, language=TEXT),
        "Subscriptions": _object({"subscriptions": _list(ANYTHING)}),
        "Delivery": _object(
            {"cursor": COUNT, "kind": TEXT, "reference": TEXT, "at": TEXT},
            **dict.fromkeys(("type", "owner", "status"), TEXT),
            version=COUNT,
            expires_at={"type": ["string", "null"]},
            message=_ref("Message"),
            record=_object({"media_type": TEXT}, base64=TEXT, json={}),
            lost=_list(TEXT),
            reasons=_list(_object({"code": TEXT, "place": TEXT})),
        ),
        "Deliveries": _object(
            {"deliveries": _list(_ref("Delivery")), "next": COUNT, "more": {"type": "boolean"}}
        ),
        "Confirmation": _object({"references": _list(TEXT)}),
        "Confirmed": _object({"confirmed": _list(TEXT), "unknown": _list(TEXT)}),
        "Removals": _object({"total": COUNT, "removals": _list(ANYTHING)}),
        "Health": _object({"status": TEXT, "version": TEXT, "standard": ANYTHING, "adapters": ANYTHING}),
    }
