"""The hand-written tables, and how a database is opened: SQLite by default, PostgreSQL by URL.

The tables of the standard's classes are generated (`tables.json`) and joined to the same
metadata by `projection`. Instants are UTC text with milliseconds, `2026-11-23T09:30:00.123Z`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from time import time_ns
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Engine,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    false,
    true,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.types import BigInteger, TypeEngine

from ilink_runtime.envelope import COLUMNS

COLUMN_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "text": Text,
    "integer": BigInteger,
    "float": Float,
    "boolean": Boolean,
    "date": Date,
}

#: A longer name is no bureau's or service's; it is kept cut, so that a restriction to nobody stays one.
AUDIENCE_WIDTH = 48

#: How every connection to SQLite is set: durable first, then fast.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "secure_delete=ON",
    "wal_autocheckpoint=10000",  # pages, 40 MB; the writer empties the log when it has nothing to do
    "cache_size=-32000",  # KiB
)

metadata = MetaData()


def _message_id() -> Column[str]:
    """A row that belongs to a message and goes with it."""
    return Column("message_id", String(32), ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)


def index_by_hash(column: Column[Any]) -> Index:
    """An index that finds equal values; PostgreSQL keeps but a hash of a text, so none is too long for it."""
    name = f"ix_{column.table.name}_{column.name}"
    if len(name) > 63:  # PostgreSQL would cut it silently
        name = f"{name[:50]}_{sha256(name.encode()).hexdigest()[:12]}"
    using = "hash" if isinstance(column.type, Text) else "btree"
    return Index(name, column, postgresql_using=using, sqlite_where=column.is_not(None))


bureau = Table(
    "bureau",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("kind", String(16), nullable=False),  # ncb | secretariat
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)

entity = Table(  # a national service that a bureau authorised
    "entity",
    metadata,
    Column("bureau", String(8), ForeignKey("bureau.code"), primary_key=True),
    Column("code", String(31), primary_key=True),  # "dgpn"; messages name it "FR/dgpn"
    Column("name", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)

user = Table(
    "user",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("bureau", String(8), ForeignKey("bureau.code"), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", Text, nullable=False),  # IANA zone, for showing instants
    Column("active", Boolean, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("entity", String(31)),  # the service the officer belongs to; none: the bureau itself
    Column("may_write", Boolean, nullable=False, server_default=true()),
)

token = Table(
    "token",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("bureau", String(8), ForeignKey("bureau.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),  # space separated: read write
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text),
    Column("revoked_at", Text),
    Column("entity", String(31)),
    Column("test", Boolean, nullable=False, server_default=false()),  # it reaches the test space alone
)

session = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("user_id", String(32), ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # why data are read in this session; goes into the audit
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("username_hash", String(64), primary_key=True),  # known or not: an answer tells nothing
    Column("failures", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)

message = Table(
    "message",
    metadata,
    Column("id", String(32), primary_key=True),
    *(
        Column(c.name, COLUMN_TYPES[c.type], nullable=not c.required, unique=c.name == "reference" or None)
        for c in COLUMNS
    ),
)
for _column in COLUMNS:
    if _column.index and _column.source:
        index_by_hash(message.c[_column.name])
    elif _column.index and _column.name != "reference":  # that one is unique
        _given = None if _column.required else message.c[_column.name].is_not(None)
        Index(
            f"ix_message_{_column.name}",
            message.c[_column.name],
            sqlite_where=_given,
            postgresql_where=_given,
        )

audience = Table(
    "audience",
    metadata,
    _message_id(),
    Column("part", String(32), primary_key=True),  # one of envelope.AUDIENCE
    Column("bureau", String(AUDIENCE_WIDTH), primary_key=True),
)

revision = Table(
    "revision",
    metadata,
    _message_id(),
    Column("version", Integer, primary_key=True),
    Column("body", Text, nullable=False),  # canonical JSON of what the bureau said
    Column("actor", Text, nullable=False),
    Column("bureau", String(8), nullable=False),
    Column("at", Text, nullable=False),
)

step = Table(
    "step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "message_id", String(32), ForeignKey("message.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # published returned added extended suspended resumed ...
    Column("actor", Text, nullable=False),
    Column("bureau", String(8), nullable=False),
    Column("request", Text),  # the reference of the request that asked for it
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("owner", String(8), nullable=False),
    Column("deleted_at", Text, nullable=False),
    Column("versions", Integer, nullable=False),
)

identifier = Table(
    "identifier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),  # the type or class: PhoneNumber, Iban, Address
    Column("canonical", Text, nullable=False),
    UniqueConstraint("kind", "canonical"),
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("identifier_id", Integer, ForeignKey("identifier.id"), primary_key=True),
    _message_id(),
    Column("path", Text, primary_key=True),  # JSON Pointer of the value
    Index("occurrence_of_message", "message_id"),
    sqlite_with_rowid=False,
)

number_range = Table(
    "number_range",
    metadata,
    _message_id(),
    Column("path", Text, primary_key=True),  # JSON Pointer of the first number
    Column("kind", Text, nullable=False),  # the type: DocumentNumber
    Column("prefix", Text, nullable=False),
    Column("width", Integer, nullable=False),  # how many digits follow the prefix
    Column("low", Text, nullable=False),  # digits with their zeros: as texts of one width they count right
    Column("high", Text, nullable=False),
    Index("number_range_of_kind", "kind", "prefix", "width", "low"),
)

search_text = Table(
    "search_text",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "message_id", String(32), ForeignKey("message.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("folded", Text, nullable=False),
    Column("latin", Text, nullable=False),
    Column("skeleton", Text, nullable=False),
    # The words that stand only where the model describes somebody innocent.
    Column("innocent", Text, nullable=False, server_default=""),
)

file = Table(
    "file",
    metadata,
    Column("owner", String(8), ForeignKey("bureau.code"), primary_key=True),  # the same bytes once a bureau
    Column("sha256", String(64), primary_key=True),  # in small letters
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", Text, nullable=False),
)

message_file = Table(
    "message_file",
    metadata,
    _message_id(),
    Column("owner", String(8), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    ForeignKeyConstraint(["owner", "sha256"], ["file.owner", "file.sha256"]),
    Index("message_file_of_file", "owner", "sha256"),
)

draft = Table(
    "draft",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("bureau", String(8), ForeignKey("bureau.code"), nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("standard_version", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("body", Text, nullable=False),  # JSON, as typed; need not be valid
    Column("revision", Integer, nullable=False),
    Column("message_id", String(32), ForeignKey("message.id", ondelete="CASCADE")),  # when it amends one
    Column("message_version", Integer),
    Column("profile", String(8)),  # the country whose form it is written in
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("bureau", String(8), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("message_id", String(32), ForeignKey("message.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Text, nullable=False),
)

national_record = Table(  # which message a country's own record became
    "national_record",
    metadata,
    Column("owner", String(8), ForeignKey("bureau.code"), primary_key=True),
    Column("adapter", Text, primary_key=True),
    Column("reference", String(200), primary_key=True),  # the country's own
    # None while the transaction that claims the reference has not recorded its message.
    Column("message_id", String(32), ForeignKey("message.id", ondelete="CASCADE"), index=True),
    Column("digest", String(64), nullable=False),  # of the record as last taken, and of what it became
    Column("recalled", Boolean, nullable=False),  # the country took it back
    Column("leftovers", Text),  # JSON of what the adapter has kept here for the owner
    Column("taken_at", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("bureau", String(8), nullable=False),
    Column("action", Text, nullable=False),  # record read search amend delete publish return suspend ...
    Column("purpose", Text, nullable=False),
    Column("reference", Text),
    Column("detail", Text, nullable=False),  # JSON; never holds personal data of a message
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # recorded amended published returned suspended deleted ...
    Column("reference", Text, nullable=False),
    Column("message_id", String(32)),  # no foreign key: a deletion is told too
    Column(
        "audience", Text
    ),  # JSON of who could see it before, so that who no longer can is told, nobody else
    sqlite_autoincrement=True,
)

subscription = Table(  # a system that is told what its bureau may see
    "subscription",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("bureau", String(8), ForeignKey("bureau.code"), nullable=False),
    Column("entity", String(31)),
    Column("name", Text, nullable=False),
    Column("adapter", Text),  # the national format; none: messages of the standard
    Column("types", Text, nullable=False),  # space separated; empty: all
    Column("purpose", Text, nullable=False),  # of every delivery; goes into the audit
    Column("url", Text),  # where it is called; none: it comes and asks
    Column("state", String(16), nullable=False),  # active | paused | stopped | ended
    Column("created_at", Text, nullable=False),
    Column("position", BigInteger, nullable=False),  # up to which number of the outbox it was looked
    Column("last", BigInteger, nullable=False),  # the number of its latest delivery
    Column("sent", BigInteger, nullable=False),  # of the latest that a call has brought
    Column("failures", Integer, nullable=False),  # calls in a row
    Column("failing_since", Text),
    Column("next_call_at", Text),
    Column("trouble", Text),  # why the last call failed
)

delivery = Table(  # what a subscription was last told of a message; its content is looked up anew each time
    "delivery",
    metadata,
    Column("subscription_id", String(32), ForeignKey("subscription.id"), primary_key=True),
    Column("reference", Text, primary_key=True),  # no foreign key: it outlives the message
    Column("number", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # new amended published ... removed
    Column("type", Text, nullable=False),
    Column("owner", String(8), nullable=False),
    Column("version", Integer),
    Column("status", Text),
    Column("at", Text, nullable=False),
    Column("confirmed_at", Text),  # when the receiver said that it has removed it
    UniqueConstraint("subscription_id", "number"),
    Index("delivery_of_owner", "owner", "kind"),
)

lease = Table(  # what only one server process does at a time
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Text, nullable=False),
)

standard = Table(
    "standard",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("treatment", String(64), nullable=False),  # hash of what shapes rows, identifiers, search text
    Column("at", Text, nullable=False),
)

CheckConstraint("kind in ('ncb', 'secretariat')", table=bureau)


def now() -> str:
    """This instant, as it is stored."""
    return instant(datetime.now(UTC))


def instant(moment: datetime) -> str:
    """An instant in UTC as text; such texts sort as time goes."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message_id() -> str:
    """A new message's id, never shown: it begins with the time, so that its rows lie near the last ones."""
    return f"{time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def open_engine(url: str) -> Engine:
    """Opens a database for reading and writing; SQLite in WAL with synchronous FULL and foreign keys."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transaction of its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: a transaction that began as a reader could not wait for it."""
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def cursor(connection: Connection) -> DBAPICursor:
    """The driver's own cursor inside the connection's transaction, for the few statements that are hot."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def pipeline(connection: Connection) -> AbstractContextManager[object]:
    """Inside it PostgreSQL is sent one statement after the other without waiting for each answer."""
    if connection.dialect.name == "sqlite":
        return nullcontext()
    driver: Any = cursor(connection).connection
    found: AbstractContextManager[object] = driver.pipeline()
    return found


class Statement:
    """A statement written once, with `?`, and run by the driver: to compile it costs more than the row."""

    def __init__(self, sql: str, *, locking: str = "") -> None:
        """`locking` is what PostgreSQL needs beside it; SQLite has one writer."""
        self._texts = {"sqlite": sql, "postgresql": f"{sql} {locking}".rstrip().replace("?", "%s")}

    def run(self, connection: Connection, row: Sequence[object]) -> DBAPICursor:
        """Runs it with one row of values."""
        found = cursor(connection)
        found.execute(self._texts[connection.dialect.name], tuple(row))
        return found

    def run_many(self, connection: Connection, rows: Sequence[Sequence[object]]) -> None:
        """Runs it once for every row, in one call of the driver."""
        if rows:
            cursor(connection).executemany(self._texts[connection.dialect.name], rows)


def insert(table: Table, *, suffix: str = "", without: Sequence[str] = ()) -> Statement:
    """The statement that inserts a row of a table, its columns in their order but for those left out."""
    names = [column.name for column in table.columns if column.name not in without]
    columns = ", ".join(f'"{name}"' for name in names)
    return Statement(
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))}) {suffix}'.rstrip()
    )
