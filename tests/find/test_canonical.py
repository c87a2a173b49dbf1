"""Canonical forms: spellings that are the same thing, and things that only look alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime.canonical import FORMS, national_digits


@pytest.mark.parametrize(
    ("form", "canonical", "spellings"),
    [
        (
            "phone",
            "+21620123456",
            ["+216 20 123 456", "00216 20123456", "+٢١٦ ٢٠ ١٢٣ ٤٥٦", "\u2066+216-20-123-456\u2069"],
        ),
        ("phone", "+21620123456;ext=7", ["+216 20 123 456 ext. 7", "+21620123456 x7"]),
        ("phone", "national:0612345678", ["06 12 34 56 78", "(06) 12-34-56-78"]),
        ("phone", "+999123456", ["+999 123 456"]),
        (
            "iban",
            "FR7630006000011234567890189",
            ["fr76 3000 6000 0112 3456 7890 189", "FR76-30006000011234567890189"],
        ),
        ("account", "00012345678", ["000 1234 5678", "٠٠٠١٢٣٤٥٦٧٨"]),
        (
            "email",
            "name@xn--bcher-kva.example",
            ["Name@Bücher.example", " NAME@bücher.EXAMPLE ", "name@xn--bcher-kva.example"],
        ),
        ("document_number", "X1234567", ["x 123-45.67", "X1234567"]),
        ("vin", "1M8GDM9AXKP042788", ["1m8gdm9axkp042788", "1M8 GDM9 AXKP 042788"]),
        ("vin", "IO8GDM9AXKP04278Q", ["io8gdm9axkp04278q"]),
        ("plate", "123TUN4567", ["123 tun 4567", "123-TUN-4567"]),
        ("plate", "123تونس4567", ["١٢٣ تونس ٤٥٦٧", "123 تُونس 4567"]),
        ("imei", "49015420323751", ["49-015420-323751-8", "490154203237518", "4901542032375101"]),
        (
            "url",
            "social.example/Name",
            ["https://www.social.example/Name/", "http://SOCIAL.example/Name#top", "social.example:443/Name"],
        ),
        ("text", "muller", ["Müller", " MULLER "]),
    ],
)
def test_spellings_of_one_thing_become_one(form: str, canonical: str, spellings: list[str]) -> None:
    assert {FORMS[form](spelling) for spelling in spellings} == {canonical}


def test_a_number_without_country_never_equals_an_international_one() -> None:
    assert FORMS["phone"]("21620123456") != FORMS["phone"]("+21620123456")


@pytest.mark.parametrize(
    "addresses",
    [
        [
            {"street": "Rue de la République", "house_number": "12", "city": "Lyon", "country": "FR"},
            {"street": "12, rue République", "postal_code": "69002", "city": "LYON", "country": "FR"},
            {"city": "Lyon", "street": "De la Republique 12", "country": "FR", "unit": "3rd floor"},
        ],
        [
            {"street": "Bahnhofstraße 5a", "city": "Köln", "country": "DE"},
            {"street": "Bahnhofstr.", "house_number": "5 A", "city": "Koln", "country": "DE"},
            {"street": "Bahnhof Strasse", "house_number": "5A", "city": "Köln", "country": "DE"},
        ],
        [
            {"street": "شارع الحبيب بورقيبة", "house_number": "١٢", "city": "تونس", "country": "TN"},
            {"street": "الحبيب بورقيبه 12", "city": "تونس", "country": "TN"},
        ],
        [{"street": "Calle Mayor", "city": "Madrid"}, {"street": "C. Mayor", "city": "MADRID"}],
        [{"as_written": "ул. Ленина, 4, Москва"}, {"as_written": "4 ulitsa Lenina MOSKVA"}],
    ],
)
def test_an_address_written_two_ways_is_one(addresses: list[dict[str, str]]) -> None:
    (canonical,) = {FORMS["address"](address) for address in addresses}
    assert canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"street": "Rue A", "city": "Lyon", "country": "FR"},
            {"street": "Rue B", "city": "Lyon", "country": "FR"},
        ),
        ({"street": "Main Street 1", "city": "X"}, {"street": "Main Street 11", "city": "X"}),
        (
            {"street": "Mayor 1", "city": "León", "country": "ES"},
            {"street": "Mayor 1", "city": "León", "country": "MX"},
        ),
    ],
)
def test_different_addresses_stay_apart(one: dict[str, str], other: dict[str, str]) -> None:
    assert FORMS["address"](one) != FORMS["address"](other)


@pytest.mark.parametrize(
    "address",
    [{}, {"city": "Lyon"}, {"country": "FR"}, {"street": "Rue de la", "city": "Lyon"}, {"street": ["x"]}],
)
def test_too_little_of_an_address_is_no_thread(address: dict[str, Any]) -> None:
    assert FORMS["address"](address) is None


def test_a_phone_number_as_dialled_at_home() -> None:
    assert national_digits("+33 6 12 34 56 78") == "612345678"
    assert national_digits("06 12 34 56 78") == "612345678"
    assert national_digits("no number") is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("nothing", ["", "  ", "\x00", "\u200f"])
def test_nothing_left_is_none(form: str, nothing: str) -> None:
    assert FORMS[form](nothing) is None


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text() | st.text(alphabet="+0123456789;ext=٠١٢ab@.:/[]%#-xn\ud800\x00"))
def test_a_form_never_raises_and_is_stable(form: str, text: str) -> None:
    canonical = FORMS[form](text)
    assert canonical is None or canonical


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "value", [None, 7, 1.5, True, [], {"street": 1}, "+" * 5000, "9" * 5000, "@" * 5000, "[" * 5000]
)
def test_a_form_takes_any_value(form: str, value: Any) -> None:
    FORMS[form](value)
