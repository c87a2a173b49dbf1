"""How a country writes dates, numbers, yes and no: as the values of a sample show it, in words of a rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ilink_generators.adapters.likely import UNITS, plain
from ilink_generators.standard import Type
from ilink_runtime.adapters.digits import ARABIC_INDIC

#: Whole dates and their parts; the most exact and the least surprising first.
_DATES = (
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyy.mm.dd",
    "yyyymmdd",
    "dd.mm.yyyy",
    "dd/mm/yyyy",
    "dd-mm-yyyy",
    "ddmmyyyy",
    "mm/dd/yyyy",
    "mm-dd-yyyy",
    "yyyy-mm",
    "yyyy/mm",
    "mm/yyyy",
    "mm.yyyy",
    "yyyy",
)
_TOKENS = {"yyyy": "(1[0-9]|20)[0-9]{2}", "mm": "(0[0-9]|1[0-2])", "dd": "([012][0-9]|3[01])"}
#: How an unknown day or month is written.
_UNKNOWN = ("00", "XX", "xx", "??", "--", "**")
_TIME = re.compile("[T ][0-9]{2}:[0-9]{2}.*")
#: Words for true, each with those for false that go with it.
_YES_AND_NO = (
    *(("true", "false"), ("yes", "no"), ("y", "n"), ("1", "0"), ("t", "f"), ("ja", "nein"), ("j", "n")),
    *(("oui", "non"), ("o", "n"), ("vrai", "faux"), ("sí", "no"), ("si", "no"), ("s", "n"), ("sim", "não")),
    *(("verdadero", "falso"), ("vero", "falso"), ("wahr", "falsch"), ("نعم", "لا")),
)
#: What YAML reads as a text without quotes, wherever it stands.
_BARE = re.compile(r"[^\W\d_]([\w/.:-]*\w)?( [\w/.:-]*\w)*")
#: Words that editors take for no text unless they stand in quotes.
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class Words(NamedTuple):
    """What a rule says of its place beside place and field, and what is to be decided about it."""

    said: str = ""
    ask: str = ""


def each(values: Iterable[Any]) -> list[Any]:
    """The values that say something, those of lists one by one."""
    flat = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return [one for one in flat if one is not None and not isinstance(one, dict) and str(one).strip()]


def dates(type_: Type, values: list[Any], seen: Iterable[str]) -> Words | None:
    """How dates are written; None when most values are no dates that a rule can read.

    What else was `seen` in the sample tells whether day or month goes first.
    """
    texts = [str(value).strip() for value in values]
    if not texts:
        return Words(", date: [yyyy-mm-dd]", "how are dates written?")
    said, asked = "", ""
    if any(re.search("[٠-٩]", text) for text in texts):
        texts, said = [text.translate(ARABIC_INDIC) for text in texts], ", digits_script: arabic"
    times = {found[0] for text in texts if (found := _TIME.search(text))}
    if len(times) == 1:
        texts, asked = [_TIME.sub("", text) for text in texts], "the time is always the same"
    whole_only = type_.check == "date"
    unknown = next(
        (mark for mark in _UNKNOWN if not whole_only and any(mark in _parts(text) for text in texts)), ""
    )
    texts = [text.replace(unknown, "00") if unknown and unknown != "00" else text for text in texts]
    known = [one for one in _DATES if "dd" in one or not whole_only]
    fits = {one: sum(is_date(text, one) for text in texts) for one in known}
    best = max(known, key=lambda one: fits[one])  # the first of those that fit as well
    chosen = [best, *(one for one in known if one != best and any(_alone(t, one, best) for t in texts))]
    chosen = [one for one in known if one in chosen and _needed(one, texts, chosen)]
    if not fits[best] or sum(any(is_date(t, one) for one in chosen) for t in texts) * 2 <= len(texts):
        return None
    others = {one for one in known if "dd" in one and fits[one] == fits[best]} - {best}
    if others and "dd" in best and not any(_decides(text, best, others) for text in seen):
        asked = "day or month first?"
    years = [int(found[0]) for text in texts if (found := re.search("(1[0-9]|20)[0-9]{2}", text))]
    if years and all(1250 < year < 1500 for year in years):
        said, asked = f", calendar: hijri{said}", "are these years of the Hijri calendar?"
    if len(times) == 1:
        chosen = [f"{one}{next(iter(times))}" for one in chosen]
    formats = ", ".join(map(quoted, chosen))
    return Words(f", date: [{formats}]{f', unknown: {quoted(unknown)}' if unknown else ''}{said}", asked)


def _parts(text: str) -> list[str]:
    """The parts of a date; of eight characters without a mark, those that they may be."""
    parts = re.split("[-/. ]", text) if "--" not in text else ["--"]
    return parts if len(parts) > 1 or len(text) != 8 else [text[4:6], text[6:], text[:2], text[2:4]]


def _decides(text: str, best: str, others: set[str]) -> bool:
    return is_date(text, best) and not any(is_date(text, other) for other in others)


def _alone(text: str, one: str, best: str) -> bool:
    return is_date(text, one) and not is_date(text, best)


def _needed(one: str, texts: list[str], chosen: list[str]) -> bool:
    """Whether some value is read by this format and by none that goes before it."""
    before = chosen[: chosen.index(one)]
    return any(is_date(text, one) and not any(is_date(text, other) for other in before) for text in texts)


def is_date(text: str, form: str) -> bool:
    """Whether a text is a date of a format."""
    pattern = re.escape(form)
    for token, digits in _TOKENS.items():
        pattern = pattern.replace(token, digits)
    return re.fullmatch(pattern, text) is not None


def all_dates(values: list[Any]) -> bool:
    """Whether values are dates and nothing else."""
    texts = [_TIME.sub("", str(value)).translate(ARABIC_INDIC) for value in values]
    return bool(texts) and all(any(is_date(text, one) for one in _DATES[:-1]) for text in texts)


def number(type_: Type, values: list[Any], place: str, json_: bool) -> Words | None:
    """The decimal sign and the unit of numbers; None when they are none."""
    texts = [str(value).strip().translate(ARABIC_INDIC) for value in values]
    arabic = ", digits_script: arabic" if any(re.search("[٠-٩]", str(value)) for value in values) else ""
    told = set(plain(place.rpartition("/")[2]).split()) & UNITS
    if not texts:
        return Words("", "in which unit, with which decimal sign?")
    if type_.unit == "cm" and all(re.fullmatch("""[0-9]'\\s*[0-9]{1,2}"?""", text) for text in texts):
        return Words(", unit: [ft-in, cm]")
    comma = any("," in text for text in texts)
    if any(isinstance(value, bool) for value in values) or not all(
        re.fullmatch("[0-9]{1,9}([.,][0-9]{1,9})?", text) for text in texts
    ):
        return None
    numbers = [float(text.replace(",", ".")) for text in texts]
    digits = max(len(text.replace(",", ".").partition(".")[2]) for text in texts)
    unit, asked = _unit(type_.unit, numbers, told)
    said = f", unit: [{unit}, {type_.unit}]" if unit else ""
    if comma or (json_ and any(isinstance(value, str) for value in values)):
        said += f""", decimal: "{"," if comma else "."}\""""
    said += arabic
    if any(one == 0 for one in numbers) and type_.minimum:
        said += (
            f", unknown: {quoted(next(text for text, one in zip(texts, numbers, strict=True) if not one))}"
        )
    digits = max(digits, 2) if unit == "m" else digits
    return Words(said + (f", digits: {quoted(str(digits))}" if digits else ""), asked)


