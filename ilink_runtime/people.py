"""Bureaus, their officers and their systems: who they are, and how they prove it.

Passwords are kept as argon2id, session and token secrets as SHA-256: they are random, so a slow
hash would add nothing. What takes long (`check_password`) only reads, what writes is quick, so that a
crowd at the sign-in never holds up the one writer.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from uuid import uuid4
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from ilink_runtime import audit
from ilink_runtime.access import SECRETARIAT, Reader
from ilink_runtime.database import (
    Statement,
    bureau,
    entity,
    instant,
    now,
    session,
    sign_in_failure,
    token,
    user,
)
from ilink_runtime.problems import Problem

SESSION_HOURS = 8
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
FREE_FAILURES = 5
FIRST_DELAY = timedelta(seconds=15)
LONGEST_DELAY = timedelta(minutes=15)
KINDS = ("ncb", "secretariat")
SCOPES = ("read", "write")

_hasher = PasswordHasher()
_bearer = Statement(
    "SELECT token.bureau, token.name, scopes, expires_at, kind, entity, test FROM token"
    " JOIN bureau ON bureau.code = token.bureau WHERE token_hash = ? AND revoked_at IS NULL"
)
_add_failure = Statement(
    "INSERT INTO sign_in_failure (username_hash, failures, last_at) VALUES (?, 1, ?)"
    " ON CONFLICT (username_hash)"
    " DO UPDATE SET failures = sign_in_failure.failures + 1, last_at = excluded.last_at"
)


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who is signed in."""

    reader: Reader
    name: str
    username: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a password: whose it was, if it was right."""

    username: str
    user_id: str | None
    reader: Reader


def create_bureau(connection: Connection, code: str, kind: str, name: str) -> None:
    """Adds a bureau, by the code that messages name it with."""
    if not re.fullmatch(r"[A-Z][A-Z0-9-]{1,7}", code):
        raise Problem(
            422, "invalid", f"A bureau's code has 2 to 8 capital letters, digits or hyphens: {code!r}."
        )
    if kind not in KINDS:
        raise Problem(422, "invalid", f"A bureau is one of {', '.join(KINDS)}: {kind!r}.")
    if (kind == "secretariat") != (code == SECRETARIAT):
        raise Problem(422, "invalid", f"The General Secretariat, and it alone, has the code {SECRETARIAT}.")
    if not name.strip():
        raise Problem(422, "invalid", "A bureau has a name.")
    if connection.scalar(select(bureau.c.code).where(bureau.c.code == code)):
        raise Problem(409, "conflict", f"The bureau {code} exists.")
    connection.execute(insert(bureau).values(code=code, kind=kind, name=name.strip(), created_at=now()))
    audit.note(connection, operator(code), "create_bureau", kind=kind)


def create_entity(connection: Connection, bureau: str, code: str, name: str) -> None:
    """Adds a national service that a bureau authorised (RPD-21); messages name it `FR/dgpn`."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", code):
        raise Problem(
            422, "invalid", f"A service's code has 1 to 31 small letters, digits or hyphens: {code!r}."
        )
    if not name.strip():
        raise Problem(422, "invalid", "A service has a name.")
    must_be_bureau(connection, bureau)
    if bureau == SECRETARIAT:
        raise Problem(422, "invalid", "The General Secretariat has no national services.")
    if _is_entity(connection, bureau, code):
        raise Problem(409, "conflict", f"The service {bureau}/{code} exists.")
    connection.execute(insert(entity).values(bureau=bureau, code=code, name=name.strip(), created_at=now()))
    audit.note(connection, operator(bureau), "create_entity")


def create_user(
    connection: Connection,
    username: str,
    name: str,
    bureau: str,
    password: str,
    language: str = "en",
    zone: str = "UTC",
    *,
    entity: str | None = None,
    may_write: bool = True,
) -> None:
    """Adds an officer of a bureau, or of a national service of it."""
    known = _spelled(username)
    if not re.fullmatch(r"\S{1,64}", known):
        raise Problem(422, "invalid", "A user name has 1 to 64 characters and no spaces.")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Problem(422, "invalid", f"A password has at least {SHORTEST_PASSWORD} characters.")
    if _spelled(password) == known:
        raise Problem(422, "invalid", "A password is not the user name.")
    _must_be_zone(zone)
    must_be_bureau(connection, bureau)
    must_be_entity(connection, bureau, entity)
    if connection.scalar(select(user.c.id).where(user.c.username == known)):
        raise Problem(409, "conflict", f"The user name {known} is taken.")
    connection.execute(
        insert(user).values(
            id=uuid4().hex,
            username=known,
            name=name.strip() or known,
            bureau=bureau,
            password_hash=_hasher.hash(password),
            language=language,
            zone=zone,
            active=True,
            created_at=now(),
            entity=entity,
            may_write=may_write,
        )
    )
    audit.note(connection, operator(bureau), "create_user")


