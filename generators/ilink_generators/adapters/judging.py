"""What the standard says against the messages that an adapter makes, in the terms of the national record."""

from __future__ import annotations

from functools import cache, partial

from ilink_generators import code_lists, forms, json_schema, reference_docs, standard_json
from ilink_generators.standard import Standard
from ilink_runtime import bundle
from ilink_runtime.adapters.loading import Loaded
from ilink_runtime.adapters.places import places_of
from ilink_runtime.adapters.trees import Tree
from ilink_runtime.sentences import sentence
from ilink_runtime.validation import validator

#: What the judgement and its sentences need of a bundle; nothing is stored, so that there are no tables.
_NEEDED = (standard_json, json_schema, forms, code_lists, reference_docs)
_NO_TABLES = {"tables.json": '{"tables": []}'}


class Judge:
    """Judges messages by the schema that the server judges them by before it records one."""

    def __init__(self, standard: Standard) -> None:
        files = dict(_NO_TABLES)
        for generator in _NEEDED:
            files |= generator.generate(standard)
        self._bundle = bundle.of(files)
        self._validator = cache(partial(validator, self._bundle.schema))

    def faults(self, adapter: Loaded, message: Tree, record: Tree) -> list[str]:
        """What keeps a message from being recorded, each with the national place that it came from."""
        kind: str = adapter.described["message"]
        return [
            ", ".join(places_of(adapter.described["places"], message, record, fault.path) or [fault.path])
            + f": {sentence(self._bundle, kind, fault, 'en')}"
            for fault in self._validator(kind)(message)
        ]
