"""A filled database takes up a changed standard: nothing is lost, nothing is dropped, all can be found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from ilink_runtime import database, people, projection, submission, upgrade
from ilink_runtime.bundle import Bundle
from ilink_runtime.writer import Store
from tests.small_bundle import small_bundle, tables_of
from tests.store.desk import NOTICE, TUNIS, counts, notice, see, send


def changed(version: str = "1.1.0", **slots: dict[str, Any] | None) -> Bundle:
    """The small standard with other slots of Person: a slot is added or replaced, None takes it out."""
    bundle = small_bundle()
    classes, types = bundle.standard["classes"], bundle.standard["types"]
    person = {slot["name"]: slot for slot in classes["Person"]["slots"]}
    model = person["forename"]
    for name, more in slots.items():
        person.pop(name, None)
        if more is not None:
            person[name] = model | {"name": name} | more
    classes["Person"]["slots"] = list(person.values())
    standard = {**bundle.standard, "version": version}
    return replace(bundle, standard=standard, tables=tuple(tables_of(classes, types)))


def test_a_new_database_is_empty_then_current(url: str, bundle: Bundle) -> None:
    store = Store(url)
    assert upgrade.check(store.engine, bundle) == "empty"
    upgrade.create(store.engine, bundle)
    assert upgrade.check(store.engine, bundle) == "current"
    assert upgrade.upgrade(store.engine, bundle) == upgrade.Report((), (), 0)
    store.close()


def test_labels_and_forms_alone_outdate_nothing(store: Store) -> None:
    bundle = small_bundle()
    relabelled = replace(bundle, texts={"en": {"Person.forename.title": "First name"}}, forms={})
    assert upgrade.check(store.engine, relabelled) == "current"


def test_a_column_for_shorter_texts_is_widened(store: Store, bundle: Bundle) -> None:
    """As a database has it from before services could be named; SQLite holds nobody to a length."""
    holds = store.engine.dialect.name == "postgresql"
    if holds:
        narrow = "ALTER TABLE audience ALTER COLUMN part TYPE VARCHAR(16)"
        store.write(lambda c: c.exec_driver_sql(narrow))
    assert upgrade.upgrade(store.engine, bundle).added == (("audience.part",) if holds else ())
    assert upgrade.check(store.engine, bundle) == "current"
    send(store, bundle, notice(handling={"restricted_to_entities": ["FR/dgpn"]}))


class TestANewOptionalField:
    def test_outdates_the_database(self, store: Store) -> None:
        bundle = changed(nickname={})
        assert upgrade.check(store.engine, bundle) == "outdated"
        found = upgrade.differences(store.engine, bundle)
        assert [str(column) for column in found.columns] == ["person.nickname"]
        assert found.indexes == ()
        assert found.left == ()

    def test_has_a_column_in_which_new_messages_land(self, store: Store, bundle: Bundle) -> None:
        old = send(store, bundle, notice())
        newer = changed(nickname={})
        report = upgrade.upgrade(store.engine, newer)
        assert report.added == ("person.nickname",)
        assert (report.left, report.projected, report.unknown) == ((), 1, ())
        assert upgrade.check(store.engine, newer) == "current"
        send(store, newer, notice(subject=NOTICE["subject"] | {"nickname": "El Rubio"}))
        person = projection.tables(newer)["person"]
        nicknames = store.read(lambda c: set(c.scalars(select(person.c.nickname)).all()))
        assert nicknames == {None, "El Rubio"}
        stored = see(store, old, TUNIS)
        assert stored is not None
        assert stored.message == notice()

    def test_is_filled_from_what_was_said_before(self, store: Store, bundle: Bundle) -> None:
        subject = NOTICE["subject"] | {"nickname": "El Rubio"}
        send(store, bundle, notice(subject=subject))
        newer = changed(nickname={})
        upgrade.upgrade(store.engine, newer)
        person = projection.tables(newer)["person"]
        assert store.read(lambda c: c.scalars(select(person.c.nickname)).all()) == ["El Rubio"]


def test_a_new_list_has_a_table(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice(subject=NOTICE["subject"] | {"tattoos": ["anchor", "rose"]}))
    newer = changed(tattoos={"multivalued": True})
    report = upgrade.upgrade(store.engine, newer)
    assert report.added == ("person_tattoos",)
    table = projection.tables(newer)["person_tattoos"]
    assert store.read(lambda c: c.scalars(select(table.c.value).order_by(table.c.position)).all()) == [
        "anchor",
        "rose",
    ]


def test_what_the_standard_no_longer_has_stays_and_is_reported(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    older = changed(sex=None, nationalities=None)
    report = upgrade.upgrade(store.engine, older)
    assert report.left == ("person.sex", "person_nationalities")
    assert upgrade.check(store.engine, older) == "current"
    names = store.read(lambda c: inspect(c).get_table_names())
    assert "person_nationalities" in names
    stored = see(store, receipt, TUNIS)
    assert stored is not None
    store.write(lambda c: submission.delete(c, TUNIS, receipt.reference, stored.etag))
    assert store.read(lambda c: c.scalar(text("SELECT count(*) FROM person_nationalities"))) == 0


def test_a_field_of_another_type_is_made_anew_from_the_revisions(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    newer = changed(height={"range": "PersonNamePart"})
    report = upgrade.upgrade(store.engine, newer)
    assert "person.height" in report.added
    person = projection.tables(newer)["person"]
    assert store.read(lambda c: c.scalars(select(person.c.height)).all()) == ["178"]
    back = upgrade.upgrade(store.engine, changed("1.2.0"))
    assert "person.height" in back.added
    person = projection.tables(bundle)["person"]
    assert store.read(lambda c: c.scalars(select(person.c.height)).all()) == [178]


def test_a_changed_treatment_makes_identifiers_and_words_anew(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    before = store.read(counts)
    newer = small_bundle()
    newer.standard["types"]["PhoneNumber"]["thread"] = "never"
    assert upgrade.differences(store.engine, newer).treatment
    report = upgrade.upgrade(store.engine, newer)
    assert (report.added, report.projected) == ((), 1)
    after = store.read(counts)
    assert before["identifier"] - after["identifier"] == 2
    assert upgrade.check(store.engine, newer) == "current"


def test_a_hand_written_table_and_index_are_added_too(store: Store, bundle: Bundle) -> None:
    store.write(lambda c: c.execute(text("DROP TABLE sign_in_failure")))
    store.write(lambda c: c.execute(text("DROP INDEX ix_message_owner")))
    assert upgrade.check(store.engine, bundle) == "outdated"
    report = upgrade.upgrade(store.engine, bundle)
    assert set(report.added) == {"sign_in_failure", "ix_message_owner"}


def test_a_filled_database_learns_of_national_records_and_test_tokens(store: Store, bundle: Bundle) -> None:
    send(store, bundle, notice())
    secret = store.write(lambda c: people.create_token(c, "TN", "older", "read"))
    store.write(lambda c: c.execute(text("DROP TABLE national_record")))
    store.write(lambda c: c.execute(text("ALTER TABLE token DROP COLUMN test")))
    assert upgrade.check(store.engine, bundle) == "outdated"
    assert set(upgrade.upgrade(store.engine, bundle).added) >= {"national_record", "token.test"}
    known = store.read(lambda c: people.bearer(c, secret, "control"))
    assert known is not None
    assert not known.test
    assert store.read(counts)["message"] == 1


def test_all_messages_are_projected_in_batches(
    store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "BATCH", 3)
    for number in range(8):
        send(store, bundle, notice(national_reference=str(number)))
    before = store.read(counts)
    assert upgrade.project_anew(store.engine, bundle) == (8, ())
    assert store.read(counts) == before


def test_a_message_type_that_is_gone_is_kept_and_reported(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, notice())
    standard = {
        **bundle.standard,
        "messages": {"WantedPersonDiffusion": bundle.messages["WantedPersonDiffusion"]},
    }
    newer = replace(changed(nickname={}), standard=standard)
    report = upgrade.upgrade(store.engine, newer)
    assert (report.projected, report.unknown) == (0, ("RedNotice",))
    assert see(store, receipt, TUNIS) is not None


def test_an_upgrade_broken_off_is_not_taken_for_done(
    store: Store, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(store, bundle, notice())
    newer = changed(nickname={})
    with monkeypatch.context() as broken:
        broken.setattr(upgrade, "_project", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            upgrade.upgrade(store.engine, newer)
    assert upgrade.check(store.engine, newer) == "outdated"
    assert upgrade.upgrade(store.engine, newer).projected == 1
    assert upgrade.check(store.engine, newer) == "current"


def test_the_standard_is_remembered(store: Store, bundle: Bundle) -> None:
    rows = store.read(lambda c: c.execute(select(database.standard)).all())
    assert [(row.name, row.version, row.treatment) for row in rows] == [
        ("small", "1.0.0", upgrade.treatment(bundle))
    ]


def test_an_upgraded_database_has_what_a_new_one_has(tmp_path: Path, bundle: Bundle) -> None:
    newer = changed(nickname={}, tattoos={"multivalued": True})
    first, second = Store(f"sqlite:///{tmp_path / 'old.db'}"), Store(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade.create(first.engine, bundle)
    upgrade.upgrade(first.engine, newer)
    upgrade.create(second.engine, newer)

    def shape(store: Store) -> dict[str, set[str]]:
        found = inspect(store.engine)
        return {
            name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()
        }

    assert shape(first) == shape(second)
    first.close()
    second.close()
