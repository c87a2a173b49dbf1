"""Canonical forms: two spellings of one number, account or address become the same text.

Types and classes of the model name them; messages that share a canonical form share a thread. Each
form takes any value, never raises, and answers None when nothing is left. The heavy libraries are
imported where they are used: the compiler and the models need only the names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ilink_runtime.folding import fold, latin, words


def phone(value: Any) -> str | None:
    """`+21620123456;ext=7`; a number without a country code is `national:` and its digits."""
    return _phone(str(value)).form


def iban(value: Any) -> str | None:
    """Capitals and digits, without spaces: `FR7630006000011234567890189`."""
    return _compact(value, ascii_only=True)


def account(value: Any) -> str | None:
    """A national account number: capitals and digits, leading zeros kept."""
    return _compact(value)


def document_number(value: Any) -> str | None:
    """Capitals and digits of any script, without what is printed between them."""
    return _compact(value)


def vin(value: Any) -> str | None:
    """Capitals and digits; I, O and Q are not allowed in a VIN but stay as seen."""
    return _compact(value, ascii_only=True)


def plate(value: Any) -> str | None:
    """Capitals and digits, letters of other scripts kept."""
    return _compact(value)


def imei(value: Any) -> str | None:
    """The fourteen digits that name the device; the check digit or software version is left out."""
    digits = _digits(fold(str(value)))
    return (digits[:14] if 14 <= len(digits) <= 16 else digits) or None


def imo(value: Any) -> str | None:
    """The seven digits of a ship, without `IMO`."""
    return (document_number(value) or "").removeprefix("IMO") or None


def crypto_address(value: Any) -> str | None:
    """The address without spaces; small letters where the network knows no others (bech32, hexadecimal)."""
    address = "".join(_printed(value).split())
    small = address.lower()
    return (small if small.startswith(("bc1", "ltc1", "0x")) else address) or None


def email(value: Any) -> str | None:
    """Lower case, the domain in its ASCII form."""
    text = _printed(value).lower()
    mailbox, at, domain = text.rpartition("@")
    return (f"{mailbox}@{ascii_domain(domain) or domain}" if at else text) or None


def url(value: Any) -> str | None:
    """Host, path and query: the scheme, `www.`, the fragment and a last slash say nothing of the page."""
    text = _printed(value)
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return fold(text) or None
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{ascii_domain(host) or host}{port}{parts.path.rstrip('/')}{query}" or None


def text(value: Any) -> str | None:
    """The folded text."""
    return fold(str(value)) or None


#: Words for a kind of street, and small words, in Latin letters or folded; they are left out.
_STREET_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        rue r avenue ave av boulevard bd blvd bvd place pl chemin ch allee impasse quai cours
        street st str road rd lane ln drive dr square sq court ct way
        strasse gasse weg platz straat laan plein gatan gata vej ulica ulitsa ul ulice улица ул проспект пр
        calle c avenida avda plaza pza paseo carrera via viale piazza corso rua largo travessa
        sharia shari shara sharea nahj zanqat zankat tariq شارع نهج زنقه طريق ساحه جاده
        de la le les du des del l d los las el al da do dos the of und ال n no nr numero
        """,
    )
)
_STREET_ENDING = re.compile("(?<=[a-z]{3})(strasse|str|straat|gatan)$")
_NUMBER_OR_WORD = re.compile(r"[0-9]+|[^0-9]+")


def address(value: Any) -> str | None:
    """A weak key of an address: its telling words and numbers in alphabetical order, then the country.

    `12, Rue de la République, Lyon, FR` is `12 lyon republique, fr`. The postal code counts only
    where the town is missing, the address as written only where the street is.
    """
    part = _texts(value) if isinstance(value, Mapping) else {"as_written": str(value)}
    street = _telling(part.get("street", ""))
    town = _telling(part.get("city", "")) or _telling(part.get("postal_code", ""))
    if street and town:
        telling = street | town | _telling(part.get("house_number", part.get("number", "")))
    else:
        telling = _telling(part.get("as_written", ""))
    country = fold(part.get("country", ""))
    return " ".join(sorted(telling)) + (f", {country}" if country else "") if telling else None


FORMS: dict[str, Callable[[Any], str | None]] = {
    "phone": phone,
    "iban": iban,
    "account": account,
    "document_number": document_number,
    "vin": vin,
    "plate": plate,
    "imei": imei,
    "imo": imo,
    "crypto_address": crypto_address,
    "email": email,
    "url": url,
    "address": address,
    "text": text,
}


def counted(value: Any) -> tuple[str, str] | None:
    """What stands before the last digits of a number, and those digits: `AA 001-23` is AA and 00123."""
    number = document_number(value) or ""
    prefix = number.rstrip("0123456789")
    return (prefix, number[len(prefix) :]) if prefix != number else None


def ascii_domain(domain: str) -> str | None:
    """The domain as DNS writes it (`xn--…`); None when it cannot be a domain."""
    if len(domain) > 253:
        return None
    try:
        return domain.encode("idna").decode("ascii").lower() or None
    except UnicodeError:
        return None


def national_digits(value: Any) -> str | None:
    """The digits of a phone number as they are dialled at home, without the leading zero."""
    return _phone(str(value)).national


def can_be_phone(value: Any) -> bool:
    """Whether the length is possible for its country; without a country code, four to fifteen digits."""
    return _phone(str(value)).possible


class _Phone(NamedTuple):
    form: str | None = None
    national: str | None = None
    possible: bool = False


@lru_cache(maxsize=4096)  # a number is asked for its check, its thread and its words
def _phone(written: str) -> _Phone:
    import phonenumbers

    text = re.sub("^00(?=[1-9])", "+", fold(written))
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        digits = _digits(text)
        if not digits:
            return _Phone()
        national = digits.lstrip("0") or None
        if text.startswith("+"):
            return _Phone(f"+{digits}", national)
        return _Phone(f"national:{digits}", national, 4 <= len(digits) <= 15)
    extension = f";ext={number.extension}" if number.extension else ""
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension
    return _Phone(form, str(number.national_number), phonenumbers.is_possible_number(number))


def _printed(value: Any) -> str:
    """The text without what is not seen: controls, marks of direction, spaces around it."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text.strip()
    seen = (
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return "".join(seen).strip()


def _compact(value: Any, *, ascii_only: bool = False) -> str | None:
    text = fold(str(value)).upper()
    if ascii_only:
        text = text.encode("ascii", "ignore").decode("ascii")
    return "".join(filter(str.isalnum, text)) or None


def _digits(folded: str) -> str:
    return "".join(c for c in folded if "0" <= c <= "9")


def _texts(value: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): part for name, part in value.items() if isinstance(part, str)}


def _telling(written: str) -> set[str]:
    """The words and numbers of an address that tell it from another, numbers apart from letters."""
    pieces = (piece for parts in words(written) for part in parts for piece in _NUMBER_OR_WORD.findall(part))
    spelled = (latin(piece) for piece in pieces if piece not in _STREET_WORDS)
    return {_STREET_ENDING.sub("", word) for word in spelled if word not in _STREET_WORDS} - {""}
