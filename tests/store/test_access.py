"""Two speakers of one rule: the predicate that every read goes through, and its echo for deleted messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from ilink_runtime import drafts, submission, sweep
from ilink_runtime.access import Reader, could_see
from ilink_runtime.bundle import Bundle
from ilink_runtime.database import message
from ilink_runtime.writer import Store
from tests.store.desk import LYON, MADRID, PARIS, TUNIS, diffusion, notice, see, send

bureaus = st.lists(
    st.sampled_from(
        ["TN", "ES", "FR", "fr ", "DE", "a bureau with far too long a name for any column at all"]
    ),
    max_size=3,
)
services = st.lists(
    st.sampled_from(["TN/garde", "ES/policia", "FR/dgpn", "FR/douane", "FR/dgp", "FRA/dgpn", "%/dgpn"]),
    max_size=2,
)
DGPN, DOUANE, GARDE = (
    replace(bureau, entity=code)
    for bureau, code in ((PARIS, "FR/dgpn"), (PARIS, "FR/douane"), (TUNIS, "TN/garde"))
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bureaus, bureaus, bureaus, services, services, st.booleans())
def test_they_agree(
    store: Store,
    bundle: Bundle,
    to: list[str],
    only: list[str],
    hidden: list[str],
    only_services: list[str],
    hidden_services: list[str],
    back: bool,
) -> None:
    handling: dict[str, Any] = {
        "restricted_to": only,
        "hidden_from": hidden,
        "restricted_to_entities": only_services,
        "hidden_from_entities": hidden_services,
    }
    if back:
        first = send(store, bundle, notice(recipients=to, handling=handling))
        receipt = store.write(
            lambda c: submission.send_back(c, LYON, first.reference, first.etag, "No photograph.")
        )
    else:
        receipt = send(store, bundle, diffusion(*to, handling=handling))
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    for reader in (TUNIS, MADRID, PARIS, LYON, DGPN, DOUANE, GARDE):
        seen = see(store, receipt, reader) is not None
        assert seen == could_see(reader, "TN", receipt.status, stored.audience), reader
        assert seen == expected(reader, to, handling, back), reader


def expected(reader: Reader, to: list[str], handling: dict[str, list[str]], back: bool) -> bool:
    """Said as an officer would say it, one reason after the other."""
    if reader.secretariat:
        return True
    if reader.entity in handling["hidden_from_entities"]:
        return False
    if reader.bureau == "TN":
        return True
    only, hidden, to = (
        [code.strip().upper() for code in codes]
        for codes in (handling["restricted_to"], handling["hidden_from"], to)
    )
    if back or reader.bureau in hidden or (to and reader.bureau not in to):
        return False
    countries = {service.partition("/")[0] for service in handling["restricted_to_entities"]}
    if reader.bureau in countries:  # some service of the bureau is named: those, and the bureau itself
        return not reader.entity or reader.entity in handling["restricted_to_entities"]
    return reader.bureau in only if only or countries else True


def test_a_service_sees_what_its_bureau_sees(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, diffusion("FR", handling={"restricted_to": ["FR"]}))
    assert see(store, receipt, DGPN) is not None
    assert see(store, receipt, replace(MADRID, entity="ES/policia")) is None


def test_a_service_sees_no_draft_of_what_is_hidden_from_it(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice(handling={"hidden_from_entities": ["TN/garde"]}))
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    draft = store.write(
        lambda c: drafts.create(c, TUNIS, "RedNotice", "en", stored.message, bundle.version, stored)
    )
    other = store.write(lambda c: drafts.create(c, TUNIS, "RedNotice", "en", {}, bundle.version))
    assert {one.id for one in store.read(lambda c: drafts.listing(c, TUNIS))} == {draft.id, other.id}
    assert [one.id for one in store.read(lambda c: drafts.listing(c, GARDE))] == [other.id]
    assert store.read(lambda c: drafts.listing(c, replace(GARDE, may_write=False))) == []


def test_a_service_is_not_told_that_what_is_hidden_from_it_ends(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice(handling={"hidden_from_entities": ["TN/garde"]}))
    store.write(lambda c: c.execute(update(message).values(expires_at=date(2027, 1, 31))))
    for reader, number in ((TUNIS, 1), (GARDE, 0)):
        total, page = store.read(
            lambda c, r=reader: sweep.endings(c, bundle, r, date(2040, 1, 1))  # type: ignore[misc]
        )
        assert (total, len(page)) == (number, number)


def test_hidden_from_a_bureau_that_is_misspelt_in_small_letters(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice(handling={"hidden_from": ["fr"]}))
    assert see(store, receipt, PARIS) is None
    assert see(store, receipt, MADRID) is not None


def test_restricted_to_nobody_known_is_for_nobody(store: Store, bundle: Bundle) -> None:
    receipt = send(
        store,
        bundle,
        notice(handling={"restricted_to": ["a bureau that is not there at all, nor could ever be"]}),
    )
    assert see(store, receipt, MADRID) is None
    assert see(store, receipt, TUNIS) is not None
