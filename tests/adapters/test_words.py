"""The words of the language are those that its description explains."""

from __future__ import annotations

import re
from pathlib import Path

from ilink_generators.adapters import read_adapter

README = Path(__file__).parents[2] / "national_adapters/README.md"


def test_every_word_is_explained() -> None:
    said = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]*)`", README.read_text("utf-8")))))
    known = {
        *read_adapter._SEARCH,
        *read_adapter._RECORD,
        *read_adapter._ADAPTER,
        *read_adapter._FORMAT,
        *read_adapter._RULE,
        *read_adapter._CODES,
    }
    assert known - said - {"header", "namespaces"} == {"rules", "type"} - said
