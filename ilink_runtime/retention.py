"""How long a message is kept: as its type allows, and no longer than its owner said (RPD-49, RPD-50).

Pure. Days are days of UTC. A type without a retention is kept until its owner deletes it; so is an
addendum, which goes with the message that it adds to.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from ilink_runtime.bundle import Bundle
from ilink_runtime.envelope import REVIEW_DATE
from ilink_runtime.projection import fit_date
from ilink_runtime.validation import Fault

#: So long before its last day the owner is asked whether a message is still needed (RPD-50).
NOTICE = "P6M"


def today() -> date:
    """This day."""
    return datetime.now(UTC).date()


def after(day: date, duration: str) -> date:
    """The day a duration later, `P5Y` or `P6M`; where that month is too short, its last day."""
    number, unit = int(duration[1:-1]), duration[-1]
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def longest(bundle: Bundle, message_type: str, since: date) -> date | None:
    """The last day that a message of that type may be kept, recorded or extended on a day."""
    treatment = bundle.messages.get(message_type, {})
    retention = treatment.get("retention", "")
    return after(since, retention) if retention and treatment["effect"] != "add" else None


def last_day(bundle: Bundle, message_type: str, since: str, review_date: str | None) -> str | None:
    """The day after which a message is deleted; `since` is the instant it was recorded or extended."""
    last = longest(bundle, message_type, date.fromisoformat(since[:10]))
    if last is None:
        return None
    return min(filter(None, (review_date, last.isoformat())))


def between(pointer: str, value: Any, first: date, last: date | None) -> Iterator[Fault]:
    """The fault of a day that is too early or too late; what is no day at all is the schema's to refuse."""
    day = fit_date(value)
    if day is not None and day < first.isoformat():
        yield Fault("too_early", pointer, params={"limit": first.isoformat()})
    elif day is not None and last is not None and day > last.isoformat():
        yield Fault("too_late", pointer, params={"limit": last.isoformat()})


def faults(
    bundle: Bundle, message_type: str, message: Mapping[str, Any], since: date, now: date
) -> list[Fault]:
    """What is wrong with the review date of a message that was recorded or extended on a day."""
    last = longest(bundle, message_type, since)
    if last is None:
        return []
    return list(between(f"/{REVIEW_DATE}", message.get(REVIEW_DATE), now, last))
