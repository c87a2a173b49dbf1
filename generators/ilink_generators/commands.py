"""The compiler's commands; they join `ilink` through the entry-point group `ilink.commands`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from ilink_generators import build as bundle
from ilink_generators.load import load
from ilink_generators.model_text import ModelRefused
from ilink_generators.standard import Standard
from ilink_generators.translations import status as translation_status
from ilink_generators.translations import updated

_MODEL = click.option(
    "--schema",
    type=click.Path(path_type=Path),
    default=Path("schema"),
    show_default=True,
    help="The model's root.",
)

_ADAPTERS = click.option(
    "--adapters",
    type=click.Path(path_type=Path),
    default=Path("national_adapters"),
    show_default=True,
    help="The folder of the national adapters, if there are any.",
)


@click.command(epilog="Example: ilink build --check")
@_MODEL
@_ADAPTERS
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("ilink_runtime/generated"),
    show_default=True,
    help="The folder of the bundle.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when the bundle is not what the model says."
)
def build(schema: Path, adapters: Path, out: Path, check: bool) -> None:
    """Makes the bundle from the model: validators, models, tables, forms, texts, code lists and adapters."""
    standard = _loaded(schema, adapters if adapters.is_dir() else None)
    try:
        files = bundle.generate(standard)
    except ModelRefused as refused:
        _refuse(refused)
    if not check:
        try:
            bundle.write(files, out)
        except bundle.NotABundle as reason:
            raise click.ClickException(str(reason)) from None
        click.echo(f"{out}: {len(files)} files, {sum(map(len, files.values())) // 1024} KiB.")
        return
    found = bundle.differences(files, out)
    for sentence in found:
        click.echo(f"{out}/{sentence}.", err=True)
    if found:
        click.echo("Run ilink build and commit what it writes.", err=True)
        sys.exit(1)
    click.echo(f"{out} is what the model says.")


@click.command(epilog="Example: ilink lint")
@_MODEL
def lint(schema: Path) -> None:
    """Checks the model and its catalogues: what load refuses, and texts that an officer would miss."""
    standard = _loaded(schema)
    found = [
        f"{language.language}: {path}: {what}."
        for language in translation_status(standard)
        for what, paths in (("not translated", language.missing), ("the English has changed", language.stale))
        for path in paths
    ]
    for class_ in standard.messages():
        found += [
            f"{slot.origin}: {class_.name}.{slot.name}: no help text; say what to write."
            for slot in class_.slots
            if not slot.description
        ]
    for rule in {rule.code: rule for class_ in standard.classes.values() for rule in class_.rules}.values():
        if not rule.title:
            found.append(f"{rule.origin}: {rule.code}: no sentence; say what the officer is to do.")
    for sentence in found:
        click.echo(sentence, err=True)
    if found:
        sys.exit(1)
    click.echo(f"{schema}: nothing to say against it.")


@click.group(epilog="Example: ilink translations status")
def translations() -> None:
    """The catalogues of the standard: what is missing, and bringing them up to date."""


@translations.command(epilog="Example: ilink translations status")
@_MODEL
def status(schema: Path) -> None:
    """Says per language what is missing, stale or not yet reviewed; exit 1 unless all is there."""
    languages = translation_status(_loaded(schema))
    for language in languages:
        click.echo(
            f"{language.language}: {language.total} texts, {len(language.missing)} missing, "
            f"{len(language.stale)} stale, {language.unreviewed} not reviewed."
        )
        for path in (*language.missing, *language.stale)[:20]:
            click.echo(f"  {path}")
    if not all(language.complete for language in languages):
        sys.exit(1)


@translations.command(epilog="Example: ilink translations update ar fr es")
@_MODEL
@click.argument("languages", nargs=-1)
def update(schema: Path, languages: tuple[str, ...]) -> None:
    """Refreshes the catalogues: new texts stand empty, CLDR names are filled in, stale ones are marked."""
    standard = _loaded(schema)
    folder = (schema if schema.is_dir() else schema.parent) / "translations"
    folder.mkdir(exist_ok=True)
    for language in languages or tuple(standard.translations):
        (folder / f"{language}.po").write_text(updated(standard, language), "utf-8")
        click.echo(f"{folder / language}.po is up to date.")


def _loaded(schema: Path, adapters: Path | None = None) -> Standard:
    try:
        return load(schema, adapters)
    except ModelRefused as refused:
        _refuse(refused)


def _refuse(refused: ModelRefused) -> NoReturn:
    for fault in refused.faults:
        click.echo(str(fault), err=True)
    sys.exit(1)
