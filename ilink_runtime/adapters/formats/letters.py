"""Letters that a format has, where that is fewer than its encoding could write.

The repertoire of DIN 91379 is that of German authorities: Latin letters with their marks, as the schemas of
XÖV standards let them stand in free text.
"""

from __future__ import annotations

import re

#: Single characters of DIN 91379, as ranges.
_SINGLE = (
    r"\t-\n\r -~\xa0-¬®-žƇ-ƈƏƗƠ-ơƯ-ưƷǍ-ǜǞ-ǟǢ-ǰǴ-ǵǸ-ǿȒ-ȓȘ-țȞ-ȟȧ-ȳəɨʒʹ-ʺʾ-ʿˈˌ"
    "Ḃ-ḃḆ-ḇḊ-ḑḗḜ-ḫḯ-ḷḺ-ḻṀ-ṉṒ-ṛṞ-ṣṪ-ṯẀ-ẇẌ-ẗẞẠ-ỹ’‡€"
)
#: What stands on or after a letter there without being one character with it, and after which letters.
_MARKED = {
    "\u0300": "CFGKMPSTZcfgkmpstz",
    "\u0301": "JjÿĪī",
    "\u0302": "DKLMNdklmn",
    "\u0304": "CFHKNPSTZcfhknpstzÛûḲḳṢṣṬṭỤụ",
    "\u0306": "CMNRZcmnrzÇç",
    "\u0307": "KUku",
    "\u0308": "CTZczẠạỌọỤụ",
    "\u030b": "Aa",
    "\u030c": "J",
    "\u030d": "ēō",
    "\u0310": "Mm",
    "\u0315": "CKPTckptČč",
    "\u031b": "KTkt",
    "\u031b\u0304": "Ss",
    "\u0323": "CPcpČč",
    "\u0325": "LRlr",
    "\u0325\u0304": "LRlr",
    "\u0326": "CHKLNchklnŽž",
    "\u0327": "ZzŽž",
    "\u0328\u0306": "Cc",
    "\u0331": "HSs",
    "\u035fH": "K",
    "\u035fh": "Kk",
}
_SEQUENCES = sorted((base + mark for mark, bases in _MARKED.items() for base in bases), key=len, reverse=True)

#: By name, as a format says it: any text of these letters alone.
LETTERS = {"din-91379": re.compile(f"(?:{'|'.join(_SEQUENCES)}|[{_SINGLE}])*")}


def lacking(text: str, letters: str) -> str:
    """The first character of a text that a repertoire does not have; empty where it has all of them."""
    match = LETTERS[letters].match(text)
    end = match.end() if match else 0
    return text[end : end + 1]