def create_token(
    connection: Connection,
    bureau: str,
    name: str,
    scopes: str | Iterable[str],
    expires_at: str | None = None,
    *,
    entity: str | None = None,
    test: bool = False,
) -> str:
    """Gives a bureau's system a secret to come with; it is shown this once. To write is to read too.

    A `test` token reaches the test space alone: it reads nothing, and nothing that it sends is kept.
    """
    wanted = set(scopes.split() if isinstance(scopes, str) else scopes)
    if not wanted or not wanted <= set(SCOPES):
        raise Problem(422, "invalid", f"A token's scopes are some of {', '.join(SCOPES)}.")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        raise Problem(
            422, "invalid", "A token's name has 1 to 64 letters, digits, dots, hyphens or underscores."
        )
    must_be_bureau(connection, bureau)
    must_be_entity(connection, bureau, entity)
    same = select(token.c.id).where(
        token.c.bureau == bureau, token.c.name == name, token.c.revoked_at.is_(None)
    )
    if connection.scalar(same):
        raise Problem(409, "conflict", f"The bureau {bureau} has a token {name}.")
    secret = secrets.token_urlsafe(32)
    connection.execute(
        insert(token).values(
            id=uuid4().hex,
            bureau=bureau,
            name=name,
            token_hash=_hash(secret),
            scopes=" ".join(scope for scope in SCOPES if scope == "read" or scope in wanted),
            created_at=now(),
            expires_at=expires_at and _instant(expires_at),
            entity=entity,
            test=test,
        )
    )
    said = " ".join(sorted(wanted))
    audit.note(connection, operator(bureau), "create_token", scopes=said, test=test or None)
    return secret


