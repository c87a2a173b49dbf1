"""Files: tied to the messages that name them, gone with the last one, and nobody else's by their hash."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from ilink_runtime import bundle as bundles
from ilink_runtime import database, drafts, files, messages, submission
from ilink_runtime.access import Reader
from ilink_runtime.bundle import Bundle
from ilink_runtime.messages import Receipt
from ilink_runtime.opening import open_store
from ilink_runtime.problems import Problem
from ilink_runtime.writer import Store
from tests.store.conftest import establish
from tests.store.desk import MADRID, TUNIS, diffusion, send

MOST = 1000
PNG = b"\x89PNG\r\n\x1a\n" + b"an invented picture"
PDF = b"%PDF-1.7 an invented warrant"


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The whole standard: it has attachments."""
    return bundles.read()


def uploaded(store: Store, content: bytes, reader: Reader = TUNIS, declared: str = "image/png") -> str:
    known = files.examine(content, declared, MOST)
    store.write(lambda c: files.keep(c, reader, content, known))
    return known.sha256


def showing(*hashes: str) -> dict[str, Any]:
    photographs = [{"file_name": f"{number}.png", "sha256": hash_} for number, hash_ in enumerate(hashes)]
    message = diffusion()
    message["subject"]["photographs"] = photographs
    return message


def held(store: Store, receipt: Receipt) -> set[str]:
    return set(store.read(lambda c: files.of_message(c, receipt.message_id)))


def stored(store: Store) -> set[tuple[str, str]]:
    table = database.file
    return {(row.owner, row.sha256) for row in store.read(lambda c: c.execute(select(table)).all())}


def deleted(store: Store, receipt: Receipt) -> None:
    store.write(lambda c: submission.delete(c, TUNIS, receipt.reference, receipt.etag))


def aged(store: Store, age: timedelta) -> None:
    at = database.instant(datetime.now(UTC) - age)
    store.write(lambda c: c.execute(update(database.file).values(uploaded_at=at)))


def test_a_message_holds_what_its_owner_uploaded(store: Store, bundle: Bundle) -> None:
    picture, only_described = uploaded(store, PNG), sha256(b"never uploaded").hexdigest()
    receipt = send(store, bundle, showing(picture, only_described))
    found = store.read(lambda c: files.of_message(c, receipt.message_id))
    assert found == {picture: files.File(picture, "image/png", len(PNG))}
    assert store.read(lambda c: files.content(c, "TN", picture)) == PNG


def test_a_hash_is_read_in_capitals_too(store: Store, bundle: Bundle) -> None:
    picture = uploaded(store, PNG)
    assert held(store, send(store, bundle, showing(picture.upper()))) == {picture}


def test_the_hash_of_another_bureaus_file_says_nothing(store: Store, bundle: Bundle) -> None:
    picture = uploaded(store, PNG, MADRID)
    receipt = send(store, bundle, showing(picture))
    assert held(store, receipt) == set()
    assert uploaded(store, PNG) == picture
    assert stored(store) == {("TN", picture), ("ES", picture)}
    assert held(store, receipt) == set()


def test_a_file_goes_with_the_last_message_that_holds_it(store: Store, bundle: Bundle) -> None:
    shared, own = uploaded(store, PNG), uploaded(store, PNG + b"2")
    uploaded(store, PNG, MADRID)
    first, second = send(store, bundle, showing(shared, own)), send(store, bundle, showing(shared))
    deleted(store, first)
    assert stored(store) == {("TN", shared), ("ES", shared)}
    deleted(store, second)
    assert stored(store) == {("ES", shared)}


def test_an_amendment_holds_what_it_names(store: Store, bundle: Bundle) -> None:
    stays, goes = uploaded(store, PNG), uploaded(store, PNG + b"wrong man")
    receipt = send(store, bundle, showing(stays, goes))
    comes = uploaded(store, PNG + b"right man")
    amended = store.write(
        lambda c: submission.amend(
            c, bundle, TUNIS, receipt.reference, showing(stays, comes), receipt.etag
        )
    )  # fmt: skip
    assert held(store, amended) == {stays, comes}
    assert stored(store) == {("TN", stays), ("TN", comes)}


def test_a_draft_keeps_a_file(store: Store, bundle: Bundle) -> None:
    picture = uploaded(store, PNG)
    receipt = send(store, bundle, showing(picture))
    body = showing(picture)
    draft = store.write(lambda c: drafts.create(c, TUNIS, body["message_type"], "en", body, bundle.version))
    deleted(store, receipt)
    aged(store, timedelta(days=3))
    assert store.write(files.sweep) == 0
    assert stored(store) == {("TN", picture)}
    store.write(lambda c: drafts.delete(c, TUNIS, draft.id))
    assert store.write(files.sweep) == 1
    assert stored(store) == set()


