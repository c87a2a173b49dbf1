"""What an adapter reaches and what it loses, and its mapping in the words of a language, as pages."""

from __future__ import annotations

import copy
import html
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ilink_generators.adapters.judging import Judge
from ilink_generators.adapters.language import Adapter
from ilink_generators.adapters.resolve import Resolved
from ilink_generators.standard import Class, CodeList, Kind, Slot, Standard
from ilink_runtime.adapters import formats
from ilink_runtime.adapters.formats.keyed_text import HEAD
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.trees import Tree, without_dropped

#: Objects inside one another that coverage looks into.
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, of the page or of a part of it."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


#: A paragraph is a text.
Block = Heading | Table | str


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an adapter's examples: how many there are, and of how many each thing is true."""

    adapter: str
    tests: int = 0
    #: Became a message without any trouble.
    executes: int = 0
    #: Came back as they were, in the national format; None for an adapter that only reads.
    round_trips: int | None = 0
    #: Became a message that can be recorded.
    valid: int = 0


def tried(adapter: Adapter, loaded: Loaded, rules: tuple[Resolved, ...], judge: Judge, folder: Path) -> Tried:
    """Runs the examples of a folder through an adapter, and back; those of another part are not its own."""
    reads = any(rule.reads for rule in rules)
    found = Tried(loaded.name, round_trips=0 if any(rule.writes for rule in rules) else None)
    for path in sorted(folder.glob("*")) if reads else ():
        if not path.name.endswith((".expected.json", ".answer.json")):
            with path.open("rb") as source:
                for entry in formats.read(source, loaded.spec):
                    if not adapter.search or (entry.tree or {}).get(HEAD) == adapter.part:
                        found = _one_more(found, loaded, judge, entry.tree)
    return found


def _one_more(found: Tried, loaded: Loaded, judge: Judge, record: Tree | None) -> Tried:
    if record is None:
        return replace(found, tests=found.tests + 1)
    there = loaded.to_standard(copy.deepcopy(record))
    valid = not there.troubles and not judge.faults(loaded, there.tree, record)
    back = found.round_trips
    if back is not None:
        again = loaded.to_national(there.tree, there.leftovers).tree
        kept = without_dropped(record, loaded.carried_in)
        back += _written(again, loaded.spec) == _written(kept, loaded.spec)
    return replace(
        found,
        tests=found.tests + 1,
        executes=found.executes + (not there.troubles),
        round_trips=back,
        valid=found.valid + valid,
    )


def _written(record: Tree, spec: formats.Spec) -> list[Tree | None]:
    """A record as it is read from what the format writes of it; none of one that it cannot write."""
    try:
        data = b"".join(formats.write([record], spec))
    except formats.Unreadable:
        return []
    return [entry.tree for entry in formats.read(io.BytesIO(data), spec)]


def round_trips(every: Iterable[Tried]) -> list[Block]:
    """As FHIR publishes it for its maps: how many examples there are, run, come back and are valid."""
    rows = [
        (one.adapter, str(one.tests), *(_share(count, one) for count in counts))
        for one in every
        for counts in [(one.executes, one.round_trips, one.valid)]
    ]
    return [
        Heading(2, "Round trip"),
        Table(("adapter", "tests", "executes", "round-trips", "valid"), tuple(rows)),
        "Executes: without a trouble, and some examples show one on purpose. Round-trips: the same in the "
        "national format, with its leftovers. Valid: the message can be recorded.",
    ]


def _share(count: int | None, of: Tried) -> str:
    if count is None:
        return "only reads"
    return f"{100 * count // of.tests} %" if of.tests else "—"


def report(standard: Standard, adapter: Adapter, rules: tuple[Resolved, ...], found: Tried) -> list[Block]:
    """Coverage of the standard, required fields first; loss; code tables; how the examples fare."""
    return [
        Heading(1, f"{adapter.name}: {adapter.title}"),
        f"{adapter.country}, {adapter.format.type} in {adapter.format.encoding}, as {adapter.message}. "
        f"{adapter.official}",
        Heading(2, "Coverage of the standard"),
        *_coverage(standard, adapter, rules),
        Heading(2, "What is lost"),
        *_lost(standard, adapter, rules),
        Heading(2, "Code tables"),
        *_tables(standard, adapter),
        *round_trips([found]),
    ]


