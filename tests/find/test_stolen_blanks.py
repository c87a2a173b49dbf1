"""Stolen blank documents of the standard: one record, found by every number in it."""

from __future__ import annotations

from ilink_runtime.bundle import Bundle
from ilink_runtime.candidates import Likeness
from ilink_runtime.writer import Store
from tests.find.test_candidates import ask, bundle, record, store

__all__ = ["bundle", "store"]

BLANKS = {
    "message_type": "StolenTravelDocument",
    "purpose": "border_control",
    "document": {
        "document_type": "passport",
        "issuing_country": "TN",
        "first_number": "TN 000 100",
        "last_number": "TN 000 199",
    },
}


def test_a_query_by_a_number_in_the_range_finds_the_record(store: Store, bundle: Bundle) -> None:
    found = record(store, bundle, BLANKS)
    (candidate,) = ask(store, bundle, "DocumentQuery", number="TN000150", issuing_country="TN").candidates
    (reason,) = candidate.reasons
    assert (candidate.hit.reference, reason.likeness) == (found.reference, Likeness.RANGE)
    assert (reason.found, reason.agrees) == ("/document/first_number", ("/issuing_country",))
    (end,) = ask(store, bundle, "PersonQuery", document_number="tn000199").candidates
    assert [reason.likeness for reason in end.reasons] == [Likeness.SAME]
    for number in ("TN000200", "TN000099", "TN0001500", "DZ000150"):
        assert ask(store, bundle, "DocumentQuery", number=number).candidates == []
