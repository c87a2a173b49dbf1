"""Subscriptions that are called: signed, in order, again until answered, and never where they should not."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Coroutine
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import select, update

from ilink_runtime import addresses, calls, database, subscriptions, webhooks
from ilink_runtime.app import courier
from ilink_runtime.settings import Settings
from ilink_runtime.subscriptions import Subscription
from ilink_runtime.webhooks import Courier
from tests import event_loop
from tests.api.bureaus import Bureaus, diffusion, sent
from tests.subscribe.receiver import Receiver, is_signed, receiving
from tests.subscribe.subscriber import Copy, subscribed
from tests.subscribe.test_deliveries import amend, delete

KEY = "k" * 32
REDIRECT = b"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
DOWN = b"HTTP/1.1 500 Down\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return event_loop.run(asyncio.wait_for(work, 30))


def calling(bureaus: Bureaus, receiver: Receiver, **more: Any) -> Courier:
    """Who calls, as the server makes him of its settings."""
    hosts = addresses.hosts(f"127.0.0.1:{receiver.port}=127.0.0.0/8")
    settings = Settings(webhook_hosts=hosts, webhook_key=KEY, **more)
    return courier(settings, bureaus.store, bureaus.app.state.adapters)


def to_be_called(bureaus: Bureaus, receiver: Receiver, code: str = "ES", **more: Any) -> str:
    return subscribed(bureaus, code, url=f"http://127.0.0.1:{receiver.port}/in?box=1", **more)


def state(bureaus: Bureaus, identity: str) -> Subscription:
    return bureaus.store.read(lambda c: subscriptions.find(c, identity))


def due_now(bureaus: Bureaus, **values: Any) -> None:
    """The time until the next call is over."""
    table = database.subscription
    values = {"next_call_at": None, **values}
    bureaus.store.write(lambda c: c.execute(update(table).values(**values)))


def test_calls_are_signed_and_in_order(bureaus: Bureaus) -> None:
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(3)]

    async def work() -> Receiver:
        async with receiving() as receiver:
            identity = to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver)
            await mine.turn()
            assert receiver.told() == [("new", one) for one in references]
            assert receiver.connections == 1
            delete(bureaus, references[1])
            await mine.turn()
            await mine.turn()
            assert receiver.told()[3:] == [("removed", references[1])]
            secret = calls.secret(KEY, identity)
            for number, (headers, body) in enumerate(receiver.calls, start=1):
                assert is_signed(secret, headers, body)
                assert not is_signed(calls.secret("other" * 8, identity), headers, body)
                assert headers["request"] == "POST /in?box=1 HTTP/1.1"
                assert headers["host"] == f"127.0.0.1:{receiver.port}"
                assert headers["webhook-id"] == f"{identity}.{number}"
                assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
            return receiver

    assert len(run(work()).calls) == 4


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (DOWN, "status 500"),
        (REDIRECT, "redirect 307"),
        (3.0, "timeout"),
        (b"HTTP/1.1 200 OK\r\n", "no answer"),
        (b"not HTTP at all\r\n\r\n", "no answer"),
    ],
)
def test_a_call_that_fails_is_repeated_and_nothing_overtakes_it(
    bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch, answer: Any, trouble: str
) -> None:
    monkeypatch.setattr(calls, "ANSWER_SECONDS", 0.3)
    first = sent(bureaus.tunis, diffusion()).json()["reference"]
    second = sent(bureaus.tunis, diffusion()).json()["reference"]

    async def work() -> None:
        closing = answer if isinstance(answer, float) else answer + b"Connection: close"
        async with receiving(closing if trouble == "no answer" else answer) as receiver:
            identity = to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver)
            await mine.turn()
            assert receiver.told() == [("new", first)]
            failed = state(bureaus, identity)
            assert (failed.trouble, failed.failures, failed.sent) == (trouble, 1, 0)
            assert failed.next_call_at is not None
            await mine.turn()
            assert len(receiver.calls) == 1, "it waits"
            due_now(bureaus)
            await mine.turn()
            assert receiver.told() == [("new", first), ("new", first), ("new", second)]
            assert receiver.calls[0][0]["webhook-id"] == receiver.calls[1][0]["webhook-id"]
            assert receiver.calls[0][1] == receiver.calls[1][1]
            well = state(bureaus, identity)
            assert (well.trouble, well.failures, well.sent) == (None, 0, 2)

    run(work())


def test_what_was_never_told_is_never_removed(bureaus: Bureaus) -> None:
    """Nobody was there: nothing is noted as given, and what is hidden meanwhile leaves no trace."""
    hidden = sent(bureaus.tunis, diffusion()).json()["reference"]
    seen = sent(bureaus.tunis, diffusion()).json()["reference"]

    async def work() -> None:
        async with receiving() as receiver:
            identity = to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver)
        await mine.turn()
        assert state(bureaus, identity).trouble == "no connection"
        assert state(bureaus, identity).last == 0
        amend(bureaus, hidden, diffusion(handling={"hidden_from": ["ES"]}))
        async with receiving() as again:
            due_now(bureaus, url=f"http://127.0.0.1:{again.port}/in")
            mine.hosts = calling(bureaus, again).hosts
            await mine.turn()
            assert again.told() == [("new", seen)]

    run(work())


def test_between_two_attempts_what_may_be_seen_may_change(bureaus: Bureaus) -> None:
    first = sent(bureaus.tunis, diffusion()).json()["reference"]
    second = sent(bureaus.tunis, diffusion()).json()["reference"]

    async def work() -> None:
        async with receiving(DOWN) as receiver:
            to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver)
            await mine.turn()
            amend(bureaus, first, diffusion(handling={"hidden_from": ["ES"]}))
            due_now(bureaus)
            await mine.turn()
            assert receiver.told() == [("new", first), ("removed", first), ("new", second)]
            assert "message" not in receiver.bodies[1]

    run(work())


def test_after_some_days_it_is_stopped_and_said_so(
    bureaus: Bureaus, caplog: pytest.LogCaptureFixture
) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]

    async def work() -> None:
        async with receiving(DOWN, DOWN, DOWN) as receiver:
            identity = to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver, webhook_days=2)
            await mine.turn()
            due_now(bureaus)
            await mine.turn()
            assert state(bureaus, identity).state == "active"
            due_now(bureaus, failing_since="2020-01-01T00:00:00.000Z")
            await mine.turn()
            assert state(bureaus, identity).state == "stopped"
            assert "subscription copy of ES is stopped: status 500" in caplog.text
            due_now(bureaus)
            await mine.turn()
            assert len(receiver.calls) == 3
            bureaus.store.write(lambda c: subscriptions.set_state(c, "ES", "copy", "active"))
            await mine.turn()
            assert receiver.told() == [("new", reference)] * 4

    run(work())


def test_a_receiver_that_is_gone_is_not_called_again(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, diffusion())

    async def work() -> None:
        async with receiving(GONE) as receiver:
            identity = to_be_called(bureaus, receiver)
            await calling(bureaus, receiver).turn()
            assert (state(bureaus, identity).state, state(bureaus, identity).trouble) == (
                "stopped",
                "status 410",
            )

    run(work())


def test_a_slow_receiver_does_not_hold_up_another(bureaus: Bureaus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "ANSWER_SECONDS", 0.5)
    sent(bureaus.tunis, diffusion())

    async def work() -> None:
        async with receiving(5.0) as slow, receiving() as quick:
            to_be_called(bureaus, slow)
            to_be_called(bureaus, quick, "FR")
            mine = calling(bureaus, slow)
            mine.hosts += calling(bureaus, quick).hosts
            turn = asyncio.create_task(mine.turn())
            await asyncio.sleep(0.4)
            assert len(quick.calls) == 1
            await turn

    run(work())


def test_two_servers_do_not_both_call(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, diffusion())

    async def work() -> None:
        async with receiving() as receiver:
            to_be_called(bureaus, receiver)
            one, other = calling(bureaus, receiver), calling(bureaus, receiver)
            for _ in range(2):
                await asyncio.gather(one.turn(), other.turn())
            assert len(receiver.calls) == 1
            holder = bureaus.store.read(lambda c: c.execute(select(database.lease)).one().holder)
            other_one = other if holder == one.name else one
            sent(bureaus.tunis, diffusion())
            await other_one.turn()
            assert len(receiver.calls) == 1
            lease = database.lease
            past = "2020-01-01T00:00:00.000Z"
            bureaus.store.write(lambda c: c.execute(update(lease).values(until=past)))
            await other_one.turn()
            assert len(receiver.calls) == 2

    run(work())


def test_a_server_calls_by_itself_and_gives_its_turn_back(bureaus: Bureaus) -> None:
    reference = sent(bureaus.tunis, diffusion()).json()["reference"]

    async def work() -> None:
        async with receiving() as receiver:
            to_be_called(bureaus, receiver)
            mine = calling(bureaus, receiver)
            task = asyncio.create_task(mine.keep_calling())
            while not receiver.calls:
                await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert receiver.told() == [("new", reference)]
            assert bureaus.store.read(lambda c: c.execute(select(database.lease)).all()) == []

    run(work())


def test_what_is_not_allowed_any_more_is_not_called(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, diffusion())

    async def work() -> None:
        async with receiving() as receiver:
            identity = to_be_called(bureaus, receiver)
            for hosts in ("", f"127.0.0.1:{receiver.port}", f"127.0.0.1:{receiver.port}=10.0.0.0/8"):
                mine = calling(bureaus, receiver)
                mine.hosts = addresses.hosts(hosts)
                due_now(bureaus)
                await mine.turn()
                assert state(bureaus, identity).trouble == "forbidden address"
            assert receiver.connections == 0

    run(work())


def test_tls_is_tls() -> None:
    """A receiver that speaks none is not told in the clear, and one that proves nothing is not believed."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(DOWN)
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            host = addresses.hosts(f"127.0.0.1:{port}=127.0.0.0/8")
            place = addresses.target(f"https://127.0.0.1:{port}/", host)
            with pytest.raises(calls.Undelivered, match="tls"):
                await calls.connected(place, calls.secret(KEY, "x")).__aenter__()

    run(work())
    context = calls._tls()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_who_asks_and_is_called_is_told_the_same(bureaus: Bureaus) -> None:
    references = [sent(bureaus.tunis, diffusion()).json()["reference"] for _ in range(3)]

    async def work() -> Receiver:
        async with receiving() as receiver:
            copy = Copy(bureaus.madrid, to_be_called(bureaus, receiver))
            copy.follow()
            await calling(bureaus, receiver).turn()
            assert set(copy.held) == set(references)
            assert receiver.bodies == list(copy.held.values())
            return receiver

    run(work())


