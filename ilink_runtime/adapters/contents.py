"""Files that stand in a national record itself, as base64 (RFC 4648, section 4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from ilink_runtime.adapters.notes import Notes


class Base64:
    """The bytes of a file as text, and their SHA-256 in the message; white space between says nothing.

    Only the way in: what goes out names a file by its hash, and the system gives its bytes out itself.
    """

    def read(self, value: Any, place: str, notes: Notes) -> str | None:
        """The hash; the bytes are noted, for whoever stores them."""
        try:
            content = base64.b64decode("".join(value.split()), validate=True) if type(value) is str else b""
        except (binascii.Error, ValueError):
            content = b""
        if not content:
            notes.trouble("not_a_file", place, None)
            notes.original(place, None, value)
            return None
        notes.contents[value] = content
        return hashlib.sha256(content).hexdigest()

    def write(self, value: Any, place: str, notes: Notes) -> None:
        """Nothing: no adapter writes by it."""
        notes.original(place, None, value)
