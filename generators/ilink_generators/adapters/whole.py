"""What must hold for an adapter as a whole: its format, what it reaches, and what it would lose.

`Resolver` looks at one rule after the other; here they are looked at together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ilink_generators.adapters.language import Adapter, Format
from ilink_generators.adapters.resolve import Resolved, condition
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Class, Slot, Standard
from ilink_generators.well_formed import near
from ilink_runtime.adapters.formats.entries import ENCODINGS, Spec
from ilink_runtime.adapters.formats.fixed_width import Column, columns
from ilink_runtime.adapters.formats.letters import LETTERS
from ilink_runtime.adapters.formats.xml_text import FILLS
from ilink_runtime.adapters.wrapping import FACTS, PREFIX

#: The words of each format beside type and encoding, and those of them that it needs.
_WORDS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "json": (frozenset({"records", "pairs", "key", "value", "kind"}), ()),
    "xml": (
        frozenset({"root", "records", "namespaces", "wrapper", "letters", "fills", "sequences"}),
        ("root",),
    ),
    "csv": (frozenset({"delimiter", "quote", "columns", "missing"}), ()),
    "fixed": (frozenset({"columns", "width", "line_end", "pad"}), ("columns",)),
    "keyed": (frozenset({"separator", "key", "doubled"}), ()),
}


def check(
    standard: Standard, adapter: Adapter, rules: tuple[Resolved, ...], faults: list[ModelFault]
) -> None:
    """Adds what is wrong with the adapter as a whole to `faults`."""
    faults += _format(adapter.format)
    faults += [
        ModelFault(
            "refused",
            adapter.origin.file,
            adapter.origin.line,
            f"keep_central.{place}",
            "say why it is kept.",
        )
        for place, reason in adapter.keep_central.items()
        if not reason.strip()
    ]
    faults += _recall(adapter)
    faults += _losing(adapter, rules)
    faults += _twice(rules)
    message = standard.classes.get(adapter.message)
    if message is not None and any(rule.reads and rule.fields for rule in rules):
        line = ModelFault("refused", adapter.origin.file, adapter.origin.line, "", "")
        faults += _reached(standard, message, rules, line, "")


# -- the format ----------------------------------------------------------------------------------


def _format(said: Format) -> Iterator[ModelFault]:
    def fault(element: str, message: str, hint: str = "") -> ModelFault:
        return ModelFault("refused", said.origin.file, said.origin.line, f"format.{element}", message, hint)

    if said.encoding not in ENCODINGS:
        yield fault(
            "encoding",
            f"“{said.encoding}” is no encoding that is known here.",
            near(said.encoding, ENCODINGS, ""),
        )
    known, needed = _WORDS[said.type]
    words = {word for word, value in said.options.items() if value}
    words |= {"namespaces"} if said.namespaces else set()
    words |= {"columns"} if said.columns else set()
    words |= {word for word, held in (("fills", said.fills), ("sequences", said.sequences)) if held}
    for word in sorted(words - known - {"wrap"}):
        yield fault(
            word,
            f"{word} means nothing in {said.type}.",
            near(word, known, f"Known are {', '.join(sorted(known))}."),
        )
    for word in needed:
        if word not in words:
            yield fault(word, f"a format of type {said.type} says its {word}.")
    if said.type == "csv":
        delimiter = said.options.get("delimiter") or ","
        if len(delimiter) != 1 and delimiter != "tab":
            yield fault("delimiter", f"“{delimiter}” is not one character; a tabulator is written tab.")
        if len(said.options.get("quote") or '"') != 1:
            yield fault("quote", "a quotation mark is one character.")
    elif said.type == "json" and "pairs" in words and "key" not in words:
        yield fault("pairs", "say which member holds the name of each object, with key:.")
    elif said.type == "xml":
        for word, name in _elements(said):
            prefix, colon, _name = name.rpartition(":")
            if colon and prefix not in said.namespaces:
                yield fault(
                    word, f"the prefix {prefix} stands for no namespace.", near(prefix, said.namespaces, "")
                )
        if (letters := said.options.get("letters") or "") not in ("", *LETTERS):
            yield fault("letters", f"“{letters}” is not one of {', '.join(LETTERS)}.")
        for place, what in said.fills.items():
            if what not in FILLS:
                yield fault(f"fills.{place}", f"“{what}” is not one of {', '.join(FILLS)}.")
    elif said.type == "fixed":
        yield from (fault(f"columns.{name}", message) for name, message in _overlapping(said))


def _elements(said: Format) -> Iterator[tuple[str, str]]:
    """The elements that a format of XML names, each with the word that does."""
    for word in ("root", "records", "wrapper"):
        yield word, said.options.get(word) or ""
    for place in said.fills:
        yield from ((f"fills.{place}", name.removeprefix("@")) for name in place.split("/"))
    for parent, names in said.sequences.items():
        yield from ((f"sequences.{parent}", name) for name in (parent, *names.split()))


def _overlapping(said: Format) -> Iterator[tuple[str, str]]:
    held: list[Column] = []
    for name, span in said.columns.items():
        try:
            (column,) = columns(Spec("fixed", columns={name: span}))
        except ValueError:
            yield name, f"{span} is no range; write it as 6-44, or 2/1-9 in the second line."
            continue
        if column.start < 0 or column.line < 0 or column.end <= column.start:
            yield name, f"{span} is no range; columns count from 1, the first one before the last."
            continue
        for other in held:
            if other.line == column.line and column.start < other.end and other.start < column.end:
                yield name, f"{span} overlaps with {other.name}."
        held.append(column)


def _recall(adapter: Adapter) -> Iterator[ModelFault]:
    """How a record says that the country takes it back; without a reference nobody knows which one."""
    if not adapter.recall:
        return
    file, line = adapter.origin.file, adapter.origin.line
    found = condition(adapter.recall)
    if found is None:
        message, hint = f"{adapter.recall} is no condition.", "Write it as recall: PLACE = one | other."
        yield ModelFault("refused", file, line, "recall", message, hint)
    elif adapter.format.columns and found[0] not in adapter.format.columns:
        message = f"there is no column {found[0]}."
        yield ModelFault("refused", file, line, "recall", message, near(found[0], adapter.format.columns, ""))
    if not adapter.reference:
        message = "a record is taken back by its reference, and the adapter names none."
        yield ModelFault("refused", file, line, "recall", message, "Add reference: PLACE.")


# -- what would be lost --------------------------------------------------------------------------


def _losing(adapter: Adapter, rules: tuple[Resolved, ...]) -> Iterator[ModelFault]:
    writing = [rule for rule in rules if rule.writes and rule.kind != "drop" and rule.places]
    wraps = adapter.format.options.get("wrap") == "yes"
    file, line = adapter.format.origin.file, adapter.format.origin.line
    if wraps and adapter.format.type == "fixed":
        missing = [f"{PREFIX}{fact.upper()}" for fact in FACTS]
        missing = [name for name in missing if name not in adapter.format.columns]
        if missing:
            message = f"fixed columns have no room to wrap in; add {', '.join(missing)}."
            yield ModelFault("refused", file, line, "format.wrap", message)
    if writing and not wraps and not adapter.extract:
        lost = ", ".join(fact.replace("_", " ") for fact in FACTS)
        message = f"what goes out in this format loses {lost}."
        hint = "Say wrap: yes, so that they travel with it, or direction: in when nothing goes out."
        yield ModelFault("refused", file, line, "format", message, hint)


def _twice(rules: Iterable[Resolved]) -> Iterator[ModelFault]:
    """Places that two rules read, and fields that two rules fill, where the adapter does not say so."""
    read: dict[tuple[str, ...], Resolved] = {}
    filled: dict[tuple[object, ...], Resolved] = {}
    for rule in rules:
        if rule.kind in ("each", "zip"):
            yield from _twice(rule.rules)
        if rule.when is not None or rule.kind == "latin" or not (rule.reads or rule.kind == "constant"):
            continue
        for place in rule.places:
            label = "/".join(place)
            first = next(
                (held for held in read if held[: len(place)] == place or place[: len(held)] == held), None
            )
            if first is None:
                read[place] = rule
            elif rule.rule.get("again") != "yes":
                message = (
                    f"{'/'.join(first)} is read by the rule of line {read[first].rule.origin.line} already."
                )
                yield _fault(rule, label, message, "Say again: yes and direction: in if that is meant.")
            elif rule.writes:
                yield _fault(
                    rule,
                    label,
                    "two rules would write here.",
                    "Say direction: in for the one that reads again.",
                )
        for field in rule.fields:
            key = field.steps
            if key not in filled:
                filled[key] = rule
                continue
            line = filled[key].rule.origin.line
            message = f"the rule of line {line} fills this field already."
            yield _fault(
                rule,
                ".".join(step.name for step in key),
                message,
                "Take one of them out, or say when: each holds.",
            )


# -- what is reached -----------------------------------------------------------------------------


def _reached(
    standard: Standard, holder: Class, rules: Iterable[Resolved], where: ModelFault, path: str
) -> Iterator[ModelFault]:
    """Fields that every object must have, and that no rule fills in an object that the adapter makes."""
    reading = [rule for rule in rules if (rule.reads or rule.kind == "constant") and rule.fields]
    made: dict[tuple[object, ...], tuple[Class, set[str], ModelFault, str]] = {
        (): (holder, set(), where, path)
    }
    for rule in reading:
        for field in rule.fields:
            inside, label = holder, path
            for length, step in enumerate(field.steps, start=1):
                made[field.steps[: length - 1]][1].add(step.name)
                slot = inside.slot(step.name)
                label = f"{label}.{step.name}".lstrip(".")
                if length == len(field.steps):
                    break
                inside = standard.concrete(slot.range)[0]
                at = _fault(rule, "", "")
                held = made.setdefault(field.steps[:length], (inside, set(), at, label))
                held[1].update({step.key} if step.key else ())
        if rule.kind in ("each", "zip"):
            slot = rule.fields[0].slot
            label = f"{path}.{slot.name}".lstrip(".")
            yield from _reached(
                standard, standard.concrete(slot.range)[0], rule.rules, _fault(rule, "", ""), label
            )
    for inside, names, at, label in made.values():
        for slot in inside.slots:
            if slot.required and not slot.designates_type and slot.name not in names:
                yield _unreached(inside, slot, at, label)


def _unreached(holder: Class, slot: Slot, at: ModelFault, label: str) -> ModelFault:
    message = f"every {holder.title or holder.name} must say its {slot.name}, and no rule does."
    hint = f"Add a rule, or {{field: {f'{label}.' if label else ''}{slot.name}, constant: …}}."
    return ModelFault("refused", at.file, at.line, f"{label}.{slot.name}".lstrip("."), message, hint)


def _fault(rule: Resolved, element: str, message: str, hint: str = "") -> ModelFault:
    origin = rule.rule.origin
    return ModelFault("refused", origin.file, origin.line, element, message, hint)
