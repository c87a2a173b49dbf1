"""Folding: one name in many spellings, measured on names that people wrote in two scripts."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime.folding import READINGS, fold, latin, name_keys, name_words, skeleton, skeletons, words

NAMES = Path(__file__).parents[3] / "shared" / "data" / "names"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("أحمد", "احمد"),
        ("إيمان", "ايمان"),
        ("آمال", "امال"),
        ("مُحَمَّد", "محمد"),
        ("محـمد", "محمد"),
        ("فاطمة", "فاطمه"),
        ("مصطفى", "مصطفي"),
        ("کریم", "كريم"),
        ("علاء", "علا"),
        ("٠١٢٣ ۴۵۶ ०१", "0123 456 01"),
        ("Müller-Straße", "muller-strasse"),
        ("  NÚÑEZ\t\u200fde  ", "nunez de"),
        ("İSTANBUL ı", "istanbul i"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("Алёна Йод", "алена иод"),
        ("हिन्दी", "हिन्दी"),
        ("ガンダム", "ガンダム"),
        ("a\x00b\ud800c", "a b c"),
        ("", ""),
    ],
)
def test_fold_unifies_letters_within_a_script(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once_and_nothing_raises(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert latin(text).isascii()
    assert all(part and part == fold(part).strip() for word in words(text) for part in word)
    assert [part for word in name_words(text) for part in word] == [
        part for word in words(text) for part in word
    ]
    assert all(len(name_keys(word)) >= 1 for word in name_words(text))


@given(st.text())
def test_a_word_has_few_keys_of_plain_letters(token: str) -> None:
    keys = skeletons(token)
    assert 1 <= len(keys) <= 2 * READINGS
    assert skeleton(token) == keys[0]
    assert all(set(key) <= set("abvtsxkmnlr") for key in keys)


def test_words_come_in_their_parts() -> None:
    assert words("O'Brien, al-Rahman 李明 +33 6") == [
        ("o", "brien"),
        ("al", "rahman"),
        ("李", "明"),
        ("33",),
        ("6",),
    ]
    assert name_words("Abd al-Rahman el Khatib") == [("abd", "al", "rahman"), ("el", "khatib")]
    assert name_words("عبد الرحمن بن علي") == [("عبد", "الرحمن"), ("بن",), ("علي",)]


def test_latin_spells_other_scripts() -> None:
    assert latin("Юсуф Νίκος Łukasz") == "yusuf nikos lukasz"


@pytest.mark.parametrize("spelled", ["Mohamed", "Muhammad", "Mohammed", "محمد", "مُحَمَّد", "Мухаммед", "Mehmed"])
def test_mohamed_has_one_skeleton(spelled: str) -> None:
    assert skeleton(spelled) == "mxmt"


@pytest.mark.parametrize(
    "spellings",
    [
        "Yousef Youssef Yusuf Iosif يوسف Юсуф יוסף",
        "Ahmad Ahmed أحمد احمد Ахмед",
        "Hussein Husayn Hussain حسين Хусейн",
        "Gaddafi Qadhafi Kadhafi القذافي Каддафи",
        "Abdulrahman Abderrahmane Abdurrahman عبدالرحمن",
        "Abdullah Abdallah عبدالله Абдулла",
        "Khatib Khateeb الخطيب Хатиб",
        "Albashir Al-Bashir البشير",
        "Fatima Fatimah فاطمة Фатима",
        "Omar Oumar Umar عمر Омар",
        "Walid Oualid Waleed وليد Валид",
        "Jamal Djamel Gamal جمال Джамал",
        "Sergei Serguei Сергей سيرغي",
        "Tchaikovsky Tschaikowski Чайковский",
        "Cohen כהן Коэн",
        "Levy לוי Леви",
        "Müller Mueller Muller Мюллер مولر",
    ],
)
def test_spellings_of_one_name_have_a_key_in_common(spellings: str) -> None:
    first, *others = (set(name_keys(word)) for spelling in spellings.split() for word in words(spelling))
    assert all(first & other for other in others)


def test_different_names_have_different_keys() -> None:
    names = ["Mohamed", "Yousef", "Ahmad", "Hussein", "Fatima", "Omar", "Walid", "Sergei", "Cohen", "Garcia"]
    for number, name in enumerate(names):
        assert not any(set(skeletons(name)) & set(skeletons(other)) for other in names[number + 1 :])


@pytest.mark.skipif(not NAMES.is_dir(), reason="the names in two scripts (../shared/data/names) are not here")
@pytest.mark.parametrize(
    ("script", "keys_recall", "first_recall"),
    [("arabic", 0.93, 0.77), ("hebrew", 0.92, 0.63), ("russian", 0.88, 0.77)],
)
def test_most_names_are_found_from_another_script(
    script: str, keys_recall: float, first_recall: float
) -> None:
    pairs = _pairs(script)
    shared = sum(not set(skeletons(latin)).isdisjoint(skeletons(original)) for latin, original in pairs)
    same = sum(skeleton(latin) == skeleton(original) for latin, original in pairs)
    assert shared / len(pairs) >= keys_recall
    assert same / len(pairs) >= first_recall


@pytest.mark.skipif(not NAMES.is_dir(), reason="the names in two scripts (../shared/data/names) are not here")
def test_a_name_shares_its_keys_with_few_others() -> None:
    names = sorted({latin for script in ("arabic", "hebrew", "russian") for latin, _ in _pairs(script)})
    holders: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for key in skeletons(name):
            holders[key].add(name)
    sample = names[::10]
    alike = sum(len(set().union(*(holders[key] for key in skeletons(name)))) for name in sample)
    assert alike / len(sample) < 0.0016 * len(names)


def _pairs(script: str) -> list[tuple[str, str]]:
    lines = (NAMES / f"{script}.tsv").read_text(encoding="utf-8").splitlines()
    return [(latin, original.replace(" ", "")) for latin, original, _ in (line.split("\t") for line in lines)]
