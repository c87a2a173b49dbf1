"""The command `ilink`: the server, its people, its database, and whatever else is installed beside it.

Commands of the entry-point group `ilink.commands` (the compiler's) are loaded when they are called.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from ilink_runtime import __version__
from ilink_runtime.problems import Problem
from ilink_runtime.settings import Settings, from_environment

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])


class Refused(click.ClickException):
    """What cannot be done, in one sentence."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Says it."""
        click.echo(f"ilink: {self.format_message()}", file=file, err=file is None)


class Commands(click.Group):
    """The commands of the server, and those of whatever is installed beside it."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them; an installed one is imported now."""
        found = super().get_command(ctx, cmd_name)
        if found is not None or (beside := _installed().get(cmd_name)) is None:
            return found
        try:
            loaded: click.Command = beside.load()
        except ImportError as error:
            raise Refused(
                f"{cmd_name} needs {error.name}, which is not installed: pip install 'ilink[schema]'"
            ) from error
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists them; those beside by name only, so that help loads nothing."""
        super().format_commands(ctx, formatter)
        with formatter.section("Of the standard"):
            formatter.write_dl([(name, f"See ilink {name} --help.") for name in sorted(_installed())])


def _installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="ilink.commands")}


@click.group(cls=Commands, epilog="Example: ilink serve --port 8000")
@click.version_option(__version__, prog_name="ilink")
def main() -> None:
    """Exchanges police information by one standard: serves its forms, keeps and finds its messages."""


def _settings(database: str | None, standard: Path | None) -> Settings:
    settings = from_environment()
    if database:
        settings = replace(settings, database=database)
    return replace(settings, standard=standard) if standard else settings


@contextmanager
def _plainly() -> Iterator[None]:
    """Says errors that an operator can mend in one sentence."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    from ilink_runtime.opening import OutdatedDatabase

    try:
        yield
    except Problem as problem:
        raise Refused(problem.detail or problem.code) from problem
    except OutdatedDatabase as error:
        raise Refused(str(error)) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise Refused("The address of the database is none: sqlite:///ilink.sqlite3 is one.") from error
    except ModuleNotFoundError as error:
        raise Refused(f"The database needs {error.name}: pip install 'ilink[postgres]'") from error
    except DBAPIError as error:
        first = str(error.orig).strip().splitlines()[0]
        raise Refused(f"The database cannot be opened: {first}") from error
    except FileNotFoundError as error:
        raise Refused(f"There is no standard here: {error.filename} is missing.") from error
    except ValueError as error:
        raise Refused(str(error)) from error


def _write(settings: Settings, work: Callable[[Connection], T]) -> T:
    """Does one thing in the database."""
    from ilink_runtime import bundle
    from ilink_runtime.opening import open_store

    with _plainly():
        store = open_store(settings.database, bundle.read(settings.standard))
        try:
            return store.write(work)
        finally:
            store.close()


def _database(command: Command) -> Command:
    """The options that say which database and which standard."""
    database = click.option(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql+psycopg://…; else ILINK_DATABASE."
    )
    standard = click.option(
        "--standard",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        help="The bundle of the standard; else ILINK_STANDARD, else the one that came along.",
    )
    return database(standard(command))


# --- the server


@main.command(epilog="Example: ilink serve --database sqlite:///ilink.sqlite3 --port 8000")
@_database
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
def serve(database: str | None, standard: Path | None, host: str, port: int) -> None:
    """Serves the forms, the pages and the interface; makes an empty SQLite database if there is none."""
    with _plainly():
        settings = _settings(database, standard)
    _serve(settings, host, port)


