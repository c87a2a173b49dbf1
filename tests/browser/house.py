"""The server these tests visit: four bureaus, an officer of each in every language. All invented."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from ilink_runtime import database, messages, people, serving, submission
from ilink_runtime.access import Reader
from ilink_runtime.app import create_app
from ilink_runtime.bundle import DEFAULT
from ilink_runtime.languages import Gettext, Languages, Ngettext
from ilink_runtime.messages import Receipt
from ilink_runtime.settings import Settings
from ilink_runtime.writer import Store

LANGUAGES = ("en", "ar", "es", "fr")
PASSWORD = "a long invented password"
PURPOSE = "wanted_person"
STARTING_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A bureau, and how its officers are called."""

    code: str
    kind: str
    name: str
    officer: str
    zone: str


PLACES = (
    Place("TN", "ncb", "NCB Tunis", "هالة بن ميلاد", "Africa/Tunis"),
    Place("IPSG", "secretariat", "General Secretariat, Lyon", "Étienne Valcourbe", "Europe/Paris"),
    Place("ES", "ncb", "NCB Madrid", "Candela Ortuñedo", "Europe/Madrid"),
    Place("GB", "ncb", "NCB London", "Winifred Ashgrove", "Europe/London"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say in one language."""

    language: str
    say: Gettext
    count: Ngettext
    texts: dict[str, str]

    def title(self, key: str) -> str:
        """The title of an element of the standard."""
        return self.texts[f"{key}.title"]


class House:
    """A running server."""

    def __init__(self, app: FastAPI, address: str) -> None:
        self.app = app
        self.address = address
        self.store: Store = app.state.store
        self._secrets: dict[str, str] = {}

    def words(self, language: str) -> Words:
        """What its pages say in a language."""
        languages: Languages = self.app.state.languages
        texts = self.app.state.bundle.texts[language]
        return Words(language, languages.gettext(language), languages.ngettext(language), texts)

    def session(self, username: str) -> str:
        """The secret of an officer's session: signed in without the page, where that is not the point."""
        if username not in self._secrets:
            self._secrets[username] = self.new_session(username)
        return self._secrets[username]

    def new_session(self, username: str) -> str:
        """The secret of one more session."""
        user_id = self.store.read(
            lambda c: c.scalar(select(database.user.c.id).where(database.user.c.username == username))
        )
        check = people.Check(username, user_id, reader(username))
        secret = self.store.write(lambda c: people.open_session(c, check))
        assert secret is not None
        return secret

    def record(self, username: str, message: dict[str, Any]) -> Receipt:
        """Records a message of an officer, as if it had been sent from another desk."""
        bundle = self.app.state.bundle
        receipt = self.store.write(lambda c: submission.record(c, bundle, reader(username), message))
        self.app.state.feed.look()
        return receipt

    def publish(self, reference: str, language: str = "fr") -> None:
        """Publishes a notice, as if at another desk of the General Secretariat."""
        bundle, lyon = self.app.state.bundle, reader(officer("IPSG", language))

        def work(connection: Any) -> None:
            stored = messages.find(connection, lyon, reference)
            assert stored is not None
            submission.publish(connection, bundle, lyon, reference, stored.etag)

        self.store.write(work)
        self.app.state.feed.look()


def officer(place: str, language: str) -> str:
    """The user name of the officer of a bureau who reads a language."""
    return f"{place.lower()}-{language}"


def reader(username: str) -> Reader:
    """What an officer may see."""
    code = username.partition("-")[0].upper()
    place = next(place for place in PLACES if place.code == code)
    return Reader(code, f"user:{username}", PURPOSE, secretariat=place.kind == "secretariat")


@contextmanager
def opened(folder: Path, *, demo: bool = False, standard: Path = DEFAULT) -> Iterator[House]:
    """A server on a free port and a fresh database, until the end of the block."""
    app = create_app(Settings(database=f"sqlite:///{folder / 'ilink.sqlite3'}", demo=demo, standard=standard))
    app.state.store.write(_settle)
    with serving.listen("127.0.0.1", 0) as listener:
        server = serving.Server(serving.config(app), app.state.feed)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            _wait_for(server, thread)
            yield House(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            app.state.feed.stop()
            thread.join(serving.GRACE_SECONDS + 5)
    assert not thread.is_alive(), "the server did not stop"


def _settle(connection: Any) -> None:
    for place in PLACES:
        people.create_bureau(connection, place.code, place.kind, place.name)
        for language in LANGUAGES:
            people.create_user(
                connection,
                officer(place.code, language),
                place.officer,
                place.code,
                PASSWORD,
                language,
                place.zone,
            )


def _wait_for(server: serving.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server takes too long to start"
        time.sleep(0.02)
