"""`ilink adapter`: a country's own format, from a sample to checked, run and described."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

import click

from ilink_generators import profiles
from ilink_generators.adapters import checked, compiled_one, reports, words
from ilink_generators.adapters.judging import Judge
from ilink_generators.adapters.proposing import proposed
from ilink_generators.adapters.read_adapter import read_parts
from ilink_generators.adapters.resolve import with_mappings
from ilink_generators.adapters.running import Judged, Progress, Tell, to_national, to_standard
from ilink_generators.adapters.sample import SampleRefused
from ilink_generators.adapters.searching import Part, check_search, families
from ilink_generators.load import load
from ilink_generators.model_text import ModelFault, ModelRefused
from ilink_generators.plain_json import dump
from ilink_generators.profiles.read_profile import read_profile
from ilink_generators.standard import Standard
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.loading import Loaded, from_text
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.troubles import in_english, shown

_MODEL = click.option(
    "--schema",
    type=click.Path(path_type=Path),
    default=Path("schema"),
    show_default=True,
    help="The model's root.",
)
_FOLDER = click.option(
    "--adapters",
    type=click.Path(path_type=Path),
    default=Path("national_adapters"),
    show_default=True,
    help="The folder of the national adapters.",
)
#: What editors complete adapters by, beside their folders.
_SCHEMA = "adapter.schema.json"
_LANGUAGES = click.Choice(["ar", "en", "es", "fr"])


@click.group(epilog="Example: ilink adapter check")
def adapter() -> None:
    """National adapters: a country's own format, both ways, by one file."""


@adapter.command(epilog="Example: ilink adapter check ch-csv-recherche")
@click.argument("name", required=False)
@_MODEL
@_FOLDER
def check(name: str | None, schema: Path, adapters: Path) -> None:
    """Checks one country's adapter and profile, or all: what fits, what is lost, that it only tightens."""
    standard = _standard(schema)
    said = [*adapters.glob("*/adapter.yaml"), *adapters.glob("*/profile.yaml")]
    names = [name] if name else sorted({path.parent.name for path in said})
    refused: list[ModelFault] = []
    for one in names:
        faults: list[ModelFault] = []
        profile = adapters / one / "profile.yaml"
        if profile.is_file():
            refused += _checked_profile(standard, profile)
            if not profile.with_name("adapter.yaml").is_file():
                continue
        parts = _parts(standard, adapters, one, faults)
        for found, rules in parts if not faults else ():
            messages = ", ".join((found.message, *found.others))
            click.echo(
                f"{found.name}: {len(rules)} rules, {found.format.type} and {messages}; nothing against it."
            )
        refused += faults
    if refused:
        _refuse(ModelRefused(refused))


def _checked_profile(standard: Standard, path: Path) -> list[ModelFault]:
    """What stands against a profile; a sound one is said to be so."""
    try:
        found = read_profile(path)
        profiles.generate(replace(standard, profiles={found.country: found}))
    except ModelRefused as refused:
        return list(refused.faults)
    forms = ", ".join(form.message for form in found.forms)
    click.echo(f"{path.parent.name}: the profile of {found.country} only tightens {forms}.")
    return []


@adapter.command(epilog="Example: ilink adapter run ch-csv-recherche avis.csv --out messages.jsonl")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the result goes; standard output without it."
)
@click.option(
    "--to-national", "outwards", is_flag=True, help="From messages, one a line, to the national format."
)
@click.option(
    "--leftovers", type=click.Path(path_type=Path), help="Written on the way in, read on the way out."
)
@click.option("--resume", is_flag=True, help="Go on where a run with --out ended.")
@click.option(
    "--with", "given", multiple=True, metavar="PLACE=VALUE", help="A place that every record has besides."
)
@_MODEL
@_FOLDER
def run(
    name: str,
    file: Path,
    out: Path | None,
    outwards: bool,
    leftovers: Path | None,
    resume: bool,
    given: tuple[str, ...],
    schema: Path,
    adapters: Path,
) -> None:
    """Carries a file of records; a bad one is reported with its line, and the rest goes on.

    So is one whose message could not be recorded, by the fields of the country's own format.
    """
    if resume and (out is None or outwards):
        raise click.UsageError("--resume goes on with the file of --out, on the way into the standard.")
    standard = _standard(schema)
    loaded = _compiled(standard, adapters, name)
    with ExitStack() as stack:
        source, finish = _watched(stack, file)
        try:
            if outwards:
                theirs = stack.enter_context(leftovers.open("rb")) if leftovers else None
                target = stack.enter_context(out.open("wb")) if out else sys.stdout.buffer
                bad = to_national(loaded, source, theirs, target, _teller(file))
            else:
                judged = partial(Judge(standard).faults, loaded)
                bad = _inwards(
                    stack, loaded, source, out, leftovers, resume, _teller(file), _places(given), judged
                )
        except formats.Unreadable as reason:
            click.echo(f"{file}:{reason.line}: {reason}", err=True)
            sys.exit(1)
        finally:
            finish()
    if bad:
        click.echo(f"{bad} records could not be carried.", err=True)
        sys.exit(1)