def _serve(settings: Settings, host: str, port: int) -> None:
    from ilink_runtime import app, serving

    try:
        listener = serving.listen(host, port)
    except OSError as error:
        raise Refused(f"Cannot listen at {host}, port {port}: {os.strerror(error.errno or 0)}.") from error
    with listener:
        with _plainly():
            served = app.create_app(settings)
        click.echo(f"ilink serves http://{_address(host, listener.getsockname()[1])}. Stop it with Ctrl-C.")
        serving.serve(served, listener)


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@main.command(epilog="Example: ilink demo --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
def demo(host: str, port: int) -> None:
    """Serves invented messages of invented bureaus, with officers to sign in as by one click."""
    with _plainly():
        import_module("ilink_runtime.demo").run(host=host, port=port)


# --- people


@main.group(epilog="Example: ilink bureau create TN --name Tunis")
def bureau() -> None:
    """The bureaus that exchange messages."""


@bureau.command(
    "create", epilog="Example: ilink bureau create IPSG --name 'General Secretariat' --secretariat"
)
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@click.option("--secretariat", is_flag=True, help="It publishes and returns notices.")
@_database
def create_bureau(
    code: str, name: str, secretariat: bool, database: str | None, standard: Path | None
) -> None:
    """Adds a bureau by the code that messages name it with: TN, or IPSG for the General Secretariat."""
    from ilink_runtime import people

    kind = "secretariat" if secretariat else "ncb"
    _write(_asked(database, standard), lambda c: people.create_bureau(c, code, kind, name))
    click.echo(f"Bureau {code} is there.")


@main.group(epilog="Example: ilink entity create FR dgpn --name 'Police nationale'")
def entity() -> None:
    """The national services that bureaus authorised."""


@entity.command("create", epilog="Example: ilink entity create FR dgpn --name 'Police nationale'")
@click.argument("bureau")
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@_database
def create_entity(bureau: str, code: str, name: str, database: str | None, standard: Path | None) -> None:
    """Adds a service of a bureau, which messages name FR/dgpn."""
    from ilink_runtime import people

    _write(_asked(database, standard), lambda c: people.create_entity(c, bureau, code, name))
    click.echo(f"Service {bureau}/{code} is there.")


@main.group(epilog="Example: ilink user create amal --bureau TN --name 'Amal Trabelsi'")
def user() -> None:
    """The officers who sign in to the pages."""


@user.command(
    "create", epilog="Example: ilink user create amal --bureau TN --name 'Amal Trabelsi' --language ar"
)
@click.argument("username")
@click.option("--bureau", required=True, metavar="CODE", help="The bureau the officer belongs to.")
@click.option("--entity", metavar="CODE", help="The service of the bureau that the officer belongs to.")
@click.option(
    "--scope",
    type=click.Choice(("read", "write")),
    help="Whether the officer may write for the bureau; else write, and read for a service's officer.",
)
@click.option("--name", required=True, help="The officer's name.")
@click.option(
    "--language", default="en", show_default=True, help="The language of the pages: en, ar, es, fr."
)
@click.option("--zone", default="UTC", show_default=True, help="The time zone, such as Africa/Tunis.")
@click.option("--password-stdin", is_flag=True, help="Reads the password from the standard input.")
@_database
def create_user(
    username: str,
    bureau: str,
    entity: str | None,
    scope: str | None,
    name: str,
    language: str,
    zone: str,
    password_stdin: bool,
    database: str | None,
    standard: Path | None,
) -> None:
    """Adds an officer of a bureau, or of a national service of it; asks for the password."""
    from ilink_runtime import people

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    _write(
        _asked(database, standard),
        lambda c: people.create_user(
            c,
            username,
            name,
            bureau,
            password,
            language,
            zone,
            entity=entity,
            may_write=scope == "write" or (scope is None and entity is None),
        ),
    )
    click.echo(f"{username} can sign in for {f'{bureau}/{entity}' if entity else bureau}.")


@main.group(epilog="Example: ilink token create --bureau TN --name case-system --scope write")
def token() -> None:
    """The secrets with which national systems come."""


@token.command("create", epilog="Example: ilink token create --bureau TN --name case-system --scope write")
@click.option("--bureau", required=True, metavar="CODE", help="The bureau that owns what the system sends.")
@click.option("--entity", metavar="CODE", help="The service of the bureau whose system it is.")
@click.option("--name", required=True, help="What the audit calls the system.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("read",),
    show_default=True,
    type=click.Choice(("read", "write")),
)
@click.option("--expires", metavar="INSTANT", help="When it ends, such as 2027-12-31T00:00:00Z; else never.")
@click.option("--test", is_flag=True, help="For the test space alone: it reads nothing, and nothing is kept.")
@_database
def create_token(
    bureau: str,
    entity: str | None,
    name: str,
    scopes: tuple[str, ...],
    expires: str | None,
    test: bool,
    database: str | None,
    standard: Path | None,
) -> None:
    """Makes a token and writes it, this once."""
    from ilink_runtime import people

    secret = _write(
        _asked(database, standard),
        lambda c: people.create_token(c, bureau, name, scopes, expires, entity=entity, test=test),
    )
    click.echo(secret)


@token.command("revoke", epilog="Example: ilink token revoke --bureau TN --name case-system")
@click.option("--bureau", required=True, metavar="CODE", help="The bureau of the token.")
@click.option("--name", required=True, help="The name of the token.")
@_database
def revoke_token(bureau: str, name: str, database: str | None, standard: Path | None) -> None:
    """Ends a token at once."""
    from ilink_runtime import people

    _write(_asked(database, standard), lambda c: people.revoke_token(c, bureau, name))
    click.echo(f"The token {name} of {bureau} is no longer valid.")


@main.group(epilog="Example: ilink subscription list")
def subscription() -> None:
    """The systems that are told what became of messages: they ask, or they are called."""


@subscription.command(
    "create",
    epilog="Example: ilink subscription create --bureau TN --name case-system --purpose 'national case file'",
)
@click.option("--bureau", required=True, metavar="CODE", help="The bureau whose system it is.")
@click.option("--entity", metavar="CODE", help="The service of the bureau whose system it is.")
@click.option("--name", required=True, help="What the audit calls it.")
@click.option("--purpose", required=True, help="Why the messages are read; the audit keeps it with each.")
@click.option("--adapter", metavar="NAME", help="The national format; else messages of the standard.")
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Only messages of these types; else all."
)
@click.option("--url", help="Where it is called, at a host of ILINK_WEBHOOK_HOSTS; else it comes and asks.")
@click.option("--from-now", is_flag=True, help="Begins with what comes now, not with all that is there.")
@_database
def create_subscription(
    bureau: str,
    entity: str | None,
    name: str,
    purpose: str,
    adapter: str | None,
    types: tuple[str, ...],
    url: str | None,
    from_now: bool,
    database: str | None,
    standard: Path | None,
) -> None:
    """Makes a subscription and writes its id; with an address also the secret of its calls, this once."""
    from ilink_runtime import addresses, bundle, calls, subscriptions
    from ilink_runtime.adapters import loading

    settings = _asked(database, standard)
    with _plainly():
        if url is not None:
            addresses.target(url, settings.webhook_hosts)
            if not settings.webhook_key:
                raise Refused("Set ILINK_WEBHOOK_KEY, here and for the server: it makes the secrets.")
        read = bundle.read(settings.standard)
        adapters = loading.described(settings.standard)["adapters"]
    identity = _write(
        settings,
        lambda c: subscriptions.create(
            c,
            read,
            adapters,
            bureau,
            name,
            purpose,
            entity=entity,
            adapter=adapter,
            types=types,
            url=url,
            from_now=from_now,
        ),
    )
    click.echo(identity)
    if url is not None:
        click.echo(calls.secret(settings.webhook_key, identity))


