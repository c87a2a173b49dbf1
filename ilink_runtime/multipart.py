"""A body in parts (multipart/form-data), read into memory: nothing of it is left in a folder."""

from __future__ import annotations

from io import BytesIO

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ilink_runtime.problems import Problem

MOST_FILES = 100


class _InMemory(MultiPartParser):
    """Keeps files in memory, whose length is bounded."""

    spool_max_size = 0


def announced(request: Request) -> bool:
    """Whether the body says that it comes in parts."""
    return request.headers.get("content-type", "").startswith("multipart/form-data")


async def read(request: Request, most_fields: int) -> FormData:
    """The parts of a body; Problem `bad_request` when they cannot be told apart."""
    parser = _InMemory(request.headers, request.stream(), max_files=MOST_FILES, max_fields=most_fields)
    try:
        data = await parser.parse()
    except MultiPartException:
        raise Problem(400, "bad_request") from None
    return FormData([(name, await _loose(part)) for name, part in data.multi_items()])


async def _loose(part: str | UploadFile) -> str | UploadFile:
    """A file as bytes alone, which nobody has to close."""
    if isinstance(part, str):
        return part
    content = await part.read()
    await part.close()
    return UploadFile(BytesIO(content), size=len(content), filename=part.filename, headers=part.headers)
