"""Who approved which translation: `<language>.reviewed.yaml`, beside the catalogue that it speaks of.

An approval names both texts by their hash, so that a change of either voids it: nobody stands behind
words that he has not read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from ilink_generators.model_text import Mapped, ModelFault, ModelRefused, read

_HEADER = (
    "# Who approved which translation. `ilink translations review` writes this file; do not edit it.\n"
    "# A line holds for one English and one translated text, by hash: a change of either voids it.\n"
)


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody read a translation beside its English and found it right; both texts by `hashed`."""

    english: str
    translation: str
    by: str
    on: str  # the day, as ISO 8601

    def holds(self, english: str, translation: str) -> bool:
        """Whether it speaks of these two texts."""
        return (self.english, self.translation) == (hashed(english), hashed(translation))


def hashed(text: str) -> str:
    """The SHA-256 of a text, its first 128 bits in hexadecimal."""
    return sha256(text.encode()).hexdigest()[:32]


def approval(english: str, translation: str, by: str, on: str) -> Approval:
    """The approval of two texts as they stand."""
    return Approval(hashed(english), hashed(translation), by, on)


def reviews_of(catalogue: Path) -> Path:
    """Where the approvals of a catalogue are kept: `ar.reviewed.yaml` beside `ar.po`."""
    return catalogue.with_suffix(".reviewed.yaml")


def read_reviews(path: Path) -> dict[str, Approval]:
    """The approvals by element path; none when there is no file. ModelRefused with every broken line."""
    if not path.exists():
        return {}
    found = read(path, path.as_posix())
    broken = [
        ModelFault("bad_review", path.as_posix(), found.line_of(element), element, _SHAPE)
        for element, said in found.items()
        if not _is_approval(said)
    ]
    if broken:
        raise ModelRefused(broken)
    return {element: Approval(**said) for element, said in found.items()}


def written(approvals: Mapping[str, Approval]) -> str:
    """The file of these approvals, a line each, in the order given."""
    lines = (f"{_json(element)}: {_json(asdict(said))}\n" for element, said in approvals.items())
    return _HEADER + "".join(lines)


_SHAPE = 'an approval is written {"english": hash, "translation": hash, "by": name, "on": day}.'


def _is_approval(said: object) -> bool:
    return (
        isinstance(said, Mapped)
        and set(said) == set(Approval.__dataclass_fields__)
        and all(isinstance(value, str) for value in said.values())
    )


def _json(value: object) -> str:
    """JSON is YAML too, and leaves no doubt what is a text."""
    return json.dumps(value, ensure_ascii=False)
