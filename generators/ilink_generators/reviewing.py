"""A review of translations: what is to be read, asking about it in a terminal, and recording the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import click

from ilink_generators.catalogue_lint import places
from ilink_generators.model_text import unseen
from ilink_generators.reviews import Approval, approval, read_reviews, reviews_of, written
from ilink_generators.standard import Standard, Translation
from ilink_generators.translations import updated


@dataclass(frozen=True, slots=True)
class Unread:
    """A translation that nobody stands behind yet, beside its English."""

    path: str
    english: str
    translation: Translation


def unread(standard: Standard, language: str, paths: Sequence[str] = ()) -> Iterator[Unread]:
    """What is translated and not reviewed, or reviewed before one of the texts changed.

    `paths` are patterns as a shell has them (`Person.*`, `rules.red-*`); without one, everything.
    """
    said = standard.translations.get(language, {})
    for path, english in standard.texts():
        one = said.get(path)
        if one is None or (one.state == "reviewed" and one.source == english):
            continue
        if not paths or any(fnmatchcase(path, pattern) for pattern in paths):
            yield Unread(path, english, one)


def objection(english: str, text: str) -> str:
    """What forbids a translation that a reviewer wrote; empty when nothing does."""
    if not text.strip():
        return "It is empty."
    if found := unseen(text):
        return f"It holds the invisible character {found}."
    if places(text) != places(english):
        return f"It must hold the same places as the English: {', '.join(places(english)) or 'none'}."
    return ""


def approved(
    standard: Standard, language: str, texts: Mapping[str, str], by: str, on: str
) -> tuple[Standard, dict[str, Approval]]:
    """The standard with these translations (path to text) approved, and their approvals."""
    english = dict(standard.texts())
    said: dict[str, Translation] = dict(standard.translations[language])
    for path, text in texts.items():
        state = said[path].state if text == said[path].text else "machine"
        said[path] = replace(said[path], text=text, source=english[path], state=state)
    translations = {**standard.translations, language: said}
    approvals = {path: approval(english[path], text, by, on) for path, text in texts.items()}
    return replace(standard, translations=translations), approvals


def asked(waiting: Sequence[Unread], language: str) -> Iterator[tuple[str, str]]:
    """What a reviewer approves, text by text, as path and translation; he may edit it first."""
    for number, one in enumerate(waiting, 1):
        click.echo(f"\n{number} of {len(waiting)}: {one.path}")
        if one.translation.source != one.english:
            click.echo(f"  was:     {one.translation.source}")
        click.echo(f"  English: {one.english}")
        choice, text = _answer(one, language)
        if choice == "q":
            return
        if choice == "a":
            yield one.path, text


def _answer(one: Unread, language: str) -> tuple[str, str]:
    """The choice about one text, and the translation as it is then."""
    text, voided = one.translation.text, "  (voided)" if one.translation.voided else ""
    while True:
        click.echo(f"  {language + ':':<8} {text}{voided}")
        choice = click.prompt("  [a]pprove, [s]kip, [e]dit, [q]uit", type=_CHOICES, show_choices=False)
        wrong = objection(one.english, text) if choice == "a" else ""
        if choice == "e":
            text = " ".join((click.edit(text) or text).split())
        elif wrong:
            click.echo(f"  {wrong}")
        else:
            return choice, text


_CHOICES = click.Choice(["a", "s", "e", "q"])


def record(catalogue: Path, standard: Standard, read: Mapping[str, str], by: str) -> None:
    """Writes the approvals of texts (path to translation) beside their catalogue.

    The catalogue itself is written where a text was edited or is no longer stale.
    """
    if not read:
        return
    language, today = catalogue.stem, datetime.now(UTC).date().isoformat()
    now, approvals = approved(standard, language, read, by, today)
    before, after = standard.translations[language], now.translations[language]
    if any((before[p].text, before[p].source) != (after[p].text, after[p].source) for p in read):
        catalogue.write_text(updated(now, language), "utf-8")
    known = {**read_reviews(reviews_of(catalogue)), **approvals}
    said = [path for path, _ in standard.texts() if path in known]
    reviews_of(catalogue).write_text(written({path: known[path] for path in said}), "utf-8")
