"""Checks: what neither a pattern nor a JSON Schema can say, by the names that the model uses.

Each answers whether a value can be right. A value that is not text is True: types are judged
elsewhere. None raises, none takes longer than the text is long.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date as calendar_date
from functools import lru_cache
from typing import Any

from ilink_runtime import canonical, machine_readable, wallets

_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_HULL = re.compile(r"(?:[A-Z]{2})?[A-Z0-9]{3}[A-HJ-NPR-Z0-9]{5}[A-L][0-9]{3}")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]{25,35}")
_WALLET = re.compile(r"[A-Za-z0-9:_-]{20,128}")
_DOMAIN_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

#: An approximate date may be wrong by so many years.
APPROXIMATE_YEARS = 3

_VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def date(text: str) -> bool:
    """A day of the calendar, `2026-02-28`."""
    return len(text) == 10 and partial_date(text)


def partial_date(text: str) -> bool:
    """A year, month or day of the calendar, `1980`, `1980-05`, `1980-05-17`; `~` says about."""
    return days(text) is not None


def instant(text: str) -> bool:
    """A moment with its offset, `2026-11-23T09:30:00Z` (RFC 3339, without leap seconds)."""
    found = _INSTANT.fullmatch(text)
    return found is not None and date(found[1])


def moment(text: str) -> bool:
    """A moment of the calendar, with its offset or without: `2026-11-23T09:30:00`."""
    return instant(text) or instant(f"{text}Z")


def day_or_moment(text: str) -> bool:
    """A day or a moment."""
    return date(text) or moment(text)


def iban(text: str) -> bool:
    """The length and structure of its country, and the check digits (ISO 13616)."""
    from stdnum import iban as standard

    return bool(standard.is_valid(canonical.iban(text) or "", check_country=False))


def vin(text: str) -> bool:
    """Seventeen characters without I, O, Q; North American ones (1 to 5) carry a check digit (ISO 3779).

    Elsewhere the ninth place is the maker's own, so that nothing more can be said.
    """
    number = canonical.vin(text) or ""
    if not _VIN.fullmatch(number):
        return False
    if number[0] not in "12345":
        return True
    rest = sum(_VIN_VALUES[c] * weight for c, weight in zip(number, _VIN_WEIGHTS, strict=True)) % 11
    return number[8] == "0123456789X"[rest]


def phone(text: str) -> bool:
    """A possible length for its country; without a country code, four to fifteen digits."""
    return canonical.can_be_phone(text)


def email(text: str) -> bool:
    """A mailbox, an @ and a domain of at least two labels."""
    mailbox, at, domain = text.rpartition("@")
    if (
        not at
        or not 0 < len(mailbox) <= 64
        or not all(c.isprintable() and c not in ' "(),:;<>@[\\]' for c in mailbox)
    ):
        return False
    labels = (canonical.ascii_domain(domain) or "").split(".")
    return all(mailbox.split(".")) and len(labels) > 1 and all(map(_DOMAIN_LABEL.fullmatch, labels))


def url(text: str) -> bool:
    """The address of a page on the web, with `http://` or `https://`."""
    from urllib.parse import urlsplit

    if not all(c.isprintable() and c != " " for c in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def imei(text: str) -> bool:
    """Fifteen digits with a Luhn check digit; fourteen or sixteen have none."""
    digits = _digits(text)
    return len(digits) in (14, 16) or (len(digits) == 15 and _luhn(digits))


def card(text: str) -> bool:
    """Twelve to nineteen digits with a Luhn check digit."""
    digits = _digits(text)
    return 12 <= len(digits) <= 19 and _luhn(digits)


def mrz(text: str) -> bool:
    """The lengths and all check digits of a machine-readable zone (ICAO 9303, parts 4 to 7)."""
    return machine_readable.is_valid(text)


def crypto_address(text: str) -> bool:
    """Bitcoin's checksums and Ethereum's capitals (EIP-55); of other networks only the shape."""
    from stdnum import bitcoin

    address = "".join(text.split())
    if address.lower().startswith("0x"):
        return wallets.is_ethereum(address)
    if address.lower().startswith("bc1"):
        return wallets.is_segwit(address)
    if _BASE58.fullmatch(address) and address[0] in "13":
        return bool(bitcoin.is_valid(address))
    return _WALLET.fullmatch(address) is not None


def imo(text: str) -> bool:
    """Seven digits, the last one their check digit (IMO resolution A.1117(30))."""
    digits = canonical.imo(text) or ""
    if not re.fullmatch("[0-9]{7}", digits):
        return False
    return sum(int(d) * weight for d, weight in zip(digits, range(7, 1, -1), strict=False)) % 10 == int(
        digits[6]
    )


def mmsi(text: str) -> bool:
    """Nine digits; the first three of a ship are its country's, 2 to 7 in front (ITU-R M.585)."""
    digits = _digits(text)
    return len(digits) == 9 and digits[0] in "234567"


