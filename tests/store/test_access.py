"""Two speakers of one rule: the predicate that every read goes through, and its echo for deleted messages."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_runtime import submission
from ilink_runtime.access import Reader, could_see
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store
from tests.store.desk import LYON, MADRID, PARIS, TUNIS, diffusion, notice, see, send

bureaus = st.lists(
    st.sampled_from(["TN", "ES", "FR", "fr ", "DE", "a bureau with far too long a name"]), max_size=3
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bureaus, bureaus, bureaus, st.booleans())
def test_they_agree(
    store: Store, bundle: Bundle, to: list[str], only: list[str], hidden: list[str], back: bool
) -> None:
    handling: dict[str, Any] = {"restricted_to": only, "hidden_from": hidden}
    if back:
        first = send(store, bundle, notice(recipients=to, handling=handling))
        receipt = store.write(
            lambda c: submission.send_back(c, LYON, first.reference, first.etag, "No photograph.")
        )
    else:
        receipt = send(store, bundle, diffusion(*to, handling=handling))
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    for reader in (TUNIS, MADRID, PARIS, LYON):
        seen = see(store, receipt, reader) is not None
        assert seen == could_see(reader, "TN", receipt.status, stored.audience)
        assert seen == expected(reader, to, only, hidden, back)


def expected(reader: Reader, to: list[str], only: list[str], hidden: list[str], back: bool) -> bool:
    if reader.secretariat or reader.bureau == "TN":
        return True
    to, only, hidden = ([code.strip().upper() for code in codes] for codes in (to, only, hidden))
    named = (not to or reader.bureau in to) and (not only or reader.bureau in only)
    return named and reader.bureau not in hidden and not back


def test_hidden_from_a_bureau_that_is_misspelt_in_small_letters(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice(handling={"hidden_from": ["fr"]}))
    assert see(store, receipt, PARIS) is None
    assert see(store, receipt, MADRID) is not None


def test_restricted_to_nobody_known_is_for_nobody(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice(handling={"restricted_to": ["a bureau that is not there at all"]}))
    assert see(store, receipt, MADRID) is None
    assert see(store, receipt, TUNIS) is not None
