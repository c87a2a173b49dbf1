"""What an officer does about a message that was sent: adds to it, keeps it longer, sets it aside, ends it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI

from ilink_runtime import retention
from ilink_runtime.pages import kinds
from tests.desk.test_pages import Browser, app, write_notice

__all__ = ["app"]

BUTTONS = {
    "Add something": "Addendum",
    "Keep it longer": "ExtensionRequest",
    "Set it aside": "SuspensionRequest",
    "Withdraw": "WithdrawalRequest",
    "Ask the General Secretariat to cancel it": "CancellationRequest",
}


def offered(browser: Browser, reference: str) -> list[str]:
    """The forms that the page of a message leads to, by their buttons."""
    page = browser.get(f"/messages/{reference}")
    return re.findall(rf'href="/forms/(\w+)\?concerns={reference}[^"]*">', page)


def day(name: str, days: int) -> dict[str, str]:
    """A day as an officer types it."""
    when = retention.today() + timedelta(days=days)
    parts = {"year": when.year, "month": when.month, "day": when.day}
    return {f"__{name}#{part}": str(value) for part, value in parts.items()}


def ask(browser: Browser, kind: str, reference: str, **typed: str) -> str:
    """Sends a request from the page of a message; its reference, or nothing when it has faults."""
    browser.get(f"/forms/{kind}?concerns={reference}")
    assert dict(browser.posting())["/concerns"] == reference
    browser.press("check", __purpose="wanted_person", **typed)
    revision = re.search(r'name="revision" value="(\d+)"', browser.page)
    if 'id="draft"' in browser.page or revision is None:
        return ""
    browser.post(f"{browser.path.removesuffix('/check')}/send", revision=revision[1])
    return browser.path.removeprefix("/messages/")


def test_each_is_offered_what_he_may_send(app: FastAPI) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    reference = write_notice(amal, "Offered")
    assert offered(amal, reference) == [BUTTONS[words] for words in list(BUTTONS)[:4]]
    for words in list(BUTTONS)[:4]:
        assert f">{words}</a>" in amal.page
    assert offered(mario, reference) == ["CancellationRequest"]
    mario.get("/messages/" + reference + "/resume")
    assert mario.status == 405


def test_the_button_that_answers_opens_the_form_of_the_answer(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    reference = write_notice(amal, "Answered")
    monkeypatch.setitem(app.state.bundle.messages["RedNotice"], "answered_by", "BlueNotice")
    assert offered(amal, reference)[0] == "Addendum"
    assert offered(mario, reference)[0] == "BlueNotice"
    mario.get(f"/forms/BlueNotice?in_reply_to={reference}&purpose=warn&subject=x")
    assert dict(mario.posting())["/in_reply_to"] == reference
    assert dict(mario.posting())["/purpose"] == ""


def test_an_addendum_is_read_with_its_message(app: FastAPI) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    reference = write_notice(amal, "Found")
    addendum = ask(amal, "Addendum", reference, __addition__text="Found in Sfax.", __addition__language="en")
    assert addendum
    page = mario.get(f"/messages/{reference}")
    assert "Found in Sfax." in page
    assert f'href="/messages/{addendum}"' in page
    assert f'href="/messages/{reference}"' in mario.get(f"/messages/{addendum}")
    assert offered(amal, addendum) == []


def test_what_is_set_aside_is_taken_up_again(app: FastAPI) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    reference = write_notice(amal, "Aside")
    assert ask(amal, "SuspensionRequest", reference, **day("suspended_until", 30))
    mario.get(f"/messages/{reference}")
    assert mario.status == 404
    page = amal.get(f"/messages/{reference}")
    assert 'class="status status-suspended">Suspended<' in page
    assert "Only for its owner and the General Secretariat" in page
    assert "SuspensionRequest" not in offered(amal, reference)
    etag = re.search(r'/resume">.*?name="etag" value="([^"]*)"', page)
    assert etag is not None
    amal.post(f"/messages/{reference}/resume", etag=etag[1].replace("&#34;", '"'))
    assert amal.status == 200
    assert mario.get(f"/messages/{reference}")
    assert mario.status == 200
    history = amal.get(f"/messages/{reference}/history")
    assert history.index("Taken up again") < history.index("Set aside")
    assert "Set aside" not in mario.get(f"/messages/{reference}/history")


def test_faults_that_only_the_database_knows_stand_at_their_fields(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    reference = write_notice(amal, "Faulty")
    assert not ask(amal, "SuspensionRequest", reference, **day("suspended_until", 300))
    assert '<a href="#/suspended_until">' in amal.page
    assert "or an earlier day" in amal.page
    assert not ask(amal, "WithdrawalRequest", "2020-00000000")
    assert "there is no message with this reference" in amal.page


def test_what_is_withdrawn_is_changed_no_more(app: FastAPI) -> None:
    amal = Browser(app, "amal")
    reference = write_notice(amal, "Over")
    assert ask(amal, "WithdrawalRequest", reference, __outcome="found")
    page = amal.get(f"/messages/{reference}")
    assert 'class="status status-withdrawn">Withdrawn<' in page
    assert "Change this message" not in page
    assert "Delete this message" in page
    assert offered(amal, reference) == []


def test_the_general_secretariat_accepts_a_cancellation(app: FastAPI) -> None:
    amal, mario, lena = Browser(app, "amal"), Browser(app, "mario"), Browser(app, "lena")
    reference = write_notice(amal, "Wrong")
    asked = ask(
        mario, "CancellationRequest", reference, __reason__text="It breaks a rule.", __reason__language="en"
    )
    amal.get(f"/messages/{asked}")
    assert amal.status == 404
    page = lena.get(f"/messages/{asked}")
    etag = re.search(r'/publish">.*?name="etag" value="([^"]*)"', page)
    assert etag is not None
    lena.post(f"/messages/{asked}/publish", etag=etag[1].replace("&#34;", '"'))
    assert lena.status == 200
    assert 'class="status status-cancelled">' in amal.get(f"/messages/{reference}")
    mario.get(f"/messages/{reference}")
    assert mario.status == 404


def test_the_owner_is_asked_before_a_message_ends(app: FastAPI) -> None:
    amal, mario = Browser(app, "amal"), Browser(app, "mario")
    reference = write_notice(amal, "Ending", **day("review_date", 20))
    assert "decide whether to keep it" in amal.get("/")
    assert f'<a href="/messages/{reference}"><bdi>Ending' in amal.page
    assert "decide whether to keep" not in mario.get("/")
    reason = {"__reason__text": "Still wanted.", "__reason__language": "en"}
    assert ask(amal, "ExtensionRequest", reference, **reason, **day("keep_until", 400))
    assert "decide whether to keep" not in amal.get("/")


def test_forms_stand_by_families_and_requests_elsewhere(app: FastAPI) -> None:
    page = Browser(app).get("/forms")
    families = kinds.families(app.state.bundle)
    for family in families:
        assert app.state.bundle.text(f"{family.name}.title", "en") in page
    listed = re.findall(r'href="/forms/(\w+)"', page)
    assert listed == [kind.type for family in families for kind in family.kinds]
    assert not set(listed) & set(BUTTONS.values())
    assert "RedNotice" in listed


@pytest.mark.parametrize(("status", "shown"), [("pilot", [True]), ("in_force", [False]), ("retired", [])])
def test_a_pilot_is_called_one_and_what_is_retired_is_not_offered(
    app: FastAPI, status: str, shown: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = app.state.bundle
    code = next(code for code in standard.code_lists["NoticeType"]["codes"] if code["code"] == "blue")
    monkeypatch.setitem(code, "status", status)
    found = [kind for family in kinds.families(standard) for kind in family.kinds]
    assert [kind.pilot for kind in found if kind.type == "BlueNotice"] == shown
    tags = Browser(app).get("/forms").count('<span class="tag">pilot</span>')
    assert tags == sum(kind.pilot for kind in found)
