"""The stories of the demonstration: a few messages each, of every type, that lead from one to the next.

One JSON file a story, in the order in which its messages were sent. In place of a value may stand
`{"message": "name"}`, the reference of an earlier one, `{"days_ahead": 30}`, the day in thirty days, and
`{"drawing": 7}`, which may say more of the file of that drawing. A message that only asks (`asks`) is not
signed: nobody else sees it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ilink_runtime.access import SECRETARIAT
from ilink_runtime.demo import people
from ilink_runtime.demo.bureaus import Bureau
from ilink_runtime.demo.cases import Case

FOLDER = Path(__file__).parent / "stories"


def read(bureaus: Mapping[str, Bureau], folder: Path = FOLDER) -> list[Case]:
    """The messages of all stories, with what every message of their bureaus says; names are not resolved."""
    return [
        Case(
            told["bureau"],
            _drawn(told["message"]) if told.get("asks") else _signed(told, bureaus.get(told["bureau"])),
            timedelta(days=told["days"]),
            told["status"],
            told.get("name", ""),
        )
        for path in sorted(folder.glob("*.json"))
        for told in json.loads(path.read_text("utf-8"))
    ]


def resolve(value: Any, references: Mapping[str, str], today: date) -> Any:
    """The same with references and days in place of what stands for them; KeyError for an unknown name."""
    match value:
        case {"message": str() as name, **others} if not others:
            return references[name]
        case {"days_ahead": int() as days}:
            return (today + timedelta(days=days)).isoformat()
        case dict():
            return {key: resolve(member, references, today) for key, member in value.items()}
        case list():
            return [resolve(member, references, today) for member in value]
    return value


def _signed(told: Mapping[str, Any], bureau: Bureau | None) -> dict[str, Any]:
    """A message with what each says of its sender and its handling; the General Secretariat is no bureau."""
    office, authority = (bureau.name, bureau.police) if bureau else (SECRETARIAT, SECRETARIAT)
    return {
        "requesting_authority": authority,
        "contact": {"office": office, "email": f"{told['bureau'].lower()}@ncb.example"},
        "handling": {
            "confidentiality": "for_official_use_only",
            "conditions_of_use": ["ask_owner_before_action"],
        },
        **_drawn(told["message"]),
    }


def _drawn(value: Any) -> Any:
    """The same with files in place of the numbers of drawings."""
    match value:
        case {"drawing": int() as number, **said}:
            return {**people.drawing(number), **said}
        case dict():
            return {key: _drawn(member) for key, member in value.items()}
        case list():
            return [_drawn(member) for member in value]
    return value