def revoke_token(connection: Connection, bureau: str, name: str) -> None:
    """Ends a token at once."""
    ended = connection.execute(
        update(token)
        .where(token.c.bureau == bureau, token.c.name == name, token.c.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    if ended.rowcount == 0:
        raise Problem(404, "not_found", f"The bureau {bureau} has no token {name}.")
    audit.note(connection, operator(bureau), "revoke_token")


def sign_in(connection: Connection, username: str, password: str, purpose: str) -> str | None:
    """The secret of a new session, or None: both halves at once, where nobody else waits for the writer."""
    return open_session(connection, check_password(connection, username, password, purpose))


def check_password(connection: Connection, username: str, password: str, purpose: str) -> Check:
    """The slow half of signing in, which only reads; takes as long for an unknown user."""
    known = _spelled(username)
    _must_not_hurry(connection, known)
    row = connection.execute(
        select(user, bureau.c.kind)
        .join(bureau, bureau.c.code == user.c.bureau)
        .where(user.c.username == known)
    ).first()
    right = _matches(row.password_hash if row else _hash_of_nobody(), password[: LONGEST_PASSWORD + 1])
    if row is None or not row.active:
        return Check(known, None, Reader("", "nobody", purpose))
    reader = Reader(row.bureau, f"user:{known}", purpose, secretariat=row.kind == "secretariat")
    return Check(known, row.id if right else None, reader)


def open_session(connection: Connection, check: Check) -> str | None:
    """The quick half: opens the session, or counts the failure."""
    if check.user_id is None:
        _count_failure(connection, check.username)
        audit.note(connection, check.reader, "sign_in_refused")
        return None
    secret, at = secrets.token_urlsafe(32), datetime.now(UTC)
    connection.execute(
        delete(sign_in_failure).where(sign_in_failure.c.username_hash == _hash(check.username))
    )
    connection.execute(delete(session).where(session.c.expires_at <= instant(at)))
    connection.execute(
        insert(session).values(
            id_hash=_hash(secret),
            user_id=check.user_id,
            csrf=secrets.token_urlsafe(32),
            purpose=check.reader.purpose,
            created_at=instant(at),
            expires_at=instant(at + timedelta(hours=SESSION_HOURS)),
        )
    )
    audit.note(connection, check.reader, "sign_in")
    return secret


def officer(connection: Connection, session_secret: str) -> Officer | None:
    """Who comes with this session, unless it is unknown or over."""
    row = connection.execute(
        select(
            user.c.username,
            user.c.name,
            user.c.bureau,
            user.c.language,
            user.c.zone,
            user.c.entity,
            user.c.may_write,
            session.c.csrf,
            session.c.purpose,
            bureau.c.kind,
        )
        .join(user, user.c.id == session.c.user_id)
        .join(bureau, bureau.c.code == user.c.bureau)
        .where(session.c.id_hash == _hash(session_secret), session.c.expires_at > now(), user.c.active)
    ).first()
    if row is None:
        return None
    reader = Reader(
        row.bureau,
        f"user:{row.username}",
        row.purpose,
        secretariat=row.kind == "secretariat",
        may_write=row.may_write,
        language=row.language,
        zone=row.zone,
        entity=_full(row.bureau, row.entity),
    )
    return Officer(reader, row.name, row.username, row.csrf)


def bearer(connection: Connection, secret: str, purpose: str) -> Reader | None:
    """Which bureau's system comes with this token, unless it is unknown, over or revoked."""
    row = _bearer.run(connection, (_hash(secret),)).fetchone()
    if row is None:
        return None
    code, name, scopes, expires_at, kind, service, test = row
    if expires_at is not None and expires_at <= now():
        return None
    return Reader(
        code,
        f"token:{name}",
        purpose,
        secretariat=kind == "secretariat",
        may_write="write" in scopes.split(),
        test=bool(test),
        entity=_full(code, service),
    )


def sign_out(connection: Connection, session_secret: str) -> None:
    """Ends a session at once; one that is over already stays over."""
    known = officer(connection, session_secret)
    connection.execute(delete(session).where(session.c.id_hash == _hash(session_secret)))
    if known is not None:
        audit.note(connection, known.reader, "sign_out")


def set_language(connection: Connection, username: str, language: str) -> None:
    """Keeps the language in which an officer wants to read."""
    connection.execute(update(user).where(user.c.username == _spelled(username)).values(language=language))


def delay(failures: int) -> timedelta:
    """How long a user name rests after so many failures in a row: longer each time, never for good."""
    if failures < FREE_FAILURES:
        return timedelta()
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def _must_not_hurry(connection: Connection, username: str) -> None:
    """Refuses before the password is looked at, known user or not; such an attempt is not counted."""
    row = connection.execute(
        select(sign_in_failure.c.failures, sign_in_failure.c.last_at).where(
            sign_in_failure.c.username_hash == _hash(username)
        )
    ).first()
    if row is None:
        return
    left = datetime.fromisoformat(row.last_at) + delay(row.failures) - datetime.now(UTC)
    if left > timedelta():
        seconds = int(left.total_seconds()) + 1
        raise Problem(
            429, "too_many_attempts", "Too many attempts to sign in.", headers={"Retry-After": str(seconds)}
        )


def _count_failure(connection: Connection, username: str) -> None:
    at = datetime.now(UTC)
    connection.execute(
        delete(sign_in_failure).where(sign_in_failure.c.last_at < instant(at - timedelta(days=1)))
    )
    _add_failure.run(connection, (_hash(username), instant(at)))


@cache
def _hash_of_nobody() -> str:
    """What an unknown user's password is checked against, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(32))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def _must_be_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise Problem(422, "invalid", f"There is no time zone {zone!r}; one is Africa/Tunis.") from None


def must_be_bureau(connection: Connection, code: str) -> None:
    """Problem `not_found` when there is no such bureau."""
    if not connection.scalar(select(bureau.c.code).where(bureau.c.code == code)):
        raise Problem(404, "not_found", f"There is no bureau {code}.")


def must_be_entity(connection: Connection, bureau: str, code: str | None) -> None:
    """Problem `not_found` when the bureau has no such service."""
    if code is not None and not _is_entity(connection, bureau, code):
        raise Problem(404, "not_found", f"The bureau {bureau} has no service {code}.")


def _is_entity(connection: Connection, bureau: str, code: str) -> bool:
    known = select(entity.c.code).where(entity.c.bureau == bureau, entity.c.code == code)
    return connection.scalar(known) is not None


def _full(bureau: str, service: str | None) -> str:
    """A service as messages name it."""
    return f"{bureau}/{service}" if service else ""


def _spelled(username: str) -> str:
    """One spelling of a user name, however it is typed."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(422, "invalid", f"Not an instant: {text!r}; one is 2027-01-31T00:00:00Z.") from None
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def operator(code: str) -> Reader:
    """Who creates bureaus, users and tokens: the operator at the machine itself."""
    return Reader(code, "operator", "administration")


def _hash(secret: str) -> str:
    return sha256(secret.encode(errors="backslashreplace")).hexdigest()
