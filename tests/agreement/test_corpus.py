"""The hand-written messages get the verdict they deserve, from every judge."""

from __future__ import annotations

import pytest

from ilink_generators import Standard
from ilink_runtime import bundle
from ilink_runtime.validation import MOST, validator
from tests.agreement.judges import Judges
from tests.agreement.messages import Written, written

VERDICTS = {"record": "broken", "publish": "recordable", "quality": "publishable"}


@pytest.mark.parametrize("entry", written(), ids=lambda entry: entry.name)
def test_verdict(entry: Written, judges: Judges) -> None:
    judges.agree(entry.type, entry.message)
    faults = judges.all_faults(entry.type, entry.message)
    levels = {fault.level for fault in faults}
    verdict = next((VERDICTS[level] for level in VERDICTS if level in levels), "good")
    said = [f"{fault.code} {fault.path or '(message)'} {fault.level} {fault.rule or '-'}" for fault in faults]
    assert verdict == entry.verdict, said
    assert set(entry.faults) <= set(said)


def test_every_type_has_a_good_message_and_a_broken_one(standard: Standard) -> None:
    verdicts = {(entry.type, entry.verdict in ("good", "publishable")) for entry in written()}
    wanted = {(message.name, good) for message in standard.messages() for good in (True, False)}
    assert wanted - verdicts == set()


def test_a_report_ends_somewhere() -> None:
    message = {"message_type": "RedNotice", **{f"field{number}": 1 for number in range(5000)}}
    found = validator(bundle.read().schema, "RedNotice")(message)
    assert 900 < len([fault for fault in found if fault.code == "unknown_field"]) <= MOST
