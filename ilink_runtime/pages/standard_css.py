"""The colours of the message types, as the standard gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

router = APIRouter()

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@router.get("/standard.css")
async def standard_css(request: Request) -> Response:
    """A strip's colour for each message type."""
    css = colours(request.app.state.bundle.messages)
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


def colours(messages: Mapping[str, Mapping[str, Any]]) -> str:
    """The rules; what is not plainly a name and a colour is left out."""
    return "".join(
        f".type-{name}{{--type-colour:{kind['colour'].lower()}}}\n"
        for name, kind in messages.items()
        if _NAME.fullmatch(name) and _COLOUR.fullmatch(str(kind.get("colour", "")))
    )
