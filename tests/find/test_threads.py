"""Threads: the values that two messages share, and only those that the reader may see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from ilink_runtime import database, threads
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.threads import HUB, Thread
from ilink_runtime.values import walk
from tests.find.desk import LYON, MADRID, SECRETARIAT, TOKYO, TUNIS, person, phones, send


def threads_of(engine: Engine, bundle: Bundle, message_id: str, reader: Reader = MADRID) -> list[Thread]:
    with engine.connect() as connection:
        return threads.of(connection, bundle, reader, message_id)


def references(thread: Thread) -> list[str]:
    return [other.hit.reference for other in thread.others]


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(database.metadata.tables[table])) or 0


def test_a_shared_value_is_a_thread_that_says_why(engine: Engine, bundle: Bundle) -> None:
    home = {"street": "12, Rue de la République", "city": "Lyon", "country": "FR"}
    again = {"street": "Republique 12", "city": "LYON", "country": "FR"}
    with engine.begin() as connection:
        one = send(
            connection,
            bundle,
            "2026-AAAAAAAA",
            person("A", addresses=[home], **phones("06 1", "+33 6 12 34 56 78")),
        )
        send(
            connection,
            bundle,
            "2026-BBBBBBBB",
            person("B", **phones("0033612345678", "+33 (0)6 12345678")),
            owner="FR",
        )
        send(
            connection, bundle, "2026-CCCCCCCC", person("C", addresses=[again], **phones("+٣٣ ٦ ١٢ ٣٤ ٥٦ ٧٨"))
        )
        send(connection, bundle, "2026-DDDDDDDD", person("D", **phones("+33 6 99 99 99 99")))
    phone, address = threads_of(engine, bundle, one)
    assert (phone.kind, phone.canonical, phone.strength) == ("PhoneNumber", "+33612345678", "strong")
    assert (phone.paths, phone.count, phone.hub) == (["/subject/phone_numbers/1/number"], 3, False)
    assert references(phone) == ["2026-CCCCCCCC", "2026-BBBBBBBB"]
    assert phone.others[1].paths == ["/subject/phone_numbers/0/number", "/subject/phone_numbers/1/number"]
    assert (address.kind, address.strength, address.count) == ("Address", "weak", 2)
    assert address.paths == ["/subject/addresses/0"]
    assert references(address) == ["2026-CCCCCCCC"]
    assert address.others[0].paths == ["/subject/addresses/0"]


def test_the_rarest_come_first_and_a_hub_last(engine: Engine, bundle: Bundle) -> None:
    often, rare, common = "+33 6 00 00 00 01", "+33 6 00 00 00 02", "+33 6 00 00 00 03"
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-00000000", person("One", **phones(often, common, rare)))
        for number in range(HUB):
            more = [common] * (number < 3) + [rare] * (number == 0)
            send(connection, bundle, f"2026-{number + 1:08}", person("X", **phones(often, *more)))
    found = threads_of(engine, bundle, one)
    assert [(thread.canonical[-1], thread.count, thread.hub) for thread in found] == [
        ("2", 2, False),
        ("3", 4, False),
        ("1", HUB + 1, True),
    ]
    assert len(found[2].others) == HUB
    with engine.begin() as connection:
        send(connection, bundle, "2026-NEWESTXX", person("Y", **phones(often)))
    hub = threads_of(engine, bundle, one)[2]
    assert (hub.count, len(hub.others), references(hub)[0]) == (HUB + 2, HUB, "2026-NEWESTXX")


@pytest.mark.parametrize("reader", [MADRID, TOKYO])
@pytest.mark.parametrize(
    "audience", [{"hidden_from": ["ES", "JP"]}, {"restricted_to": ["FR"]}, {"recipient": ["FR"]}]
)
@pytest.mark.parametrize("others", [0, 1, HUB - 1])
def test_two_worlds_that_differ_in_a_hidden_message_look_the_same(
    engine: Engine, bundle: Bundle, reader: Reader, audience: dict[str, list[str]], others: int
) -> None:
    number = phones("+216 20 123 456")
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-AAAAAAAA", person("One", **number))
        for other in range(others):
            send(connection, bundle, f"2026-{other:08}", person("Other", **number))
    before = threads_of(engine, bundle, one, reader)
    with engine.begin() as connection:
        secret = send(connection, bundle, "2026-ZZZZZZZZ", person("Secret", **number), audience=audience)
    assert threads_of(engine, bundle, one, reader) == before
    assert threads_of(engine, bundle, secret, reader) == []
    for allowed in (TUNIS, LYON, SECRETARIAT):
        (thread,) = threads_of(engine, bundle, one, allowed)
        assert references(thread)[0] == "2026-ZZZZZZZZ"
        assert (thread.count, thread.hub) == (others + 2, others + 2 > HUB)


def test_a_missing_message_has_no_threads(engine: Engine, bundle: Bundle) -> None:
    assert threads_of(engine, bundle, "nobody") == []


def test_writing_again_changes_nothing(engine: Engine, bundle: Bundle) -> None:
    message = person("One", **phones(*(f"+33 6 00 00 00 {number:02}" for number in range(30))))
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-AAAAAAAA", person("One"))
        threads.write(connection, one, walk(bundle, "RedNotice", message))
        threads.write(connection, one, walk(bundle, "RedNotice", message))
    assert (count(engine, "identifier"), count(engine, "occurrence")) == (30, 30)


def test_a_kind_that_no_longer_links_shows_nothing(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-AAAAAAAA", person("One", **phones("+33 6 12 34 56 78")))
        send(connection, bundle, "2026-BBBBBBBB", person("Two", **phones("+33 6 12 34 56 78")))
        connection.execute(database.identifier.update().values(kind="Forgotten"))
    assert threads_of(engine, bundle, one) == []


def test_erasing_forgets_what_nobody_else_has(engine: Engine, bundle: Bundle) -> None:
    with engine.begin() as connection:
        one = send(
            connection,
            bundle,
            "2026-AAAAAAAA",
            person("One", **phones("+33 6 12 34 56 78", "+33 6 99 99 99 99")),
        )
        two = send(connection, bundle, "2026-BBBBBBBB", person("Two", **phones("+33 6 12 34 56 78")))
        threads.erase(connection, one)
    assert (count(engine, "identifier"), count(engine, "occurrence")) == (1, 1)
    assert threads_of(engine, bundle, two) == []
    with engine.begin() as connection:
        threads.erase(connection, two)
    assert (count(engine, "identifier"), count(engine, "occurrence")) == (0, 0)


def test_a_value_taken_up_while_another_forgets_it_is_kept(engine: Engine, bundle: Bundle) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    number = phones("+33 6 12 34 56 78")
    with engine.begin() as connection:
        one = send(connection, bundle, "2026-AAAAAAAA", person("One", **number))

    def forget() -> None:
        with engine.begin() as connection:
            threads.erase(connection, one)

    with ThreadPoolExecutor() as pool:
        with engine.begin() as connection:
            send(connection, bundle, "2026-BBBBBBBB", person("Two", **number))
            forgetting = pool.submit(forget)
            with pytest.raises(TimeoutError):
                forgetting.result(timeout=0.3)
        forgetting.result(timeout=10)
    assert (count(engine, "identifier"), count(engine, "occurrence")) == (1, 1)
