"""The range of a slot: one type, code list or class, a reference, or a choice of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ilink_generators.load_rules import notes_of
from ilink_generators.load_types import BOOLEANS, Types
from ilink_generators.model_files import ModelFiles, listed
from ilink_generators.model_text import Mapped
from ilink_generators.names import element_name, slot_name
from ilink_generators.standard import Choice, Kind, Slot

#: The class of LinkML that is anything at all.
_ANYTHING = ("linkml:Any", "https://w3id.org/linkml/Any")


class Ranged(NamedTuple):
    """What a value may be; the fields are those of `Slot`."""

    kind: Kind
    range: str
    choices: tuple[Choice, ...] = ()
    key: str = ""
    compact: str = ""
    refers_to: str = ""


ANY = Ranged(Kind.ANY, "Any")

#: Everything said of a slot, by its word.
Words = Mapping[str, Any]


class Ranges:
    """Reads ranges; `part` makes a slot of one part of a choice, `said_of` says how a class has its slots."""

    def __init__(
        self,
        files: ModelFiles,
        types: Types,
        part: Callable[[Words, Mapped, str], Slot],
        said_of: Callable[[str], Mapping[str, Words]],
    ) -> None:
        self._files = files
        self._types = types
        self._part = part
        self._said_of = said_of

    def of(self, said: Words, node: Mapped, element: str) -> Ranged:
        """The range that is said of a slot."""
        said = opened(said)
        if said.get("enum_range"):
            return Ranged(Kind.CODE, self._inline_codes(said["enum_range"], element))
        joined = {word: said[word] for word in BOOLEANS if any(map(ranges, said.get(word) or ()))}
        own = self._own(said, node, element, joined)
        choices = []
        for word, parts in joined.items():
            codes = self._code_lists(parts) if word in ("any_of", "all_of") else None
            if codes and own.kind is Kind.ANY and len(joined) == 1:
                return Ranged(Kind.CODE, self._types.join(codes, word, node))
            choices.append(self._choice(word, parts, said, node, element))
        return own._replace(choices=(*own.choices, *choices))

    def name(self, said: Words) -> str:
        """The name of the range, as the elements are called here."""
        name = str(said.get("range") or self._files.schema.get("default_range") or "string")
        sections = self._files.sections
        plain = element_name(name)
        if plain not in sections["types"] and plain not in sections["enums"]:
            named = self._files.class_named(name)
            return named if named in sections["classes"] else plain
        return plain

    def is_anything(self, name: str) -> bool:
        """Whether a class is LinkML's own for anything at all."""
        node = self._files.sections["classes"].get(name)
        return node is not None and node.get("class_uri") in _ANYTHING

    def _own(self, said: Words, node: Mapped, element: str, joined: Words) -> Ranged:
        """The slot's own range; where a choice names one in every part, only those count."""
        if any(
            all(map(ranges, joined.get(word, ()))) for word in ("any_of", "exactly_one_of") if word in joined
        ):
            return ANY
        if "range" not in said and joined:
            return ANY
        name = self.name(said)
        sections = self._files.sections
        if name in sections["types"]:
            members = listed(sections["types"][name].get("union_of"))
            return self._union(members, said, node, element) if members else Ranged(Kind.TYPE, name)
        if name in sections["enums"]:
            return Ranged(Kind.CODE, name)
        if name in sections["classes"]:
            return self._class(name, said, node, element)
        everything = [name for section in ("types", "enums", "classes") for name in sections[section]]
        self._files.refuse(
            node, "range", element, self._files.no_such("type, enum or class", name, everything)
        )
        return Ranged(Kind.TYPE, "string")

    def _class(self, name: str, said: Words, node: Mapped, element: str) -> Ranged:
        """An object, a reference to one by its identifier, or members under their keys."""
        if self.is_anything(name):
            return ANY
        members = listed(self._files.sections["classes"][name].get("union_of"))
        if members:
            return self._union(members, said, node, element)
        slots = self._said_of(name)
        identifier = next((slot for slot, words in slots.items() if words.get("identifier")), None)
        key = identifier or next((slot for slot, words in slots.items() if words.get("key")), None)
        if identifier is not None and not (said.get("inlined") or said.get("inlined_as_list")):
            words = {word: value for word, value in slots[identifier].items() if word == "range"}
            return self.of(words, node, element)._replace(refers_to=name)
        if key is not None and said.get("multivalued") and not said.get("inlined_as_list"):
            compact = self._compact(slots, key)
            return Ranged(
                Kind.CLASS,
                name,
                key=data_name(slots[key], key),
                compact=data_name(slots[compact], compact) if compact else "",
            )
        return Ranged(Kind.CLASS, name)

    def _compact(self, slots: Mapping[str, Words], key: str) -> str:
        """The slot whose value may stand for a whole member: the only other one, or the only required one."""
        others = {slot: words for slot, words in slots.items() if slot != key}
        noted = [s for s, words in others.items() if _notes(words).get("simple_dict_value") == "true"]
        required = [slot for slot, words in others.items() if words.get("required")]
        for few in (list(others), noted, required):
            if len(few) == 1:
                words = others[few[0]]
                kind = self.of(words, Mapped("", 0), "").kind
                return few[0] if kind in (Kind.TYPE, Kind.CODE) and not words.get("multivalued") else ""
        return ""

    def _union(self, members: list[str], said: Words, node: Mapped, element: str) -> Ranged:
        parts = [_words(node, {"range": member}) for member in members]
        return ANY._replace(choices=(self._choice("any_of", parts, said, node, element),))

    def _choice(self, word: Any, parts: list[Mapped], said: Words, node: Mapped, element: str) -> Choice:
        """The parts are single values; how they are written down is said of the whole slot too."""
        outer = {w: said[w] for w in ("range", "inlined", "inlined_as_list") if w in said}
        made = []
        for part in parts:
            inner = {
                w: value for w, value in part.items() if w not in ("multivalued", "required", "recommended")
            }
            made.append(self._part({**outer, **inner}, part, element))
        return Choice(word, tuple(made))

    def _code_lists(self, parts: list[Mapped]) -> list[str] | None:
        """The code lists of a choice that offers nothing else."""
        names = []
        for part in parts:
            if not set(part) <= {"range", "description", "title", "comments"} or "range" not in part:
                return None
            names.append(self.name(part))
        return names if all(name in self._files.sections["enums"] for name in names) else None

    def _inline_codes(self, node: Mapped, element: str) -> str:
        name = f"{element.replace('.', '_')}_codes"
        self._files.sections["enums"].setdefault(name, node)
        return name


