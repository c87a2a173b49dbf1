"""National records as their sender is told of them: his own places and lines beside our pointers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.places import places_of
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.adapters.troubles import sentence, shown
from ilink_runtime.api.incoming import Ready
from ilink_runtime.bundle import Bundle
from ilink_runtime.languages import Languages
from ilink_runtime.levels import Levels
from ilink_runtime.national_records import Known, Taken
from ilink_runtime.problem_details import TITLES, told
from ilink_runtime.problems import Problem
from ilink_runtime.problems import translatable as _
from ilink_runtime.validation import Fault

OUTCOMES = {
    "created": _("Recorded."),
    "unchanged": _("Nothing has changed."),
    "amended": _("A new version was stored."),
    "withdrawn": _("Withdrawn."),
    "refused": _("Refused; nothing was stored."),
    "drafted": _("A form is ready to be finished."),
}


class Teller:
    """Tells what became of the records of one adapter, in one language."""

    def __init__(
        self, bundle: Bundle, languages: Languages, levels: Levels, adapter: Loaded, language: str
    ) -> None:
        self._bundle = bundle
        self._levels = levels
        self._adapter = adapter
        self._language = language
        self._say = languages.gettext(language)
        self._type: str = adapter.described["message"]

    def record(self, ready: Ready, outcome: Taken | Problem | None) -> dict[str, Any]:
        """A record that was sent, with all that stands against it."""
        outcome = outcome if outcome is not None else ready.problem
        if isinstance(outcome, Taken):
            said = {**self.taken(outcome), "faults": []}
            if outcome.outcome in ("created", "amended"):
                found = self._levels.warnings(self._type, outcome.message)
                said["warnings"] = self._told(ready, outcome.message, found)
            return {**self._begun(ready), **said, **self._behind(ready)}
        faults = self._all(ready) if outcome is None else self._faults(ready, outcome)
        return {**self._begun(ready), **self._outcome("refused"), "faults": faults}

    def draft(self, ready: Ready, draft: str | None) -> dict[str, Any]:
        """A record that an officer is to finish: the address of its form, and what is left for him to do."""
        begun = {**self._begun(ready), "faults": self._all(ready)}
        if draft is None:
            return {**begun, **self._outcome("refused")}
        place = {"draft": draft, "page": f"/drafts/{draft}"}
        return {**begun, **self._outcome("drafted"), **place, **self._behind(ready)}

    def taken(self, taken: Taken) -> dict[str, Any]:
        """What became of a record, and its message as it stands."""
        said: dict[str, Any] = self._outcome(taken.outcome)
        if taken.receipt is not None:
            receipt = taken.receipt
            said |= {
                "reference": receipt.reference,
                "version": receipt.version,
                "etag": receipt.etag,
                **self._status(receipt.status),
            }
        return said | ({"homeless": list(taken.homeless)} if taken.homeless else {})

    def known(self, known: Known) -> dict[str, Any]:
        """A record that was taken earlier."""
        envelope = known.stored.envelope
        return {
            "national_reference": known.reference,
            "recalled": known.recalled,
            "taken_at": known.taken_at,
            "reference": envelope["reference"],
            "version": envelope["version"],
            "etag": known.stored.etag,
            **self._status(envelope["status"]),
            "leftovers": known.leftovers,
        }

    def troubles(self, troubles: Iterable[Trouble], line: int = 0) -> list[dict[str, Any]]:
        """What could not be carried, by the place that it stands at."""
        return [
            {
                "code": trouble.code,
                "pointer": "",
                "places": [trouble.place] if trouble.place else [],
                "line": line,
                "level": "record",
                "message": sentence(trouble, self._say),
                **({} if trouble.value is None else {"value": shown(trouble.value)}),
            }
            for trouble in troubles
        ]

    # -- parts -----------------------------------------------------------------------------------

    def _begun(self, ready: Ready) -> dict[str, Any]:
        said: dict[str, Any] = {"record": ready.came.number, "line": ready.came.line}
        return said | ({"national_reference": ready.reference} if ready.reference else {})

    def _behind(self, ready: Ready) -> dict[str, Any]:
        """What of the record is in no message, and what of the message nobody wrote."""
        carried = ready.came.carried
        said: dict[str, Any] = {}
        if ready.lost:
            said["lost"] = list(ready.lost)
        if carried is not None and carried.machine:
            said["machine"] = list(carried.machine)
        if ready.returned:
            said["leftovers"] = ready.returned
        if ready.unnamed:
            said["unnamed_files"] = sorted(ready.unnamed)
        return said

    def _all(self, ready: Ready) -> list[dict[str, Any]]:
        """The troubles of a record, and the faults of what it became that none of them explains."""
        if ready.problem is not None:
            return self._faults(ready, ready.problem)
        troubles = self.troubles(ready.troubles, ready.came.line)
        if ready.carried is None:
            return troubles
        explained = {place for trouble in troubles for place in trouble["places"]}
        faults = self._told(ready, ready.carried, self._levels.faults(self._type, ready.carried, "record"))
        return troubles + [fault for fault in faults if not explained.intersection(fault["places"])]

    def _faults(self, ready: Ready, problem: Problem) -> list[dict[str, Any]]:
        """Why a message was not taken, by its faults if it has some."""
        if problem.faults:
            return self._told(ready, ready.carried or {}, problem.faults)
        detail = problem.detail or TITLES.get(problem.code, problem.code)
        place = {"pointer": "", "places": [], "line": ready.came.line, "level": "record"}
        return [{"code": problem.code, **place, "message": self._say(detail)}]

    def _told(self, ready: Ready, message: Tree, faults: Iterable[Fault]) -> list[dict[str, Any]]:
        record, known = ready.came.tree or {}, self._adapter.described["places"]
        found = []
        for fault in told(self._bundle, self._type, faults, self._language):
            pointers = fault["pointers"] or [fault["pointer"]]
            places = [place for one in pointers for place in places_of(known, message, record, one)]
            found.append({**fault, "places": list(dict.fromkeys(places)), "line": ready.came.line})
        return found

    def _outcome(self, outcome: str) -> dict[str, str]:
        return {"outcome": outcome, "outcome_label": self._say(OUTCOMES[outcome])}

    def _status(self, status: str) -> dict[str, str]:
        label = self._bundle.text(f"MessageStatus.{status}.title", self._language)
        return {"status": status, "status_label": label}