def test_the_draft_of_a_deleted_message_keeps_nothing(store: Store, bundle: Bundle) -> None:
    receipt = send(store, bundle, showing(uploaded(store, PNG)))

    def draft(connection: Connection) -> None:
        found = messages.find(connection, TUNIS, receipt.reference)
        assert found is not None
        drafts.create(connection, TUNIS, found.envelope["type"], "en", found.message, bundle.version, found)

    store.write(draft)
    deleted(store, receipt)
    assert stored(store) == set()


def test_what_nothing_names_is_swept_after_a_day(store: Store, bundle: Bundle) -> None:
    named, waiting = uploaded(store, PNG), uploaded(store, PDF, declared="application/pdf")
    send(store, bundle, showing(named))
    aged(store, timedelta(hours=23))
    assert store.write(files.sweep) == 0
    aged(store, timedelta(hours=25))
    uploaded(store, PDF, declared="application/pdf")  # again: it waits another day
    assert store.write(files.sweep) == 0
    aged(store, timedelta(hours=25))
    assert store.write(files.sweep) == 1
    assert stored(store) == {("TN", named)}
    assert waiting != named


def test_a_message_that_fails_holds_nothing(store: Store, bundle: Bundle) -> None:
    picture = uploaded(store, PNG)

    def fails(connection: Connection) -> None:
        submission.record(connection, bundle, TUNIS, showing(picture))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fails)
    ties = store.read(lambda c: c.scalar(select(func.count()).select_from(database.message_file)))
    assert (ties, stored(store)) == (0, {("TN", picture)})


def test_who_may_not_write_uploads_nothing(store: Store) -> None:
    with pytest.raises(Problem, match="scope"):
        uploaded(store, PNG, Reader("TN", "token:reads", may_write=False))
    assert stored(store) == set()


def test_an_upload_is_audited_without_its_content(store: Store) -> None:
    uploaded(store, PNG)
    row = store.read(lambda c: c.execute(select(database.audit)).all())[-1]
    assert (row.action, row.bureau, row.detail) == ("upload", "TN", f'{{"size":{len(PNG)}}}')


def test_messages_that_come_and_go_together_share_a_file(store: Store, bundle: Bundle) -> None:
    """Whatever order they take: a message holds a file that is there, or none."""
    for _ in range(6):
        picture = uploaded(store, PNG)
        first = send(store, bundle, showing(picture))
        steps: list[Callable[[], Any]] = [
            partial(deleted, store, first),
            *[partial(send, store, bundle, showing(picture)) for _ in range(3)],
            partial(store.write, files.sweep),
        ]
        with ThreadPoolExecutor(len(steps)) as crew:
            came = [done for done in crew.map(lambda step: step(), steps) if isinstance(done, Receipt)]
        for receipt in came:
            assert held(store, receipt) in ({picture}, set())
            deleted(store, receipt)
        assert not {hash_ for _owner, hash_ in stored(store)} - {picture}


def test_deleted_bytes_are_in_no_file_of_sqlite(tmp_path: Path, bundle: Bundle) -> None:
    mark = b"a mark that stands nowhere else"
    with closing(open_store(f"sqlite:///{tmp_path / 'ilink.db'}", bundle)) as store:
        store.write(establish)
        receipt = send(store, bundle, showing(uploaded(store, PNG + mark * 20)))
        assert any(mark in path.read_bytes() for path in tmp_path.iterdir())
        deleted(store, receipt)
    assert not any(mark in path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "", "image/png"),
        (PNG, "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/png", "image/jpeg"),
        (b"GIF89a...", "application/octet-stream", "image/gif"),
        (b"RIFF\n\x00\x00\nWEBPVP8 ", "image/webp", "image/webp"),
        (b"RIFF\n\x00\x00\nWAVEfmt ", "audio/wav", "audio/wav"),
        (PDF, "Application/PDF; version=1.7", "application/pdf"),
        (b"<svg/>", "image/svg+xml", "image/svg+xml"),
        (b"anything", "", "application/octet-stream"),
    ],
)
def test_a_picture_is_known_by_its_bytes(content: bytes, declared: str, found: str) -> None:
    known = files.examine(content, declared, MOST)
    assert known == files.File(sha256(content).hexdigest(), found, len(content))
    assert known.is_picture == (found in files.PICTURES)
    assert "image/svg+xml" not in files.PICTURES


@pytest.mark.parametrize(
    ("content", "declared", "refusal"),
    [
        (b"", "image/png", (422, "bad_file")),
        (b"<html><script>", "image/jpeg", (422, "bad_file")),
        (b"<html><script>", "IMAGE/WEBP", (422, "bad_file")),
        (b"x" * (MOST + 1), "text/plain", (413, "too_large")),
        (b"x", "nonsense", (422, "bad_file")),
        (b"x", "text/" + "x" * 200, (422, "bad_file")),
        (b"x", "text/x\r\nSet-Cookie: a=b", (422, "bad_file")),
    ],
)
def test_what_cannot_be_taken_is_refused(content: bytes, declared: str, refusal: tuple[int, str]) -> None:
    with pytest.raises(Problem) as caught:
        files.examine(content, declared, MOST)
    assert (caught.value.status, caught.value.code) == refusal
    assert caught.value.detail