def hull_number(text: str) -> bool:
    """Maker, serial number, month and years of building, with a country in front or not (ISO 10087)."""
    return _HULL.fullmatch(canonical.document_number(text) or "") is not None


def media_type(text: str) -> bool:
    """A type and a subtype, `image/jpeg` (RFC 6838)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def sha256(text: str) -> bool:
    """Sixty-four hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None


def date_order(first: Any, second: Any) -> bool:
    """Whether the first date can be before or on the second; unknown and approximate ones always can."""
    earlier, later = _certain_days(first), _certain_days(second)
    return earlier is None or later is None or earlier[0] <= later[1]


def may_be_same_day(one: Any, other: Any) -> bool:
    """Whether two partial dates can mean one day; an approximate one can be some years off."""
    first, second = _about(one), _about(other)
    return first is None or second is None or (first[0] <= second[1] and second[0] <= first[1])


def number_range(first: Any, last: Any) -> bool:
    """Whether all numbers from the first to the last can be counted: the same letters, as many digits."""
    if not isinstance(first, str) or not isinstance(last, str):
        return True
    begin, end = canonical.counted(first), canonical.counted(last)
    if begin is None or end is None:
        return False
    return begin[0] == end[0] and len(begin[1]) == len(end[1]) and begin[1] <= end[1]


def number_order(first: Any, second: Any) -> bool:
    """Whether the first number is at most the second."""
    numbers = [value for value in (first, second) if isinstance(value, int | float)]
    return len(numbers) < 2 or numbers[0] <= numbers[1]


def _for_text(check: Callable[[str], bool]) -> Callable[[Any], bool]:
    def judged(value: Any) -> bool:
        return not isinstance(value, str) or check(value)

    judged.__name__, judged.__doc__ = check.__name__, check.__doc__
    return judged


#: Checks of one value.
CHECKS: dict[str, Callable[[Any], bool]] = {
    check.__name__: _for_text(check)
    for check in (
        *(date, partial_date, instant, moment, day_or_moment),
        *(iban, card, crypto_address),
        *(vin, imo, mmsi, hull_number),
        *(phone, imei, email, url),
        *(mrz, media_type, sha256),
    )
}

#: Checks of two values of one object.
OBJECT_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    check.__name__: check for check in (date_order, number_order, number_range)
}


@lru_cache(maxsize=4096)
def days(text: str) -> tuple[calendar_date, calendar_date] | None:
    """The first and the last day that a partial date can mean."""
    found = _PARTIAL_DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups()[:3])
    assert year is not None
    try:
        first = calendar_date(year, 1 if month is None else month, 1 if day is None else day)
        last_month = 12 if month is None else month
        return first, first.replace(month=last_month, day=day or monthrange(year, last_month)[1])
    except ValueError:
        return None


def _about(value: Any) -> tuple[calendar_date, calendar_date] | None:
    found = days(value) if isinstance(value, str) else None
    if found is None or not str(value).endswith("~"):
        return found
    return (
        calendar_date(max(found[0].year - APPROXIMATE_YEARS, 1), 1, 1),
        calendar_date(min(found[1].year + APPROXIMATE_YEARS, 9999), 12, 31),
    )


def _certain_days(value: Any) -> tuple[calendar_date, calendar_date] | None:
    return None if not isinstance(value, str) or value.endswith("~") else days(value)


def _digits(text: str) -> str:
    kept = canonical.document_number(text) or ""
    return kept if kept.isascii() and kept.isdigit() else ""


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
