"""The entrance: to sign in with a purpose, to sign out, to choose a language."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Select, select
from starlette.datastructures import FormData

from ilink_runtime import database, people, signin
from ilink_runtime.form import Pair
from ilink_runtime.pages import posted
from ilink_runtime.pages.desk import Desk, at_desk, at_own_desk
from ilink_runtime.problems import Problem

router = APIRouter()

#: What was written when a sign-in ended is carried through the sign-in page under this prefix.
CARRY = "carry:"


@router.get("/sign-in")
async def ask(request: Request) -> Response:
    """The sign-in page."""
    return sign_in_page(await at_desk(request), after=request.query_params.get("next", "/"))


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    """Opens a session for a purpose; what was carried is given back to where it was going."""
    desk = await at_desk(request)
    data = await posted.posted(request)
    username, after = posted.text(data, "username"), posted.text(data, "next")
    purpose, password = posted.text(data, "purpose")[: signin.LONGEST_PURPOSE], posted.text(data, "password")
    carry = carried(data)
    check = await desk.store.aread(lambda c: people.check_password(c, username, password, purpose))
    secret = await desk.store.awrite(lambda c: people.open_session(c, check)) if purpose else None
    if secret is None:
        fault = (
            desk.say("The user name or the password is not right. Type both again.")
            if purpose
            else desk.say("Say why you will read data.")
        )
        return sign_in_page(desk, after, carry, fault=fault, username=username, purpose=purpose, status=422)
    return await admit(request, secret, after, carry)


async def admit(request: Request, secret: str, after: str, carry: list[Pair]) -> Response:
    """Lets an officer in with a new session, to where he was going."""
    if carry:
        officer = await desk_officer(request, secret)
        response: Response = Desk(request, officer).page("carry_on.html", action=local(after), carry=carry)
    else:
        response = RedirectResponse(local(after), 303)
    signin.keep_session(request, response, secret)
    return response


async def desk_officer(request: Request, secret: str) -> people.Officer | None:
    """The officer of a session that the browser does not hold yet."""
    return await Desk(request, None).store.aread(lambda c: people.officer(c, secret))


@router.post("/sign-out")
async def leave(request: Request) -> Response:
    """Ends the session."""
    desk, officer = await at_own_desk(request)
    await posted.posted(request, officer)
    secret = signin.session_secret(request)
    await desk.store.awrite(lambda c: people.sign_out(c, secret))
    response = RedirectResponse("/sign-in", 303)
    signin.forget_session(request, response)
    return response


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Keeps the language in which an officer wants to read."""
    desk, officer = await at_own_desk(request)
    data = await posted.posted(request, officer)
    language = posted.text(data, "lang")
    if language not in desk.languages.codes:
        raise Problem(404, "not_found")
    await desk.store.awrite(lambda c: people.set_language(c, officer.username, language))
    return RedirectResponse(local(posted.text(data, "next")), 303)


def carried(data: FormData) -> list[Pair]:
    """What was written before the sign-in ended, under its own names."""
    return [
        (name.removeprefix(CARRY), value)
        for name, value in data.multi_items()
        if name.startswith(CARRY) and isinstance(value, str)
    ]


async def ask_to_sign_in(desk: Desk) -> Response:
    """The sign-in page in place of what was posted, which it carries along so that nothing is lost."""
    data = await posted.posted(desk.request)
    kept = [(name, value) for name, value in data.multi_items() if isinstance(value, str) and name != "csrf"]
    note = desk.say("Your sign-in has ended. Sign in to go on; what you wrote is kept.")
    return sign_in_page(desk, desk.request.url.path, kept, note=note, status=401)


def sign_in_page(
    desk: Desk,
    after: str = "/",
    carry: list[Pair] | None = None,
    *,
    fault: str = "",
    note: str = "",
    username: str = "",
    purpose: str = "",
    status: int = 200,
) -> Response:
    """The sign-in page; it leads on to `after`."""
    return desk.page(
        "sign_in.html",
        status,
        next=local(after),
        carry=carry or [],
        fault=fault,
        note=note,
        username=username,
        purpose=purpose,
        guides=desk.store.read(lambda c: c.execute(guides()).all()) if desk.demo else [],
    )


def guides() -> Select[Any]:
    """The invented officers of the demonstration, in the order in which they were made."""
    user, bureau = database.user, database.bureau
    return (
        select(user.c.id, user.c.username, user.c.name, user.c.bureau, bureau.c.kind)
        .join(bureau, bureau.c.code == user.c.bureau)
        .where(user.c.active)
        .order_by(user.c.created_at, user.c.username)
        .limit(12)
    )


def local(address: str) -> str:
    """The address if it is one of ours, else the first page."""
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if plain and address.isprintable() else "/"
