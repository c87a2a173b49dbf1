"""The store: many readers beside one writer, and what a write acknowledged is on disk.

SQLite takes one writer at a time, and a commit waits for the disk. So one thread writes, and
commits together whatever waits in its queue; one job that fails leaves the others whole. Where
several came together they will come again, so it waits a moment for them; one who comes alone
never waits. PostgreSQL does all this by itself.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock, Thread, current_thread
from time import sleep
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, TimeoutError

from ilink_runtime.database import cursor, open_engine
from ilink_runtime.problems import Problem

T = TypeVar("T")
Work = Callable[[Connection], T]
Outcome = tuple[Any, Exception | None]

BATCH = 64
WAITING = 1024
THREADS = 8
IDLE_SECONDS = 1.0
GLANCES = 10
GLANCE_SECONDS = 0.001

#: SQLite's codes for "not now": busy, locked, memory, read-only, I/O, full, cannot open, protocol.
_NOT_NOW = frozenset({5, 6, 7, 8, 10, 13, 14, 15})


class Store:
    """A database open for work: `read` and `write` block, `aread` and `awrite` are awaited."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._reading = self.engine
        self._writer: SingleWriter | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="ilink-store")
        if self.engine.dialect.name == "sqlite":
            self._writer = SingleWriter(open_engine(url))  # its own connection, so that its pages stay known
        else:
            self._reading = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    def read(self, work: Work[T]) -> T:
        """Runs a reading function on one unchanging view of the database."""
        return _transaction(self._reading, work)

    def write(self, work: Work[T]) -> T:
        """Runs a writing function in one transaction; when this returns, the disk has it.

        The function may be run again from the start, so it leaves nothing but rows behind.
        """
        return self._writing(work).result()

    async def aread(self, work: Work[T]) -> T:
        """`read` without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, work)

    async def aglance(self, work: Work[T]) -> T:
        """`aread` for a row or two by their key: in SQLite that takes less than to ask another thread."""
        return self.read(work) if self._writer is not None else await self.aread(work)

    async def awrite(self, work: Work[T]) -> T:
        """`write` without holding up the event loop."""
        return await asyncio.wrap_future(self._writing(work))

    def close(self) -> None:
        """Finishes the writes that wait, takes no more, and closes the database."""
        if self._writer is not None:
            self._writer.close()
        self._threads.shutdown()
        self.engine.dispose()

    def _writing(self, work: Work[T]) -> Future[T]:
        if self._writer is not None:
            return self._writer.submit(work)
        return self._threads.submit(_transaction, self.engine, work)


@dataclass(frozen=True, slots=True)
class Job:
    """A write that waits, and where its result goes."""

    work: Work[Any]
    answer: Future[Any]


class SingleWriter:
    """The one thread that writes to SQLite."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._waiting: queue.Queue[Job | None] = queue.Queue(WAITING)
        self._open = True
        self._door = Lock()
        self._thread = Thread(target=self._run, name="ilink-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Puts a job in the queue; refused when it is full or closed."""
        if current_thread() is self._thread:
            raise RuntimeError("A write cannot wait for another write: use the connection it was given.")
        answer: Future[T] = Future()
        with self._door:
            if not self._open:
                raise busy()
            try:
                self._waiting.put_nowait(Job(work, answer))
            except queue.Full:
                raise busy() from None
        return answer

    def close(self) -> None:
        """Lets the thread finish what waits, and ends it."""
        with self._door:
            if self._open:
                self._open = False
                self._waiting.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        settled, crowd = True, 1
        while True:
            try:
                first = self._waiting.get(timeout=None if settled else IDLE_SECONDS)
            except queue.Empty:
                settled = self._empty_log()
                continue
            self._await(crowd)
            jobs = self._gather(first)
            commit_together(self._engine, [job for job in jobs if job is not None])
            settled, crowd = False, len(jobs)
            if jobs[-1] is None:
                return

    def _await(self, crowd: int) -> None:
        """Waits a moment for the others of a crowd: who was answered together comes again together."""
        for _glance in range(GLANCES):
            if self._waiting.qsize() + 1 >= crowd:
                return
            sleep(GLANCE_SECONDS)

    def _gather(self, first: Job | None) -> list[Job | None]:
        """The first job and all that wait behind it, as many as a commit takes."""
        jobs = [first]
        while len(jobs) < BATCH and jobs[-1] is not None:
            try:
                jobs.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return jobs

    def _empty_log(self) -> bool:
        """Empties the write-ahead log in a quiet moment: what was deleted must not linger there."""
        try:
            with self._engine.connect() as connection:
                found = connection.connection.cursor()
                found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                blocked = found.fetchone()[0]  # type: ignore[index]
                return not blocked
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error):
            return False


