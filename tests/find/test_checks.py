"""Checks: what is right, what is wrong, and that none ever raises or takes long."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime.bundle import DEFAULT, read
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS, date_order

RIGHT = {
    "date": ["2026-02-28", "2024-02-29", "0001-01-01"],
    "partial_date": ["1980", "1980-05", "1980-05-17", "1980~", "1980-05~", "1980-05-17~", "2024-02-29"],
    "instant": ["2026-11-23T09:30:00Z", "2026-11-23T09:30:00.123Z", "2026-11-23T09:30:00+05:30"],
    "iban": ["FR76 3000 6000 0112 3456 7890 189", "GB82WEST12345698765432", "tn59 1000 6035 1835 9847 8831"],
    "vin": ["1M8GDM9AXKP042788", "1m8 gdm9 axkp 042788", "WVWZZZ1JZXW000001", "VF1LM1B0H36666155"],
    "phone": ["+216 20 123 456", "0033 4 72 00 00 00", "06 12 34 56 78", "+٢١٦ ٢٠ ١٢٣ ٤٥٦"],
    "email": ["name@example.org", "o'neil+x@bücher.example", "desk@ncb.example"],
    "url": ["https://social.example/name", "http://[::1]:8000/x?y=z"],
    "imei": ["49-015420-323751-8", "490154203237518", "49015420323751"],
    "card": ["4111 1111 1111 1111"],
    "media_type": ["image/jpeg", "application/vnd.ms-excel", "text/x+y"],
    "sha256": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
}
WRONG = {
    "date": [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-2-1",
        "1980-05",
        "1980~",
        "2026-02-28\n",
        "٢٠٢٦-٠٢-٢٨",
        "",
    ],
    "partial_date": [
        "1980-13",
        "1980-00",
        "1980-02-30",
        "0000",
        "198",
        "1980?",
        "1980-5",
        "~",
        "1980\n",
        "١٩٨٠",
        "",
    ],
    "instant": [
        "2026-11-23T09:30:00",
        "2026-02-30T09:30:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23 09:30:00Z",
        "2026-11-23T09:30:00Z\n",
        "2026-11-23T09:30:00.Z",
        "2026-11-23T09:30:60Z",
        "",
    ],
    "iban": ["FR76 3000 6000 0112 3456 7890 188", "FR76", "XX00", "", "7630006000011234567890189"],
    "vin": ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "WVWZZZ1JZXWO00001", ""],
    "phone": ["+216 2", "17", "+999 123", "call me", "", "+33 6 12 34 56 78 90 12 34"],
    "email": [
        "name",
        "name@",
        "@example.org",
        "name@example",
        "a b@example.org",
        "a@b@c.example",
        "a@-x.example",
        "a..b@example.org",
        "a@example..org",
        "x" * 65 + "@example.org",
        "a\n@example.org",
        "",
    ],
    "url": [
        "social.example/name",
        "ftp://x.example",
        "https://",
        "https://[",
        "https://x.example:99999",
        "http://a b",
        "",
    ],
    "imei": ["490154203237519", "49015420", "x" * 15, ""],
    "card": ["4111 1111 1111 1112", "42", ""],
    "media_type": ["image", "image/", "/jpeg", "image/jpeg; q=1", "image/jpeg\n", ""],
    "sha256": ["9f86", "g" * 64, "a" * 64 + "\n", ""],
}


@pytest.mark.parametrize(
    ("check", "text"), [(check, text) for check, texts in RIGHT.items() for text in texts]
)
def test_right(check: str, text: str) -> None:
    assert CHECKS[check](text) is True


@pytest.mark.parametrize(
    ("check", "text"), [(check, text) for check, texts in WRONG.items() for text in texts]
)
def test_wrong(check: str, text: str) -> None:
    assert CHECKS[check](text) is False


def test_every_check_is_tried() -> None:
    assert set(RIGHT) == set(WRONG) == set(CHECKS)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], {}])
def test_what_is_not_text_is_judged_elsewhere(check: str, value: Any) -> None:
    assert CHECKS[check](value) is True


@pytest.mark.parametrize("check", CHECKS)
@given(text=st.text() | st.text(alphabet="+0123456789-~TZ:.@/[]٠١\ud800\x00"))
def test_a_check_never_raises(check: str, text: str) -> None:
    assert CHECKS[check](text) in (True, False)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("unit", ["a", "1", "0", ".", "a.", "@", "-", "a@", "é", "١", "xn--", "[", " ", "+"])
def test_a_check_takes_no_longer_than_the_text_is_long(check: str, unit: str) -> None:
    began = process_time()
    CHECKS[check](unit * (100_000 // len(unit)))
    assert process_time() - began < 0.5


@pytest.mark.parametrize(
    ("first", "second", "possible"),
    [
        ("1980", "1980", True),
        ("1980-05", "1980", True),
        ("1980", "1980-01-01", True),
        ("1980-05-17", "1980-05", True),
        ("1980-06", "1980-05-31", False),
        ("1981", "1980-12-31", False),
        ("1980~", "1970", True),
        ("1980", "1970~", True),
        ("1980", None, True),
        (None, "1980", True),
        ("nonsense", "1980", True),
        (1980, "1970", True),
    ],
)
def test_dates_are_compared_by_what_is_known(first: Any, second: Any, possible: bool) -> None:
    assert date_order(first, second) is possible


@pytest.mark.skipif(not (DEFAULT / "standard.json").exists(), reason="the standard is not built")
def test_the_standard_names_only_what_exists() -> None:
    bundle = read()
    of_types = {type_.canonical for type_ in bundle.types.values()}
    of_classes = {class_.canonical for class_ in bundle.classes.values()}
    assert (of_types | of_classes) - {None} <= set(FORMS)
    assert {type_.check for type_ in bundle.types.values()} - {None} <= set(CHECKS) | set(OBJECT_CHECKS)
