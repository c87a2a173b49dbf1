"""Patterns that Python, Rust, ECMAScript and XSD read alike, or the reason why one cannot be.

`\\d \\w \\s` differ between engines (Unicode digits), so they become ASCII classes; look-around,
back-references, `\\p` and flags are refused.
"""

from __future__ import annotations

import re
import warnings

_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t\n\r\f\v"}
_ESCAPES_KEPT = set(".^$*+?()[]{}|\\/-") | set("tnrfv") | set("\"'#&~@!%,:;=<>_` ")


class NotPortable(ValueError):
    """The pattern means different things in different engines; the text says why."""


def portable(pattern: str) -> str:
    """Rewrites a pattern to the portable subset; NotPortable when it has none."""
    rewritten = "".join(_pieces(pattern))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            re.compile(rewritten)
        except (re.error, FutureWarning, RecursionError) as error:
            raise NotPortable(f"it is not a pattern: {error}") from None
    return rewritten


def _pieces(pattern: str) -> list[str]:
    pieces: list[str] = []
    inside_class = False
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            pieces.append(_escape(pattern, position, inside_class))
            position += 2
            continue
        if inside_class:
            if char == "[":
                pieces.append(r"\[")
                position += 1
                continue
            inside_class = char != "]"
        elif char == "[":
            inside_class = True
            pieces.append(char)
            position += 1
            if pattern[position : position + 1] == "^":
                pieces.append("^")
                position += 1
            if pattern[position : position + 1] == "]":
                raise NotPortable("a ] that opens a class is read differently; write \\]")
            continue
        elif char == "(" and pattern[position + 1 : position + 2] == "?":
            if pattern[position + 2 : position + 3] != ":":
                raise NotPortable("look-around, named groups and flags are not portable")
        elif char in "*+?}" and pattern[position + 1 : position + 2] == "+":
            raise NotPortable("possessive quantifiers are not portable")
        pieces.append(char)
        position += 1
    return pieces


def _escape(pattern: str, position: int, inside_class: bool) -> str:
    char = pattern[position + 1 : position + 2]
    if char in _CLASSES:
        return _CLASSES[char] if inside_class else f"[{_CLASSES[char]}]"
    if char.lower() in _CLASSES:
        if inside_class:
            raise NotPortable(f"\\{char} inside a class is not portable")
        return f"[^{_CLASSES[char.lower()]}]"
    if char in "pP":
        raise NotPortable("\\p classes are not portable; list the ranges")
    if char.isdigit():
        raise NotPortable("back-references are not portable")
    if char not in _ESCAPES_KEPT:
        raise NotPortable(f"\\{char} is not portable")
    return char if char in "\"'#&~@!%,:;=<>_` " else "\\" + char
