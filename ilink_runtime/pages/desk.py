"""The desk an officer sits at: language, sentences and labels that every page is drawn with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ilink_runtime import form, sentences, signin
from ilink_runtime.access import SECRETARIAT
from ilink_runtime.bundle import Bundle
from ilink_runtime.folding import fold
from ilink_runtime.languages import Gettext, Ngettext
from ilink_runtime.levels import Levels
from ilink_runtime.pages import kinds
from ilink_runtime.pages.file_boxes import boxed, portrait_in
from ilink_runtime.pages.reading import best_text
from ilink_runtime.people import Officer
from ilink_runtime.problems import translatable as _
from ilink_runtime.profiles import Profiles
from ilink_runtime.search import Hit
from ilink_runtime.writer import Store

HERE = Path(__file__).parent.parent
BOOTSTRAP = {
    "ltr": "bootstrap/bootstrap.min.css",
    "rtl": "bootstrap/bootstrap.rtl.min.css",
}
#: What a value is that is no object, by its range; ranges of a model have titles of their own.
PLAIN = {
    "Any": _("Text or number"),
    "string": _("Text"),
    "integer": _("Whole number"),
    "float": _("Number"),
    "double": _("Number"),
    "decimal": _("Number"),
    "boolean": _("Yes or no"),
}
#: A list with more codes than this is found by its words, not by its order.
SHORT_LIST = 40

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_templates.globals |= {
    "as_text": form.as_text,
    "date_parts": form.date_parts,
    "example_of": form.example,
    "is_open": form.is_open,
    "patterns": form.patterns,
    "branches": form.branches,
    "part_of": form.part,
    "rows_of": form.rows,
    "best_text": best_text,
    "boxed": boxed,
    "portrait_in": portrait_in,
}
_templates.filters["bureau_of"] = lambda code, desk: desk.bureau(code)
_templates.filters["words_of"] = lambda code, desk, code_list: desk.code(code_list, code)


class Desk:
    """What one page is drawn with: who reads, in which language, by which standard."""

    def __init__(self, request: Request, officer: Officer | None, profile: str | None = None) -> None:
        self.request = request
        self.officer = officer
        self.store: Store = request.app.state.store
        profiles: Profiles = request.app.state.profiles
        #: The country whose forms lie here, if they are not those of the standard.
        self.profile = profile.lower() if profile else None
        self.standard: Bundle = request.app.state.bundle
        self.bundle, self.languages = profiles.of(profile)
        self.levels: Levels = request.app.state.levels
        self.asked = request.query_params.get("lang")
        self.language = self.languages.choose(
            self.asked,
            officer.reader.language if officer else None,
            accept=request.headers.get("accept-language", ""),
        )
        self.direction = self.languages.direction(self.language)
        self.say: Gettext = self.languages.gettext(self.language)
        self.count: Ngettext = self.languages.ngettext(self.language)
        self._codes: dict[str, tuple[tuple[str, str], ...]] = {}

    def under(self, profile: str | None) -> Desk:
        """The same desk with the forms of a country; Problem 404 for one that has none."""
        return Desk(self.request, self.officer, profile) if profile else self

    @property
    def demo(self) -> bool:
        """Whether this is the demonstration, with its invented officers."""
        return bool(self.request.app.state.settings.demo)

    @property
    def csrf(self) -> str:
        """The token that every form of a signed-in officer posts back."""
        return self.officer.csrf if self.officer else ""

    def link(self, path: str, **query: object) -> str:
        """A link that keeps a language asked for in the address."""
        known = {name: value for name, value in query.items() if value not in (None, "")}
        if self.asked and "lang" not in known and self.officer is None:
            known["lang"] = self.language
        return f"{path}?{urlencode(known)}" if known else path

    def here(self, **changes: object) -> str:
        """This page's own address with some of its query changed."""
        query = {**self.request.query_params, **changes}
        known = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.request.url.path}?{urlencode(known)}" if known else self.request.url.path

    @property
    def bootstrap(self) -> str:
        """Bootstrap's sheet for the direction of the page."""
        return self.static(f"vendor/{BOOTSTRAP[self.direction]}")

    def static(self, path: str) -> str:
        """A file of ours, by a name that changes when it does."""
        return f"/static/{path}?v={_fingerprint(HERE / 'static' / path)}"

    # --- words of the standard

    def text(self, key: str) -> str:
        """A text of the standard in the reader's language."""
        return self.bundle.text(key, self.language)

    def title(self, key: str) -> str:
        """The title of an element of the standard."""
        return self.text(f"{key}.title")

    def help(self, key: str) -> str:
        """The help of an element of the standard, empty when it has none."""
        found = self.bundle.texts.get(self.language, {}).get(f"{key}.description")
        return found or self.bundle.texts["en"].get(f"{key}.description", "")

    def code(self, code_list: str, code: object) -> str:
        """A code in words; one that the list does not know stays as it is."""
        known = self.bundle.texts.get(self.language, {}).get(f"{code_list}.{code}.title")
        return known or self.bundle.texts["en"].get(f"{code_list}.{code}.title", str(code))

    def codes(self, code_list: str) -> tuple[tuple[str, str], ...]:
        """The codes of a list with their words: in the order of the model, a long list by its words."""
        if code_list not in self._codes:
            codes = (code["code"] for code in self.bundle.code_lists[code_list]["codes"])
            labels = [(code, self.code(code_list, code)) for code in codes]
            if len(labels) > SHORT_LIST:
                labels.sort(key=lambda pair: fold(pair[1]))
            self._codes[code_list] = tuple(labels)
        return self._codes[code_list]

    def choices(self, field: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """The codes that a field offers, with their words: its list, or what a country left of it."""
        codes = self.codes(field["range"])
        kept = field.get("codes")
        return codes if kept is None else tuple(pair for pair in codes if pair[0] in kept)

    def branch(self, branch: Mapping[str, Any]) -> str:
        """What a value is that may be of several classes: the title of its class, or of its other range."""
        plain = PLAIN.get(branch["range"]) if branch["kind"] != "class" else None
        return self.say(plain) if plain else self.title(branch["range"])

    def fixed(self, field: Mapping[str, Any]) -> str:
        """The only value that a field may have, in words."""
        value = field["value"]
        if isinstance(value, bool):
            return self.say("Yes") if value else self.say("No")
        return self.code(field["range"], value) if field["kind"] == "code" else form.as_text(value)

    def knows(self, code_list: str, code: object) -> bool:
        """Whether a code stands in its list."""
        return code_list in self.bundle.code_lists and code in dict(self.codes(code_list))

    def family(self, name: str) -> str:
        """The title of a family of message types."""
        return self.title(name) if name else self.say("Messages")

    def section(self, name: str) -> str:
        """The title of a section of a form."""
        return self.title(f"groups.{name}") if name else self.say("Other details")

    def place(self, message_type: str, path: str, classes: sentences.Classes | None = None) -> str:
        """The label of the field at a path, with the lists it stands in."""
        return sentences.label(self.bundle, message_type, path, self.language, classes or {})

    def places(self, message_type: str, paths: Iterable[str]) -> str:
        """The labels of several fields as a phrase."""
        return self.names(self.place(message_type, path) for path in paths)

    def plain(self, message_type: str, path: str, value: Any, classes: sentences.Classes) -> str:
        """A value in words, for a table of changes."""
        if value is None:
            return "–"
        if isinstance(value, bool):
            return self.say("Yes") if value else self.say("No")
        code_list = code_list_at(self.bundle, message_type, path, classes)
        if code_list:
            return self.code(code_list, value)
        return self.date(value) if isinstance(value, str) else str(value)

    def reason(self, hit: Hit) -> str:
        """Why a search found a message: the kind of what was asked for."""
        matched = str(hit.matched)
        if matched in self.bundle.types or matched in self.bundle.classes:
            return self.title(matched)
        return self.place(hit.type, f"/{matched}")

    def called(self, hit: Hit) -> str:
        """What a list calls a message: its name, or that the name is withheld."""
        if hit.withheld is not None:
            return sentences.without_name(self.bundle, hit.withheld, self.language)
        return hit.headline or self.say("Without a name")

    def plural_forms(self, singular: str, plural: str) -> dict[str, str]:
        """Every form of a sentence with a number, for the script of the page."""
        return self.languages.plural_forms(self.language, singular, plural)

    def bureau(self, code: str) -> str:
        """A bureau in words: its country, or the General Secretariat; a service after its country."""
        if "/" in code:
            return f"{self.code('Country', code.partition('/')[0])} ({code.partition('/')[2]})"
        return self.say("General Secretariat") if code == SECRETARIAT else self.code("Country", code)

    def status(self, status: str, message_type: str = "") -> str:
        """A status in words; what a query asks stands in no database."""
        asked = status == "recorded" and self.bundle.is_query(message_type)
        return self.say("Asked") if asked else self.code("MessageStatus", status)

    @cached_property
    def families(self) -> list[kinds.Family]:
        """The kinds of messages that can be written."""
        return kinds.families(self.bundle)

    # --- times and numbers

    def instant(self, text: str) -> str:
        """An instant in the reader's zone."""
        zone = self.officer.reader.zone if self.officer else "UTC"
        return self.languages.show_instant(text, self.language, zone)

    def date(self, text: str) -> str:
        """A date as precise as it is known."""
        return self.languages.show_date(text, self.language)

    def number(self, number: float) -> str:
        """A number with the separators of the language."""
        return self.languages.show_number(number, self.language)

    def size(self, size_bytes: int) -> str:
        """The size of a file."""
        return self.languages.show_size(size_bytes, self.language)

    def names(self, members: Any) -> str:
        """Several names as a phrase."""
        return self.languages.list_text([str(member) for member in members], self.language)

    # --- drawing

    def page(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        """A page drawn from a template; what an officer sees is nobody else's to keep."""
        html = _templates.get_template(template).render(
            desk=self, _=self.say, ngettext=self.count, plural_forms=self.plural_forms, **context
        )
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", **(headers or {})})


async def at_desk(request: Request) -> Desk:
    """The desk of whoever asks, signed in or not."""
    return Desk(request, await signin.officer(request))


async def at_own_desk(request: Request) -> tuple[Desk, Officer]:
    """The desk of a signed-in officer, and the officer; refused to anybody else."""
    officer = await signin.require_officer(request)
    return Desk(request, officer), officer


def code_list_at(bundle: Bundle, message_type: str, path: str, classes: sentences.Classes) -> str | None:
    """The code list of the field at a path, if it is a code."""
    found = list(sentences.slots(bundle, message_type, sentences.tokens_of(path), classes))
    return found[-1][1].range if found and found[-1][1].kind == "code" else None


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
