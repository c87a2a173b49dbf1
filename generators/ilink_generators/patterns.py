"""Patterns that Python, Rust, ECMAScript and XSD read alike, or the reason why one cannot be.

`\\d \\w \\s` differ between engines (Unicode digits), and so does `.`; they become classes that say
what they mean, and the names of groups go. Look-around, back-references, `\\p` and flags are refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
#: What is not in those, for a class that holds more; NUL stands in no message.
_OTHERS = {
    "D": "\x01-/:-\U0010ffff",
    "W": "\x01-/:-@\\[-\\^`{-\U0010ffff",
    "S": "\x01-\x08\x0e-\x1f!-\U0010ffff",
}
_NAMED_GROUP = re.compile(r"\(\?P?<[A-Za-z_][A-Za-z0-9_]*>")
#: `.` in ECMAScript; Python and Rust leave out the line feed only.
_ANY = "[^\\n\\r\u2028\u2029]"
_CONTROLS = set("tnrfv")
_SYNTAX = set(".^$*+?()[]{}|\\/")
_MOST = 1000
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")


class NotPortable(ValueError):
    """The pattern means different things in different engines; the text says why."""


def portable(pattern: str) -> str:
    """Rewrites a pattern to the portable subset; NotPortable when it has none."""
    rewritten = "".join(_pieces(pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(rewritten)
        except (re.error, FutureWarning, RecursionError, OverflowError) as error:
            raise NotPortable(f"it is not a pattern: {error}") from None
    return rewritten


def _pieces(pattern: str) -> Iterator[str]:
    position = 0
    while position < len(pattern):
        piece, position = _piece(pattern, position)
        yield piece


def _piece(pattern: str, position: int) -> tuple[str, int]:
    """What stands at a position outside a class, rewritten, and where the next piece begins."""
    char, following = pattern[position], pattern[position + 1 : position + 2]
    match char:
        case "\\":
            return _escape(following, inside_class=False), position + 2
        case "[":
            return _class(pattern, position)
        case ".":
            return _ANY, position + 1
        case "]" | "}":
            return "\\" + char, position + 1
        case "(" if named := _NAMED_GROUP.match(pattern, position):
            return "(?:", named.end()
        case "(" if following == "?" and pattern[position + 2 : position + 3] != ":":
            raise NotPortable("look-around and flags are not portable")
        case "{":
            count = _COUNT.match(pattern, position)
            if count is None:
                raise NotPortable("a { that does not count is read differently; write \\{")
            if any(int(number) > _MOST for number in re.findall("[0-9]+", count[0])):
                raise NotPortable(f"engines refuse to count beyond {_MOST}; say max_length")
            return _not_possessive(pattern, count[0], count.end())
        case "*" | "+" | "?":
            return _not_possessive(pattern, char, position + 1)
    return char, position + 1


def _not_possessive(pattern: str, quantifier: str, end: int) -> tuple[str, int]:
    if pattern[end : end + 1] == "+":
        raise NotPortable("possessive quantifiers are not portable")
    return quantifier, end


def _class(pattern: str, position: int) -> tuple[str, int]:
    pieces = ["["]
    position += 1
    if pattern[position : position + 1] == "^":
        pieces.append("^")
        position += 1
    if pattern[position : position + 1] == "]":
        raise NotPortable("a ] that opens a class is read differently; write \\]")
    while position < len(pattern):
        char = pattern[position]
        if char == "]":
            return "".join((*pieces, "]")), position + 1
        if char == "\\":
            pieces.append(_escape(pattern[position + 1 : position + 2], inside_class=True))
            position += 2
            continue
        pieces.append("\\[" if char == "[" else char)
        position += 1
    raise NotPortable("it is not a pattern: a class is not closed")


def _escape(char: str, *, inside_class: bool) -> str:
    if char in _CLASSES:
        return _CLASSES[char] if inside_class else f"[{_CLASSES[char]}]"
    if char and char.lower() in _CLASSES:
        if inside_class:
            return _OTHERS[char]
        return f"[^{_CLASSES[char.lower()]}]"
    if char in ("p", "P"):
        raise NotPortable("\\p classes are not portable; list the ranges")
    if char.isdigit():
        raise NotPortable("back-references are not portable")
    if char in _CONTROLS or char in _SYNTAX or (char == "-" and inside_class):
        return "\\" + char
    if not char or char.isalnum():
        raise NotPortable(f"\\{char} is not portable")
    return char
