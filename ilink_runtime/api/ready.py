"""What a standard says to everybody, made into bytes once at start: forms, code lists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ilink_runtime.api.asking import has_already
from ilink_runtime.bundle import Bundle
from ilink_runtime.folding import fold
from ilink_runtime.languages import Languages

#: A code list with more codes than this does not come with a form; it is asked for.
SMALL = 300
PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Ready:
    """A JSON text that is only handed out."""

    body: bytes
    headers: Mapping[str, str]
    etag: str

    def answer(self, request: Request) -> Response:
        """The text, or 304 to whom has it."""
        if "if-none-match" in request.headers and has_already(request, self.etag):
            return Response(status_code=304, headers=dict(self.headers))
        return Response(self.body, headers=dict(self.headers), media_type="application/json")


def ready(value: Any, language: str) -> Ready:
    """A value as a text that is only handed out; it may be kept, and asked after each time."""
    body = orjson.dumps(value)
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, no-cache",
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
    }
    return Ready(body, headers, etag)


@dataclass(frozen=True, slots=True)
class Wording:
    """A code as it is looked for: folded, in all languages."""

    code: str
    status: str
    folded_code: str
    labels: tuple[str, ...]


class Worded:
    """The forms and code lists of a standard in the words of a language."""

    def __init__(self, bundle: Bundle, languages: Languages) -> None:
        self._bundle = bundle
        self._languages = languages

    def form(self, name: str, language: str) -> dict[str, Any]:
        """A form with its labels, rules and small code lists."""
        form = self._bundle.forms[name]
        return {
            **form,
            "language": language,
            "direction": self._languages.direction(language),
            **self._worded(name, language),
            "sections": [
                {
                    **section,
                    **self._worded(f"groups.{section['name']}", language),
                    "fields": self._fields(section["fields"], language),
                }
                for section in form["sections"]
            ],
            "rules": [{**rule, **self._worded(f"rules.{rule['code']}", language)} for rule in form["rules"]],
            "code_lists": {code_list: self._beside(code_list, language) for code_list in form["code_lists"]},
        }

    def _fields(self, fields: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
        return [
            {
                **field,
                **self._worded(field["text"], language),
                **self._inside(field, language),
            }
            for field in fields
        ]

    def _inside(self, field: Mapping[str, Any], language: str) -> dict[str, Any]:
        """The fields of an object, and where it may be of several classes its branches with their titles."""
        inside = {"fields": self._fields(field["fields"], language)} if "fields" in field else {}
        if "branches" in field:
            inside["branches"] = [
                {**branch, **self._worded(branch["range"], language), **self._inside(branch, language)}
                for branch in field["branches"]
            ]
        return inside

    def _worded(self, key: str, language: str) -> dict[str, str]:
        """The label of an element, and its help if it has one."""
        worded = {"label": self._bundle.text(f"{key}.title", language)}
        if help_ := self._text(f"{key}.description", language):
            worded["help"] = help_
        return worded

    def _beside(self, name: str, language: str) -> dict[str, Any]:
        """A code list as it stands with a form: whole when it is small, else where to ask for it."""
        if len(self._bundle.code_lists[name]["codes"]) > SMALL:
            return {"href": f"{PREFIX}/code-lists/{name}", "open": self._bundle.code_lists[name]["open"]}
        return self.code_list(name, language)

    def code_list(self, name: str, language: str) -> dict[str, Any]:
        """A code list with its labels."""
        node = self._bundle.code_lists[name]
        return {
            "name": name,
            "label": self._bundle.text(f"{name}.title", language),
            "language": language,
            **{key: node[key] for key in ("open", "source", "version") if key in node},
            "codes": [self.code(name, code["code"], code["status"], language) for code in node["codes"]],
        }

    def code(self, name: str, code: str, status: str, language: str) -> dict[str, str]:
        """A code with its label."""
        label = self._text(f"{name}.{code}.title", language) or code
        return {"code": code, "label": label, "status": status}

    def _text(self, key: str, language: str) -> str | None:
        return self._bundle.texts.get(language, {}).get(key) or self._bundle.texts["en"].get(key)


class Library:
    """The forms and code lists of a standard in all its languages, each made when it is first asked for."""

    def __init__(self, bundle: Bundle, languages: Languages) -> None:
        self._bundle = bundle
        self._worded = Worded(bundle, languages)
        self.form = cache(self._form)
        self.form_list = cache(self._form_list)
        self.code_list = cache(self._code_list)
        self._wordings = cache(self._wordings_of)

    def _form(self, name: str, language: str) -> Ready:
        return ready(self._worded.form(name, language), language)

    def _code_list(self, name: str, language: str) -> Ready:
        return ready(self._worded.code_list(name, language), language)

    def codes(self, name: str, asked: str, language: str, most: int) -> dict[str, Any]:
        """The codes that a text in any language may mean, labelled in one; an exact code comes first."""
        wanted = fold(asked)
        graded = (
            (grade, wording)
            for wording in self._wordings(name)
            if (grade := _grade(wording, wanted)) is not None
        )
        best = sorted(graded, key=lambda pair: pair[0])[:most]
        return {
            "name": name,
            "language": language,
            "codes": [self._worded.code(name, wording.code, wording.status, language) for _, wording in best],
        }

    def _form_list(self, language: str) -> Ready:
        listed = {
            "standard": {"name": self._bundle.standard["name"], "version": self._bundle.version},
            "language": language,
            "languages": list(self._bundle.languages),
            "forms": [
                {
                    "type": name,
                    "title": self._bundle.text(f"{name}.title", language),
                    **node,
                    "href": f"{PREFIX}/forms/{name}",
                }
                for name, node in self._bundle.messages.items()
            ],
        }
        return ready(listed, language)

    def _wordings_of(self, name: str) -> list[Wording]:
        return [
            Wording(
                code["code"],
                code["status"],
                fold(code["code"]),
                tuple(
                    dict.fromkeys(
                        fold(text)
                        for texts in self._bundle.texts.values()
                        if (text := texts.get(f"{name}.{code['code']}.title"))
                    )
                ),
            )
            for code in self._bundle.code_lists[name]["codes"]
        ]


def _grade(wording: Wording, wanted: str) -> int | None:
    """How near a code is to a text: itself, a label, how they begin, a word, inside; None if nowhere."""
    if wanted == wording.folded_code:
        return 0
    if wanted in wording.labels:
        return 1
    if wording.folded_code.startswith(wanted):
        return 2
    if any(label.startswith(wanted) for label in wording.labels):
        return 3
    if any(f" {wanted}" in label for label in wording.labels):
        return 4
    return 5 if any(wanted in label for label in wording.labels) else None
