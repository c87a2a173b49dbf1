"""The documentation as a site of plain files: `python -m tools.site --out site`.

The reference of the standard and its forms are the pages of the server, asked for in every language
and written down with relative links; beside them stand the documents of this repository. The site
needs no server: a form is tried, and an element found, by the script of its page.
"""

from __future__ import annotations

import argparse
import posixpath
import re
import shutil
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, quote, unquote, urlsplit

from markdown_it import MarkdownIt
from starlette.testclient import TestClient

from ilink_runtime.app import STATIC, create_app
from ilink_runtime.languages import Languages
from ilink_runtime.pages.reference import ROOT
from ilink_runtime.settings import Settings

REPOSITORY = Path(__file__).parent.parent
#: Where the documents of the repository stand in the site.
GUIDE = "guide"
DOCUMENTS = ("*.md", "docs/*.md", "national_adapters/*.md")

#: Our templates write every address in double quotes, and no text can: it is escaped.
_ADDRESS = re.compile(r'(?<=\s)(href|src|action)="([^"]*)"')
_TRIED = re.compile(r'(<form id="try"[^>]*?) action="[^"]*"')
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def write(out: Path) -> int:
    """Writes the site into a folder, which is emptied first; gives the number of pages."""
    empty(out)
    documents = list(_documents(out))
    with TemporaryDirectory() as folder:
        app = create_app(Settings(database=f"sqlite:///{folder}/site.sqlite3"))
        _put(out / "index.html", _first_page(app.state.languages, documents).encode())
        shutil.copytree(STATIC, out / "static")
        with TestClient(app) as client:
            pages = _Site(client, out).write([f"{ROOT}?lang={code}" for code in app.state.languages.codes])
    return pages + len(documents) + 1


def empty(out: Path) -> None:
    """Removes an older site; SystemExit for a folder with other things in it."""
    if out.exists():
        if any(out.iterdir()) and not (out / "index.html").is_file():
            raise SystemExit(f"{out} holds other things than a site; give an empty or new folder.")
        shutil.rmtree(out)


def _first_page(languages: Languages, documents: list[tuple[str, str]]) -> str:
    """The page that leads to the standard in each language, and to the documents."""
    chosen = "".join(
        f'<li><a href="{code}/index.html" lang="{code}" dir="{languages.direction(code)}">'
        f"{escape(languages.own_name(code))}</a></li>"
        for code in languages.codes
    )
    listed = "".join(f'<li><a href="{path}">{escape(title)}</a></li>' for path, title in documents)
    body = f"<h1>ilink</h1><h2>The standard</h2><ul>{chosen}</ul><h2>The documents</h2><ul>{listed}</ul>"
    return _page("ilink", body, "")


class _Site:
    """The pages of the server as files."""

    def __init__(self, client: TestClient, out: Path) -> None:
        self.client = client
        self.out = out

    def write(self, addresses: list[str]) -> int:
        """Writes the pages at the addresses and all that they lead to."""
        waiting, known, pages = list(addresses), set(addresses), 0
        while waiting:
            address = waiting.pop()
            answer = self.client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answers {answer.status_code}.")
            body, found = answer.content, list[str]()
            if answer.headers["content-type"].startswith("text/html"):
                pages += 1
                body, found = self._page(address, answer.text)
            _put(self.out / place(address), body)
            waiting += (new := [one for one in dict.fromkeys(found) if one not in known])
            known.update(new)
        return pages

    def _page(self, address: str, text: str) -> tuple[bytes, list[str]]:
        """A page with relative links, and the addresses that it leads to."""
        here, found = posixpath.dirname(place(address)), list[str]()

        def relative(match: re.Match[str]) -> str:
            name, value = match[1], unescape(match[2])
            if not value.startswith("/"):
                return match[0]
            bare, _, anchor = value.partition("#")
            if name == "action":  # the search of the server is the list of everything here
                bare = f"{ROOT}/index?lang={parse_qs(urlsplit(address).query)['lang'][0]}"
            if urlsplit(bare).path != "/" and not bare.startswith("/static/"):
                found.append(bare)
            path = posixpath.relpath(place(bare), here or ".")
            return f'{name}="{escape(quote(path) + (f"#{anchor}" if anchor else ""))}"'

        return _ADDRESS.sub(relative, alone(text)).encode(), found


def alone(text: str) -> str:
    """A page whose form to be tried posts nowhere: its script judges."""
    return _TRIED.sub(r"\1", text)


def place(address: str) -> str:
    """The file of an address: `/docs/standard/types/Iban?lang=ar` is `ar/types/Iban.html`."""
    path, query = unquote(urlsplit(address).path), parse_qs(urlsplit(address).query)
    if path == "/":
        return "index.html"
    if path == ROOT or path.startswith(f"{ROOT}/"):
        rest = path.removeprefix(ROOT).strip("/")
        # The page of all elements would stand where the first page stands.
        name = {"": "index", "index": "all"}.get(rest, rest)
        return f"{query['lang'][0]}/{name}.html"
    if path.startswith("/static/"):
        return path.removeprefix("/")
    if path == "/standard.css":
        return "static/standard.css"
    raise SystemExit(f"A page of the site leads to {address}, which is not part of it.")


def _documents(out: Path) -> Iterator[tuple[str, str]]:
    """Writes the documents of the repository and what they show; gives their addresses and titles."""
    for pattern in DOCUMENTS:
        for document in sorted(REPOSITORY.glob(pattern)):
            text = document.read_text("utf-8")
            path = document.relative_to(REPOSITORY).with_suffix(".html").as_posix()
            title = next((line[2:] for line in text.split("\n") if line.startswith("# ")), document.stem)
            back = posixpath.relpath(".", posixpath.dirname(f"{GUIDE}/{path}"))
            html = re.sub(r'href="([^":]+)\.md(#[^"]*)?"', r'href="\1.html\2"', _MARKDOWN.render(text))
            _put(out / GUIDE / path, _page(title, html, f"{back}/").encode())
            for shown in re.findall(r'(?:src|href)="([^":#]+)"', html):
                source = document.parent / shown
                if source.is_file():
                    target = out / GUIDE / posixpath.normpath(posixpath.join(posixpath.dirname(path), shown))
                    _put(target, source.read_bytes())
            yield f"{GUIDE}/{path}", title


def _page(title: str, body: str, back: str) -> str:
    """A document as a page; `back` leads to the root of the site."""
    sheets = "".join(
        f'<link rel="stylesheet" href="{back}static/{sheet}">'
        for sheet in ("vendor/bootstrap/bootstrap.min.css", "vendor/fonts.css", "ilink.css")
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – ilink</title>{sheets}</head><body>"
        '<header class="desk-bar"><div class="desk-width desk-bar-inner">'
        f'<a class="wordmark" href="{back}index.html">ilink</a></div></header>'
        f'<main class="desk-width document">{body}</main></body></html>\n'
    )


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main() -> None:
    """Writes the site and says where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("site"), help="the folder (default: site)")
    out = parser.parse_args().out
    pages = write(out)
    print(f"{out}: {pages} pages; open {out / 'index.html'}.")


if __name__ == "__main__":
    main()
