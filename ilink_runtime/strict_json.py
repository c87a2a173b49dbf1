"""JSON as this server takes it: what every reader everywhere would read the same way, and nothing else.

Refused beside broken JSON: other encodings than UTF-8, NaN and Infinity, the same name twice in an
object, lone surrogates, U+0000, numbers that are not exact everywhere, bodies too long or too deep.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import orjson

from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _

LIMIT = 1024 * 1024
DEPTH = 64
#: A long message has some hundreds; judging a hundred thousand would take a minute.
MOST_VALUES = 20_000
#: RFC 8259, section 6: beyond these an integer is not the same number everywhere.
LARGEST = 2**53 - 1

_SHAPE = bytes.maketrans(b"123456789E", b"000000000e")
#: Written short, no number is beyond the largest; exponents and long runs of digits are looked at.
_MAYBE_LARGE = (b"0" * 16, b"0e0", b"0e+")


NOT_UTF8 = _("The body is not UTF-8 text.")
BROKEN = _("The body is not JSON.")
REPEATED = _("An object has the same name twice.")
TOO_DEEP = _("The body has too many levels.")
TOO_LARGE = _("A number is too large to be the same everywhere.")
NUL = _("A text holds the character U+0000.")
TOO_LONG = _("The body is too long.")
TOO_MANY = _("The body has too many values.")


def read(raw: bytes, limit: int = LIMIT, most_values: int = MOST_VALUES) -> Any:
    """Reads a JSON text; Problem `bad_json` or `too_large`, with line and column where they are known."""
    if len(raw) > limit:
        raise Problem(413, "too_large", TOO_LONG)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        _refuse(raw, error)
    try:
        said = orjson.dumps(value)
    except TypeError:  # orjson writes 254 levels
        raise _bad(TOO_DEEP) from None
    bare = _without_escaped_backslashes(said)
    if _quotes(_without_escaped_backslashes(raw)) != _quotes(bare):
        raise _bad(REPEATED)
    if b"\\u0000" in bare:
        raise _bad(NUL)
    shape = raw.translate(_SHAPE)
    holders = raw.count(b"{") + raw.count(b"[")
    many = holders > DEPTH or holders + raw.count(b",") >= most_values
    if many or any(sign in shape for sign in _MAYBE_LARGE):
        _look_inside(value, most_values)
    return value


def _without_escaped_backslashes(text: bytes) -> bytes:
    r"""In valid JSON, what is left of a run of backslashes is the one that escapes what follows."""
    return text.replace(rb"\\", b"") if b"\\" in text else text


def _quotes(text: bytes) -> int:
    """How many quotes open or close a name or a string. A repeated name loses its own when it is read."""
    return text.count(b'"') - text.count(rb"\"")


def _look_inside(value: Any, most_values: int) -> None:
    """Level by level, so that no depth of the body is a depth of the stack."""
    level: list[Any] = [[value]]
    for _depth in range(DEPTH + 1):
        members = [member for holder in level for member in _members(holder)]
        most_values -= len(members)
        if most_values < 0:
            raise Problem(413, "too_large", TOO_MANY)
        if any(isinstance(member, int | float) and abs(member) > LARGEST for member in members):
            raise _bad(TOO_LARGE)
        level = [member for member in members if isinstance(member, dict | list)]
    if level:
        raise _bad(TOO_DEEP)


def _members(holder: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return holder.values() if isinstance(holder, dict) else holder


def _refuse(raw: bytes, error: orjson.JSONDecodeError) -> NoReturn:
    """Says what is wrong in words that do not change with the parser."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        raise _bad(NOT_UTF8) from None
    detail = TOO_DEEP if "depth" in error.msg else BROKEN
    raise _bad(detail, line=error.lineno, column=error.colno) from None


def _bad(detail: str, **place: int) -> Problem:
    return Problem(400, "bad_json", detail, more=place)