@subscription.command("list", epilog="Example: ilink subscription list --bureau TN")
@click.option("--bureau", metavar="CODE", help="Only those of a bureau.")
@_database
def list_subscriptions(bureau: str | None, database: str | None, standard: Path | None) -> None:
    """Lists subscriptions: whose, their id, whether they are called and with what success."""
    from ilink_runtime import subscriptions

    for one in _write(_asked(database, standard), lambda c: subscriptions.listing(c)):
        if bureau in (None, one.bureau):
            said = [one.entity or one.bureau, one.name, one.id, one.adapter or "json", one.state]
            if one.url:
                said += [one.url, f"{one.sent} of {one.last} told"]
            if one.trouble:
                said += [f"{one.trouble}, {one.failures} times since {one.failing_since}"]
            click.echo("  ".join(said))


def _set_subscription(
    bureau: str, name: str, state: str, database: str | None, standard: Path | None
) -> None:
    from ilink_runtime import subscriptions

    _write(_asked(database, standard), lambda c: subscriptions.set_state(c, bureau, name, state))
    click.echo(f"The subscription {name} of {bureau} is {state}.")


def _whose(command: Command) -> Command:
    """The options that say which subscription."""
    bureau = click.option("--bureau", required=True, metavar="CODE", help="The bureau of the subscription.")
    return bureau(click.option("--name", required=True, help="The name of the subscription.")(command))


@subscription.command("pause", epilog="Example: ilink subscription pause --bureau TN --name case-system")
@_whose
@_database
def pause_subscription(bureau: str, name: str, database: str | None, standard: Path | None) -> None:
    """Tells a subscription nothing for now; nothing is lost meanwhile."""
    _set_subscription(bureau, name, "paused", database, standard)


