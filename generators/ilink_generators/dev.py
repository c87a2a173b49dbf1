"""`ilink dev`: watches a model and shows its forms in all languages, new at every save.

This is the one module that knows both the compiler and the server: it makes bundles, the bench of
the runtime shows them.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from ilink_generators import build
from ilink_generators.fingerprint import adapters_beside
from ilink_generators.lint import findings
from ilink_generators.load import load
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.standard import Standard
from ilink_generators.translations import status
from ilink_runtime import bundle, serving
from ilink_runtime.bench import NOTHING, Bench, Finding, Shown

#: How often the files are looked at, in seconds. Their times say what changed: that works everywhere.
LOOK = 0.1
#: The bench keeps no messages: it needs neither tables nor Python.
_NOT_SHOWN = frozenset({"pydantic_models", "sql_tables"})
#: What is made only to hear what is refused, once the form is on the screen.
_HEARD = frozenset({"adapters"})
_NO_TABLES = {"tables.json": '{"tables": []}'}

Stamps = dict[Path, tuple[int, int]]


@click.command(epilog="Example: ilink dev --port 8001")
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    default=Path("schema"),
    show_default=True,
    help="The model's root.",
)
@click.option(
    "--adapters",
    type=click.Path(path_type=Path),
    help="The folder of what the countries say; national_adapters beside the model's folder, if it is there.",
)
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
def dev(schema: Path, adapters: Path | None, port: int) -> None:
    """Shows the forms of the model in all languages side by side, on this machine, anew at every save.

    A model that is refused leaves the last good form on the screen, with what is wrong above it.
    """
    bench = Bench()
    try:
        listener = serving.listen("127.0.0.1", port)
    except OSError as error:
        raise click.ClickException(f"Cannot listen at port {port}: {error.strerror}.") from error
    done = threading.Event()
    watching = threading.Thread(target=watch, args=(bench, schema, adapters or adapters_beside(schema), done))
    with listener:
        click.echo(f"The forms are at http://127.0.0.1:{listener.getsockname()[1]}. Stop with Ctrl-C.")
        watching.start()
        try:
            serving.Server(serving.config(bench.app), bench).run(sockets=[listener])
        finally:
            done.set()
            watching.join()


def watch(bench: Bench, schema: Path, adapters: Path, done: threading.Event) -> None:
    """Shows the model now and whenever one of its files has changed, until it is done."""
    seen: Stamps | None = None
    folders = (schema if schema.is_dir() else schema.parent, adapters)
    while True:
        started = time.monotonic()
        found = stamps(folders)
        looked = time.monotonic() - started
        if found != seen:
            seen = found
            with _without_collection():
                for one in shown(schema, adapters, bench.shown):
                    bench.show(one)
        if done.wait(max(LOOK, 10 * looked)):  # a large folder is looked at less often
            return


def stamps(folders: Iterable[Path]) -> Stamps:
    """The files of the folders with their times and sizes."""
    return dict(_stamps(folders))


def _stamps(folders: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                found = path.stat()
            except OSError:  # an editor's temporary file is gone again
                continue
            if path.suffix in (".yaml", ".yml", ".po", ".json"):
                yield path, (found.st_mtime_ns, found.st_size)


def shown(schema: Path, adapters: Path, before: Shown = NOTHING) -> Iterator[Shown]:
    """What the bench shows of the model as it stands, and then what else is refused, if anything.

    A refused model leaves the bundle there was.
    """
    made = before
    try:
        standard = load(schema, adapters if adapters.is_dir() else None)
        names = build.generators().keys() - _NOT_SHOWN
        made = Shown(
            bundle.of({**_NO_TABLES, **build.generate(standard, names - _HEARD)}),
            findings=tuple(map(_finding, findings(standard))),
            untranslated=_untranslated(standard),
        )
        yield made
        build.generate(standard, names & _HEARD)
    except ModelRefused as refused:
        yield replace(made, refusals=tuple(map(_finding, refused.faults)))
    except Exception as error:  # a generator that fails must not end the bench: the next save may mend it
        yield replace(made, refusals=(Finding("", "", f"{type(error).__name__}: {error}"),))


@contextmanager
def _without_collection() -> Iterator[None]:
    """Leaves the collector for afterwards: a model is a large heap that lives, walked for nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _finding(fault: ModelFault) -> Finding:
    return Finding(f"{fault.file}:{fault.line}", fault.element, fault.message, fault.hint)


def _untranslated(standard: Standard) -> dict[str, int]:
    """How many texts each language lacks, or has for an English that has changed; no fault here."""
    return {one.language: len(one.missing) + len(one.stale) for one in status(standard)}
