"""Whether a message may be stored: all that stands against it at once, as a Problem."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from ilink_runtime import submission
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.levels import Levels
from ilink_runtime.problems import Problem
from ilink_runtime.validation import Fault, Level
from ilink_runtime.writer import Store


async def admitted(
    request: Request, reader: Reader, message_type: str, message: dict[str, Any], amended: str | None = None
) -> list[Fault]:
    """The warnings about a message that is to be stored; Problem `invalid` with all that stands against it.

    What only the database can know is asked here when the message has faults anyway, to say all at once;
    else it is asked in the transaction that stores it.
    """
    levels: Levels = request.app.state.levels
    hindering = levels.faults(message_type, message, "record")
    if not hindering:
        return levels.warnings(message_type, message)
    bundle: Bundle = request.app.state.bundle
    store: Store = request.app.state.store
    told_paths = {fault.path for fault in hindering}
    more = await store.aread(
        lambda c: submission.hindrances(c, bundle, reader, message, message_type, amended)
    )
    hindering += [fault for fault in more if fault.path not in told_paths]
    raise Problem(422, "invalid", faults=hindering, message_type=message_type)


def judged(request: Request, message_type: str, message: Any, level: Level) -> list[Fault]:
    """The warnings about a message; Problem `invalid` with all its faults up to the level when it has one."""
    levels: Levels = request.app.state.levels
    hindering = levels.faults(message_type, message, level)
    if hindering:
        raise Problem(422, "invalid", faults=hindering, message_type=message_type)
    return levels.warnings(message_type, message)
