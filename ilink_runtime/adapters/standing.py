"""The adapters that a running server has: taken up anew when their bundle changes, whole or not at all.

What is asked while they change goes on with the adapter that it began with. A bundle that is being
written, that does not fit the running standard, or whose code does not load, leaves the old ones standing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from ilink_runtime.adapters import loading
from ilink_runtime.adapters.desk import Desk, put_together
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _

#: How often the folder is looked at; it costs a few calls of the file system.
EVERY_SECONDS = 1.0

log = logging.getLogger("ilink")

Signature = tuple[tuple[str, int, int], ...]


class NotTakenUp(Exception):
    """Why the adapters of a bundle are not taken up: `half_written`, `another_standard` or `broken`."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(detail)


class Adapters:
    """The adapters that stand, by their names; `hindrance` says why those of the folder are others."""

    def __init__(self, directory: Path, standard: Mapping[str, Any]) -> None:
        self._directory = directory
        self._digest = loading.standard_digest(standard)
        self._seen: Signature | None = None
        self._looking = Lock()
        self.standing: Mapping[str, Loaded] = MappingProxyType({})
        #: Those of them by which a country asks, put together.
        self.desks: Mapping[str, Desk] = MappingProxyType({})
        self.hindrance = ""

    def __getitem__(self, name: str) -> Loaded:
        """The adapter of that name as it stands now; KeyError when there is none."""
        return self.standing[name]

    def named(self, name: str) -> Loaded:
        """An adapter as it stands now, or Problem `not_found`; whoever has it goes on with it."""
        found = self.standing.get(name)
        if found is None:
            raise Problem(404, "not_found", _("There is no such national adapter."))
        return found

    def look(self) -> None:
        """Takes up what changed; what cannot be is logged once, and looked at again when it changes."""
        with self._looking:
            signature = self._signature()
            if signature == self._seen:
                return
            try:
                standing, desks = self._loaded()
                self.standing, self.desks = MappingProxyType(standing), MappingProxyType(desks)
                self.hindrance = ""
                log.info("%d national adapters are taken up", len(self.standing))
            except NotTakenUp as reason:
                self.hindrance = reason.code
                log.error("the national adapters stay as they are (%s): %s", reason.code, reason)
            self._seen = signature

    def _signature(self) -> Signature:
        paths = [self._directory / "adapters.json", *sorted((self._directory / "adapters").glob("*.py"))]
        found = []
        for path in paths:
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _loaded(self) -> tuple[dict[str, Loaded], dict[str, Desk]]:
        """All of them anew, and the desks that they make.

        NotTakenUp when one is missing, is another's, or does not load.
        """
        try:
            said = loading.described(self._directory)
            texts = {name: loading.text_of(self._directory, says) for name, says in said["adapters"].items()}
            standard = said["standard"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotTakenUp("half_written", f"{type(error).__name__}: {error}") from error
        if texts and standard != self._digest:
            raise NotTakenUp("another_standard", "they map to another standard; restart the server")
        found = {}
        for name, text in texts.items():
            try:
                found[name] = loading.from_text(name, said["adapters"][name], text)
            except Exception as error:  # its code is the bundle's: whatever it raises, the old ones go on
                raise NotTakenUp("broken", f"{name}: {type(error).__name__}: {error}") from error
        try:
            return found, put_together(said.get("searches", {}), found)
        except (KeyError, TypeError, AttributeError, StopIteration) as error:
            raise NotTakenUp("half_written", f"searches: {type(error).__name__}: {error}") from error


async def keep_looking(adapters: Adapters) -> None:
    """Looks again and again; what the folder itself raises ends nothing."""
    while True:
        try:
            await asyncio.to_thread(adapters.look)
        except Exception:
            log.exception("the folder of the national adapters could not be looked at")
        await asyncio.sleep(EVERY_SECONDS)
