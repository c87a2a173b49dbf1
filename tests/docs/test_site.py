"""The static site: every page of the reference in every language, none of which needs a server."""

from __future__ import annotations

import posixpath
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from ilink_runtime import bundle
from tools import site

LANGUAGES = ("ar", "en", "es", "fr")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site."""
    out = tmp_path_factory.mktemp("docs") / "site"
    site.write(out)
    return out


def test_every_page_is_there_in_every_language(written: Path) -> None:
    read = bundle.read()
    for language in LANGUAGES:
        pages = {path.relative_to(written / language).as_posix() for path in (written / language).rglob("*")}
        assert {f"classes/{name}.html" for name in read.reference["classes"]} <= pages
        assert {f"codes/{name}.html" for name in read.code_lists} <= pages
        assert {f"forms/{name}.html" for name in read.forms} <= pages
        assert {"index.html", "all.html", "classes.html", "codes.html", "types.html", "rules.html"} <= pages


def test_every_link_leads_to_a_file_and_none_to_a_server(written: Path) -> None:
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    wrong = []
    for page in sorted(path for path in files if path.endswith(".html")):
        text = (written / page).read_text("utf-8")
        for found in re.findall(r'(?<=\s)(?:href|src|action)="([^"]*)"', text):
            parts = urlsplit(unescape(found))
            if parts.scheme in ("https", "http") or not parts.path:
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
            if target not in files:
                wrong.append((page, found))
    assert wrong == []


def test_a_form_posts_nowhere(written: Path) -> None:
    form = (written / "ar/forms/RedNotice.html").read_text("utf-8")
    assert '<html lang="ar" dir="rtl">' in form
    assert "action=" not in re.findall(r'<form id="try"[^>]*>', form)[0]


def test_the_documents_are_there(written: Path) -> None:
    design = (written / "guide/docs/design.html").read_text("utf-8")
    assert "<h1>How ilink is built</h1>" in design
    assert "<table>" in design
    assert 'href="docs/design.html"' in (written / "guide/README.html").read_text("utf-8")
    assert (written / "guide/docs/pictures/form-ar.png").is_file()


def test_an_older_site_is_removed_and_never_anything_else(tmp_path: Path) -> None:
    mine, old = tmp_path / "mine", tmp_path / "old"
    for folder, name in ((mine, "mine.txt"), (old, "index.html")):
        folder.mkdir()
        (folder / name).write_text("text", "utf-8")
    with pytest.raises(SystemExit, match="holds other things"):
        site.write(mine)
    assert (mine / "mine.txt").is_file()
    site.empty(old)
    assert not old.exists()