def mapping(standard: Standard, adapter: Adapter, rules: tuple[Resolved, ...], language: str) -> list[Block]:
    """Each national place with the field of the standard, in the words of a language."""
    rows = [
        (
            place,
            " › ".join(_label(standard, slot, language) for slot in slots),
            ".".join(slot.name for slot in slots),
            _carried(rule),
        )
        for rule, place, slots in _mapped(standard, standard.classes[adapter.message], rules)
    ]
    title = standard.classes[adapter.message].title
    translated = standard.translations.get(language, {}).get(f"{adapter.message}.title")
    return [
        Heading(1, f"{adapter.title} — {translated.text if translated else title}"),
        Table((adapter.format.type, language, "ilink", ""), tuple(rows)),
        *([f"Taken back when {adapter.recall}."] if adapter.recall else []),
        *_tables(standard, adapter),
    ]


def as_markdown(blocks: Iterable[Block]) -> str:
    """Blocks as Markdown."""
    parts = []
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Table):
            lines = [block.heads, tuple("---" for _head in block.heads), *block.rows]
            parts.append("\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines))
        else:
            parts.append(block)
    return "\n\n".join(parts) + "\n"


def as_html(blocks: Iterable[Block], language: str = "en") -> str:
    """Blocks as a page of its own."""
    body = []
    for block in blocks:
        if isinstance(block, Heading):
            body.append(f"<h{block.level}>{html.escape(block.text)}</h{block.level}>")
        elif isinstance(block, Table):
            head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in block.heads)
            rows = "".join(f"<tr>{''.join(map(_data, row))}</tr>" for row in block.rows)
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
        else:
            body.append(f"<p>{html.escape(block)}</p>")
    title = next((block.text for block in blocks if isinstance(block, Heading)), "ilink")
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n" + "\n".join(body) + "\n</html>\n"
    )


def _data(text: str) -> str:
    return f'<td dir="auto">{html.escape(text)}</td>'


# -- coverage ------------------------------------------------------------------------------------


def _coverage(standard: Standard, adapter: Adapter, rules: tuple[Resolved, ...]) -> Iterator[Block]:
    ways: dict[tuple[str, ...], set[str]] = {}
    for rule, _place, slots in _mapped(standard, standard.classes[adapter.message], rules):
        for length in range(1, len(slots) + 1):
            key = tuple(slot.name for slot in slots[:length])
            ways.setdefault(key, set()).update(_ways(rule))
        for step, length in ((step, n) for field in rule.fields for n, step in enumerate(field.steps, 1)):
            if step.key:  # choosing an object of a list says the value it is chosen by
                start = len(slots) - len(rule.fields[0].steps) + length
                ways.setdefault((*(slot.name for slot in slots[:start]), step.key), set()).add("constant")
        if slots[-1].kind is Kind.CLASS and not rule.rules:  # a text with its language
            for name in ("text", "language"):
                ways.setdefault((*(slot.name for slot in slots), name), set()).update(_ways(rule))
    message = standard.classes[adapter.message]
    required = [
        (".".join(path), "yes", _both(ways.get(path, set())))
        for path, slot in _fields(standard, message, (), frozenset())
        if slot.required and (len(path) == 1 or path[:-1] in ways)
    ]
    yield Table(("field", "required", "carried"), tuple(required))
    rows = []
    for top in message.slots:
        below = [
            path
            for path, slot in _fields(standard, message, (), frozenset())
            if path[0] == top.name and slot.kind is not Kind.CLASS
        ] or [(top.name,)]
        reached = [path for path in below if path in ways]
        rows.append((top.name, f"{len(reached)} of {len(below)}", f"{100 * len(reached) // len(below)} %"))
    yield Table(("part of the message", "fields carried", "share"), tuple(rows))


def _fields(
    standard: Standard, holder: Class, above: tuple[str, ...], seen: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Slot]]:
    for slot in holder.slots:
        if slot.designates_type:
            continue
        path = (*above, slot.name)
        yield path, slot
        if slot.kind is Kind.CLASS and len(path) < DEEPEST and slot.range not in seen:
            inner = standard.concrete(slot.range)[0]
            yield from _fields(standard, inner, path, seen | {slot.range})


