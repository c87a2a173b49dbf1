"""Judging the messages in files, as `ilink validate` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ilink_runtime import strict_json
from ilink_runtime.bundle import Bundle
from ilink_runtime.levels import Levels
from ilink_runtime.message_types import type_of
from ilink_runtime.problem_details import TITLES, told
from ilink_runtime.problems import Problem
from ilink_runtime.validation import Level

LARGEST_FILE = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with one message; `place` is its file, and which of several in it."""

    place: str
    message_type: str
    faults: list[dict[str, Any]]

    @property
    def valid(self) -> bool:
        """Whether nothing hinders it."""
        return all(fault["level"] == "quality" for fault in self.faults)


def judge(
    bundle: Bundle, files: Sequence[Path], message_type: str | None, level: Level, language: str
) -> Iterator[Judgement]:
    """Judges all messages of all files, in their order."""
    levels = Levels(bundle)
    for file in files:
        for place, raw in _texts(file):
            try:
                found = strict_json.read(raw, LARGEST_FILE, LARGEST_FILE)
            except Problem as problem:
                yield _unreadable(place, problem)
                continue
            several = isinstance(found, list)
            for number, message in enumerate(found if several else [found]):
                at = f"{place}[{number}]" if several else place
                yield _judged(bundle, levels, at, message, message_type, level, language)


def as_lines(judgement: Judgement) -> Iterator[str]:
    """A line a fault: `notice.json: /subject/sex: sentence (record, RPD-83)`."""
    for fault in judgement.faults:
        pointer = fault["pointer"] or " or ".join(fault["pointers"])
        source = ", ".join(filter(None, (fault["level"], fault["rule_ref"])))
        yield ": ".join(filter(None, (judgement.place, pointer, f"{fault['message']} ({source})")))


def as_json(judgement: Judgement) -> Iterator[str]:
    """One line for a message."""
    said = {
        "place": judgement.place,
        "type": judgement.message_type,
        "valid": judgement.valid,
        "errors": judgement.faults,
    }
    yield orjson.dumps(said).decode()


def _texts(file: Path) -> Iterator[tuple[str, bytes]]:
    raw = file.read_bytes()
    if file.suffix not in (".jsonl", ".ndjson"):
        yield str(file), raw
        return
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            yield f"{file}:{number}", line


def _judged(
    bundle: Bundle, levels: Levels, place: str, message: Any, asked: str | None, level: Level, language: str
) -> Judgement:
    if not isinstance(message, dict):
        return _unreadable(place, Problem(422, "invalid", "This is not a JSON object."))
    try:
        message_type = type_of(bundle, message, asked)
    except Problem as problem:
        if problem.faults:
            return Judgement(place, "", told(bundle, problem.message_type, problem.faults, language))
        return _unreadable(place, problem)
    faults = levels.faults(message_type, message, level)
    return Judgement(place, message_type, told(bundle, message_type, faults, language, message))


def _unreadable(place: str, problem: Problem) -> Judgement:
    where = f":{problem.more['line']}:{problem.more['column']}" if "line" in problem.more else ""
    fault: dict[str, Any] = {
        "code": problem.code,
        "pointer": "",
        "pointers": [],
        "level": "record",
        "rule": None,
        "rule_ref": "",
        "message": problem.detail or TITLES[problem.code],
    }
    return Judgement(place + where, "", [fault])
