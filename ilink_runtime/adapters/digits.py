"""Digits that are not those of ASCII: read in every way, written in the one that an adapter says."""

from __future__ import annotations

#: Arabic-Indic digits, and those of Persian and Urdu, as ASCII ones.
ARABIC_INDIC = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
#: ASCII digits as Arabic-Indic ones.
TO_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
