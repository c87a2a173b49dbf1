"""Units of measurement that adapters may name, as exact ratios."""

from __future__ import annotations

from decimal import Decimal

#: Each unit in the smallest one of its kind (international yard and pound agreement, 1959).
_UNITS: dict[str, tuple[str, Decimal]] = {
    "mm": ("length", Decimal("0.001")),
    "cm": ("length", Decimal("0.01")),
    "m": ("length", Decimal("1")),
    "in": ("length", Decimal("0.0254")),
    "ft": ("length", Decimal("0.3048")),
    "g": ("mass", Decimal("0.001")),
    "kg": ("mass", Decimal("1")),
    "lb": ("mass", Decimal("0.45359237")),
    "oz": ("mass", Decimal("0.028349523125")),
    "month": ("time", Decimal("1")),
    "year": ("time", Decimal("12")),
}


def factor(national: str, standard: str) -> Decimal | None:
    """By what a national number is multiplied; None for units that are unknown or of two kinds."""
    one, other = _UNITS.get(national), _UNITS.get(standard)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1] / other[1]
