"""The machine-readable zone of travel documents: its formats and its check digits (ICAO 9303).

A zone is two or three lines of capitals, digits and `<`. Written in one line it is read the same way.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ZONE = re.compile("[A-Z0-9<]+")
_WEIGHTS = (7, 3, 1)


class _Format(NamedTuple):
    """Where the checked parts stand, as places in the whole zone (Python slices).

    The check digit of a part stands behind it, that of `composite` behind its last part.
    """

    number: slice
    optional: slice  # where a long number goes on
    birth: slice
    expiry: slice
    personal: slice | None = None  # has a check digit of its own, which may be left out when it is empty
    composite: tuple[slice, ...] = ()


_CARD = _Format(  # TD1, three lines of 30 (part 5)
    slice(5, 14),
    slice(15, 30),
    slice(30, 36),
    slice(38, 44),
    composite=(slice(5, 30), slice(30, 37), slice(38, 45), slice(48, 59)),
)
_SMALL = _Format(  # TD2, two lines of 36 (part 6)
    slice(36, 45),
    slice(64, 71),
    slice(49, 55),
    slice(57, 63),
    composite=(slice(36, 46), slice(49, 56), slice(57, 71)),
)
_PASSPORT = _Format(  # TD3, two lines of 44 (part 4)
    slice(44, 53),
    slice(0, 0),
    slice(57, 63),
    slice(65, 71),
    slice(72, 86),
    (slice(44, 54), slice(57, 64), slice(65, 87)),
)
_FORMATS = {90: _CARD, 72: _SMALL, 88: _PASSPORT}


def is_valid(text: str) -> bool:
    """Whether the zone has the length of a document or visa, and every check digit agrees."""
    zone = "".join(text.split()).upper()
    form = _FORMATS.get(len(zone))
    if form is None or not _ZONE.fullmatch(zone):
        return False
    if zone[0] == "V":  # a visa (part 7) has neither a personal number nor a composite digit
        form = form._replace(optional=slice(0, 0), personal=None, composite=())
    return (
        _number_agrees(zone, form)
        and all(_agrees(zone[part], zone[part.stop]) for part in (form.birth, form.expiry))
        and (form.personal is None or _agrees(zone[form.personal], zone[form.personal.stop]))
        and (
            not form.composite
            or digit("".join(zone[part] for part in form.composite)) == zone[form.composite[-1].stop]
        )
    )


def digit(part: str) -> str:
    """The check digit of a part: weights 7, 3, 1, letters count from A = 10, `<` is 0 (part 3, 4.9)."""
    values = (0 if c == "<" else int(c, 36) for c in part)
    return str(sum(value * _WEIGHTS[place % 3] for place, value in enumerate(values)) % 10)


def _agrees(part: str, check: str) -> bool:
    return check == digit(part) or (check == "<" and not part.strip("<"))


def _number_agrees(zone: str, form: _Format) -> bool:
    """A number longer than nine goes on in the optional part, its check digit at its end (part 5, note j)."""
    number, check = zone[form.number], zone[form.number.stop]
    rest = zone[form.optional].partition("<")[0]
    if check == "<" and rest:
        return rest[-1] == digit(number + rest[:-1])
    return check == digit(number)
