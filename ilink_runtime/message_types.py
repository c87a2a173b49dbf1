"""Which type a message is: what it says itself, or what it was sent as."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from ilink_runtime.bundle import Bundle
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.validation import Fault


def type_of(bundle: Bundle, message: Mapping[str, Any], asked: str | None) -> str:
    """The type of a message; when it is missing or unknown, a Problem with the fault at `/message_type`."""
    said = message.get("message_type")
    if asked is not None and (said is None or said == asked):
        return known_type(bundle, asked)
    if isinstance(said, str) and said in bundle.messages and (asked is None or asked == said):
        return said
    fault = Fault("required" if said is None else "not_in_list", "/message_type")
    first = next(iter(bundle.messages))
    raise Problem(422, "invalid", faults=[fault], message_type=first, more=_near(bundle, said))


def known_type(bundle: Bundle, name: str) -> str:
    """The name of a message type; Problem `not_found` with the nearest one when there is no such type."""
    if name in bundle.messages:
        return name
    raise Problem(404, "not_found", _("There is no such message type."), more=_near(bundle, name))


def _near(bundle: Bundle, said: Any) -> dict[str, Any]:
    near = difflib.get_close_matches(str(said)[:100], list(bundle.messages), 1)
    return {"suggestion": near[0] if near else None, "types": list(bundle.messages)}
