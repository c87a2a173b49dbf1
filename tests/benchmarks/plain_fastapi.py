"""What one would write without ilink: FastAPI, SQLModel sessions, dictionaries. The peer of our routes.

A message comes as the Pydantic model of the bundle, so FastAPI judges it at the level of the record. Then the
route stores the rows that ilink stores, each as an object of a SQLModel class added to one session: the
envelope, the rows of every object and list, the audience, the revision, the identifiers and their places,
the words (with the same full-text index behind them), the audit and the outbox. The walk over the message,
the words and the canonical forms are ilink's own functions. What ilink does for a request beside that it
need not do: it knows its sender without a token, it warns of nothing, and neither foreign keys nor secure
deletion are on.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from fastapi import FastAPI
from sqlalchemy import event, tuple_
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, create_engine, select

from ilink_runtime import bundle as bundles
from ilink_runtime import search_index, threads
from ilink_runtime.database import now
from ilink_runtime.values import Object, Walked, walk
from tests.benchmarks.bundle_python import load

models, tables = load("models"), load("tables")
bundle = bundles.read()
engine = create_engine(os.environ["PLAIN_DATABASE"], connect_args={"timeout": 60})
app = FastAPI()
_form = {
    "form": bundle.forms["RedNotice"],
    "texts": bundle.texts["ar"],
    "code_lists": {
        name: bundle.code_lists[name]
        for name in bundle.forms["RedNotice"]["code_lists"]
        if len(bundle.code_lists[name]["codes"]) <= 300
    },
}
_rows = {mapper.class_.__tablename__: mapper.class_ for mapper in tables.Row._sa_registry.mappers}
_class_tables = {t["class"]: t for t in bundle.tables if "slot" not in t}
_list_tables = {(t["class"], t["slot"]): t for t in bundle.tables if "slot" in t}


class Row(SQLModel, registry=tables.Row._sa_registry):
    """A table beside the generated ones."""


class Audience(Row, table=True):
    """A bureau that a message is for, or not for."""

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    part: str = Field(primary_key=True)
    bureau: str = Field(primary_key=True)


class Revision(Row, table=True):
    """What a bureau said."""

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    version: int = Field(primary_key=True)
    body: str
    actor: str
    bureau: str
    at: str


class Identifier(Row, table=True):
    """A value that links messages."""

    __table_args__ = (UniqueConstraint("kind", "canonical"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    canonical: str


class Occurrence(Row, table=True):
    """Where such a value stands."""

    identifier_id: int | None = Field(primary_key=True, foreign_key="identifier.id")
    message_id: str = Field(primary_key=True, foreign_key="message.id", index=True)
    path: str = Field(primary_key=True)


class SearchText(Row, table=True):
    """The words under which a message is found."""

    __tablename__ = "search_text"

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(foreign_key="message.id", unique=True)
    folded: str
    latin: str
    skeleton: str


class Audit(Row, table=True):
    """Who did what."""

    id: int | None = Field(default=None, primary_key=True)
    at: str
    actor: str
    bureau: str
    action: str
    purpose: str
    reference: str
    detail: str


class Outbox(Row, table=True):
    """What is to be told."""

    id: int | None = Field(default=None, primary_key=True)
    at: str
    kind: str
    reference: str
    message_id: str


@event.listens_for(engine, "connect")
def _durable(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


tables.Row.metadata.create_all(engine)
with engine.begin() as first_connection:
    search_index.prepare(first_connection)


@app.get("/forms/RedNotice", response_model=None)  # as a route without annotation
def form() -> dict[str, Any]:
    """The form as a dictionary, as FastAPI likes it."""
    return _form


@app.post("/messages", status_code=201)
def record(notice: models.RedNotice) -> dict[str, str]:  # type: ignore[name-defined]
    """The same rows as ours, through a session."""
    identifier, at = uuid.uuid4().hex, now()
    message = notice.model_dump(by_alias=True, exclude_none=True)
    reference, body = identifier[:8], orjson.dumps(message, option=orjson.OPT_SORT_KEYS).decode()
    met = walk(bundle, "RedNotice", message)
    folded, latin, skeleton = search_index.columns(met)
    with Session(engine) as session:
        session.add(
            tables.Message(
                id=identifier,
                reference=reference,
                type="RedNotice",
                owner="TN",
                status="processing",
                version=1,
                standard_version=bundle.version,
                headline=body[:40],
                recorded_at=at,
                updated_at=at,
            )
        )
        session.flush()
        session.add_all(_objects(identifier, met))
        session.add_all(
            Audience(message_id=identifier, part=part, bureau=code)
            for part in ("restricted_to", "hidden_from")
            for code in message["handling"].get(part, ())
        )
        session.add(
            Revision(message_id=identifier, version=1, body=body, actor="token:benchmark", bureau="TN", at=at)
        )
        session.add_all(_occurrences(session, identifier, met))
        session.add(SearchText(message_id=identifier, folded=folded, latin=latin, skeleton=skeleton))
        session.add(
            Audit(
                at=at,
                actor="token:benchmark",
                bureau="TN",
                action="record",
                purpose="",
                reference=reference,
                detail='{"type":"RedNotice","version":1}',
            )
        )
        session.add(Outbox(at=at, kind="recorded", reference=reference, message_id=identifier))
        session.commit()
    return {"reference": reference}


def _occurrences(session: Session, message_id: str, met: Walked) -> list[Occurrence]:
    """Where the identifiers stand; those that no message had are added."""
    places = sorted(threads.identifiers(met))
    wanted = {(kind, canonical) for kind, canonical, _ in places}
    named = select(Identifier).where(tuple_(Identifier.kind, Identifier.canonical).in_(wanted))
    known = {(row.kind, row.canonical): row for row in session.exec(named)}
    for kind, canonical in wanted - known.keys():
        known[kind, canonical] = Identifier(kind=kind, canonical=canonical)
        session.add(known[kind, canonical])
    session.flush()
    return [
        Occurrence(identifier_id=known[kind, canonical].id, message_id=message_id, path=path)
        for kind, canonical, path in places
    ]


def _objects(identifier: str, met: Walked) -> list[Any]:
    parents, lists = [], []
    for part in met:
        if isinstance(part, Object):
            table = _class_tables[part.place.name]
            columns = {column["name"]: part.value.get(column["slot"]) for column in table["columns"]}
            key = {"message_id": identifier, "path": part.path, "position": part.position}
            parents.append(_rows[table["name"]](**key, **_python(table, columns)))
        elif part.slot.multivalued:
            table = _list_tables[(part.owner.name, part.slot.name)]
            key = {"message_id": identifier, "path": part.holder, "position": part.position}
            lists.append(_rows[table["name"]](**key, value=part.value))
    return parents + lists


def _python(table: Mapping[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    days = {column["name"] for column in table["columns"] if column["type"] == "date"}
    return {
        name: date.fromisoformat(value) if name in days and value is not None else value
        for name, value in columns.items()
    }