def _notes(words: Words) -> Mapping[str, Any]:
    notes = words.get("annotations") or {}
    return (
        notes
        if isinstance(notes, dict) and all(isinstance(v, str) for v in notes.values())
        else notes_of(words)
    )


def _words(node: Mapped, said: Words) -> Mapped:
    made = Mapped(node.file, node.line)
    made.update(said)
    return made


def ranges(part: Words) -> bool:
    """Whether a slot expression names a range, itself or in its parts."""
    part = opened(part)
    return bool(part.get("range")) or any(
        ranges(inner) for word in BOOLEANS for inner in part.get(word) or ()
    )


def opened(said: Words) -> Words:
    """A range expression that only names classes, said as the slot's own range and booleans."""
    expression = said.get("range_expression")
    if not isinstance(expression, Mapped) or not _names_classes(expression):
        return said
    rest = {word: value for word, value in said.items() if word != "range_expression"}
    return {**rest, **_as_range(expression)}


def _names_classes(expression: Words) -> bool:
    inner = [part for word in BOOLEANS for part in expression.get(word) or ()]
    return "slot_conditions" not in expression and (
        bool(expression.get("is_a")) if not inner else all(map(_names_classes, inner))
    )


def _as_range(expression: Mapped) -> Mapped:
    made = Mapped(expression.file, expression.line)
    for word, value in expression.items():
        if word == "is_a":
            made["range"] = value
        elif word in BOOLEANS:
            made[word] = [_as_range(part) for part in value]
    return made


def data_name(words: Words, name: str) -> str:
    """The name of a slot in data: its alias, where it has one."""
    return slot_name(str(words["alias"])) if words.get("alias") else name
