"""Slots as each class has them: everything said of one in the line of descent, the nearest word first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from ilink_generators.load_ranges import Ranged, Ranges, Words, data_name, opened, ranges
from ilink_generators.load_rules import Conditions, SlotFacts, notes_of
from ilink_generators.load_types import BOOLEANS, Types, label_of
from ilink_generators.load_values import default, equal_to
from ilink_generators.model_files import ModelFiles, at, listed, one_line, unit
from ilink_generators.model_text import Mapped
from ilink_generators.names import slot_name as slot_name_of
from ilink_generators.origin import Origin
from ilink_generators.standard import Base, Kind, Slot
from ilink_runtime.conditions import All, At, Condition, Is, IsA, Scalar

#: Words that are asked of the value as a rule of the class is.
_ASKED = ("value_presence", "has_member", "all_members", "range_expression")
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
        self._words = cache(self._words_of)
        self._names = cache(self._find_names)
        self._ranges = Ranges(files, types, self._part, self._words)

    @property
    def _nodes(self) -> dict[str, Mapped]:
        return self.files.sections["classes"]

    def of(self, class_name: str) -> tuple[Slot, ...]:
        """All slots of a class, its own and inherited ones, in the order of the form."""
        return tuple(self._slot(class_name, slot) for slot in self._names(class_name))

    def names(self, class_name: str) -> list[str]:
        """The slots of a class by their names in the model, in the order of `of`."""
        return self._names(class_name)

    def says(self, class_name: str, slot_name: str, *words: str) -> bool:
        """Whether one of these words is true of a slot in a class."""
        said, _ = self._merged(class_name, slot_name)
        return any(bool(said[word][0]) for word in words if word in said)

    def facts(self, class_name: str, slot_name: str) -> SlotFacts | None:
        """What a rule needs to know of a slot; None when the class has no such slot."""
        if class_name not in self._nodes or slot_name not in self._names(class_name):
            return None
        words = self._words(class_name)[slot_name]
        _, origin = self._merged(class_name, slot_name)
        return self._facts(words, self._ranges.of(words, origin, f"{class_name}.{slot_name}"), slot_name)

    def _facts(self, words: Words, ranged: Ranged, slot_name: str) -> SlotFacts:
        is_list = ranged.kind is Kind.CODE and not self._types.is_open(ranged.range)
        return SlotFacts(
            name=data_name(words, slot_name),
            multivalued=bool(words.get("multivalued")),
            range_class=ranged.range if ranged.kind is Kind.CLASS else None,
            base=self._base(ranged),
            codes=self._types.codes(ranged.range) if is_list else None,
            keyed=bool(ranged.key),
            is_of=self._is_of,
        )

    def _is_of(self, words: Words, node: Mapped, element: str) -> Condition | None:
        """The condition that a value is in a range; None where that cannot be asked in a rule."""
        ranged = self._ranges.of(words, node, element)
        match ranged.kind:
            case Kind.ANY if not ranged.choices:
                return All(())
            case Kind.CODE if self._types.is_open(ranged.range):
                return IsA("string")
            case Kind.CODE:
                return Is(self._types.codes(ranged.range))
            case Kind.TYPE:
                base = self._types.base(ranged.range)
                return IsA(base if base in ("integer", "number", "boolean") else "string")
            case Kind.CLASS:
                return self.is_a(ranged.range)
        return None

    def is_a(self, name: str) -> Condition | None:
        """The condition that an object is of a class, by its type designator; None when it has none."""
        if name not in self._nodes:
            return None
        designator = self._designator(name)
        heirs = [c for c in self._nodes if name == c or name in self.ancestors(c)]
        values = tuple(value for heir in heirs for value in self.designations(heir))
        return At(designator, Is(values)) if designator else None

    def _designator(self, name: str) -> str:
        """The slot that tells the class of an object; one with many values only says what it is."""
        slots = self._words(name).items()
        return next(
            (s for s, words in slots if words.get("designates_type") and not words.get("multivalued")), ""
        )

    def designations(self, name: str) -> tuple[str, ...]:
        """What a type designator may say of a class: its name, or where a URI is asked for, its URIs."""
        node = self._nodes[name]
        own = str(node.get("name") or name)
        words = self._words(name).get(self._designator(name), {})
        chain = self._types.chain(self._ranges.name(words)) if words else ()
        if not {"uri", "uriorcurie", "curie"} & set(chain):
            return (own,)
        curie = f"{self.files.default_prefix}{name}"
        said = [str(node["class_uri"])] if node.get("class_uri") else []
        found = dict.fromkeys(form for uri in (*said, curie) for form in self.files.uri_forms(uri))
        return tuple(found)

    def family(self, slot_name: str) -> list[str]:
        """A general slot and the slots it is derived from, nearest first."""
        family = [slot_name]
        for current in family:
            node = self.files.sections["slots"].get(current) or Mapped("", 0)
            for parent in map(slot_name_of, (*listed(node.get("mixins")), *listed(node.get("is_a")))):
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
            for parent in map(
                self.files.class_named, (*listed(node.get("mixins")), *listed(node.get("is_a")))
            ):
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

    def _words_of(self, class_name: str) -> dict[str, Words]:
        """Everything said of each slot of a class."""
        return {
            slot: {word: value for word, (value, _) in self._merged(class_name, slot)[0].items()}
            for slot in self._names(class_name)
        }

    def _find_names(self, name: str) -> list[str]:
        """Inherited slots before own ones, so that a form begins with what all share."""
        names: dict[str, None] = {}
        for ancestor in (*reversed(self.ancestors(name)), name):
            node = self._nodes[ancestor]
            for slot in (*map(slot_name_of, listed(node.get("slots"))), *(node.get("attributes") or {})):
                names.setdefault(slot)
            for slot in node.get("slot_usage") or {}:
                if slot not in names and ancestor == name and not node.get("mixin"):
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
        if not self._is_defined(class_name, slot_name):
            what = self.files.no_such("slot", slot_name, self.files.sections["slots"])
            self.files.refuse(self._nodes[class_name], "slots", element, what)
        words = self._words(class_name)[slot_name]
        self._refuse_counts(words, origin, element)
        notes: Mapping[str, str] = words.get("annotations", {})
        exact = words.get("exact_cardinality")
        made = self._part(words, origin, element)
        return replace(
            made,
            name=data_name(words, slot_name),
            title=one_line(words.get("title")) or label_of(slot_name),
            description=one_line(words.get("description")),
            required=any(words.get(word) for word in ("required", "identifier", "key")),
            recommended=bool(words.get("recommended")),
            multivalued=bool(words.get("multivalued")),
            minimum_cardinality=exact if exact is not None else words.get("minimum_cardinality"),
            maximum_cardinality=exact if exact is not None else words.get("maximum_cardinality"),
            distinct=bool(words.get("list_elements_unique")),
            group=str(words.get("slot_group") or ""),
            designates_type=self._designator(class_name) == slot_name,
            sensitive=notes.get("sensitive") == "true",
            masked_under_age=self._age(origin, element, notes.get("masked_under_age")),
            unit=unit(words.get("unit")),
            example=_example(words.get("examples")),
            aliases=tuple(listed(words.get("aliases"))),
            default=self._default(words, made, origin, element),
            defined_in=self._who_labels(class_name, said),
        )

    def _part(self, words: Words, node: Mapped, element: str) -> Slot:
        """One value: its range and its limits. Also a part of a choice."""
        ranged = self._ranges.of(words, node, element)
        base = self._base(ranged)
        equals = equal_to(words.get, base)
        self._types.check_limits(node, element, base, words.get, equals)
        if ranged.kind is Kind.CODE and not self._types.is_open(ranged.range):
            known = self._types.codes(ranged.range)
            for code in equals:
                if code not in known:
                    what = self.files.no_such(f"code in {ranged.range}", str(code), known)
                    self.files.refuse(node, None, element, what)
        if words.get("subproperty_of") and ranged.kind is Kind.TYPE and not ranged.refers_to:
            equals = self._subproperties(words, ranged.range, node, element)
        return Slot(
            name="",
            title="",
            description="",
            **ranged._asdict(),
            pattern=self._types.pattern(node, element, words.get),
            minimum=words.get("minimum_value"),
            maximum=words.get("maximum_value"),
            equals=equals,
            origin=at(node),
        )

    def _base(self, ranged: Ranged) -> Base | None:
        match ranged.kind:
            case Kind.CODE:
                return "string"
            case Kind.ANY:
                return "any"
            case Kind.TYPE:
                return self._types.base(ranged.range)
        return None

    def _subproperties(self, words: Words, type_name: str, node: Mapped, element: str) -> tuple[str, ...]:
        """The names of a slot and all that are derived from it, as a type of URIs or of texts has them."""
        slots, root = self.files.sections["slots"], slot_name_of(str(words["subproperty_of"]))
        if root not in slots:
            self.files.refuse(node, "subproperty_of", element, self.files.no_such("slot", root, slots))
        names = [name for name in slots if root in self.family(name)]
        if not {"uri", "uriorcurie", "curie"} & set(self._types.chain(type_name)):
            return tuple(names)
        uris = [str(slots[name].get("slot_uri") or f"{self.files.default_prefix}{name}") for name in names]
        return tuple(dict.fromkeys(form for uri in uris for form in self.files.uri_forms(uri)))

    def _default(self, words: Words, slot: Slot, node: Mapped, element: str) -> Scalar | None:
        said = words.get("ifabsent")
        if said is None or words.get("multivalued"):
            return None
        codes = self._types.codes(slot.range) if slot.kind is Kind.CODE else ()
        try:
            return default(str(said), self._base(Ranged(slot.kind, slot.range)), codes)
        except ValueError as reason:
            self.files.refuse(node, "ifabsent", element, f"{reason}.")
            return None

    def tests(self, class_name: str) -> Iterator[tuple[str, str, Condition, Origin]]:
        """What is asked of the value of a slot: who says it, the slot, the condition, and where it stands."""
        for slot_name in self._names(class_name):
            said, origin = self._merged(class_name, slot_name)
            words = self._words(class_name)[slot_name]
            element = f"{class_name}.{slot_name}"
            asked = opened({word: value for word, value in words.items() if word in (*_ASKED, *BOOLEANS)})
            asked = {w: v for w, v in asked.items() if w in _ASKED or not any(map(ranges, v or ()))}
            ranged = self._ranges.of(words, origin, element)
            if ranged.refers_to:
                asked.pop("range_expression", None)  # it is asked of an object that is elsewhere
            asking = self._types.tests(ranged.range) if ranged.kind is Kind.TYPE else []
            if any(value not in (None, []) for value in asked.values()):
                asking.append(Mapped(origin.file, origin.line))
                asking[-1].update(asked)
            asking += self._bindings(words)
            facts = self._facts(words, ranged, slot_name)
            for number, node in enumerate(asking):
                condition = Conditions(self.facts, self.files.refuse).tests(node, facts, element)
                who = (
                    next((who for word, (_, who) in said.items() if word in asked), class_name)
                    if asked
                    else class_name
                )
                suffix = f"-{number}" if number else ""
                yield who, f"{facts.name}{suffix}", At(facts.name, condition), at(node)

    def _bindings(self, words: Words) -> Iterator[Mapped]:
        """A binding says that a slot of the object has a code of a list."""
        for binding in words.get("bindings") or ():
            if binding.get("obligation_level") in (None, "REQUIRED") and binding.get("range"):
                inner, test = Mapped(binding.file, binding.line), Mapped(binding.file, binding.line)
                test["range"] = binding["range"]
                inner["slot_conditions"] = Mapped(binding.file, binding.line)
                inner["slot_conditions"][slot_name_of(str(binding.get("binds_value_of") or "id"))] = test
                made = Mapped(binding.file, binding.line)
                made["range_expression"] = inner
                yield made

    def _age(self, origin: Mapped, element: str, text: str | None) -> int | None:
        if text is None or (text.isascii() and text.isdigit()):
            return None if text is None else int(text)
        self.files.refuse(origin, "annotations", element, "masked_under_age is a whole number of years.")
        return None

    def _refuse_counts(self, words: Words, origin: Mapped, element: str) -> None:
        for word in ("minimum_cardinality", "maximum_cardinality", "exact_cardinality"):
            if words.get(word) is not None and not words.get("multivalued"):
                self.files.refuse(origin, word, element, f"{word} needs multivalued: true.")
            elif (words.get(word) or 0) < 0:
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


def _example(examples: Any) -> str:
    """The first example of a slot that is written as a text; the others are for readers of the model."""
    values = (example.get("value") for example in examples or () if isinstance(example, Mapping))
    return next((one_line(value) for value in values if isinstance(value, str)), "")
