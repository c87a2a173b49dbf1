"""What one would write without ilink: FastAPI, SQLModel sessions, dictionaries. The peer of our routes."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import Session, create_engine

from ilink_runtime import bundle as bundles
from ilink_runtime.database import now
from ilink_runtime.values import Object, walk
from tests.benchmarks.bundle_python import load

tables = load("tables")
bundle = bundles.read()
engine = create_engine(os.environ["PLAIN_DATABASE"])
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


@event.listens_for(engine, "connect")
def _durable(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


tables.Row.metadata.create_all(engine)


@app.get("/forms/RedNotice", response_model=None)  # as a route without annotation
def form() -> dict[str, Any]:
    """The form as a dictionary, as FastAPI likes it."""
    return _form


@app.post("/messages", status_code=201)
def record(message: dict[str, Any]) -> dict[str, str]:
    """The same rows as ours, through a session."""
    identifier = uuid.uuid4().hex
    with Session(engine) as session:
        session.add(
            tables.Message(
                id=identifier,
                reference=identifier[:8],
                type="RedNotice",
                owner="TN",
                status="processing",
                version=1,
                standard_version=bundle.version,
                headline=json.dumps(message)[:40],
                recorded_at=now(),
                updated_at=now(),
            )
        )
        session.flush()
        session.add_all(_objects(identifier, message))
        session.commit()
    return {"reference": identifier}


def _objects(identifier: str, message: dict[str, Any]) -> list[Any]:
    parents, lists = [], []
    for met in walk(bundle, "RedNotice", message):
        if isinstance(met, Object):
            table = _class_tables[met.place.name]
            columns = {column["name"]: met.value.get(column["slot"]) for column in table["columns"]}
            key = {"message_id": identifier, "path": met.path, "position": met.position}
            parents.append(_rows[table["name"]](**key, **_python(table, columns)))
        elif met.slot.multivalued:
            table = _list_tables[(met.owner.name, met.slot.name)]
            key = {"message_id": identifier, "path": met.holder, "position": met.position}
            lists.append(_rows[table["name"]](**key, value=met.value))
    return parents + lists


def _python(table: Mapping[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    days = {column["name"] for column in table["columns"] if column["type"] == "date"}
    return {
        name: date.fromisoformat(value) if name in days and value is not None else value
        for name, value in columns.items()
    }
