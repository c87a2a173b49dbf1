"""Folding: what is left of a name when spelling, accents and scripts no longer matter.

Three forms, from close to loose. `fold` unifies letters within a script (أحمد is احمد, Müller is
muller). `latin` spells the folded form in Latin letters. `skeleton` keeps only the consonants, in
classes that Arabic, Hebrew, Russian and Latin spellings share, so that Yousef, Юсуф and يوسف meet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

from anyascii import anyascii

#: A word can be read in several ways; more than these find almost nothing new (measured).
READINGS = 6

#: Longer words are no names; PostgreSQL refuses a lexeme above 2 KiB.
LONGEST_WORD = 64

_SAME_LETTER = str.maketrans(
    {
        **dict.fromkeys("ٱ", "ا"),
        **dict.fromkeys("ىیېےۍ", "ي"),
        **dict.fromkeys("ةہھەۃ", "ه"),
        **dict.fromkeys("کڪ", "ك"),
        **dict.fromkeys("ءـʿʾʻʼʹʺ", ""),
        "ı": "i",
    }
)


class _Folded(dict[int, str]):
    """What `fold` makes of a decomposed character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        match unicodedata.category(character):
            case "Nd":
                folded = str(unicodedata.decimal(character))
            case "Cc" | "Cs" | "Zl" | "Zp" | "Zs":
                folded = " "
            case "Cf":
                folded = ""
            case _:
                folded = "" if _is_accent(character) else character
        self[code] = folded
        return folded


class _Separated(dict[int, str]):
    """What a word is made of: letters, digits and marks; hyphens and apostrophes join its parts."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = character if unicodedata.category(character)[0] in "LNM" else " "
        return self[code]


def _is_accent(character: str) -> bool:
    """Accents, harakat and niqqud; not the vowel signs and viramas that Indic words are made of."""
    return unicodedata.combining(character) >= 10


_FOLDED = _Folded(_SAME_LETTER)
_SEPARATED = _Separated(str.maketrans(dict.fromkeys("-‐‑–'’‘`´׳״", "-")))
_HAN = "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_HAN = re.compile(f"(?<={_HAN})(?={_HAN})")


def fold(text: str) -> str:
    """The text as people compare it: no case, accents, harakat or tatweel, ASCII digits, single spaces."""
    return " ".join(_bare(text).split())


def _bare(text: str) -> str:
    """The folded text with its spaces as they were."""
    if text.isascii():
        return text.lower() if text.isprintable() else text.lower().translate(_FOLDED)
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", plain).translate(_FOLDED))


def latin(text: str) -> str:
    """The folded text in small Latin letters; Arabic and Hebrew come without vowels."""
    folded = fold(text)
    return folded if folded.isascii() else anyascii(folded).lower()


def is_latin(text: str) -> bool:
    """Whether all its letters are Latin ones."""
    return all("LATIN" in unicodedata.name(character, "") for character in text if character.isalpha())


def words(text: str) -> list[tuple[str, ...]]:
    """The folded words of a text, each in its parts: `al-Rahman` is (al, rahman), 李明 is (李, 明)."""
    return [parts for word in _joined(text).split() if (parts := _parts(word))]


def spellings(text: str) -> list[str]:
    """What the folded words of a text are written as: `al-Rahman` is al, rahman and alrahman."""
    joined = _joined(text)
    if "-" not in joined:
        return [word[:LONGEST_WORD] for word in joined.split()]
    return [spelled for word in joined.split() for spelled in together(_parts(word))]


def together(word: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a word, and the word without gaps."""
    return (*word, "".join(word)[:LONGEST_WORD]) if len(word) > 1 else word


def _joined(text: str) -> str:
    """The folded words with spaces between them and hyphens between their parts."""
    folded = _bare(text)
    return (folded if folded.isascii() else _BETWEEN_HAN.sub("-", folded)).translate(_SEPARATED)


def _parts(word: str) -> tuple[str, ...]:
    if "-" not in word:
        return (word[:LONGEST_WORD],)
    return tuple(part[:LONGEST_WORD] for part in word.split("-") if part)


#: Words that belong to the name after them, and may be written together with it.
_ARTICLES = frozenset({"al", "el", "ul", "ال", "ה"})
_SERVANTS = frozenset({"abd", "abdul", "abdel", "abdal", "abdoul", "عبد"})


def name_words(text: str) -> list[tuple[str, ...]]:
    """The words of a name, articles and `Abd` kept with what follows: `Abd al-Rahman` is one word."""
    names: list[tuple[str, ...]] = []
    open_end = False
    for word in words(text):
        names[-1:] = [(*names[-1], *word)] if open_end else [*names[-1:], word]
        open_end = word[-1] in _ARTICLES or word[-1] in _SERVANTS
    return names


def name_keys(word: tuple[str, ...]) -> tuple[str, ...]:
    """The skeletons of a word of a name, without its article and with it."""
    whole = "".join(word)
    bare = "".join(part for part in word if part not in _ARTICLES) or whole
    return skeletons(bare) if bare == whole else (*skeletons(bare), *skeletons(whole))


