"""The rules of a proposed adapter: what they say in the file, and what is to be decided about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ilink_generators.adapters.written import quoted


@dataclass(eq=False)
class Rule:
    """A rule as it will stand in the file, and what is to be decided about it."""

    said: str
    place: str = ""
    path: str = ""
    ask: str = ""
    #: The rules of a list of objects, and the questions about its other places.
    inner: Rules | None = None

    def lines(self, indent: str) -> Iterator[tuple[str, Rule | None]]:
        """Its lines in the file, each with the rule that stands there."""
        asked = f"  # decide: {self.ask}" if self.ask else ""
        if self.inner is None:
            yield f"{indent}- {{{self.said}}}{asked}", self
            return
        yield f"{indent}- each: {quoted(self.place)}{asked}", self
        yield f"{indent}  field: {self.path}", self
        yield f"{indent}  rules:", self
        yield from self.inner.lines(f"{indent}    ", self)


@dataclass(eq=False)
class Rules:
    """Rules that stand beside each other, and the places for which there is none."""

    rules: list[Rule] = field(default_factory=list)
    #: Each with the word each where it is a list, else with what its values show.
    left: dict[str, str] = field(default_factory=dict)

    def lines(self, indent: str, holder: Rule | None = None) -> Iterator[tuple[str, Rule | None]]:
        """Their lines, and a question for each other place; `holder` is the rule in which they stand."""
        for rule in self.rules:
            yield from rule.lines(indent)
        for place, word in self.left.items():
            rest = ", rules: […]" if word == "each" else word
            word = "each" if word == "each" else "place"
            yield f"{indent}# decide: {{{word}: {quoted(place)}, field: …{rest}}}, or drop: and why", holder

    def without(self, rule: Rule) -> bool:
        """Takes a rule out, and asks about its place instead; whether it stood here."""
        if rule in self.rules:
            self.rules.remove(rule)
            if rule.place:
                self.left[rule.place] = "" if rule.inner is None else "each"
            return True
        return any(one.inner is not None and one.inner.without(rule) for one in self.rules)

    def counted(self) -> Counter[str]:
        """How many places have a rule, how many of them for sure, and how many have none."""
        found = Counter(left=len(self.left))
        for rule in self.rules:
            if rule.inner is not None:
                found += rule.inner.counted()
            elif rule.place:
                found += Counter(matched=1, sure=int(not rule.ask))
        return found
