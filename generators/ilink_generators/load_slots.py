"""Slots as each class has them: everything said of one in the line of descent, the nearest word first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ilink_generators.load_rules import SlotFacts, notes_of
from ilink_generators.load_types import Types, label_of
from ilink_generators.model_files import ModelFiles, at, listed, one_line, unit
from ilink_generators.model_text import Mapped
from ilink_generators.standard import Kind, Slot

#: Words that a condition may say, or that need more than we give.
_ONLY_IN_RULES = (
    "value_presence",
    "equals_number",
    "has_member",
    "all_members",
    "range_expression",
    "ifabsent",
    "any_of",
    "all_of",
    "none_of",
    "exactly_one_of",
    "alias",
)
_MISSING = object()

#: Every word said of a slot, with the class that said it ("" for the slot itself).
Said = Mapping[str, tuple[Any, str]]


class Slots:
    """The slots of the classes of a model."""

    def __init__(self, files: ModelFiles, types: Types) -> None:
        self.files = files
        self._types = types
        self.ancestors = cache(self._find_ancestors)
        self._merged = cache(self._merge)

    @property
    def _nodes(self) -> dict[str, Mapped]:
        return self.files.sections["classes"]

    def of(self, class_name: str) -> tuple[Slot, ...]:
        """All slots of a class, its own and inherited ones, in the order of the form."""
        return tuple(self._slot(class_name, slot) for slot in self._names(class_name))

    def says(self, class_name: str, slot_name: str, *words: str) -> bool:
        """Whether one of these words is true of a slot in a class."""
        said, _ = self._merged(class_name, slot_name)
        return any(bool(said[word][0]) for word in words if word in said)

    def has_identifier(self, class_name: str) -> bool:
        """Whether objects of a class can be named by an identifier."""
        return any(self.says(class_name, slot, "identifier", "key") for slot in self._names(class_name))

    def facts(self, class_name: str, slot_name: str) -> SlotFacts | None:
        """What a rule needs to know of a slot; None when the class has no such slot."""
        if class_name not in self.files.sections["classes"] or slot_name not in self._names(class_name):
            return None
        said, _ = self._merged(class_name, slot_name)
        default = self.files.schema.get("default_range") or "string"
        range_name = str(said["range"][0] if "range" in said else default)
        code_list = self.files.sections["enums"].get(range_name)
        is_open = code_list is None or notes_of(code_list).get("open") == "true"
        return SlotFacts(
            multivalued="multivalued" in said and bool(said["multivalued"][0]),
            range_class=range_name if range_name in self.files.sections["classes"] else None,
            base="string" if code_list is not None else self._types.base(range_name),
            codes=None if code_list is None or is_open else tuple(code_list.get("permissible_values") or ()),
        )

    def family(self, slot_name: str) -> list[str]:
        """A general slot and the slots it is derived from, nearest first."""
        family = [slot_name]
        for current in family:
            node = self.files.sections["slots"].get(current) or Mapped("", 0)
            for parent in (*listed(node.get("mixins")), *listed(node.get("is_a"))):
                if parent not in self.files.sections["slots"]:
                    self.files.refuse(
                        node,
                        "is_a",
                        current,
                        self.files.no_such("slot", parent, self.files.sections["slots"]),
                    )
                elif parent == slot_name:
                    self.files.refuse(node, "is_a", current, "it is its own ancestor.")
                elif parent not in family:
                    family.append(parent)
        return family

    def _find_ancestors(self, name: str) -> tuple[str, ...]:
        """Parents and mixins, nearest first, each once."""
        found: dict[str, None] = {}

        def visit(current: str, path: tuple[str, ...]) -> None:
            node = self._nodes[current]
            for parent in (*listed(node.get("mixins")), *listed(node.get("is_a"))):
                if parent not in self.files.sections["classes"]:
                    self.files.refuse(
                        node,
                        "is_a",
                        current,
                        self.files.no_such("class", parent, self.files.sections["classes"]),
                    )
                elif parent in path:
                    self.files.refuse(node, "is_a", current, "it is its own ancestor.")
                else:
                    found.setdefault(parent)
                    visit(parent, (*path, parent))

        visit(name, (name,))
        return tuple(found)

    def _names(self, name: str) -> list[str]:
        """Inherited slots before own ones, so that a form begins with what all share."""
        names: dict[str, None] = {}
        for ancestor in (*reversed(self.ancestors(name)), name):
            node = self._nodes[ancestor]
            for slot in (*listed(node.get("slots")), *(node.get("attributes") or {})):
                names.setdefault(slot)
            for slot in node.get("slot_usage") or {}:
                if slot not in names:
                    self.files.refuse(
                        node["slot_usage"], slot, ancestor, f"slot_usage of {slot}, which it does not have."
                    )
        return list(names)

    def _merge(self, class_name: str, slot_name: str) -> tuple[Said, Mapped]:
        """Every word said of a slot in a class, nearest speaker first heard, with who said it."""
        said: dict[str, tuple[Any, str]] = {}
        origin: Mapped | None = None
        owned = False  # an attribute stands alone: a global slot of its name says nothing about it

        def hear(node: Mapped | None, speaker: str) -> None:
            nonlocal origin
            if node is None:
                return
            origin = origin or node
            for word, value in node.items():
                if word == "annotations":
                    value = {**notes_of(node), **(said[word][0] if word in said else {})}
                    said[word] = (value, said[word][1] if word in said else speaker)
                else:
                    said.setdefault(word, (value, speaker))

        for speaker in (class_name, *self.ancestors(class_name)):
            node = self._nodes[speaker]
            hear((node.get("slot_usage") or {}).get(slot_name), speaker)
            attribute = (node.get("attributes") or {}).get(slot_name, _MISSING)
            if attribute is not _MISSING:
                owned = True
                hear(attribute, speaker)
        if not owned:
            for general in self.family(slot_name):
                hear(self.files.sections["slots"].get(general), "")
        return said, origin or self._nodes[class_name]

    def _slot(self, class_name: str, slot_name: str) -> Slot:
        said, origin = self._merged(class_name, slot_name)
        element = f"{class_name}.{slot_name}"

        def get(word: str, default: Any = None) -> Any:
            return said[word][0] if word in said else default

        if not self._is_defined(class_name, slot_name):
            node = self._nodes[class_name]
            self.files.refuse(
                node, "slots", element, self.files.no_such("slot", slot_name, self.files.sections["slots"])
            )
        range_name = str(get("range") or self.files.schema.get("default_range") or "string")
        kind = self._kind(range_name, origin, element)
        self._refuse_unheard(get, kind, origin, element)
        notes: Mapping[str, str] = get("annotations", {})
        equals = listed(get("equals_string") or get("equals_string_in"))
        base = "string" if kind is Kind.CODE else self._types.base(range_name)
        self._types.check_limits(origin, element, base, get, equals)
        self._check_codes(origin, element, range_name, equals)
        exact = get("exact_cardinality")
        return Slot(
            name=slot_name,
            title=one_line(get("title")) or label_of(slot_name),
            description=one_line(get("description")),
            kind=kind,
            range=range_name,
            required=any(get(word) for word in ("required", "identifier", "key", "designates_type")),
            recommended=bool(get("recommended")),
            multivalued=bool(get("multivalued")),
            minimum_cardinality=exact if exact is not None else get("minimum_cardinality"),
            maximum_cardinality=exact if exact is not None else get("maximum_cardinality"),
            group=str(get("slot_group") or ""),
            pattern=self.files.pattern(origin, element, get("pattern")),
            minimum=get("minimum_value"),
            maximum=get("maximum_value"),
            equals=tuple(equals),
            designates_type=bool(get("designates_type")),
            sensitive=notes.get("sensitive") == "true",
            masked_under_age=self._age(origin, element, notes.get("masked_under_age")),
            unit=unit(get("unit")),
            example=_example(get("examples")),
            defined_in=self._who_labels(class_name, said),
            origin=at(origin),
        )

    def _age(self, origin: Mapped, element: str, text: str | None) -> int | None:
        if text is None or (text.isascii() and text.isdigit()):
            return None if text is None else int(text)
        self.files.refuse(origin, "annotations", element, "masked_under_age is a whole number of years.")
        return None

    def _refuse_unheard(self, get: Any, kind: Kind, origin: Mapped, element: str) -> None:
        """Words that the tables of words accept in a condition, or that need more than we give."""
        for word in _ONLY_IN_RULES:
            if get(word) is not None:
                self.files.refuse(origin, word, element, f"{word} is not supported here; say it in a rule.")
        if kind is Kind.CLASS and get("multivalued") and not get("inlined_as_list"):
            self.files.refuse(
                origin, "multivalued", element, "a list of objects needs inlined_as_list: true."
            )
        for word in ("minimum_cardinality", "maximum_cardinality", "exact_cardinality"):
            if get(word) is not None and not get("multivalued"):
                self.files.refuse(origin, word, element, f"{word} needs multivalued: true.")
            elif (get(word) or 0) < 0:
                self.files.refuse(origin, word, element, f"{word} cannot be negative.")

    def _is_defined(self, class_name: str, slot_name: str) -> bool:
        """Whether some one says what the slot is; slot_usage alone only tightens."""
        speakers = (self._nodes[name] for name in (class_name, *self.ancestors(class_name)))
        return slot_name in self.files.sections["slots"] or any(
            slot_name in (node.get("attributes") or {}) for node in speakers
        )

    def _who_labels(self, class_name: str, said: Said) -> str:
        """The nearest class that says title or description: the place of the label for every heir."""
        speakers = {said[word][1] for word in ("title", "description") if word in said}
        speakers = speakers or {speaker for _, speaker in said.values()}
        return next((name for name in (class_name, *self.ancestors(class_name)) if name in speakers), "")

    def _check_codes(self, node: Mapped, element: str, range_name: str, codes: list[str]) -> None:
        """A code that its closed list does not have could never be."""
        code_list = self.files.sections["enums"].get(range_name)
        if code_list is not None and notes_of(code_list).get("open") != "true":
            known = code_list.get("permissible_values") or {}
            for code in codes:
                if code not in known:
                    self.files.refuse(
                        node, None, element, self.files.no_such(f"code in {range_name}", code, known)
                    )

    def _kind(self, range_name: str, origin: Mapped, element: str) -> Kind:
        everything: list[str] = []
        for section, kind in (("types", Kind.TYPE), ("enums", Kind.CODE), ("classes", Kind.CLASS)):
            if range_name in self.files.sections[section]:
                return kind
            everything += self.files.sections[section]
        what = self.files.no_such("type, enum or class", range_name, everything)
        self.files.refuse(origin, "range", element, what)
        return Kind.TYPE


def _example(examples: Any) -> str:
    """The first example of a slot that is written as a text; the others are for readers of the model."""
    values = (example.get("value") for example in examples or () if isinstance(example, Mapping))
    return next((one_line(value) for value in values if isinstance(value, str)), "")