def skeleton(token: str) -> str:
    """The consonants of a word in its likeliest reading: `mxmt` for Mohamed, Muhammad and محمد."""
    return skeletons(token)[0]


# Classes of consonants: b(bp) v(fv) t(td) s(s z sh zh ch j ts) k(kgq) x(h kh) m n l r; "." is a vowel.
# Each letter has its readings, the likeliest first.
_LETTERS: dict[str, tuple[str, ...]] = {}
for _letters, *_readings in (
    ("بپ", "b"), ("فڤ", "v"), ("تطثدضذظ", "t"), ("سصزژشچ", "s"), ("ج", "s", "k"), ("كقغگ", "k"),
    ("خ", "k"), ("ح", "x", "."), ("ه", "x", "."), ("م", "m"), ("ن", "n"), ("ل", "l"), ("ر", "r"),
    ("و", ".", "v"), ("يايع", "."),
    ("ב", "b", "v"), ("פף", "b", "v"), ("תטד", "t"), ("סשזצץ", "s"), ("גקכך", "k"), ("ח", "x", "k"),
    ("ה", "x", "."), ("םמ", "m"), ("ןנ", "n"), ("ל", "l"), ("ר", "r"), ("ו", ".", "v"), ("יאע", "."),
    ("бп", "b"), ("фв", "v"), ("тд", "t"), ("сцзжшщч", "s"), ("к", "k"), ("г", "k", "x"), ("х", "x", "k"),
    ("м", "m"), ("н", "n"), ("л", "l"), ("р", "r"), ("ауоэеиыяюёіїєүөәй", "."), ("ъь", ""),
):  # fmt: skip
    _LETTERS.update(dict.fromkeys(_letters, tuple(_readings)))

#: Latin letters are read in groups, the longest first; `$` is the end of the word.
_LATIN: dict[str, tuple[str, ...]] = {
    "tsch": ("s",), "sch": ("s", "sk"), "cch": ("k",), "ch": ("s", "k"), "sh": ("s",), "sz": ("s",),
    "cz": ("s",), "zh": ("s",), "ph": ("v",), "th": ("t",), "dh": ("t",), "kh": ("k", "x"), "gh": ("k",),
    "ck": ("k",), "qu": ("k",), "gn": ("n", "kn"), "gli": ("l", "kl"),
    **{f"c{vowel}": ("s.", "k.") for vowel in "eiy"}, **{f"g{vowel}": ("k.", "s.") for vowel in "eiy"},
    "c$": ("s", "k"), "x": ("ks", "s"), "j": ("s", ".", "k"), "h": ("x", "."), "w": ("v", "."), "h$": ("",),
    **{f"{vowel}t$": (".t", ".") for vowel in "aeo"}, "ier$": (".r", "."),
    **dict.fromkeys("bp", ("b",)), **dict.fromkeys("fv", ("v",)), **dict.fromkeys("td", ("t",)),
    **dict.fromkeys("sz", ("s",)), **dict.fromkeys("kgqc", ("k",)), **{same: (same,) for same in "mnlr"},
    **dict.fromkeys("aeiouy", (".",)),
}  # fmt: skip
_LATIN_GROUP = re.compile("|".join(map(re.escape, sorted(_LATIN, key=len, reverse=True))))
_OTHER_SCRIPT = re.compile("[\u0400-\u06ff]")
_SEMITIC = re.compile("[\u05d0-\u06ff]")
_LAST_BREATH = re.compile("(?<=.)[هה]$")
_ABD = re.compile("^(abd)[aeou]+l(?=[^aeiouy])|^(عبد)ال")
_ARTICLE = re.compile("^ال(?=..)")
_DOUBLED = re.compile(r"(.)\1+")
_AFFRICATE = re.compile("t+s")


@lru_cache(maxsize=65_536)
def skeletons(token: str) -> tuple[str, ...]:
    """The consonants of a word in each of its likely readings; another spelling has one of them too."""
    folded = _ABD.sub(r"\1\2", fold(token))
    bare = _ARTICLE.sub("", folded)
    keys = dict.fromkeys(_read(bare))
    if bare != folded:
        keys |= dict.fromkeys(_read(folded))
    return tuple(keys)


def _read(word: str) -> list[str]:
    if _OTHER_SCRIPT.search(word):
        letters = [_LETTERS.get(letter, ("",)) for letter in _LAST_BREATH.sub("", word)]
    else:
        spelled = _DOUBLED.sub(r"\1", anyascii(word).lower())
        letters = [_LATIN[group] for group in _LATIN_GROUP.findall(f"{spelled}$")]
    doubles = bool(_SEMITIC.search(word))  # these scripts write a doubled letter only for two that are apart
    keys = dict.fromkeys(
        _key("".join(reading), doubles) for reading in islice(product(*letters), 4 * READINGS)
    )
    return list(keys)[:READINGS]


def _key(reading: str, doubles: bool) -> str:
    spoken = _AFFRICATE.sub("s", reading)
    if not doubles:
        spoken = _DOUBLED.sub(r"\1", spoken)
    consonants = ("a" if spoken.startswith(".") else "") + spoken.replace(".", "")
    return _AFFRICATE.sub("s", consonants).replace("nb", "mb")
