"""One page of every kind, with something on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ilink_runtime import deliveries, drafts, files, messages, submission, subscriptions
from ilink_runtime.demo import portraits
from tests.browser import house, notices
from tests.browser.house import House


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A page: who looks at it ("" for nobody), where it is, how it answers."""

    name: str
    place: str
    path: str
    status: int = 200


def exhibits(desk: House, language: str) -> list[Exhibit]:
    """Pages of every kind in a language."""
    sender = house.officer("TN", language)
    notice = notices.red_notice(language)
    notice["facts_summary"]["translations"] = [
        {"language": other, "text": notices.FACTS[other], "state": "machine"}
        for other in house.LANGUAGES
        if other != language
    ]
    subject = notice["subject"]
    subject["photographs"] = [_photograph(desk, sender), {"file_name": "described.jpg"}]
    reference = desk.record(sender, notice).reference
    shared: dict[str, Any] = {name: subject[name] for name in ("phone_numbers", "identity_documents")}
    desk.record(house.officer("GB", "en"), notices.diffusion("en", ["ES", "TN"], **shared))
    _amend(desk, sender, reference, notice | {"facts_place": "Sfax"})
    number = subject["identity_documents"][0]["number"]
    hits, nothing = (_ask(desk, house.officer("ES", language), asked) for asked in (number, "NOBODY 1"))
    unfinished = {"message_type": "RedNotice", "subject": {**subject, "status": None}}
    gaps = _draft(desk, sender, unfinished, language)
    full = _draft(desk, sender, notice, language)
    _leave_a_copy(desk, sender)
    return [
        Exhibit("sign-in", "", f"/sign-in?lang={language}"),
        Exhibit("blank form, not signed in", "", f"/forms/YellowNotice?lang={language}"),
        Exhibit("the standard", "", f"/docs/standard?lang={language}"),
        Exhibit("found in the standard", "", f"/docs/standard?lang={language}&q=passport"),
        Exhibit("classes", "", f"/docs/standard/classes?lang={language}"),
        Exhibit("message type", "ES", "/docs/standard/classes/RedNotice"),
        Exhibit("class with what holds it", "", f"/docs/standard/classes/BankAccount?lang={language}"),
        Exhibit("code lists", "", f"/docs/standard/codes?lang={language}"),
        Exhibit("code list", "", f"/docs/standard/codes/NoticeType?lang={language}"),
        Exhibit("types", "", f"/docs/standard/types?lang={language}"),
        Exhibit("type", "", f"/docs/standard/types/Iban?lang={language}"),
        Exhibit("rules", "", f"/docs/standard/rules?lang={language}"),
        Exhibit("form to be tried", "", f"/docs/standard/forms/BlueNotice?lang={language}"),
        Exhibit("feed", "ES", "/"),
        Exhibit("forms", "TN", "/forms"),
        Exhibit("blank form", "TN", "/forms/BlueNotice"),
        Exhibit("drafts", "TN", "/drafts"),
        Exhibit("draft", "TN", f"/drafts/{full}"),
        Exhibit("draft with faults", "TN", f"/drafts/{gaps}/check"),
        Exhibit("check answers", "TN", f"/drafts/{full}/check"),
        Exhibit("discard", "TN", f"/drafts/{full}/delete"),
        Exhibit("own message", "TN", f"/messages/{reference}"),
        Exhibit("delete", "TN", f"/messages/{reference}/delete"),
        Exhibit("history", "ES", f"/messages/{reference}/history"),
        Exhibit("message to review", "IPSG", f"/messages/{reference}"),
        Exhibit("return", "IPSG", f"/messages/{reference}/return"),
        Exhibit("message", "ES", f"/messages/{reference}"),
        Exhibit("possible hits", "ES", f"/messages/{hits}"),
        Exhibit("no hit", "ES", f"/messages/{nothing}"),
        Exhibit("hit report", "ES", f"/forms/HitReport?concerns={reference}&query={hits}"),
        Exhibit("copies to be removed", "TN", "/removals"),
        Exhibit("threads", "ES", f"/threads/{reference}"),
        Exhibit("search", "ES", f"/search?q={subject['identity_documents'][0]['number']}"),
        Exhibit("nothing found", "ES", "/search?q=nobodyatall"),
        Exhibit("not found", "ES", "/messages/2026-00000000", 404),
    ]


def _ask(desk: House, sender: str, number: str) -> str:
    query = {"message_type": "DocumentQuery", "purpose": "border_control", "number": number}
    return desk.record(sender, query).reference


def _leave_a_copy(desk: House, sender: str) -> None:
    """A message that a system in Madrid was given, and that is gone since."""
    reference = desk.record(sender, notices.diffusion("en", ["ES"])).reference
    find = desk.app.state.adapters.__getitem__
    bundle, owner = desk.app.state.bundle, house.reader(sender)
    identity = desk.store.write(
        lambda c: subscriptions.create(c, bundle, {}, "ES", f"copy-{reference}", "case file")
    )
    page = desk.store.read(lambda c: deliveries.read(c, find, identity, None, 0, deliveries.MOST))
    assert desk.store.write(lambda c: deliveries.record(c, page, None))

    def remove(connection: Connection) -> None:
        stored = messages.find(connection, owner, reference)
        assert stored is not None
        submission.delete(connection, owner, reference, stored.etag)

    desk.store.write(remove)


def _photograph(desk: House, sender: str) -> dict[str, Any]:
    """A photograph that was uploaded: a drawing."""
    drawing, reader = portraits.draw(7), house.reader(sender)
    known = files.examine(drawing, portraits.MEDIA_TYPE, len(drawing))
    desk.store.write(lambda c: files.keep(c, reader, drawing, known))
    return {"file_name": portraits.file_name(7), "sha256": known.sha256, "description": "Front view"}


def _draft(desk: House, sender: str, body: dict[str, Any], language: str) -> str:
    version = desk.app.state.bundle.version
    reader = house.reader(sender)
    return desk.store.write(lambda c: drafts.create(c, reader, "RedNotice", language, body, version)).id


def _amend(desk: House, sender: str, reference: str, message: dict[str, Any]) -> None:
    reader, bundle = house.reader(sender), desk.app.state.bundle

    def work(connection: Any) -> None:
        stored = messages.find(connection, reader, reference)
        assert stored is not None
        submission.amend(connection, bundle, reader, reference, message, stored.etag)

    desk.store.write(work)
