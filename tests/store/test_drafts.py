"""A draft keeps what was typed, belongs to a bureau, and is not saved over a colleague's."""

from __future__ import annotations

from typing import Any

import pytest

from ilink_runtime import drafts
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.drafts import Draft
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests.store.desk import MADRID, TUNIS, notice, see, send

HALF: dict[str, Any] = {"subject": {"family_name": "بن حدو", "height": "not a number yet"}}
COLLEAGUE = Reader("TN", "user:nizar")
ARCHIVE = Reader("TN", "token:archive", may_write=False)


def begun(store: Store, reader: Reader = TUNIS) -> Draft:
    return store.write(lambda c: drafts.create(c, reader, "RedNotice", "ar", HALF, "1.0.0"))


def test_it_keeps_what_was_typed_though_it_is_not_valid(store: Store) -> None:
    draft = begun(store)
    assert store.read(lambda c: drafts.find(c, TUNIS, draft.id)) == draft
    assert (draft.body, draft.language, draft.standard_version, draft.revision) == (HALF, "ar", "1.0.0", 1)
    assert (draft.author, draft.reference, draft.message_version) == ("user:amal", None, None)


def test_a_colleague_goes_on_with_it(store: Store) -> None:
    draft = begun(store)
    saved = store.write(lambda c: drafts.save(c, COLLEAGUE, draft.id, {"subject": {}}, "fr", draft.revision))
    assert (saved.body, saved.language, saved.revision, saved.author) == (
        {"subject": {}},
        "fr",
        2,
        "user:amal",
    )


def test_it_is_not_saved_over_a_later_one(store: Store) -> None:
    draft = begun(store)
    store.write(lambda c: drafts.save(c, COLLEAGUE, draft.id, {"later": True}, "fr", 1))
    with pytest.raises(Problem) as caught:
        store.write(lambda c: drafts.save(c, TUNIS, draft.id, {"earlier": True}, "fr", 1))
    assert (caught.value.status, caught.value.code) == (412, "stale")
    found = store.read(lambda c: drafts.find(c, TUNIS, draft.id))
    assert found is not None
    assert found.body == {"later": True}


def test_another_bureau_never_learns_of_it(store: Store) -> None:
    draft = begun(store)
    assert store.read(lambda c: drafts.find(c, MADRID, draft.id)) is None
    assert store.read(lambda c: drafts.listing(c, MADRID)) == []
    for draft_id in (draft.id, "no such draft"):
        with pytest.raises(Problem, match="not_found"):
            store.write(lambda c, d=draft_id: drafts.save(c, MADRID, d, {}, "fr", 1))  # type: ignore[misc]
        with pytest.raises(Problem, match="not_found"):
            store.write(lambda c, d=draft_id: drafts.delete(c, MADRID, d))  # type: ignore[misc]
    assert store.read(lambda c: drafts.find(c, TUNIS, draft.id)) == draft


def test_the_list_has_the_latest_first(store: Store) -> None:
    first, second = begun(store), begun(store)
    store.write(lambda c: drafts.save(c, TUNIS, first.id, {}, "fr", 1))
    assert [draft.id for draft in store.read(lambda c: drafts.listing(c, COLLEAGUE))] == [first.id, second.id]


def test_it_can_be_thrown_away(store: Store) -> None:
    draft = begun(store)
    store.write(lambda c: drafts.delete(c, COLLEAGUE, draft.id))
    assert store.read(lambda c: drafts.listing(c, TUNIS)) == []


def test_it_may_amend_a_message_of_its_own_bureau(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    stored = see(store, receipt, TUNIS)
    draft = store.write(lambda c: drafts.create(c, TUNIS, "RedNotice", "fr", HALF, "1.0.0", stored))
    assert (draft.reference, draft.message_version) == (receipt.reference, 1)
    with pytest.raises(Problem, match="not_yours"):
        store.write(lambda c: drafts.create(c, MADRID, "RedNotice", "es", HALF, "1.0.0", stored))


def test_a_reading_system_drafts_nothing(store: Store) -> None:
    draft = begun(store)
    with pytest.raises(Problem, match="scope"):
        begun(store, ARCHIVE)
    with pytest.raises(Problem, match="scope"):
        store.write(lambda c: drafts.save(c, ARCHIVE, draft.id, {}, "fr", 1))
    with pytest.raises(Problem, match="scope"):
        store.write(lambda c: drafts.delete(c, ARCHIVE, draft.id))
