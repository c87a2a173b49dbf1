"""Whatever comes to an adapter over HTTP is answered: no error of the server, nothing half written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ilink_runtime import adapters, database
from ilink_runtime.adapters.troubles import SENTENCES
from tests.adapters.bundled import NAMES, examples
from tests.api.bureaus import Bureaus

ANSWERS = {200, 207, 400, 413, 415, 422}
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _sources() -> Iterator[str]:
    yield from (path.read_text("utf-8") for path in Path(adapters.__file__).parent.rglob("*.py"))


def test_every_trouble_has_a_sentence_and_every_sentence_a_trouble() -> None:
    pattern = re.compile(r'(?:Trouble\(|\.trouble\(|Unreadable\(\s*[^,()]+(?:\([^)]*\))?,)\s*"([a-z_]+)"')
    said = {code for text in _sources() for code in pattern.findall(text)}
    api = Path(adapters.__file__).parents[1] / "api"
    for file in ("incoming.py", "national_searching.py"):
        said |= set(pattern.findall((api / file).read_text("utf-8")))
    assert said == set(SENTENCES)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(body=st.binary(max_size=300))
def test_any_bytes_are_answered(one_server: Bureaus, name: str, body: bytes) -> None:
    answer = one_server.tunis.post(f"/api/v1/adapters/{name}/messages", content=body)
    assert answer.status_code in ANSWERS, answer.text
    assert one_server.tunis.post(f"/api/v1/adapters/{name}/drafts", content=body).status_code in ANSWERS


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_mutated_examples_are_answered(one_server: Bureaus, name: str, data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(examples(name))).national)
    for _mutation in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    answer = one_server.tunis.post(f"/api/v1/adapters/{name}/messages", content=bytes(body) or b"x")
    assert answer.status_code in ANSWERS, answer.text
    table = database.national_record
    claimed = select(func.count()).select_from(table).where(table.c.message_id.is_(None))
    assert one_server.store.read(lambda c: c.scalar(claimed)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_taken_or_refused_as_it_says(one_server: Bureaus, name: str) -> None:
    for example in examples(name):
        answer = one_server.madrid.post(
            f"/api/v1/adapters/{name}/messages", content=example.national, params={"test": "true"}
        )
        (told,) = answer.json()["records"]
        refused = "troubles" in example.expected or "faults" in example.expected
        if refused or told["outcome"] == "refused":
            codes = {fault["code"] for fault in told["faults"]}
            assert {one["code"] for one in example.expected.get("troubles", ())} <= codes, example
            assert codes, example
        else:
            assert told["outcome"] == "created", example
