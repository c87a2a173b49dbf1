"""Three judges, one verdict: on messages made from the standard, whole and broken, and on models of cases.

`ILINK_TORTURE=1` (`make torture`) asks at least 20,000 times instead of a few dozen.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ilink_generators import Standard, generate, load
from ilink_runtime.validation import CODES, Fault
from tests.agreement.conftest import SCHEMA
from tests.agreement.judges import Judges
from tests.agreement.strategies import Messages
from tests.api.bureaus import Bureaus

STANDARD = load(SCHEMA)
MESSAGES = Messages(STANDARD)
TYPES = [message.name for message in STANDARD.messages()]
TORTURE = os.environ.get("ILINK_TORTURE") == "1"
CASES = Path(__file__).parents[1] / "compiler" / "cases"
MODELS = [path for path in sorted(CASES.glob("*/model.yaml")) if not (path.parent / "errors.txt").exists()]

SAID_BY_THE_SCHEMA = {*CODES.values(), "required", "unknown_field", "check", "alternatives"} - {"repeated"}

#: Broken messages of all types together, in a run of `make torture`; whole ones are a quarter as many.
MANY = 20_000
few = settings(
    max_examples=MANY // len(TYPES) + 1 if TORTURE else max(160 // len(TYPES), 4),
    deadline=None,
    database=None,
    derandomize=not TORTURE,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink) if TORTURE else (Phase.explicit, Phase.generate),
)


@pytest.mark.parametrize("message_type", TYPES)
def test_made_messages_can_be_recorded(message_type: str, judges: Judges) -> None:
    @settings(few, max_examples=few.max_examples // 4 + 1)
    @given(MESSAGES.of(message_type))
    def ask(message: dict[str, Any]) -> None:
        repeated = [fault for fault in judges.faults(message_type, message) if fault.code != "repeated"]
        assert repeated == []
        judges.agree(message_type, message)

    ask()


@pytest.mark.parametrize("message_type", TYPES)
def test_one_verdict_on_broken_messages(message_type: str, judges: Judges) -> None:
    @few
    @given(MESSAGES.broken(message_type))
    def ask(message: dict[str, Any]) -> None:
        judges.agree(message_type, message)
        record = judges.faults(message_type, message)
        publish = judges.faults(f"{message_type}.publish", message)
        assert {(f.code, f.path) for f in record} <= {(f.code, f.path) for f in publish}
        assert not record or judges.faults(message_type, json.loads(json.dumps(message))) == record
        for fault in (*publish, *judges.faults(f"{message_type}.quality", message)):
            for pointer in (fault.path, *fault.paths):
                assert _is_place(message, pointer, fault), (fault, pointer)

    ask()


def _is_place(message: Any, pointer: str, fault: Fault) -> bool:
    """Whether a pointer names a value of the message, or a field that one of its objects lacks."""
    value = message
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
    for number, token in enumerate(tokens):
        if isinstance(value, list):
            value = value[int(token)]
        elif isinstance(value, dict) and token in value:
            value = value[token]
        else:
            lacks = fault.code in ("required", "alternatives") and isinstance(value, dict)
            return lacks and (number == len(tokens) - 1 or fault.code == "alternatives")
    return True


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_one_verdict_on_the_models_of_the_cases(path: Path, tmp_path: Path) -> None:
    """Every construct of LinkML that a case shows, on values that nobody thought of."""
    standard = load(path)
    judged = Judges(generate(standard), tmp_path)
    messages = Messages(standard)
    names = st.sampled_from([message.name for message in standard.messages()])
    told = names.flatmap(lambda name: st.tuples(st.just(name), messages.of(name) | messages.broken(name)))

    @settings(few, max_examples=500 if TORTURE else 20)
    @given(told)
    def ask(said: tuple[str, dict[str, Any]]) -> None:
        judged.agree(*said)

    ask()


@pytest.mark.parametrize("message_type", TYPES)
def test_what_passes_is_stored_and_read_back(message_type: str, stored: Bureaus) -> None:
    """What a bureau sends is what it reads; the server refuses it only for what stands elsewhere."""

    @settings(few, max_examples=50 if TORTURE else 3)
    @given(MESSAGES.of(message_type))
    def ask(message: dict[str, Any]) -> None:
        answer = stored.lyon.post("/api/v1/messages", json=message)
        refused = {fault["code"] for fault in answer.json().get("errors", ())}
        assert answer.status_code in (201, 403, 422), answer.text
        assert not refused & SAID_BY_THE_SCHEMA, answer.text
        if answer.status_code == 201:
            found = stored.lyon.get(f"/api/v1/messages/{answer.json()['reference']}")
            assert found.json()["message"] == message

    ask()


@given(st.data())
@few
def test_a_dropped_required_field_is_named(judges: Judges, standard: Standard, data: st.DataObject) -> None:
    message = data.draw(MESSAGES.of("YellowNotice"))
    slot = data.draw(st.sampled_from([s.name for s in standard.classes["YellowNotice"].slots if s.required]))
    del message[slot]
    faults = judges.faults("YellowNotice", message)
    assert ("required", f"/{slot}") in {(fault.code, fault.path) for fault in faults}
