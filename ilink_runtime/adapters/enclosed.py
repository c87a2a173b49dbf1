"""Files that come along with a national record, which names them: their hashes go into the message."""

from __future__ import annotations

from collections.abc import Mapping

from ilink_runtime.adapters.trees import Tree
from ilink_runtime.bundle import Bundle
from ilink_runtime.envelope import HASH
from ilink_runtime.files import MEDIA_TYPE, NAME, SIZE, File
from ilink_runtime.values import Object, walk


def enclose(
    bundle: Bundle, message_type: str, message: Tree, files: Mapping[str, File], held: Mapping[str, File]
) -> set[str]:
    """Says in a message what is known of the files that it names; the names of `files` that it has.

    `held` are those that stood in the record, by their hashes, which the message says already. An object
    that says another hash than that of its name means another file.
    """
    if not (files or held) or message_type not in bundle.classes:
        return set()
    named = set()
    for part in walk(bundle, message_type, message):
        if not isinstance(part, Object) or not isinstance(part.value, dict):
            continue
        slots = {slot.range: name for name, slot in part.place.slots.items()}
        name = part.value.get(slots.get(NAME, "")) if HASH in slots else None
        said = part.value.get(slots[HASH]) if HASH in slots else None
        file = files.get(name) if isinstance(name, str) else None
        if file is not None and said in (None, file.sha256):
            named.add(str(name))
        else:
            file = held.get(said) if isinstance(said, str) else None
        if file is None:
            continue
        known = {HASH: file.sha256, MEDIA_TYPE: file.media_type, SIZE: file.size_bytes}
        part.value.update({slots[kind]: value for kind, value in known.items() if kind in slots})
    return named
