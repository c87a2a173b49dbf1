"""One Chromium and one server for all browser tests; a window of its own for everybody in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, house
from tests.browser.house import House
from tests.browser.visitor import Visitor

#: Makes a visitor: of a bureau ("TN") in a language, or with "" of nobody.
Visit = Callable[..., Visitor]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures` takes the pictures of the docs anew."""
    parser.addoption("--pictures", action="store_true", help="take docs/pictures/*.png anew")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pictures are taken when asked for, not by every run."""
    if collection_path.name == "test_pictures.py" and not config.getoption("--pictures", default=False):
        return True
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser."""
    with chromium.started() as found:
        yield found


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The server that all tests share; each brings messages of its own."""
    with house.opened(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, desk: House) -> Iterator[Visit]:
    """Opens windows; none may have complained about anything when the test ends."""
    opened: list[Visitor] = []

    def open_window(place: str, language: str, **options: object) -> Visitor:
        visitor = Visitor(browser, desk, language, **options)
        opened.append(visitor)
        if place:
            visitor.sit(house.officer(place, language))
        return visitor

    yield open_window
    for visitor in opened:
        visitor.close()
