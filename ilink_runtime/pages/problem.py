"""A refusal as a page: in the officer's language, with the way on."""

from __future__ import annotations

from fastapi import Request, Response

from ilink_runtime.pages.desk import Desk
from ilink_runtime.pages.entrance import sign_in_page
from ilink_runtime.problem_details import TITLES
from ilink_runtime.problems import Problem


def problem_page(request: Request, problem: Problem) -> Response:
    """The page for a problem; somebody who must sign in may do so at once and goes on from there."""
    desk = Desk(request, getattr(request.state, "officer", None))
    if problem.code == "unauthenticated":
        after = desk.here() if request.method == "GET" else "/"
        return sign_in_page(desk, after, note=desk.say("Please sign in."), status=401)
    title = TITLES.get(problem.code)
    return desk.page(
        "problem.html",
        problem.status,
        headers=problem.headers,
        heading=desk.say(title) if title else desk.say("This did not work."),
        advice=_advice(desk, problem.code),
    )


def _advice(desk: Desk, code: str) -> str:
    match code:
        case "not_found":
            return desk.say(
                "Check the reference. A message that was deleted, or that you may not see, is not here."
            )
        case "stale":
            return desk.say("Open the message again and look at what changed before you repeat it.")
        case "too_large":
            return desk.say(
                "Go back: what you wrote still stands there. Choose smaller files, or one at a time."
            )
        case "busy":
            return desk.say("Nothing was stored. Try again in a moment.")
    return ""
