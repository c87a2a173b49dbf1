"""Validation of a realistic Red Notice from bytes, at the publish level, against jsonschema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from jsonschema import Draft202012Validator

from ilink_runtime import bundle, strict_json, validation
from tests.benchmarks.measure import Row, calls, in_turn

NOTICE = Path(__file__).with_name("red_notice.json")


def rows() -> Iterator[Row]:
    """A valid message, and a report of five faults."""
    schema = bundle.read().schema
    ours = validation.validator(schema, "RedNotice.publish")
    theirs = Draft202012Validator({"$ref": "#/$defs/RedNotice.publish", "$defs": schema["$defs"]})
    for what, message, goal in (
        ("validate a valid Red Notice from bytes", valid(), "40"),
        ("report five faults of it", broken(), "8"),
    ):
        raw = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        assert bool(ours(message)) == (goal == "8")
        a, b, ratio = in_turn(
            lambda raw=raw: calls(lambda: ours(strict_json.read(raw)), 500),  # type: ignore[misc]
            lambda raw=raw: calls(lambda: list(theirs.iter_errors(json.loads(raw))), 20),  # type: ignore[misc]
        )
        yield Row(what, a * 1e6, b * 1e6, "us", f"≥ {goal} x jsonschema", ratio)


def valid() -> dict[str, object]:
    """The realistic Red Notice."""
    message: dict[str, object] = json.loads(NOTICE.read_bytes())
    return message


def broken() -> dict[str, object]:
    """The same with five faults."""
    message = json.loads(NOTICE.read_bytes())
    message["subject"]["sex"] = "X"
    message["subject"]["date_of_birth"] = "79"
    message["subject"]["famly_name"] = "Benhaddou"
    message["arrest_warrants"][0]["maximum_penalty_months"] = "many"
    del message["facts_summary"]
    found: dict[str, object] = message
    return found
