"""The desk at which a country asks in its own format: two steps, candidates and then one record whole.

Pure. What a file says of asking (`search`, `queries`, `records`) is here put together with its compiled
parts: a line that came in becomes a query of the standard or the wish for a record, and what is
answered becomes lines of the same format.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats import Spec, Unreadable
from ilink_runtime.adapters.formats.keyed_text import HEAD
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.notes import Trouble
from ilink_runtime.adapters.places import places_of
from ilink_runtime.adapters.trees import Tree, leaves
from ilink_runtime.adapters.wrapping import CARRIED, unwrapped, wrapped

#: What the system knows of a message besides what it says, and of the question that found it.
FACTS = ("reference", "type", "owner", "status", "updated_at", "likeness", "misused", "query")
#: What is told of a fault.
FAULTS = ("line", "place", "text")


@dataclass(frozen=True, slots=True)
class Query:
    """A question: the line where it stands, what it says there, and the query of the standard that it is."""

    line: int
    record: Tree
    message: Tree
    part: Loaded

    def places(self, pointer: str) -> list[str]:
        """The places that a field came from, or could come from."""
        return places_of(self.part.described["places"], self.message, self.record, pointer)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The wish for one record whole: its reference, and that of the query that found it."""

    reference: str
    query: str


class Rejected(Exception):
    """What is asked cannot be understood: every trouble with its line."""

    def __init__(self, line: int, troubles: Iterable[Trouble]) -> None:
        super().__init__()
        self.line = line
        self.troubles = tuple(troubles)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one file says of asking, and its parts, ready."""

    name: str
    says: Mapping[str, Any]
    parts: Mapping[str, Loaded]
    spec: Spec

    def asked(self, body: bytes) -> Query | Wanted:
        """What somebody asks. Rejected when it is not one line that the file describes."""
        line, tree = self._line(body)
        head = tree.get(HEAD)
        if head in self.says["full"]:
            return self._wanted(line, tree)
        part = self.parts.get(self.says["queries"].get(head, ""))
        if part is None:
            raise Rejected(line, [Trouble("unknown_code", HEAD, head or "")])
        carried = part.to_standard(tree)
        unread = (Trouble("unknown_key", path.lstrip("/"), None) for path in carried.lost)
        if troubles := (*carried.troubles, *unread):
            raise Rejected(line, troubles)
        return Query(line, tree, carried.tree, part)

    def candidate(self, facts: Mapping[str, Any], message: Tree, *, named: bool) -> Tree:
        """The short line of a message; where lists withhold its name, nothing that it says."""
        known = self._facts(facts)
        if not named:
            return self._fitting({HEAD: self.says["words"]["withheld"], **known})[0]
        record = self._record(facts["type"], message)[0]
        shown = {place: record[place] for place in self.says["shown"] if place in record}
        return self._fitting({**known, **shown})[0]

    def whole(self, facts: Mapping[str, Any], message: Tree, envelope: Mapping[str, Any]) -> Tree:
        """A message as far as the format carries it, whose it is, and what had no room."""
        record, lost = self._record(facts["type"], message)
        tree, unfit = self._fitting(wrapped({**self._facts(facts), **record}, message, envelope))
        missing = [place for place in (*lost, *unfit) if not place.startswith(CARRIED)]
        return {**tree, **({self.says["lost"]: " ".join(map(_plain, missing))} if missing else {})}

    def counted(self, count: int, *, more: bool = False, query: str = "") -> Tree:
        """The first line of an answer: how many hits, or none."""
        words = self.says["words"]
        if not count:
            return {HEAD: words["no_hit"]}
        said = [str(count), words["hit" if count == 1 else "hits"], *([words["more"]] if more else [])]
        return self._fitting({HEAD: " ".join(said), **self._facts({"query": query})})[0]

    def rejection(self, line: int, faults: Iterable[tuple[str, str]]) -> list[Tree]:
        """The answer to what cannot be understood: places and sentences."""
        said = [{"line": line, "place": place, "text": text} for place, text in faults]
        places = self.says["faults"].items()
        told = [{place: one[word] for place, word in places if one[word]} for one in said]
        return [{HEAD: self.says["words"]["rejected"]}, *(self._fitting(one)[0] for one in told)]

    def written(self, trees: Iterable[Tree]) -> bytes:
        """Lines of the format."""
        return b"".join(formats.write(trees, self.spec))

    def place_of(self, fact: str) -> str:
        """The place of a fact; empty where the format has none."""
        return next((place for place, name in self.says["facts"].items() if name == fact), "")

    def _line(self, body: bytes) -> tuple[int, Tree]:
        """The one record that came."""
        try:
            entries = list(formats.read(io.BytesIO(body), self.spec))
        except Unreadable as reason:
            raise Rejected(reason.line, [reason.trouble]) from None
        if not entries:
            raise Rejected(1, [Trouble("nothing_asked", "", None)])
        first = entries[0]
        if first.tree is None:
            raise Rejected(first.line, [first.trouble or Trouble("no_key", "", "")])
        if len(entries) > 1:
            raise Rejected(entries[1].line, [Trouble("one_at_a_time", "", None)])
        return first.line, unwrapped(first.tree)

    def _wanted(self, line: int, tree: Tree) -> Wanted:
        by, query = self.place_of("reference"), self.place_of("query")
        unread = [place for place in tree if place not in (HEAD, by, query)]
        troubles = [Trouble("unknown_key", place, None) for place in unread]
        if not tree.get(by, "").strip():
            troubles.append(Trouble("needed", by, None))
        if troubles:
            raise Rejected(line, troubles)
        return Wanted(tree[by].strip(), tree.get(query, "").strip())

    def _record(self, message_type: str, message: Tree) -> tuple[Tree, list[str]]:
        """What the format says of a message, and the pointers of what it does not, or not as it stood."""
        part = self.parts.get(self.says["records"].get(message_type, ""))
        if part is None:
            return {}, [path for path in leaves(message) if path != "/message_type"]
        carried = part.to_national(message)
        otherwise = (f"/{place}" for place in carried.leftovers.get("originals", ()))
        return carried.tree, list(dict.fromkeys((*carried.lost, *otherwise)))

    def _facts(self, facts: Mapping[str, Any]) -> Tree:
        """The facts that the format has a place for; a truth is a Y, and what is not so is not said."""
        said = ((place, facts.get(name)) for place, name in self.says["facts"].items())
        return {place: "Y" if value is True else str(value) for place, value in said if value}

    def _fitting(self, tree: Tree) -> tuple[Tree, list[str]]:
        """A line that can be written: line ends as blanks; the places whose letters have no room."""
        kept = {place: _on_one_line(str(value)) for place, value in tree.items()}
        unfit = [place for place, text in kept.items() if not self._fits(place, text)]
        changed = [place for place, text in kept.items() if place not in unfit and text != str(tree[place])]
        return {place: text for place, text in kept.items() if place not in unfit}, [*unfit, *changed]

    def _fits(self, place: str, text: str) -> bool:
        try:
            self.written([{place: text}])
        except Unreadable:
            return False
        return True


def _plain(pointer: str) -> str:
    """A pointer that has room in every format, whatever names stand in it."""
    return quote(pointer, safe="/[]=").replace(".", "%2E")


def _on_one_line(text: str) -> str:
    """A text whose lines follow one another after a blank, without what stands for nothing."""
    return " ".join(line.strip() for line in text.replace("\0", "").splitlines() if line.strip())


def put_together(said: Mapping[str, Any], adapters: Mapping[str, Loaded]) -> dict[str, Desk]:
    """The desks that `adapters.json` describes; KeyError when one names a part that is not there."""
    return {name: _desk(name, says, adapters) for name, says in said.items()}


def _desk(name: str, says: Mapping[str, Any], adapters: Mapping[str, Loaded]) -> Desk:
    parts = {part: adapters[part] for part in (*says["queries"].values(), *says["records"].values())}
    first = next(iter(parts.values()))
    return Desk(name, says, parts, replace(first.spec, order=()))
