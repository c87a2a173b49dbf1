"""What is said about a model that load accepts: nothing that hinders, everything an officer would miss."""

from __future__ import annotations

from ilink_generators.model_text import ModelFault
from ilink_generators.origin import Origin
from ilink_generators.standard import Standard


def findings(standard: Standard) -> list[ModelFault]:
    """Fields without help and rules without a sentence, each once, in the order of the files."""
    slots = {slot.text: slot for class_ in standard.reachable() for slot in class_.slots}
    rules = {rule.code: rule for class_ in standard.classes.values() for rule in class_.rules}
    found = [
        _finding("no_help", slot.origin, text, "no help text.", "Say what to write.")
        for text, slot in slots.items()
        if not slot.description
    ]
    found += [
        _finding("no_sentence", rule.origin, code, "no sentence.", "Say what the officer is to do.")
        for code, rule in rules.items()
        if not rule.title
    ]
    return sorted(found, key=lambda fault: (fault.file, fault.line, fault.element))


def _finding(code: str, origin: Origin, element: str, message: str, hint: str) -> ModelFault:
    return ModelFault(code, origin.file, origin.line, element, message, hint)
