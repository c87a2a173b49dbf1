"""What an officer posted: the form of a request, checked, and the message it describes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from ilink_runtime import form, multipart, signin
from ilink_runtime.bundle import Bundle
from ilink_runtime.folding import fold
from ilink_runtime.pages import message_parts
from ilink_runtime.people import Officer

#: A long form with many rows; still bounded.
MOST_FIELDS = 20_000


async def posted(request: Request, officer: Officer | None = None) -> FormData:
    """The posted form; refused without the token of the officer's session."""
    data = await _parsed(request)
    if officer is not None:
        await signin.check_csrf(request, data)
    return data


async def _parsed(request: Request) -> FormData:
    if not multipart.announced(request):
        return await request.form(max_files=0, max_fields=MOST_FIELDS)
    return await multipart.read(request, MOST_FIELDS)


def text(data: FormData, name: str) -> str:
    """One posted text, empty when it is not there."""
    value = data.get(name, "")
    return value if isinstance(value, str) else ""


def pairs(data: FormData) -> list[form.Pair]:
    """The posted fields of a message."""
    return [
        (name, value) for name, value in data.multi_items() if name.startswith("/") and isinstance(value, str)
    ]


def uploads(data: FormData) -> list[tuple[str, UploadFile]]:
    """The files that were chosen, by the names of their boxes."""
    return [
        (name, part) for name, part in data.multi_items() if isinstance(part, UploadFile) and part.filename
    ]


def message(
    bundle: Bundle, message_type: str, data: FormData, language: str, known: Iterable[form.Pair] = ()
) -> dict[str, Any]:
    """The message that was posted, empty rows kept; labels of codes become codes, those of parts pointers.

    What is `known` of files that came along stands in place of what was posted in those fields.
    """
    body = form.read(
        bundle.forms[message_type],
        [*pairs(data), *known],
        keep_rows=True,
        code_of=lambda code_list, typed: code_of(bundle, code_list, typed, language),
    )
    return message_parts.with_pointers(bundle, message_type, body, (language, *bundle.languages))


def code_of(bundle: Bundle, code_list: str, typed: str, language: str) -> str:
    """The code whose label an officer typed, his own language first; else what he typed."""
    codes = [code["code"] for code in bundle.code_lists[code_list]["codes"]]
    if typed in codes:
        return typed
    wanted = fold(typed)
    for tongue in (language, *bundle.languages):
        texts = bundle.texts.get(tongue, {})
        for code in codes:
            if fold(texts.get(f"{code_list}.{code}.title", "")) == wanted:
                return str(code)
    return typed
