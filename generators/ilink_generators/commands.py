"""The compiler's commands; they join `ilink` through the entry-point group `ilink.commands`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

import ilink_runtime
from ilink_generators import fingerprint

if TYPE_CHECKING:
    from ilink_generators.model_text import ModelRefused
    from ilink_generators.standard import Standard

#: The catalogues of the desk's own sentences.
DESK = Path(ilink_runtime.__file__).parent / "locale"

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
    help="The folder of what the countries say; none when there is no such folder.",
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
@click.option("--release", is_flag=True, help="Refuse a bundle while a text is missing or stale.")
def build(schema: Path, adapters: Path, out: Path, check: bool, release: bool) -> None:
    """Makes the bundle from the model: validators, models, tables, forms, texts, code lists and adapters."""
    if not (check or release) and fingerprint.unchanged(schema, adapters, out):
        click.echo(f"{out} is what the model says: nothing has changed.")
        return
    from ilink_generators import build as bundle
    from ilink_generators.model_text import ModelRefused

    standard = _loaded(schema, adapters)
    if release:
        _refuse_untranslated(schema, standard)
    try:
        files = bundle.generate(standard)
    except ModelRefused as refused:
        _refuse(refused)
    if not check:
        try:
            bundle.write(files, out)
        except bundle.NotABundle as reason:
            raise click.ClickException(str(reason)) from None
        fingerprint.keep(standard.inputs, adapters, out)
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
    from ilink_generators import catalogue_lint
    from ilink_generators.lint import findings

    standard, folder = _loaded(schema), _catalogues(schema)
    found = [*catalogue_lint.untranslated(standard, folder), *map(str, findings(standard))]
    for catalogue in (*sorted(folder.glob("*.po")), *sorted(DESK.glob("*.po"))):
        found += catalogue_lint.findings(catalogue)
    for sentence in found:
        click.echo(sentence, err=True)
    if found:
        sys.exit(1)
    click.echo(f"{schema}: nothing to say against it.")


@click.group(epilog="Example: ilink translations status")
def translations() -> None:
    """The catalogues of the standard: what is missing, bringing them up to date, reviewing them."""


@translations.command(epilog="Example: ilink translations status")
@_MODEL
def status(schema: Path) -> None:
    """Says per language what is missing, stale, not reviewed or no longer; exit 1 unless all is there."""
    from ilink_generators.translations import status as translation_status

    languages = translation_status(_loaded(schema))
    for language in languages:
        click.echo(
            f"{language.language}: {language.total} texts, {len(language.missing)} missing, "
            f"{len(language.stale)} stale, {len(language.unreviewed)} not reviewed, "
            f"{len(language.voided)} of them voided."
        )
        for what in ("missing", "stale", "voided"):
            paths = getattr(language, what)
            for path in paths[:_SHOWN]:
                click.echo(f"  {what}: {path}")
            if len(paths) > _SHOWN:
                click.echo(f"  {what}: and {len(paths) - _SHOWN} more")
    if not all(language.complete for language in languages):
        sys.exit(1)


@translations.command(epilog="Example: ilink translations update ar fr es")
@_MODEL
@click.argument("languages", nargs=-1)
def update(schema: Path, languages: tuple[str, ...]) -> None:
    """Refreshes the catalogues: new texts stand empty, CLDR names are filled in, stale ones are marked."""
    from ilink_generators.translations import updated

    standard = _loaded(schema)
    folder = _catalogues(schema)
    folder.mkdir(exist_ok=True)
    for language in languages or tuple(standard.translations):
        (folder / f"{language}.po").write_text(updated(standard, language), "utf-8")
        click.echo(f"{folder / language}.po is up to date.")


@translations.command(epilog='Example: ilink translations review ar --by "N. Haddad" --path "rules.red-*"')
@_MODEL
@click.argument("language")
@click.option("--by", required=True, help="Who reviews; stands in the file of approvals.")
@click.option("--path", "paths", multiple=True, help="Only these elements, such as Person.*; repeatable.")
@click.option("--all", "everything", is_flag=True, help="Ask nothing: approve all that --path names.")
def review(schema: Path, language: str, by: str, paths: tuple[str, ...], everything: bool) -> None:
    """Shows each translation beside its English and records who approved it, until either changes."""
    from ilink_generators import reviewing
    from ilink_generators.model_text import unseen

    standard = _loaded(schema)
    if language not in standard.translations:
        known = ", ".join(standard.translations) or "none yet"
        raise click.ClickException(f"There is no catalogue of {language}; there is {known}.")
    if not by.strip() or unseen(by):
        raise click.UsageError("--by is the name of who reviews.")
    if everything and not paths:
        raise click.UsageError("--all approves without asking; say what with --path.")
    waiting = list(reviewing.unread(standard, language, paths))
    read: dict[str, str] = {}
    try:
        if everything:
            read.update((one.path, one.translation.text) for one in waiting)
        else:
            read.update(reviewing.asked(waiting, language))
    finally:  # who closes the terminal keeps what he has approved
        reviewing.record(_catalogues(schema) / f"{language}.po", standard, read, by.strip())
    click.echo(f"{len(read)} approved, {len(waiting) - len(read)} left.")


#: So many paths of a kind are named; who wants all runs `ilink lint`.
_SHOWN = 20


def _catalogues(schema: Path) -> Path:
    """Where the catalogues of a model are."""
    return (schema if schema.is_dir() else schema.parent) / "translations"


def _refuse_untranslated(schema: Path, standard: Standard) -> None:
    """A release speaks every language whole; while the standard is worked on, English stands in."""
    from ilink_generators.catalogue_lint import untranslated

    found = untranslated(standard, _catalogues(schema))
    for sentence in found:
        click.echo(sentence, err=True)
    if found:
        click.echo(f"{len(found)} texts stand between this bundle and a release.", err=True)
        sys.exit(1)


def _loaded(schema: Path, adapters: Path | None = None) -> Standard:
    from ilink_generators.load import load
    from ilink_generators.model_text import ModelRefused

    try:
        return load(schema, adapters)
    except ModelRefused as refused:
        _refuse(refused)


def _refuse(refused: ModelRefused) -> NoReturn:
    for fault in refused.faults:
        click.echo(str(fault), err=True)
    sys.exit(1)
