"""What a write acknowledged is stored, what it refused is not, and no half is ever seen."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ilink_runtime import writer
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Job, SingleWriter, Store
from tests import event_loop


@pytest.fixture
def notes(url: str) -> Iterator[Store]:
    """A store with one table, in which writing can be watched."""
    store = Store(url)
    store.write(lambda c: c.execute(text("CREATE TABLE note (word VARCHAR(200) PRIMARY KEY)")))
    yield store
    store.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """The same on SQLite alone, for what only its single writer has to do."""
    store = Store(f"sqlite:///{tmp_path / 'ilink.db'}")
    store.write(lambda c: c.execute(text("CREATE TABLE note (word VARCHAR(200) PRIMARY KEY)")))
    yield store
    store.close()


def put(connection: Connection, word: str) -> str:
    connection.execute(text("INSERT INTO note VALUES (:word)"), {"word": word})
    return word


def put_and_fail(connection: Connection, word: str) -> str:
    put(connection, word)
    raise ValueError(word)


def words(store: Store) -> set[str]:
    return set(store.read(lambda c: c.scalars(text("SELECT word FROM note")).all()))


def held_up(store: Store, jobs: list[Any]) -> list[Future[Any]]:
    """Puts jobs in the queue while the writer is busy, so that they come in one batch."""
    assert store._writer is not None
    started, go = Event(), Event()

    def wait(_: Connection) -> None:
        started.set()
        go.wait()

    first = store._writer.submit(wait)
    started.wait()
    answers = [store._writer.submit(job) for job in jobs]
    go.set()
    first.result()
    return answers


def test_a_write_gives_its_result_and_is_stored(notes: Store) -> None:
    assert notes.write(lambda c: put(c, "one")) == "one"
    assert words(notes) == {"one"}


def test_a_write_that_fails_says_why_and_leaves_nothing(notes: Store) -> None:
    with pytest.raises(ValueError, match="two"):
        notes.write(lambda c: put_and_fail(c, "two"))
    assert words(notes) == set()


def test_many_at_once_are_all_stored(notes: Store) -> None:
    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(notes.awrite(lambda c, n=n: put(c, str(n))) for n in range(200)))  # type: ignore[misc]

    assert event_loop.run(all_at_once()) == [str(n) for n in range(200)]
    assert len(words(notes)) == 200


def test_one_of_many_that_fails_harms_no_other(notes: Store) -> None:
    async def all_at_once() -> list[Any]:
        jobs = [
            notes.awrite(lambda c, n=n: (put_and_fail if n % 3 == 0 else put)(c, str(n)))  # type: ignore[misc]
            for n in range(30)
        ]
        return await asyncio.gather(*jobs, return_exceptions=True)

    outcomes = event_loop.run(all_at_once())
    assert [isinstance(outcome, ValueError) for outcome in outcomes] == [n % 3 == 0 for n in range(30)]
    assert words(notes) == {str(n) for n in range(30) if n % 3}


def test_a_read_awaited_sees_what_was_written(notes: Store) -> None:
    async def write_then_read() -> int | None:
        await notes.awrite(lambda c: put(c, "one"))
        return await notes.aread(lambda c: c.scalar(text("SELECT count(*) FROM note")))

    assert event_loop.run(write_then_read()) == 1


def test_a_reader_sees_one_state_from_beginning_to_end(notes: Store) -> None:
    def twice(connection: Connection) -> tuple[int, int]:
        first = connection.scalar(text("SELECT count(*) FROM note"))
        notes.write(lambda c: put(c, "between"))
        return first or 0, connection.scalar(text("SELECT count(*) FROM note")) or 0

    assert notes.read(twice) == (0, 0)
    assert words(notes) == {"between"}


def test_after_close_nothing_is_taken(url: str) -> None:
    store = Store(url)
    store.close()
    store.close()
    with pytest.raises((Problem, RuntimeError)):
        store.write(lambda c: put(c, "late"))


def test_the_disk_is_asked_to_keep_every_commit(sqlite: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert sqlite.read(lambda c: {name: c.scalar(text(f"PRAGMA {name}")) for name in wanted}) == wanted


def test_what_waits_is_committed_together(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    together = writer.commit_together

    def counted(engine: Any, jobs: list[Job]) -> None:
        sizes.append(len(jobs))
        together(engine, jobs)

    monkeypatch.setattr(writer, "commit_together", counted)
    answers = held_up(sqlite, [lambda c, n=n: put(c, str(n)) for n in range(writer.BATCH + 10)])
    assert [answer.result() for answer in answers] == [str(n) for n in range(writer.BATCH + 10)]
    assert sizes == [1, writer.BATCH, 10]


def test_the_work_of_a_batch_is_done_once_unless_one_fails(sqlite: Store) -> None:
    """Whoever fails alone harms nobody: what the others wrote is taken back, and written again."""
    begun: list[str] = []

    def noted(connection: Connection, word: str) -> str:
        begun.append(word)
        return put_and_fail(connection, word) if word == "bad" else put(connection, word)

    for answer in held_up(sqlite, [lambda c, n=n: noted(c, str(n)) for n in range(3)]):
        answer.result()
    assert begun == ["0", "1", "2"]
    begun.clear()
    good, bad, last = held_up(sqlite, [lambda c, w=w: noted(c, w) for w in ("good", "bad", "last")])
    assert (good.result(), last.result()) == ("good", "last")
    assert isinstance(bad.exception(), ValueError)
    assert begun == ["good", "bad", "good", "bad", "last"]
    assert words(sqlite) == {"0", "1", "2", "good", "last"}


def test_a_close_lets_finish_what_waits(tmp_path: Path) -> None:
    path = tmp_path / "ilink.db"
    store = Store(f"sqlite:///{path}")
    store.write(lambda c: c.execute(text("CREATE TABLE note (word VARCHAR(200) PRIMARY KEY)")))
    answers = held_up(store, [lambda c, n=n: put(c, str(n)) for n in range(20)])
    store.close()
    assert all(answer.done() for answer in answers)
    assert not path.with_name("ilink.db-wal").exists()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM note").fetchone() == (20,)
    connection.close()


def test_who_gave_up_waiting_writes_nothing(sqlite: Store) -> None:
    async def give_up() -> None:
        assert sqlite._writer is not None
        started, go = Event(), Event()

        def wait(_: Connection) -> None:
            started.set()
            go.wait()

        first = asyncio.ensure_future(sqlite.awrite(wait))
        await asyncio.to_thread(started.wait)
        second = asyncio.ensure_future(sqlite.awrite(lambda c: put(c, "given up")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        go.set()
        await first

    event_loop.run(give_up())
    assert words(sqlite) == set()


def test_a_full_queue_says_busy(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAITING", 2)
    small = SingleWriter(sqlite.engine)
    started, go = Event(), Event()

    def wait(_: Connection) -> None:
        started.set()
        go.wait()

    small.submit(wait)
    started.wait()
    small.submit(lambda c: put(c, "0"))
    small.submit(lambda c: put(c, "1"))
    with pytest.raises(Problem) as caught:
        small.submit(lambda c: put(c, "too many"))
    go.set()
    small.close()
    assert (caught.value.status, caught.value.code) == (503, "busy")
    assert words(sqlite) == {"0", "1"}


def test_a_write_inside_a_write_is_a_mistake(sqlite: Store) -> None:
    with pytest.raises(RuntimeError, match="connection it was given"):
        sqlite.write(lambda _: sqlite.write(lambda c: put(c, "inner")))


@pytest.fixture
def full(sqlite: Store) -> Store:
    """A store whose disk is nearly full: the writer's one connection may not make the file much longer."""
    pages = sqlite.read(lambda c: c.scalar(text("PRAGMA page_count"))) or 0
    sqlite.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}"))
    return sqlite


