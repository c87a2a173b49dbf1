"""What a request does to the message that it concerns: adds to it, keeps it longer, sets it aside, ends it.

Pure: what stands against a request, and what then becomes of the message; `submission` writes it.
The model says by annotations which type has which effect, and who may send it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ilink_runtime import retention
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.envelope import ENDED, REVIEW_DATE
from ilink_runtime.projection import fit_date
from ilink_runtime.validation import Fault

if TYPE_CHECKING:
    from ilink_runtime.messages import Stored

#: Where a request says what it asks for.
CONCERNS = "/concerns"
DAYS = {"extend": "/keep_until", "suspend": "/suspended_until"}
#: The longest time for which an owner may set a message aside (RPD-81).
LONGEST_SUSPENSION = "P6M"

#: What the feed, the audit and the history call an effect.
NEWS = {
    "add": "added",
    "extend": "extended",
    "suspend": "suspended",
    "withdraw": "withdrawn",
    "cancel": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of the concerned message: fields of a next version, its status, its envelope."""

    news: str
    status: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    envelope: Mapping[str, Any] = field(default_factory=dict)


def of(bundle: Bundle, message_type: str) -> str:
    """The effect of a message type, `none` for most."""
    return str(bundle.messages.get(message_type, {}).get("effect", "none"))


def is_private(bundle: Bundle, message_type: str) -> bool:
    """Whether only its bureau and the General Secretariat see it: a query, and what the latter decides on.

    A bureau may know a reason against a message that the owner of the message must not learn.
    """
    treatment = bundle.messages[message_type]
    decided = treatment["effect"] != "none" and treatment["routing"] == "publication"
    return bool(treatment["routing"] == "query" or decided)


def may_send(bundle: Bundle, message_type: str, reader: Reader, owner: str) -> bool:
    """Whether a bureau may send a request of that type about a message of an owner."""
    match bundle.messages[message_type]["sender"]:
        case "owner":
            return reader.bureau == owner
        case "secretariat":
            return reader.secretariat
    return True


def can_bear(bundle: Bundle, effect: str, message_type: str, status: str) -> bool:
    """Whether an effect can bear on a message: not on a request or a query, nor on what ended."""
    treatment = bundle.messages[message_type]
    suspended_again = effect == "suspend" and status == "suspended"
    bears = treatment["effect"] == "none" and treatment["routing"] != "query"
    return bears and status not in ENDED and not suspended_again


def faults(
    bundle: Bundle,
    reader: Reader,
    message_type: str,
    request: Mapping[str, Any],
    target: Stored | None,
    today: date,
) -> Iterator[Fault]:
    """What stands against a request; `target` is the message that it concerns, if its sender sees one."""
    effect = of(bundle, message_type)
    if target is None:
        yield Fault("no_such_message", CONCERNS)
    elif not may_send(bundle, message_type, reader, target.envelope["owner"]):
        yield Fault("not_owner", CONCERNS)
    elif not can_bear(bundle, effect, target.envelope["type"], target.envelope["status"]):
        yield Fault("bears_nothing", CONCERNS)
    if effect in DAYS:
        pointer, last = DAYS[effect], _last(bundle, effect, target, today)
        day = request.get(pointer[1:])
        if fit_date(day) is None:
            yield Fault("required", pointer)
        yield from retention.between(pointer, day, today + timedelta(days=1), last)


def change(bundle: Bundle, message_type: str, request: Mapping[str, Any], at: str) -> Change:
    """What becomes of the message, at an instant, by a request against which nothing stands."""
    effect = of(bundle, message_type)
    news = NEWS[effect]
    day = request.get(DAYS[effect][1:]) if effect in DAYS else None
    match effect:
        case "extend":
            return Change(news, None, {REVIEW_DATE: day}, {"extended_at": at})
        case "suspend":
            return Change(news, news, {}, {"suspended_until": day})
        case "withdraw" | "cancel":
            return Change(news, news, {}, {"suspended_until": None})
    return Change(news)


def _last(bundle: Bundle, effect: str, target: Stored | None, today: date) -> date | None:
    """The last day that a request may name; unknown of an unknown message."""
    if effect == "suspend":
        return retention.after(today, LONGEST_SUSPENSION)
    return retention.longest(bundle, target.envelope["type"], today) if target else None
