"""`code_lists.json`: the codes of every list once; their labels stand with the texts of a language."""

from __future__ import annotations

from typing import Any

from ilink_generators.plain_json import rows
from ilink_generators.standard import Code, Standard


def generate(standard: Standard) -> dict[str, str]:
    """One file, `code_lists.json`, a line a list."""
    return {
        "code_lists.json": rows(
            {
                code_list.name: {
                    "open": code_list.open,
                    "source": code_list.source,
                    "version": code_list.version,
                    "codes": [_code(code) for code in code_list.codes],
                }
                for code_list in standard.code_lists.values()
            }
        )
    }


def _code(code: Code) -> dict[str, Any]:
    row: dict[str, Any] = {"code": code.code, "status": code.status}
    if code.masked:
        row["masked"] = True
    if code.mappings:
        row["mappings"] = list(code.mappings)
    return row
