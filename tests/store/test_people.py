"""Officers and systems prove who they are, and nobody learns anything from a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from ilink_runtime import audit, database, people
from ilink_runtime.access import Reader
from ilink_runtime.people import Officer
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store

PASSWORD = "seven olives on a plate"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash that is cheap to make: how strong it is by default is asserted elsewhere."""
    monkeypatch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    people._hash_of_nobody.cache_clear()


@pytest.fixture
def amal(store: Store) -> Store:
    store.write(
        lambda c: people.create_user(c, "Amal", "Amal Trabelsi", "TN", PASSWORD, "ar", "Africa/Tunis")
    )
    return store


def signed_in(store: Store, username: str = "amal", password: str = PASSWORD) -> str | None:
    return store.write(lambda c: people.sign_in(c, username, password, "criminal investigation"))


def who(store: Store, secret: str) -> Officer | None:
    return store.read(lambda c: people.officer(c, secret))


def problem(store: Store, work: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        store.write(work)
    return caught.value


def later(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> None:
    """Lets time pass for those who ask the clock."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + after

    monkeypatch.setattr(people, "datetime", Clock)
    monkeypatch.setattr(people, "now", lambda: database.instant(datetime.now(UTC) + after))


def test_an_officer_signs_in_and_out(amal: Store) -> None:
    secret = signed_in(amal)
    assert secret is not None
    officer = who(amal, secret)
    assert officer is not None
    assert (officer.username, officer.name) == ("amal", "Amal Trabelsi")
    reader = officer.reader
    assert (reader.bureau, reader.actor, reader.purpose) == ("TN", "user:amal", "criminal investigation")
    assert (reader.language, reader.zone, reader.secretariat, reader.may_write) == (
        "ar",
        "Africa/Tunis",
        False,
        True,
    )
    amal.write(lambda c: people.sign_out(c, secret))
    assert who(amal, secret) is None
    amal.write(lambda c: people.sign_out(c, secret))


def test_every_session_has_its_own_secrets(amal: Store) -> None:
    first, second = signed_in(amal), signed_in(amal)
    assert first is not None
    assert second is not None
    one, other = who(amal, first), who(amal, second)
    assert one is not None
    assert other is not None
    assert len({first, second, one.csrf, other.csrf}) == 4


@pytest.mark.parametrize("spelled", ["AMAL", " amal ", "ａｍａｌ"])
def test_a_user_name_is_the_same_however_typed(amal: Store, spelled: str) -> None:
    assert signed_in(amal, spelled) is not None


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("amal", "seven olives on a table"),
        ("amal", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("amal", "\ud800" * 20),
    ],
)
def test_a_wrong_password_and_an_unknown_user_look_the_same(
    amal: Store, username: str, password: str
) -> None:
    assert signed_in(amal, username, password) is None


def test_an_unknown_user_costs_a_hash_too(amal: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def watched(password_hash: str, _password: str) -> bool:
        checked.append(password_hash)
        return False

    monkeypatch.setattr(people, "_matches", watched)
    signed_in(amal, "nobody")
    assert [h.startswith("$argon2id$") for h in checked] == [True]


def test_an_officer_who_left_signs_in_no_more(amal: Store) -> None:
    secret = signed_in(amal)
    assert secret is not None
    amal.write(lambda c: c.execute(update(database.user).values(active=False)))
    assert who(amal, secret) is None
    assert signed_in(amal) is None


def test_a_session_ends_after_eight_hours(amal: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = signed_in(amal)
    assert secret is not None
    later(monkeypatch, timedelta(hours=7, minutes=59))
    assert who(amal, secret) is not None
    later(monkeypatch, timedelta(hours=8, minutes=1))
    assert who(amal, secret) is None
    signed_in(amal)
    assert len(amal.read(lambda c: c.execute(select(database.session)).all())) == 1


def test_the_database_holds_no_secret(amal: Store) -> None:
    secret = signed_in(amal)
    token = amal.write(lambda c: people.create_token(c, "TN", "records", "read write"))
    assert secret is not None
    held = amal.read(lambda c: str([c.execute(select(t)).all() for t in database.metadata.sorted_tables]))
    assert [text for text in (secret, token, PASSWORD) if text in held] == []
    assert "$argon2id$" in held


class TestTooManyFailures:
    def test_make_a_name_rest_longer_each_time_but_never_for_good(self) -> None:
        delays = [people.delay(failures) for failures in range(5, 200)]
        assert people.delay(people.FREE_FAILURES - 1) == timedelta()
        assert delays[0] == people.FIRST_DELAY
        assert delays == sorted(delays)
        assert delays[-1] == people.LONGEST_DELAY

    @pytest.mark.parametrize("username", ["amal", "nobody"])
    def test_rest_is_told_known_or_not(self, amal: Store, username: str) -> None:
        for _ in range(people.FREE_FAILURES):
            assert signed_in(amal, username, "wrong") is None
        found = problem(amal, lambda c: people.sign_in(c, username, PASSWORD, ""))
        assert (found.status, found.code) == (429, "too_many_attempts")
        assert 0 < int(found.headers["Retry-After"]) <= people.FIRST_DELAY.total_seconds() + 1

    def test_the_right_password_opens_after_the_rest(
        self, amal: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(people.FREE_FAILURES):
            signed_in(amal, "amal", "wrong")
        later(monkeypatch, people.FIRST_DELAY + timedelta(seconds=1))
        assert signed_in(amal) is not None
        assert signed_in(amal, "amal", "wrong") is None

    def test_another_user_is_not_held_up(self, amal: Store) -> None:
        for _ in range(people.FREE_FAILURES):
            signed_in(amal, "nobody", "wrong")
        assert signed_in(amal) is not None

    def test_are_forgotten_after_a_day(self, amal: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(people.FREE_FAILURES):
            signed_in(amal, "nobody", "wrong")
        later(monkeypatch, timedelta(days=1, minutes=1))
        signed_in(amal, "somebody", "wrong")
        assert len(amal.read(lambda c: c.execute(select(database.sign_in_failure)).all())) == 1


class TestTokens:
    def test_a_system_acts_for_its_bureau(self, store: Store) -> None:
        secret = store.write(lambda c: people.create_token(c, "TN", "records", ["read", "write"]))
        reader = store.read(lambda c: people.bearer(c, secret, "border check"))
        assert reader is not None
        assert (reader.bureau, reader.actor, reader.purpose) == ("TN", "token:records", "border check")
        assert reader.may_write
        assert not reader.secretariat

    def test_a_reading_token_does_not_write(self, store: Store) -> None:
        secret = store.write(lambda c: people.create_token(c, "IPSG", "screen", "read"))
        reader = store.read(lambda c: people.bearer(c, secret, ""))
        assert reader is not None
        assert not reader.may_write
        assert reader.secretariat

    def test_a_revoked_token_opens_nothing(self, store: Store) -> None:
        secret = store.write(lambda c: people.create_token(c, "TN", "records", "read"))
        store.write(lambda c: people.revoke_token(c, "TN", "records"))
        assert store.read(lambda c: people.bearer(c, secret, "")) is None
        assert problem(store, lambda c: people.revoke_token(c, "TN", "records")).code == "not_found"
        assert store.write(lambda c: people.create_token(c, "TN", "records", "read")) != secret

    def test_a_token_ends(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        secret = store.write(lambda c: people.create_token(c, "TN", "records", "read", until))
        assert store.read(lambda c: people.bearer(c, secret, "")) is not None
        later(monkeypatch, timedelta(days=1, seconds=1))
        assert store.read(lambda c: people.bearer(c, secret, "")) is None

    @pytest.mark.parametrize("secret", ["", "guess", "\ud800"])
    def test_a_guess_opens_nothing(self, store: Store, secret: str) -> None:
        assert store.read(lambda c: people.bearer(c, secret, "")) is None
        assert who(store, secret) is None


@pytest.mark.parametrize(
    ("work", "code", "says"),
    [
        (lambda c: people.create_bureau(c, "TN", "ncb", "Tunis"), "conflict", "TN exists"),
        (lambda c: people.create_bureau(c, "tn", "ncb", "Tunis"), "invalid", "capital letters"),
        (lambda c: people.create_bureau(c, "DE", "embassy", "Berlin"), "invalid", "embassy"),
        (lambda c: people.create_bureau(c, "DE", "ncb", " "), "invalid", "name"),
        (lambda c: people.create_user(c, "amal", "Amal", "DE", PASSWORD), "not_found", "no bureau DE"),
        (lambda c: people.create_user(c, "lucía", "Lucía", "TN", PASSWORD), "conflict", "taken"),
        (lambda c: people.create_user(c, "a b", "A", "TN", PASSWORD), "invalid", "no spaces"),
        (lambda c: people.create_user(c, "", "A", "TN", PASSWORD), "invalid", "1 to 64"),
        (lambda c: people.create_user(c, "amal", "Amal", "TN", "elevenchars"), "invalid", "at least 12"),
        (
            lambda c: people.create_user(c, "amal.trabelsi", "A", "TN", "Amal.Trabelsi"),
            "invalid",
            "not the user",
        ),
        (
            lambda c: people.create_user(c, "amal", "A", "TN", PASSWORD, zone="Moon/Sea"),
            "invalid",
            "time zone",
        ),
        (lambda c: people.create_token(c, "DE", "records", "read"), "not_found", "no bureau DE"),
        (lambda c: people.create_token(c, "TN", "records", "read delete"), "invalid", "scopes"),
        (lambda c: people.create_token(c, "TN", "records", ""), "invalid", "scopes"),
        (lambda c: people.create_token(c, "TN", "a b", "read"), "invalid", "name"),
        (lambda c: people.create_token(c, "TN", "taken", "read"), "conflict", "has a token taken"),
        (lambda c: people.create_token(c, "TN", "records", "read", "soon"), "invalid", "instant"),
    ],
)
def test_what_cannot_be_created_is_said_clearly(store: Store, work: Any, code: str, says: str) -> None:
    store.write(lambda c: people.create_user(c, "lucía", "Lucía", "ES", PASSWORD))
    store.write(lambda c: people.create_token(c, "TN", "taken", "read"))
    found = problem(store, work)
    assert found.code == code
    assert says in found.detail


def test_an_officer_keeps_his_language(amal: Store) -> None:
    amal.write(lambda c: people.set_language(c, "amal", "fr"))
    secret = signed_in(amal)
    assert secret is not None
    officer = who(amal, secret)
    assert officer is not None
    assert officer.reader.language == "fr"


def test_the_audit_knows_who_came_and_who_was_refused(amal: Store) -> None:
    secret = signed_in(amal)
    assert secret is not None
    signed_in(amal, "amal", "wrong")
    signed_in(amal, "a secret typed in the wrong field", "wrong")
    amal.write(lambda c: people.sign_out(c, secret))
    amal.write(lambda c: audit.note(c, Reader("TN", "user:amal"), "search", text="Benhaddou", hits=3))
    entries = amal.read(lambda c: c.execute(select(database.audit).order_by(database.audit.c.id)).all())
    assert [(e.action, e.actor) for e in entries if not e.action.startswith("create_")] == [
        ("sign_in", "user:amal"),
        ("sign_in_refused", "user:amal"),
        ("sign_in_refused", "nobody"),
        ("sign_out", "user:amal"),
        ("search", "user:amal"),
    ]
    assert entries[-1].detail == '{"hits":3,"text":{"length":9}}'
    assert "typed" not in str(entries)


@pytest.mark.parametrize(
    ("detail", "kept"),
    [
        ({"type": "RedNotice", "version": 2}, '{"type":"RedNotice","version":2}'),
        ({"name": "Salim", "found": True, "none": None}, '{"found":true,"name":{"length":5}}'),
        (
            {"phones": ["+21620123456"], "type": ["x", "y"], "who": object()},
            '{"phones":{"length":1},"type":{"length":2},"who":{}}',
        ),
    ],
)
def test_the_audit_keeps_the_length_of_a_text_and_not_the_text(
    store: Store, detail: dict[str, Any], kept: str
) -> None:
    store.write(lambda c: audit.note(c, Reader("TN", "user:amal"), "search", **detail))
    last = select(database.audit.c.detail).order_by(database.audit.c.id.desc())
    assert store.read(lambda c: c.scalar(last)) == kept


class TestAService:
    @pytest.fixture(autouse=True)
    def dgpn(self, store: Store) -> None:
        store.write(lambda c: people.create_entity(c, "FR", "dgpn", "Police nationale"))

    def test_has_officers_and_systems_of_its_own(self, store: Store) -> None:
        store.write(
            lambda c: people.create_user(c, "dora", "Dora", "FR", PASSWORD, entity="dgpn", may_write=False)
        )
        secret = signed_in(store, "dora")
        assert secret is not None
        officer = who(store, secret)
        assert officer is not None
        reader = officer.reader
        assert (reader.bureau, reader.entity, reader.may_write) == ("FR", "FR/dgpn", False)
        bearer = store.write(lambda c: people.create_token(c, "FR", "patrol", "read", entity="dgpn"))
        system = store.read(lambda c: people.bearer(c, bearer, "p"))
        assert system is not None
        assert (system.bureau, system.entity, system.may_write) == ("FR", "FR/dgpn", False)

    @pytest.mark.parametrize(
        ("work", "status"),
        [
            (lambda c: people.create_entity(c, "FR", "DGPN", "x"), 422),
            (lambda c: people.create_entity(c, "FR", "a/b", "x"), 422),
            (lambda c: people.create_entity(c, "FR", "x" * 32, "x"), 422),
            (lambda c: people.create_entity(c, "FR", "douane", " "), 422),
            (lambda c: people.create_entity(c, "IPSG", "dgpn", "x"), 422),
            (lambda c: people.create_entity(c, "XX", "dgpn", "x"), 404),
            (lambda c: people.create_entity(c, "FR", "dgpn", "x"), 409),
            (lambda c: people.create_token(c, "ES", "x", "read", entity="dgpn"), 404),
            (lambda c: people.create_user(c, "x", "x", "ES", PASSWORD, entity="dgpn"), 404),
        ],
    )
    def test_is_made_with_care(self, store: Store, work: Any, status: int) -> None:
        assert problem(store, work).status == status
