"""What an officer posted: the form of a request, checked, and the message it describes."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from ilink_runtime import form, signin
from ilink_runtime.bundle import Bundle
from ilink_runtime.folding import fold
from ilink_runtime.pages import message_parts
from ilink_runtime.people import Officer
from ilink_runtime.problems import Problem

#: A long form with many rows; still bounded.
MOST_FIELDS = 20_000
MOST_FILES = 100


class _InMemory(MultiPartParser):
    """Keeps files in memory, whose length is bounded: nothing of theirs is left in a folder of the system."""

    spool_max_size = 0


async def posted(request: Request, officer: Officer | None = None) -> FormData:
    """The posted form; refused without the token of the officer's session."""
    data = await _parsed(request)
    if officer is not None:
        await signin.check_csrf(request, data)
    return data


async def _parsed(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.form(max_files=0, max_fields=MOST_FIELDS)
    parser = _InMemory(request.headers, request.stream(), max_files=MOST_FILES, max_fields=MOST_FIELDS)
    try:
        data = await parser.parse()
    except MultiPartException:
        raise Problem(400, "bad_request") from None
    return FormData([(name, await _loose(part)) for name, part in data.multi_items()])


async def _loose(part: str | UploadFile) -> str | UploadFile:
    """A posted file as bytes alone, which nobody has to close."""
    if isinstance(part, str):
        return part
    content = await part.read()
    await part.close()
    return UploadFile(BytesIO(content), size=len(content), filename=part.filename, headers=part.headers)


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