ALLOWED = addresses.hosts(
    "cases.example:443 gate.example:8443=10.20.0.0/16,fd00::/8 localhost:9000=127.0.0.0/8"
)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://cases.example", "/"),
        ("https://CASES.example:443/in?box=1", "/in?box=1"),
        ("https://gate.example:8443/in", "/in"),
        ("http://localhost:9000/in", "/in"),
    ],
)
def test_an_address_that_is_allowed(url: str, path: str) -> None:
    assert addresses.target(url, ALLOWED).path == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cases.example",
        "https://",
        "https:///in",
        "https://cases.example:444/",
        "https://cases.example.evil.example/",
        "https://evil.example/cases.example",
        "https://evil.example#cases.example",
        "https://cases.example@evil.example/",
        "https://user:secret@cases.example/",
        "https://cases.example/#part",
        "https://cases.example:port/",
        "https://cases.example:99999/",
        "https://cases.example/\r\nHost: evil.example",
        "https://cases.example/a b",
        "https://cases.example/ü",
        "https://cäses.example/",
        "http://cases.example:443/",
        "http://gate.example:8443/",
        "ftp://cases.example/",
        "file:///etc/passwd",
        "https://[::1]:443/",
        "https://cases.example/" + "a" * 1000,
    ],
)
def test_an_address_that_is_not(url: str) -> None:
    with pytest.raises(addresses.Forbidden):
        addresses.target(url, ALLOWED)


