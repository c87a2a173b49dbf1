"""How generated JSON is written: readable in a diff, the same bytes for the same value."""

from __future__ import annotations

import json
from typing import Any


def dump(value: Any) -> str:
    """JSON text with a final newline; non-ASCII stays readable."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def rows(value: dict[str, Any]) -> str:
    """A JSON object with one short line a member, for long tables of texts and codes."""
    lines = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}" for key, item in value.items()
    )
    return "{\n" + lines + "\n}\n"
