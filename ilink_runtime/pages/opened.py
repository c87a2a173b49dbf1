"""A message that an officer opened: found through what he may see, and written down in the audit."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from ilink_runtime import access, audit, candidates, effects, form, messages, submission, threads
from ilink_runtime.classes import fitting
from ilink_runtime.form import Section
from ilink_runtime.messages import Stored
from ilink_runtime.pages import files, kinds
from ilink_runtime.pages.additions import Addition, additions
from ilink_runtime.pages.checking import Line
from ilink_runtime.pages.desk import Desk, at_own_desk
from ilink_runtime.pages.reading import Banner, banner, essentials, marks
from ilink_runtime.people import Officer
from ilink_runtime.problems import Problem
from ilink_runtime.threads import Thread


class Opened:
    """A message on an officer's desk."""

    def __init__(self, desk: Desk, officer: Officer, stored: Stored) -> None:
        self.desk = desk
        self.officer = officer
        self.stored = stored
        self.type: str = stored.envelope["type"]
        self.reference: str = stored.envelope["reference"]

    @property
    def banner(self) -> Banner:
        """Its handling."""
        envelope, private = self.stored.envelope, effects.is_private(self.desk.bundle, self.type)
        return banner(self.type, self.stored.message, envelope["owner"], envelope["status"], private=private)

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its sections, as the form has them."""
        bundle = self.desk.bundle
        return form.show(bundle.forms[self.type], self.stored.message, fitting(bundle))

    @property
    def awaits_review(self) -> bool:
        """Whether it is a notice that this officer decides on."""
        return self.stored.envelope["status"] == "processing" and access.may_review(self.officer.reader)

    async def threads(self) -> list[Thread]:
        """What connects it with other messages."""
        return await self.desk.store.aread(
            lambda c: threads.of(c, self.desk.bundle, self.officer.reader, self.stored.id)
        )

    async def answer(self) -> candidates.Answer | None:
        """What the databases answer, if it is a query; written down in the audit."""
        desk, reader = self.desk, self.officer.reader
        if not desk.bundle.is_query(self.type):
            return None
        found = await desk.store.aread(lambda c: candidates.of(c, desk.bundle, reader, self.stored))
        total = len(found.candidates)
        await desk.store.awrite(lambda c: audit.note(c, reader, "candidates", self.reference, total=total))
        return found

    async def additions(self) -> list[Addition]:
        """What was added to it and asked about it."""
        return await self.desk.store.aread(
            lambda c: additions(c, self.desk.bundle, self.officer.reader, self.reference)
        )

    async def concerned(self) -> Stored | None:
        """The message that it concerns, if it is a request and the officer sees that message."""
        reference = self.stored.envelope["concerns"]
        if reference is None:
            return None
        return await self.desk.store.aread(lambda c: messages.find(c, self.officer.reader, reference))

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page about this message, its handling at the top."""
        return self.desk.page(
            template,
            status,
            envelope=self.stored.envelope,
            etag=self.stored.etag,
            banner=self.banner,
            **context,
        )

    async def record_page(self, wishes: list[Line], summary: list[Line], status: int = 200) -> Response:
        """The message itself, to be read."""
        sections = self.sections
        headline = str(self.desk.bundle.messages[self.type].get("headline") or "")
        reader = self.officer.reader
        return self.page(
            "message.html",
            status,
            sections=sections,
            marks=marks(self.stored.message),
            essentials=essentials(sections, headline),
            headline=headline,
            threads=await self.threads(),
            answer=await self.answer(),
            reported_by=self.desk.bundle.messages[self.type].get("reported_by"),
            wishes=wishes,
            summary=summary,
            held=await files.of_message(self.desk.store, self.stored),
            may_change=access.may_change(reader, self.stored.envelope["owner"]),
            may_review=self.awaits_review,
            is_past=submission.is_past(self.desk.bundle, self.stored),
            about=kinds.about(self.desk.bundle, reader, self.stored.envelope),
            additions=await self.additions(),
            concerned=await self.concerned(),
        )


async def open_message(request: Request, reference: str, action: str = "read") -> Opened:
    """Opens a message; one that is hidden is not there."""
    desk, officer = await at_own_desk(request)
    reader, query = officer.reader, request.query_params.get("query") or None
    if query is not None:
        reader = await desk.store.aread(lambda c: candidates.through(c, desk.bundle, reader, query))
    stored = await desk.store.aread(lambda c: messages.find(c, officer.reader, reference))
    if stored is None or stored.envelope["type"] not in desk.bundle.forms:
        raise Problem(404, "not_found")
    if request.method == "GET":
        await desk.store.awrite(lambda c: audit.note(c, reader, action, reference, query=query))
    return Opened(desk, officer, stored)