def _mapped(
    standard: Standard,
    holder: Class,
    rules: Iterable[Resolved],
    above: tuple[Slot, ...] = (),
    prefix: str = "",
) -> Iterator[tuple[Resolved, str, tuple[Slot, ...]]]:
    """Each rule and field of an object, with the national place and the slots on the way."""
    for rule in rules:
        place = prefix + " + ".join("/".join(place) for place in rule.places)
        for field in rule.fields:
            slots, inside = list(above), holder
            for step in field.steps:
                slots.append(inside.slot(step.name))
                inside = standard.concrete(slots[-1].range)[0] if slots[-1].kind is Kind.CLASS else inside
            yield rule, place, tuple(slots)
            if rule.rules:
                inner = f"{place}/*/" if rule.kind == "each" else prefix
                yield from _mapped(standard, inside, rule.rules, tuple(slots), inner)


def _ways(rule: Resolved) -> set[str]:
    if rule.kind == "constant":
        return {"constant"}
    return ({"in"} if rule.reads else set()) | ({"out"} if rule.writes else set())


def _both(ways: set[str]) -> str:
    if {"in", "out"} <= ways:
        return "both ways"
    return ", ".join(sorted(ways)) or "no"


# -- loss ----------------------------------------------------------------------------------------


def _lost(standard: Standard, adapter: Adapter, rules: tuple[Resolved, ...]) -> Iterator[Block]:
    rows = [(place, what, reason) for place, what, reason in _losses(rules, "")]
    for place, reason in adapter.keep_central.items():
        rows.append((place, "its leftovers stay with the system", reason))
    yield (
        Table(("place", "what becomes of it", "why"), tuple(rows))
        if rows
        else "No rule drops anything or goes one way only."
    )
    yield "What no rule names comes back to the sender as leftovers, and every run says what that was."


def _losses(rules: Iterable[Resolved], prefix: str) -> Iterator[tuple[str, str, str]]:
    for rule in rules:
        place = prefix + " + ".join("/".join(place) for place in rule.places)
        label = place or ", ".join(field.name for field in rule.fields)
        if rule.kind == "drop":
            yield label, "dropped", rule.rule.get("drop") or ""
        elif rule.rule.get("reason"):
            yield (
                label,
                "into the standard only" if rule.reads else "out of it only",
                rule.rule.get("reason") or "",
            )
        elif rule.kind == "latin":
            yield label, "a machine's transliteration, marked as such", "never written back"
        yield from _losses(rule.rules, f"{place}/*/")


def _tables(standard: Standard, adapter: Adapter) -> Iterator[Block]:
    if not adapter.codes:
        yield "It has none."
    for name, table in adapter.codes.items():
        yield Heading(3, f"{name}: {table.national_list} → {table.standard_list}")
        code_list = standard.code_lists.get(table.standard_list.split()[0] if table.standard_list else "")
        written: set[str] = set()
        rows = []
        for national, code in table.rows:
            way = "says nothing" if not code else "in only" if code in written else "both ways"
            written.add(code)
            rows.append((national, code, _code_title(code_list, code), way))
        rows += [("—", code, _code_title(code_list, code), reason) for code, reason in table.without.items()]
        if table.otherwise is not None:
            rows.append(("any other", table.otherwise, _code_title(code_list, table.otherwise), "in only"))
        if table.back_otherwise is not None:
            rows.append((table.back_otherwise, "any other", "", "out only"))
        if table.same:
            rows.append(("any other", "the same", "", "both ways"))
        yield Table(("national", "standard", "", ""), tuple(rows))


def _code_title(code_list: CodeList | None, code: str) -> str:
    found = [one.title for one in code_list.codes if one.code == code] if code_list else []
    return found[0] if found else ""


# -- words ---------------------------------------------------------------------------------------


def _label(standard: Standard, slot: Slot, language: str) -> str:
    found = standard.translations.get(language, {}).get(f"{slot.text}.title")
    return found.text if found is not None and found.text else slot.title


def _carried(rule: Resolved) -> str:
    """How a rule carries its value, in the words of the language."""
    words = [f"{word}: {text.replace(chr(10), ', ')}" for word, text in rule.rule.says.items()]
    if rule.rule.formats:
        words.insert(0, f"date: {', '.join(rule.rule.formats)}")
    if rule.rule.direction != "both":
        words.append(f"direction: {rule.rule.direction}")
    return "; ".join(words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