@pytest.mark.parametrize(
    "text", ["cases.example", "a:0", "a:65536", "a:x", "a b:1", "-:1", "a:1=10.0.0.1/8", "a:1=x"]
)
def test_settings_that_name_no_host(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, the settings name the variable
        addresses.hosts(text)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("2002:a00:1::1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::7f00:1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_which_addresses_are_anybodys(address: str, public: bool) -> None:
    assert addresses.is_public(ip_address(address)) is public
    host = addresses.hosts("a.example:443")[0]
    assert host.admits(ip_address(address)) is public


@pytest.mark.parametrize(
    ("found", "admitted"),
    [
        (["10.20.1.1"], "10.20.1.1"),
        (["10.20.1.1", "10.21.1.1"], None),
        (["127.0.0.1"], None),
        (["93.184.216.34"], None),
    ],
)
def test_a_name_is_called_only_at_its_addresses(
    monkeypatch: pytest.MonkeyPatch, found: list[str], admitted: str | None
) -> None:
    gate = ALLOWED[1]

    async def work() -> str:
        async def looked_up(*_args: Any, **_more: Any) -> Any:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 8443)) for one in found]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up)
        return await addresses.resolve(gate)

    if admitted is None:
        with pytest.raises(addresses.Forbidden):
            run(work())
    else:
        assert run(work()) == admitted


def test_it_waits_longer_each_time_but_never_for_good() -> None:
    waits = [webhooks.wait(failures) for failures in range(60)]
    assert all(timedelta(seconds=2.5) <= wait <= timedelta(hours=1) for wait in waits)
    assert waits[0] < waits[2] < waits[5] < waits[8]
    assert len({webhooks.wait(5) for _ in range(20)}) > 1
    assert sum(waits, timedelta()) > timedelta(days=1)


def test_the_call_is_described(bureaus: Bureaus) -> None:
    described = bureaus.client().get("/api/v1/openapi.json").json()
    call = described["webhooks"]["delivery"]["post"]
    assert {one["name"] for one in call["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    schema = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert schema.rpartition("/")[2] in described["components"]["schemas"]


def test_a_short_key_is_refused() -> None:
    from ilink_runtime.settings import from_environment

    for environment in ({"ILINK_WEBHOOK_KEY": "short"}, {"ILINK_WEBHOOK_HOSTS": "no-port"}):
        (name,) = environment
        with pytest.raises(ValueError, match=name):
            from_environment(environment)
    settings = from_environment({"ILINK_WEBHOOK_KEY": KEY, "ILINK_WEBHOOK_HOSTS": "a.example:443"})
    assert settings.webhook_hosts[0].port == 443
    assert KEY not in repr(settings)


def test_the_answer_may_be_long_but_is_not_read_to_its_end(bureaus: Bureaus) -> None:
    sent(bureaus.tunis, diffusion())
    long = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 200_000

    async def work() -> None:
        async with receiving(long) as receiver:
            identity = to_be_called(bureaus, receiver)
            await calling(bureaus, receiver).turn()
            assert state(bureaus, identity).sent == 1
            assert receiver.calls

    run(work())