def many(connection: Connection, first: int) -> None:
    for number in range(first, first + 200):
        put(connection, f"{number:0200}")


def test_a_full_disk_says_busy_and_stores_no_half(full: Store) -> None:
    with pytest.raises(Problem) as caught:
        full.write(lambda c: many(c, 0))
    assert (caught.value.status, caught.value.code) == (503, "busy")
    assert words(full) == set()
    assert full.write(lambda c: put(c, "small")) == "small"


def test_a_disk_that_fills_in_a_batch_says_busy_to_all(full: Store) -> None:
    jobs: list[Any] = [lambda c: put(c, "before"), lambda c: many(c, 0), lambda c: put(c, "after")]
    answers = held_up(full, jobs)
    refused = [answer.exception() for answer in answers]
    stored = {answer.result() for answer, failure in zip(answers, refused, strict=True) if failure is None}
    assert all(isinstance(failure, Problem) for failure in refused if failure is not None)
    assert refused[1] is not None
    assert words(full) == stored


def test_a_locked_database_says_busy(sqlite: Store) -> None:
    sqlite.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(str(sqlite.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Problem) as caught:
            sqlite.write(lambda c: put(c, "one"))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})
    assert sqlite.write(lambda c: put(c, "one")) == "one"


def test_a_mistake_in_a_statement_is_not_called_busy(notes: Store) -> None:
    with pytest.raises(Exception, match="nowhere"):
        notes.write(lambda c: c.execute(text("INSERT INTO nowhere VALUES (1)")))


def test_an_idle_writer_empties_its_log(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "IDLE_SECONDS", 0.05)
    log = Path(f"{sqlite.engine.url.database}-wal")
    sqlite.write(lambda c: put(c, "benhaddou"))
    assert b"benhaddou" in log.read_bytes()
    sqlite.write(lambda c: c.execute(text("DELETE FROM note")))
    for _ in range(100):
        if log.stat().st_size == 0:
            break
        Event().wait(0.05)
    assert log.stat().st_size == 0
    assert b"benhaddou" not in Path(str(sqlite.engine.url.database)).read_bytes()


@pytest.mark.postgres
def test_a_server_that_is_away_says_busy() -> None:
    store = Store("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    with pytest.raises(Problem) as caught:
        store.read(lambda c: c.scalar(text("SELECT 1")))
    store.close()
    assert caught.value.code == "busy"