def commit_together(engine: Engine, jobs: list[Job]) -> None:
    """Runs jobs in one transaction and answers each after the commit; without the commit, none."""
    jobs = [job for job in jobs if job.answer.set_running_or_notify_cancel()]
    if not jobs:
        return
    for job, (value, failure) in zip(jobs, _outcomes(engine, [job.work for job in jobs]), strict=True):
        if failure is not None:
            job.answer.set_exception(failure)
        else:
            job.answer.set_result(value)


def _outcomes(engine: Engine, works: list[Work[Any]]) -> list[Outcome]:
    """What became of each: seldom one fails, and then all begin again, each in a savepoint.

    With savepoints from the start SQLite would copy every page that a job touches, and write a piece
    of the full-text index for each job: that costs nearly as much as the rows.
    """
    try:
        return _committed(engine, works, _whole)
    except Exception as error:
        problem = _as_problem(engine, error)
        if len(works) == 1 or problem is not error:  # it is the database that cannot
            return [(None, problem)] * len(works)
    try:
        return _committed(engine, works, _apart)
    except Exception as error:
        return [(None, _as_problem(engine, error))] * len(works)


def _committed(
    engine: Engine, works: list[Work[Any]], run: Callable[[Connection, Work[Any]], Outcome]
) -> list[Outcome]:
    """Runs all in one transaction; whatever is raised takes it back."""
    with engine.connect() as connection, connection.begin():
        outcomes = []
        for work in works:
            outcomes.append(run(connection, work))
            _insist_on_transaction(connection)
        return outcomes


def _whole(connection: Connection, work: Work[Any]) -> Outcome:
    """Runs one of several jobs so that its failure is the failure of all."""
    return work(connection), None


def _apart(connection: Connection, work: Work[Any]) -> Outcome:
    """Runs one of several jobs so that its failure takes back only its own rows."""
    driver = cursor(connection)
    driver.execute("SAVEPOINT job")
    try:
        value = work(connection)
    except Exception as error:
        _insist_on_transaction(connection)
        driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")
        return None, _as_problem(connection.engine, error)
    _insist_on_transaction(connection)
    driver.execute("RELEASE job")
    return value, None


def _insist_on_transaction(connection: Connection) -> None:
    """On a full disk SQLite itself takes the whole transaction back; going on would write half of it."""
    if not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        raise busy()


def _transaction(engine: Engine, work: Work[T]) -> T:
    try:
        with engine.connect() as connection, connection.begin():
            return work(connection)
    except Exception as error:
        if (problem := _as_problem(engine, error)) is error:
            raise
        raise problem from error


def _as_problem(engine: Engine, error: Exception) -> Exception:
    """Says busy when the database cannot work now; any other error stays itself."""
    driver = engine.dialect.loaded_dbapi
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, TimeoutError):
        return busy()
    if engine.dialect.name == "sqlite":
        code = getattr(cause, "sqlite_errorcode", None)
        return busy() if code is not None and code & 0xFF in _NOT_NOW else error
    return busy() if isinstance(cause, driver.OperationalError | driver.InterfaceError) else error


def busy() -> Problem:
    """Nothing was stored; the caller may come again."""
    return Problem(
        503, "busy", "The database cannot do this now. Nothing was stored.", headers={"Retry-After": "5"}
    )