def _inwards(
    stack: ExitStack,
    loaded: Loaded,
    source: IO[bytes],
    out: Path | None,
    leftovers: Path | None,
    resume: bool,
    tell: Tell,
    given: dict[str, str],
    judged: Judged,
) -> int:
    paths = {word: path for word, path in (("out", out), ("leftovers", leftovers)) if path is not None}
    files: dict[str, IO[bytes]] = {
        word: stack.enter_context(path.open("r+b" if resume and path.exists() else "w+b"))
        for word, path in paths.items()
    }
    files.setdefault("out", sys.stdout.buffer)
    progress = Progress(Path(f"{out}.progress") if out else None)
    if resume:
        progress.take_up(files)
    to_standard(loaded, source, files, progress, tell, given, judged)
    progress.done()
    return progress.bad


@adapter.command(epilog="Example: ilink adapter report ch-csv-recherche --html > report.html")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="All adapters of the folder.")
@click.option("--html", is_flag=True, help="A page instead of Markdown.")
@_MODEL
@_FOLDER
def report(name: str | None, every: bool, html: bool, schema: Path, adapters: Path) -> None:
    """What of the standard an adapter reaches, what is lost, its code tables, and how its examples fare."""
    if bool(name) == every:
        raise click.UsageError("name one adapter, or say --all.")
    standard = _standard(schema)
    judge = Judge(standard)
    names = [name] if name else sorted(path.parent.name for path in adapters.glob("*/adapter.yaml"))
    blocks: list[reports.Block] = []
    tried: list[reports.Tried] = []
    for one in names:
        for found, rules in _sound(standard, adapters, one):
            loaded = from_text(found.name, *compiled_one(found, rules))
            tried.append(reports.tried(found, loaded, rules, judge, adapters / found.file / "examples"))
            blocks += reports.report(standard, found, rules, tried[-1])
    if every:
        blocks = [*reports.round_trips(tried), *blocks]
    click.echo(reports.as_html(blocks) if html else reports.as_markdown(blocks), nl=False)


@adapter.command(epilog="Example: ilink adapter docs ch-csv-recherche --lang fr")
@click.argument("name")
@click.option("--lang", type=_LANGUAGES, default="en", show_default=True, help="The language of the labels.")
@click.option("--html", is_flag=True, help="A page instead of Markdown.")
@_MODEL
@_FOLDER
def docs(name: str, lang: str, html: bool, schema: Path, adapters: Path) -> None:
    """The mapping as a page: each national place, the standard's field in words, and how it is carried."""
    standard = _standard(schema)
    blocks = [
        block
        for found, rules in _sound(standard, adapters, name)
        for block in reports.mapping(standard, found, rules, lang)
    ]
    click.echo(reports.as_html(blocks, lang) if html else reports.as_markdown(blocks), nl=False)


