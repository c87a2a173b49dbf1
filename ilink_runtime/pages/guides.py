"""The guides of the demonstration: invented officers, one click each. Only `ilink demo` mounts them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from ilink_runtime import database, people
from ilink_runtime.access import Reader
from ilink_runtime.pages import posted
from ilink_runtime.pages.desk import at_desk
from ilink_runtime.pages.entrance import admit, carried, guides
from ilink_runtime.problems import Problem

router = APIRouter()

#: What an invented officer says he reads for.
PURPOSE = "wanted_person"


@router.post("/demo/sign-in")
async def enter(request: Request) -> Response:
    """Signs in as an invented officer, without a password."""
    desk = await at_desk(request)
    data = await posted.posted(request)
    username = posted.text(data, "username")

    def work(connection: Connection) -> str | None:
        row = connection.execute(guides().where(database.user.c.username == username)).first()
        if row is None:
            return None
        reader = Reader(row.bureau, f"user:{row.username}", PURPOSE, secretariat=row.kind == "secretariat")
        return people.open_session(connection, people.Check(row.username, row.id, reader))

    secret = await desk.store.awrite(work)
    if secret is None:
        raise Problem(404, "not_found")
    return await admit(request, secret, posted.text(data, "next"), carried(data))