def _unit(standard: str, numbers: list[float], told: set[str]) -> tuple[str, str]:
    """The unit of a country's numbers, by the name of the place or by how great they are."""
    known = [one for one in numbers if one]
    if standard == "kg":
        return ("lb", "") if told & {"lb", "lbs"} else ("", "")
    if standard != "cm" or not known:
        return "", ""
    if told & {"m", "in", "mm"}:
        return next(unit for unit in ("mm", "in", "m") if unit in told), ""
    if max(known) < 3:
        return "m", ""
    if all(one in range(400, 712) and one % 100 < 12 for one in known):
        return "ftin", "feet and inches?"
    if max(known) > 1000:
        return "mm", "millimetres?"
    return ("in", "inches?") if max(known) < 91 and min(known) > 47 else ("", "")


def yes_or_no(values: list[Any], json_: bool) -> Words | None:
    """The country's words for true and false; None when they are not known."""
    if all(isinstance(value, bool) for value in values) and json_:
        return Words()
    texts = sorted({str(value).strip() for value in values})
    for yes, no in _YES_AND_NO:
        if texts and {text.casefold() for text in texts} <= {yes, no}:
            written = [_cased(word, texts) for word in (yes, no)]
            return Words(f", yes: [{quoted(written[0])}], no: [{quoted(written[1])}]")
    return None


def _cased(word: str, texts: list[str]) -> str:
    """A word in the letters of the country's own."""
    found = next((text for text in texts if text.casefold() == word), "")
    return found or (word.upper() if all(text.isupper() for text in texts) else word)


def quoted(text: str) -> str:
    """A text as YAML takes it on one line, bare where nothing in it could be read otherwise."""
    if _BARE.fullmatch(text) and text.isprintable() and text.casefold() not in _TAKEN:
        return text
    return "".join(
        char if char.isprintable() else _escaped(char) for char in json.dumps(text, ensure_ascii=False)
    )


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
