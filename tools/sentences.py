"""Brings the catalogues of the desk up to date with the sentences in code and templates.

    python -m tools.sentences

Entries stand in the order of the files and lines that say them. A new sentence stands empty, one
that nobody says any more goes, and every entry says who stands behind it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ilink_runtime import languages

_ROOT = Path(languages.__file__).parent
_KEYWORDS = {"_": None, "say": None, "ngettext": (1, 2), "plural_forms": (1, 2)}
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]

#: A sentence, or both forms of one with a number.
Sentence = str | tuple[str, ...]


@cache
def said() -> dict[Sentence, list[str]]:
    """The sentences in code and templates, in their order, with the files that say them."""
    found: dict[Sentence, list[str]] = {}
    for file, sentence in sorted(_found(), key=lambda pair: pair[0]):
        files = found.setdefault(sentence, [])
        if file not in files:
            files.append(file)
    return found


def _found() -> Iterator[tuple[str, Sentence]]:
    for file, _, sentence, _, _ in extract_from_dir(_ROOT, _METHODS, keywords=_KEYWORDS):
        yield Path(file).as_posix(), sentence


def updated(catalogue: Path) -> str:
    """A catalogue with the sentences of today, and the translations that it has."""
    header, _, _ = catalogue.read_text("utf-8").partition("\n\n")
    with catalogue.open("rb") as file:
        known = read_po(file)
    fresh = Catalog()
    fresh.mime_headers = known.mime_headers
    for sentence, files in said().items():
        entry = known.get(sentence)
        comments = [str(comment) for comment in entry.user_comments] if entry else []
        if not any(comment.startswith("state: ") for comment in comments):
            comments.insert(0, "state: machine")
        places = [(file, 0) for file in files]
        flags = entry.flags if entry else ()
        fresh.add(sentence, entry.string if entry else "", places, flags=flags, user_comments=comments)
    body = io.BytesIO()
    write_po(body, fresh, width=0, omit_header=True, include_lineno=False)
    return f"{header}\n\n{body.getvalue().decode().strip()}\n"


def main() -> None:
    """Writes all catalogues."""
    for catalogue in sorted(languages.DIRECTORY.glob("*.po")):
        catalogue.write_text(updated(catalogue), "utf-8")


if __name__ == "__main__":
    main()
