"""Files that come along with a national record, which names them: their hashes go into the message."""

from __future__ import annotations

from collections.abc import Mapping

from ilink_runtime.adapters.trees import Tree
from ilink_runtime.bundle import Bundle
from ilink_runtime.files import HASH, MEDIA_TYPE, NAME, SIZE, File
from ilink_runtime.values import Object, walk


def enclose(bundle: Bundle, message_type: str, message: Tree, files: Mapping[str, File]) -> set[str]:
    """Says in a message what is known of the files that it names; the names that it has.

    An object that already says another hash means another file.
    """
    if not files or message_type not in bundle.classes:
        return set()
    named = set()
    for part in walk(bundle, message_type, message):
        if not isinstance(part, Object) or not isinstance(part.value, dict):
            continue
        slots = {slot.range: name for name, slot in part.place.slots.items()}
        name = part.value.get(slots.get(NAME, "")) if HASH in slots else None
        file = files.get(name) if isinstance(name, str) else None
        if file is None or part.value.get(slots[HASH], file.sha256) != file.sha256:
            continue
        named.add(str(name))
        known = {HASH: file.sha256, MEDIA_TYPE: file.media_type, SIZE: file.size_bytes}
        part.value.update({slots[kind]: value for kind, value in known.items() if kind in slots})
    return named
