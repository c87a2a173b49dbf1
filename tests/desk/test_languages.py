"""Dates, instants and languages as an officer reads them."""

from __future__ import annotations

import pytest

from ilink_runtime.languages import Languages

DESK = Languages(("en", "ar", "es", "fr"))
EVENING = "2026-11-23T22:30:00.123Z"


def plain(text: str) -> str:
    """Without the marks of isolation."""
    return text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("1980", "en", "1980"),
        ("1980~", "en", "about 1980"),
        ("1980-05", "en", "May 1980"),
        ("1980-05-03", "en", "3 May 1980"),
        ("1980-05~", "fr", "vers mai 1980"),
        ("1980-05-03", "es", "3 de mayo de 1980"),
        ("1980-05~", "ar", "نحو مايو 1980"),
        ("1980-13", "en", "1980-13"),
        ("soon", "ar", "soon"),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(text: str, language: str, shown: str) -> None:
    assert plain(DESK.show_date(text, language)) == shown


def test_an_instant_is_shown_in_the_zone_of_the_reader_with_its_offset() -> None:
    assert DESK.show_instant(EVENING, "en", "Europe/Madrid") == "23 November 2026, 23:30 (UTC+01:00)"
    assert DESK.show_instant(EVENING, "fr", "Asia/Kolkata") == "24 novembre 2026, 04:00 (UTC+05:30)"
    assert plain(DESK.show_instant(EVENING, "ar", "Nowhere/None")) == "23 نوفمبر 2026، 22:30 (UTC+00:00)"


def test_direction_comes_from_the_language() -> None:
    directions = [DESK.direction(code) for code in ("ar", "fa", "fr", "Klingon (maybe)", "")]
    assert directions == ["rtl", "rtl", "ltr", "auto", "auto"]


def test_the_language_asked_for_comes_first_then_the_officers_then_the_browsers() -> None:
    assert DESK.choose("ar", "fr", accept="es") == "ar"
    assert DESK.choose(None, "fr", accept="es") == "fr"
    assert DESK.choose("xx", None, accept="de, es-MX;q=0.8, ar;q=0.5, fr;q=?") == "es"
    assert DESK.choose(None) == "en"


def test_values_in_a_sentence_are_isolated_where_one_writes_from_the_right() -> None:
    assert DESK.gettext("ar")("about %(date)s", date="1980") == "نحو \u20681980\u2069"
    assert DESK.gettext("es")("about %(date)s", date="1980") == "hacia 1980"


def test_plurals_have_the_forms_of_the_language() -> None:
    say = DESK.ngettext("ar")
    forms = {say("%(n)s missing", "%(n)s missing", number) for number in (0, 1, 2, 3, 11, 100)}
    assert len(forms) == 6
    sentence = "%(n)s new message – show", "%(n)s new messages – show"
    assert list(DESK.plural_forms("ar", *sentence)) == ["zero", "one", "two", "few", "many", "other"]
    assert list(DESK.plural_forms("fr", *sentence)) == ["one", "many", "other"]
    assert list(DESK.plural_forms("en", *sentence)) == ["one", "other"]


def test_lists_and_names_of_languages() -> None:
    assert DESK.list_text(["Tunis", "Lyon", "Madrid"], "es") == "Tunis, Lyon y Madrid"
    assert [DESK.own_name(code) for code in DESK.codes] == ["English", "العربية", "español", "français"]
    assert DESK.show_number(1234567, "ar").isascii()


def test_parts_of_an_arabic_sentence_keep_their_order_when_nested() -> None:
    languages = Languages(("en", "ar"))
    instant = languages.show_instant("2026-11-23T09:30:00.000Z", "ar", "Africa/Tunis")
    said = languages.gettext("ar")("Saved: %(instant)s", instant=instant)
    assert f"\u2067{instant}\u2069" in said