@subscription.command("resume", epilog="Example: ilink subscription resume --bureau TN --name case-system")
@_whose
@_database
def resume_subscription(bureau: str, name: str, database: str | None, standard: Path | None) -> None:
    """Goes on where a subscription was paused, or stopped because nobody answered."""
    _set_subscription(bureau, name, "active", database, standard)


@subscription.command("delete", epilog="Example: ilink subscription delete --bureau TN --name case-system")
@_whose
@_database
def delete_subscription(bureau: str, name: str, database: str | None, standard: Path | None) -> None:
    """Ends a subscription for good; what it was given stays known, for owners to ask that it is removed."""
    _set_subscription(bureau, name, "ended", database, standard)


def _asked(database: str | None, standard: Path | None) -> Settings:
    with _plainly():
        return _settings(database, standard)


# --- the database


@main.group(epilog="Example: ilink db upgrade")
def db() -> None:
    """The database."""


@db.command("upgrade", epilog="Example: ilink db upgrade --database postgresql+psycopg://ilink@db/ilink")
@_database
def upgrade_database(database: str | None, standard: Path | None) -> None:
    """Brings a database up to the standard: adds what is missing, and fills it from the messages."""
    from ilink_runtime import bundle, upgrade
    from ilink_runtime.database import open_engine
    from ilink_runtime.opening import make_folder

    with _plainly(), ExitStack() as stack:
        settings = _settings(database, standard)
        read = bundle.read(settings.standard)
        make_folder(settings.database)
        engine = open_engine(settings.database)
        stack.callback(engine.dispose)
        if upgrade.check(engine, read) == "empty":
            upgrade.create(engine, read)
            click.echo("The database is ready.")
            return
        report = upgrade.upgrade(engine, read)
    for name in report.added:
        click.echo(f"Added {name}.")
    for name in report.left:
        click.echo(f"Left {name}: the standard no longer has it.")
    for name in report.unknown:
        click.echo(f"Messages of the type {name} are kept: the standard no longer has it.")
    click.echo(f"The database is up to date; {report.projected} messages were filled in anew.")


# --- messages


@main.command(epilog="Example: ilink expire --dry-run")
@click.option("--dry-run", is_flag=True, help="Only says what would end.")
@_database
def expire(dry_run: bool, database: str | None, standard: Path | None) -> None:
    """Deletes messages whose time ran out, withdraws those whose suspension did; `serve` does so hourly."""
    from ilink_runtime import bundle, retention, sweep
    from ilink_runtime.opening import open_store

    settings = _asked(database, standard)
    with _plainly(), ExitStack() as stack:
        store = open_store(settings.database, bundle.read(settings.standard))
        stack.callback(store.close)
        today = retention.today()
        ended = store.read(lambda c: sweep.due(c, today)) if dry_run else list(sweep.sweep(store, today))
    for one in ended:
        click.echo(f"{one.reference} of {one.owner}: {'deleted' if one.end == 'expire' else 'withdrawn'}")
    click.echo(f"{len(ended)} messages {'would end' if dry_run else 'ended'}.", err=True)


@main.command(epilog="Example: ilink validate notice.json --level publish --lang fr")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--type", "message_type", metavar="TYPE", help="The message type, where a message does not name it."
)
@click.option(
    "--level", type=click.Choice(("record", "publish", "quality")), default="record", show_default=True
)
@click.option("--lang", default="en", show_default=True, help="The language of the sentences.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a message.")
@click.option(
    "--standard", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="The bundle."
)
def validate(
    files: tuple[Path, ...],
    message_type: str | None,
    level: Any,
    lang: str,
    as_json: bool,
    standard: Path | None,
) -> None:
    """Says what is wrong with messages in JSON files (one or a list each) or JSON Lines files (.jsonl).

    Exit 1 when one cannot be recorded, or published when that level is asked for.
    """
    from ilink_runtime import bundle, judging

    with _plainly():
        read = bundle.read(_settings(None, standard).standard)
        if lang not in read.languages:
            raise Refused(f"The standard does not speak {lang}; it speaks {', '.join(read.languages)}.")
        court = judging.judge(read, files, message_type, level, lang)
        valid = True
        for judgement in court:
            valid = valid and judgement.valid
            for line in judging.as_json(judgement) if as_json else judging.as_lines(judgement):
                click.echo(line)
    if not valid:
        sys.exit(1)
    if not as_json:
        click.echo(f"Nothing stands against this at the level {level}.", err=True)
