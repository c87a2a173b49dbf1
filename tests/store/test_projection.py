"""Whatever passes is stored and reads back equal; its rows can be asked, and never refuse it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select

from ilink_runtime import projection, submission
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store
from tests.store.desk import TUNIS, counts, notice, see, send

# What strict JSON lets through: no NUL, no lone surrogates.
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
codes = st.sampled_from(["TN", "FR", "ES", "XK", "a code that nobody knows"])
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


def objects(**slots: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: slot | st.none() for name, slot in slots.items()})


persons = objects(
    family_name=words,
    forename=words,
    family_name_original=words,
    sex=codes,
    height=numbers,
    date_of_birth=words,
    nationalities=st.lists(codes, max_size=3),
    phone_numbers=st.lists(objects(number=words), max_size=3),
    identity_documents=st.lists(objects(number=words, issuing_country=codes), max_size=3),
    addresses=st.lists(objects(street=words, city=words, country=codes), max_size=3),
)
texts = objects(
    text=words, language=codes, translations=st.lists(objects(language=codes, text=words), max_size=2)
)
messages = objects(
    national_reference=words,
    in_reply_to=words,
    purpose=words,
    reply_by=words | st.dates().map(str),
    subject=persons,
    facts_summary=texts,
    handling=objects(
        confidentiality=codes,
        restricted_to=st.lists(codes, max_size=3),
        hidden_from=st.lists(codes, max_size=3),
    ),
).map(lambda message: {"message_type": "RedNotice"} | message)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages)
def test_every_message_is_stored_and_reads_back_equal(
    store: Store, bundle: Bundle, message: dict[str, Any]
) -> None:
    before = store.read(counts)
    receipt = send(store, bundle, message)
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    assert stored.message == message
    assert stored.etag == receipt.etag
    store.write(lambda c: submission.delete(c, TUNIS, receipt.reference, receipt.etag))
    left = store.read(counts)
    assert {name for name in left if left[name] != before[name]} == {"tombstone", "audit", "outbox"}


def rows(store: Store, bundle: Bundle, table: str) -> list[dict[str, Any]]:
    found = projection.tables(bundle)[table]
    ordered = select(found).order_by(*found.primary_key.columns)
    return [
        {name: value for name, value in row.items() if name != "message_id"}
        for row in store.read(lambda c: c.execute(ordered).mappings().all())
    ]


def test_a_person_anywhere_is_a_row_with_its_path(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    (person,) = rows(store, bundle, "person")
    assert person == {
        "path": "/subject",
        "position": 0,
        "family_name": "Benhaddou",
        "forename": "Salim",
        "family_name_original": "بن حدو",
        "sex": "M",
        "height": 178,
        "date_of_birth": "1980-05",
    }


def test_lists_keep_their_order(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    assert rows(store, bundle, "phone_contact") == [
        {"path": "/subject/phone_numbers/0", "position": 0, "number": "+21620123456"},
        {"path": "/subject/phone_numbers/1", "position": 1, "number": "+33612345678"},
    ]
    assert rows(store, bundle, "person_nationalities") == [
        {"path": "/subject", "position": 0, "value": "TN"},
        {"path": "/subject", "position": 1, "value": "FR"},
    ]


@pytest.mark.parametrize(
    ("given_height", "stored"), [(178, 178), (178.0, 178), (178.5, None), (10**18, 10**18), (2**64 - 1, None)]
)
def test_a_column_holds_what_fits_and_refuses_nothing(
    store: Store, bundle: Bundle, given_height: float, stored: int | None
) -> None:
    send(store, bundle, notice(subject={"height": given_height}))
    assert rows(store, bundle, "person")[0]["height"] == stored


@pytest.mark.parametrize("day", ["2027-02-30", "0000-01-01", "soon", ""])
def test_a_day_that_is_none_stays_in_the_message_alone(store: Store, bundle: Bundle, day: str) -> None:
    receipt = send(store, bundle, notice(reply_by=day))
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    assert stored.message["reply_by"] == day
    assert stored.envelope["reply_by"] is None


def test_a_long_text_under_an_index_is_no_trouble(store: Store, bundle: Bundle) -> None:
    long = "".join(chr(0x4E00 + n % 20_000) for n in range(20_000))
    receipt = send(store, bundle, notice(national_reference=long, subject={"family_name": long}))
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    assert stored.envelope["national_reference"] == long


def test_the_tables_can_be_joined_with_the_messages(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    metadata = projection.metadata(bundle)
    message, person = metadata.tables["message"], metadata.tables["person"]
    same: ColumnElement[bool] = person.c.message_id == message.c.id
    owners = store.read(lambda c: c.scalars(select(message.c.owner).join(person, same)).all())
    assert list(owners) == ["TN"]
