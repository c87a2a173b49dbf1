"""What stands against a message that no schema can know: who sends it, on which day, about what.

Pure; faults like those of the schema, all of them, so that a form shows both alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ilink_runtime import effects, retention
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.validation import Fault
from ilink_runtime.values import escape

if TYPE_CHECKING:
    from ilink_runtime.messages import Stored


def objections(
    bundle: Bundle,
    reader: Reader,
    message_type: str,
    message: Mapping[str, Any],
    target: Stored | None,
    stored: Stored | None,
    today: date,
) -> list[Fault]:
    """All of them; `target` is the message that it concerns, `stored` the message that it amends."""
    since = date.fromisoformat(_since(stored)) if stored else today
    found = retention.faults(bundle, message_type, message, since, today)
    found += _not_issued(bundle, reader, message_type, message)
    if effects.of(bundle, message_type) == "none":
        return found
    before = stored.envelope["concerns"] if stored else None
    if before not in (None, message.get(effects.CONCERNS[1:])):
        return [*found, Fault("const", effects.CONCERNS, params={"limit": before})]
    return [*found, *effects.faults(bundle, reader, message_type, message, target, today)]


def _since(stored: Stored) -> str:
    return str(stored.envelope["extended_at"] or stored.envelope["recorded_at"])[:10]


def _not_issued(
    bundle: Bundle, reader: Reader, message_type: str, message: Mapping[str, Any]
) -> Iterator[Fault]:
    """Only the country that issued a thing may enter it, where the model says which field names it."""
    path = bundle.messages[message_type]["entered_by"]
    if not path:
        return
    for pointer, country in _at(message, path.split("."), ""):
        if country != reader.bureau:
            yield Fault("not_issuer", pointer)


def _at(value: Any, names: list[str], pointer: str) -> Iterator[tuple[str, Any]]:
    """The values at the end of a path of fields, through every member of lists; None where it breaks off."""
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from _at(member, names, f"{pointer}/{number}")
    elif not names:
        yield pointer, value
    else:
        inner = value.get(names[0]) if isinstance(value, Mapping) else None
        yield from _at(inner, names[1:], f"{pointer}/{escape(names[0])}")
