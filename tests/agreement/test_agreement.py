"""Three judges, one verdict: on messages made from the standard, whole and broken.

`ILINK_TORTURE=1` asks at least 20,000 times instead of a few dozen.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ilink_generators import Standard, load
from ilink_runtime.validation import Fault
from tests.agreement.conftest import SCHEMA
from tests.agreement.judges import Judges
from tests.agreement.strategies import Messages

TORTURE = os.environ.get("ILINK_TORTURE") == "1"
STANDARD = load(SCHEMA)
MESSAGES = Messages(STANDARD)
TYPES = [message.name for message in STANDARD.messages()]

few = settings(
    max_examples=5_000 if TORTURE else 40,
    deadline=None,
    database=None,
    derandomize=not TORTURE,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink) if TORTURE else (Phase.explicit, Phase.generate),
)


@pytest.mark.parametrize("message_type", TYPES)
def test_made_messages_can_be_recorded(message_type: str, judges: Judges) -> None:
    @few
    @given(MESSAGES.of(message_type))
    def ask(message: dict[str, Any]) -> None:
        faults = judges.faults(message_type, message)
        assert [fault for fault in faults if fault.code != "repeated" and not fault.rule] == []
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


@given(st.data())
@few
def test_a_dropped_required_field_is_named(judges: Judges, standard: Standard, data: st.DataObject) -> None:
    message = data.draw(MESSAGES.of("YellowNotice"))
    slot = data.draw(st.sampled_from([s.name for s in standard.classes["YellowNotice"].slots if s.required]))
    del message[slot]
    faults = judges.faults("YellowNotice", message)
    assert ("required", f"/{slot}") in {(fault.code, fault.path) for fault in faults}
