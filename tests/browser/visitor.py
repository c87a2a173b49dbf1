"""Somebody in front of a browser, who notes down everything the browser complains about."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

from ilink_runtime.signin import COOKIE
from tests.browser.house import House, Words

WIDE = {"width": 1100, "height": 800}
PATIENCE = 8_000

#: Violations of the Content-Security-Policy come as console errors too, but not every kind in every version.
_REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`Content-Security-Policy: ${event.violatedDirective} ${event.blockedURI}`))"""


class Visitor:
    """A browser window of its own, with its cookies, in the language of one officer."""

    def __init__(self, browser: Browser, house: House, language: str, **options: Any) -> None:
        self.house = house
        self.words: Words = house.words(language)
        self.context: BrowserContext = browser.new_context(
            **{"base_url": house.address, "viewport": WIDE, "locale": language, **options}
        )
        self.context.set_default_timeout(PATIENCE)
        if options.get("java_script_enabled", True):
            self.context.add_init_script(_REPORT_VIOLATIONS)
        self.complaints: list[str] = []
        self._refusals: set[int] = set()
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        self.page: Page = self.context.new_page()

    def sit(self, username: str) -> None:
        """Takes the seat of an officer who has signed in already."""
        self.wear(self.house.session(username))

    def wear(self, secret: str) -> None:
        """Holds the cookie of a session."""
        self.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.house.address}])

    def go(self, path: str, status: int = 200) -> Response:
        """Opens an address, which answers with that status."""
        self.expect_refusal(status)
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return answer

    def expect_refusal(self, status: int) -> None:
        """The browser will complain about a refusal that the test asks for."""
        if status >= 400:
            self._refusals.add(status)

    def find(self, selector: str) -> Locator:
        """A place on the page."""
        return self.page.locator(selector)

    def at(self, pointer: str) -> Locator:
        """The field of a form, or the label of a record, by its JSON Pointer."""
        return self.page.locator(f'[id="{pointer}"]')

    def press(self, action: str) -> None:
        """Presses the last of the buttons of the form that post this action, and waits for the page."""
        self.find(f'main button[name="action"][value="{action}"]').last.click()

    def lead(self) -> str:
        """The heading of the page."""
        return self.find("main h1").inner_text()

    def reference(self) -> str:
        """The reference of the message that is open."""
        self.page.wait_for_url("**/messages/*")
        return self.page.url.rpartition("/")[2]

    def close(self) -> None:
        """Leaves; nothing that was not asked for may have gone wrong."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        asked_for = (f"status of {status} " in message.text for status in self._refusals)
        if not any(asked_for):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")