@adapter.command(epilog="Example: ilink adapter new zz-my-system --from sample.csv --country ZZ")
@click.argument("name")
@click.option("--from", "sample", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--country", default="ZZ", show_default=True, help="The country, by its two letters.")
@click.option(
    "--message", default="RedNotice", show_default=True, help="The type of message that a record becomes."
)
@click.option("--encoding", default="utf-8", show_default=True, help="How the sample is encoded.")
@_MODEL
@_FOLDER
def new(
    name: str, sample: Path, country: str, message: str, encoding: str, schema: Path, adapters: Path
) -> None:
    """Proposes an adapter from a sample, or an XSD. It passes check, and says what is left to decide."""
    path = adapters / name / "adapter.yaml"
    if path.exists():
        raise click.ClickException(f"{path} is there already.")
    standard = _standard(schema)
    try:
        text = proposed(standard, name, country, message, sample, encoding)
    except SampleRefused as reason:
        raise click.ClickException(str(reason)) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# yaml-language-server: $schema=../{_SCHEMA}\n{text}", "utf-8")
    (adapters / _SCHEMA).write_text(_editor_schema(), "utf-8")
    _sound(standard, adapters, name)
    left = text.count("# decide:")
    click.echo(f"{path} is written and passes check; {left} lines are left to decide, each marked # decide:.")
    click.echo(text.splitlines()[0].removeprefix("# Proposed by ilink adapter new: "))
    click.echo("Next, once these are decided:")
    carried = f"{name} {sample} --out messages.jsonl --leftovers left.jsonl"
    for command in (f"check {name}", f"run {carried}", f"report {name}"):
        click.echo(f"  ilink adapter {command}")


@adapter.command("schema", epilog="Example: ilink adapter schema > national_adapters/adapter.schema.json")
def editor() -> None:
    """The JSON Schema of adapter.yaml, by which an editor completes words and explains them."""
    click.echo(_editor_schema(), nl=False)


@adapter.command("words", epilog="Example: ilink adapter words > docs/adapter-language.md")
def words_() -> None:
    """Every word that adapter.yaml may say, in Markdown."""
    click.echo(words.documented(load(words.LANGUAGE)), nl=False)


# -- small ---------------------------------------------------------------------------------------


def _editor_schema() -> str:
    return dump(words.editor_schema(load(words.LANGUAGE)))


def _standard(schema: Path) -> Standard:
    try:
        return load(schema)
    except ModelRefused as refused:
        _refuse(refused)


def _parts(standard: Standard, folder: Path, name: str, faults: list[ModelFault]) -> list[Part]:
    """The adapters of a file with their rules, or the one that `name` says by `file.part`."""
    file, dot, _part = name.partition(".")
    path = folder / file / "adapter.yaml"
    if not path.is_file():
        raise click.ClickException(f"there is no {path}.")
    try:
        adapters = [with_mappings(one, standard) for one in read_parts(path, faults)]
    except ModelRefused as refused:
        _refuse(refused)
    if faults:
        return []
    parts = [(one, checked(standard, one, faults)) for one in adapters]
    for family in families(parts).values():
        faults += check_search(standard, family)
    return [part for part in parts if part[0].name == name] if dot else parts


def _sound(standard: Standard, folder: Path, name: str) -> list[Part]:
    """The same; what stands against one ends the command."""
    faults: list[ModelFault] = []
    parts = _parts(standard, folder, name, faults)
    if faults:
        _refuse(ModelRefused(faults))
    return parts


def _compiled(standard: Standard, folder: Path, name: str) -> Loaded:
    """The one adapter of that name, ready to run."""
    parts = _sound(standard, folder, name)
    if len(parts) != 1:
        known = ", ".join(one.name for one, _rules in _sound(standard, folder, name.partition(".")[0]))
        raise click.ClickException(f"{name} is not one adapter; name one of {known}.")
    return from_text(name, *compiled_one(*parts[0]))


def _teller(file: Path) -> Tell:
    def tell(line: int, trouble: Trouble | str) -> None:
        if isinstance(trouble, str):
            click.echo(f"{file}:{line}: {trouble}", err=True)
            return
        what = in_english(trouble)
        said = "" if trouble.value is None or shown(trouble.value) in what else f" {shown(trouble.value)}"
        click.echo(f"{file}:{line}: {what}{said}", err=True)

    return tell


def _places(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if not all(found for _place, found, _value in pairs):
        raise click.UsageError("--with takes PLACE=VALUE.")
    return {place: value for place, _found, value in pairs}


def _watched(stack: ExitStack, file: Path) -> tuple[IO[bytes], Callable[[], None]]:
    """The file, with a progress bar on the terminal if there is one."""
    source = stack.enter_context(file.open("rb"))
    if not sys.stderr.isatty():
        return source, lambda: None
    bar = click.progressbar(length=file.stat().st_size, file=sys.stderr, label=file.name)
    return _Counted(source, bar.update), bar.render_finish  # type: ignore[return-value]


class _Counted:
    """A file that says how much of it has been read."""

    def __init__(self, source: IO[bytes], update: Callable[[int], None]) -> None:
        self._source, self._update = source, update

    def _counting(self, data: bytes) -> bytes:
        self._update(len(data))
        return data

    def read(self, size: int = -1) -> bytes:
        """As a file reads."""
        return self._counting(self._source.read(size))

    def readline(self, size: int = -1) -> bytes:
        """As a file reads a line."""
        return self._counting(self._source.readline(size))

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> bytes:
        line = self.readline()
        if not line:
            raise StopIteration
        return line


def _refuse(refused: ModelRefused) -> NoReturn:
    for fault in refused.faults:
        click.echo(str(fault), err=True)
    sys.exit(1)
