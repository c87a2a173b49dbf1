"""What is answered in a country's own format: the lines of every example; nothing is lost unnamed."""

from __future__ import annotations

import copy
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_generators.adapters.shapes import written_shape
from ilink_runtime import bundle
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.desk import Desk, Query, Rejected, Wanted
from ilink_runtime.adapters.formats import Spec, Unreadable
from ilink_runtime.adapters.standing import Adapters
from ilink_runtime.adapters.wrapping import FACTS
from ilink_runtime.levels import Levels
from tests.adapters.bundled import FOLDERS, NAMES, rules, standard
from tests.adapters.strategies import Records, messages
from tests.adapters.test_laws import LAW

NAME = "zz-nlets-query"
BUNDLE = bundle.read()
ADAPTERS = Adapters(bundle.DEFAULT, BUNDLE.standard)
ADAPTERS.look()
DESK = ADAPTERS.desks[NAME]
LEVELS = Levels(BUNDLE)
ANSWERS = sorted((FOLDERS / NAME / "examples").glob("*.answer.json"))
#: Parts whose records are only written.
WRITTEN = sorted(set(standard().adapters) - set(NAMES))


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name.partition(".")[0])
def test_an_example_is_answered_with_the_expected_lines(path: Path) -> None:
    said = json.loads(path.read_text("utf-8"))
    message, envelope = said["message"], said["envelope"]
    assert not LEVELS.faults(message["message_type"], message, "record")
    short = DESK.candidate({**envelope, **said["found"]}, message, named=said["named"])
    assert DESK.written([short]).decode() == f"{said['candidate']}\n"
    assert DESK.written([DESK.whole(envelope, message, envelope)]).decode() == f"{said['whole']}\n"


def test_every_kind_of_record_has_an_example() -> None:
    said = {json.loads(path.read_text("utf-8"))["message"]["message_type"] for path in ANSWERS}
    assert {DESK.says["records"].get(message_type) for message_type in said} >= set(WRITTEN)


@cache
def _messages(name: str) -> Records:
    adapter = standard().adapters[name]
    return messages(standard(), standard().classes[adapter.message], written_shape(rules(name), adapter))


@pytest.mark.parametrize("name", WRITTEN)
@LAW
@given(data=st.data())
def test_what_a_record_does_not_say_is_named(name: str, data: st.DataObject) -> None:
    """Whatever can be taken out of a message without a change of its record is named as lost."""
    message = data.draw(_messages(name))
    line = DESK.whole({"type": message["message_type"]}, message, {})
    lost = set(line.get(DESK.says["lost"], "").split(" "))
    for pointer in _leaves(message):
        if pointer == "/message_type" or _is_named(pointer, lost):
            continue
        without = DESK.whole({"type": message["message_type"]}, _without(message, pointer), {})
        assert without != line, (pointer, line)


@pytest.mark.parametrize("name", WRITTEN)
@LAW
@given(data=st.data())
def test_a_record_that_was_written_is_read_as_it_was(name: str, data: st.DataObject) -> None:
    message = data.draw(_messages(name))
    facts = {"type": message["message_type"], "reference": "2026-4T9WXB3C", "owner": "ZZ"}
    line = DESK.whole(facts, message, {"owner": "ZZ", "status": "sent", "expires_at": "2031-01-01"})
    assert {f"ILINK_{fact.upper()}" for fact in FACTS} <= line.keys()
    (entry,) = formats.read(io.BytesIO(DESK.written([line])), DESK.spec)
    assert entry.tree == line


def _leaves(tree: Any, path: str = "") -> list[str]:
    if isinstance(tree, dict):
        return [leaf for key, value in tree.items() for leaf in _leaves(value, f"{path}/{key}")]
    if isinstance(tree, list):
        return [leaf for number, value in enumerate(tree) for leaf in _leaves(value, f"{path}/{number}")]
    return [path] if tree not in (None, "") else []


def _without(tree: Any, pointer: str) -> Any:
    left = copy.deepcopy(tree)
    *steps, last = pointer.strip("/").split("/")
    inside = left
    for step in steps:
        inside = inside[int(step)] if isinstance(inside, list) else inside[step]
    del inside[int(last) if isinstance(inside, list) else last]
    return left


def _is_named(pointer: str, lost: set[str]) -> bool:
    """Whether a pointer, something around it or something in it is named; a chosen object by its value."""
    plain = pointer.split("/")
    for one in lost:
        steps = one.split("/")
        both = zip(plain, steps, strict=False)
        if len(one) > 1 and all(a == b or (a.isdigit() and b.startswith("[")) for a, b in both):
            return True
    return False


def test_a_format_says_what_it_cannot_write() -> None:
    latin = Desk(NAME, DESK.says, DESK.parts, replace(DESK.spec, encoding="iso-8859-1"))
    subject = {"family_name": "Doe", "family_name_original": "بن حدو"}
    message = {"message_type": "BlueNotice", "subject": subject}
    line = latin.whole({"type": "BlueNotice"}, message, {})
    assert "NAL" not in line
    assert "NAL" in line["OUT"].split(" ")
    assert latin.written([line])


@pytest.mark.parametrize(
    ("count", "more", "said"),
    [
        (0, False, {"head": "NO HIT"}),
        (1, False, {"head": "1 HIT", "QRY": "2026-7GQ2M4KD"}),
        (50, True, {"head": "50 HITS AND MORE", "QRY": "2026-7GQ2M4KD"}),
    ],
)
def test_the_first_line_says_how_many(count: int, more: bool, said: dict[str, str]) -> None:
    assert DESK.counted(count, more=more, query="2026-7GQ2M4KD") == said


def test_what_is_asked_is_a_query_or_a_record() -> None:
    asked = DESK.asked(b"IVQ.PUR/LO.LIC/123 TUN 4567\n")
    assert isinstance(asked, Query)
    assert asked.message["message_type"] == "VehicleQuery"
    assert DESK.asked(b"FPQ.EID/2026-4T9WXB3C.QRY/2026-7GQ2M4KD") == Wanted("2026-4T9WXB3C", "2026-7GQ2M4KD")
    with pytest.raises(Rejected) as rejected:
        DESK.asked(b"\xff\xfe")
    assert rejected.value.troubles[0].code == "not_in_encoding"


@given(st.dictionaries(st.sampled_from(["NAM", "DOB", "RMK"]), st.text("aé./ ,;", max_size=8), min_size=1))
def test_a_doubled_separator_is_one_within_a_value(record: dict[str, str]) -> None:
    spec = Spec("keyed", options={"doubled": "yes"})
    (entry,) = formats.read(io.BytesIO(b"".join(formats.write([record], spec))), spec)
    assert entry.tree == record


@pytest.mark.parametrize("text", ["a\nEID/forged", "a\r", "a\u2028b", "a\0"])
def test_no_value_begins_another_line(text: str) -> None:
    with pytest.raises(Unreadable):
        list(formats.write([{"NAM": text}], Spec("keyed", options={"doubled": "yes"})))


def test_without_doubling_a_separator_has_no_room() -> None:
    with pytest.raises(Unreadable):
        list(formats.write([{"NAM": "ST. JOHN"}], Spec("keyed")))
