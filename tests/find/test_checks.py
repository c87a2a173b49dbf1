"""Checks: what is right, what is wrong, and that none ever raises or takes long."""

from __future__ import annotations

from hashlib import sha3_256
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilink_runtime.bundle import DEFAULT, read
from ilink_runtime.canonical import FORMS
from ilink_runtime.checks import CHECKS, OBJECT_CHECKS, date_order, number_order
from ilink_runtime.wallets import keccak_256

RIGHT = {
    "date": ["2026-02-28", "2024-02-29", "0001-01-01"],
    "partial_date": ["1980", "1980-05", "1980-05-17", "1980~", "1980-05~", "1980-05-17~", "2024-02-29"],
    "instant": ["2026-11-23T09:30:00Z", "2026-11-23T09:30:00.123Z", "2026-11-23T09:30:00+05:30"],
    "moment": ["2026-11-23T09:30:00", "2026-11-23T09:30:00Z", "2026-11-23T09:30:00+05:30"],
    "day_or_moment": ["2026-11-23", "2026-11-23T09:30:00"],
    "iban": ["FR76 3000 6000 0112 3456 7890 189", "GB82WEST12345698765432", "tn59 1000 6035 1835 9847 8831"],
    "vin": ["1M8GDM9AXKP042788", "1m8 gdm9 axkp 042788", "WVWZZZ1JZXW000001", "VF1LM1B0H36666155"],
    "phone": ["+216 20 123 456", "0033 4 72 00 00 00", "06 12 34 56 78", "+٢١٦ ٢٠ ١٢٣ ٤٥٦"],
    "email": ["name@example.org", "o'neil+x@bücher.example", "desk@ncb.example"],
    "url": ["https://social.example/name", "http://[::1]:8000/x?y=z"],
    "imei": ["49-015420-323751-8", "490154203237518", "49015420323751"],
    "card": ["4111 1111 1111 1111"],
    "crypto_address": [
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",  # base58check
        "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",  # bech32, BIP 173
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",  # bech32m, BIP 350
        "BC1SW50QGDZ25J",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",  # EIP-55
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "rExampleExampleExampleExample1234",  # another network: only the shape is known
    ],
    "imo": ["IMO 9074729", "9074729", "imo-9074729"],
    "mmsi": ["211000000", "775 000 001"],
    "hull_number": ["FR-EXA12345A626", "EXA12345L626", "us exa12345b020"],
    "mrz": [  # the specimens of ICAO 9303
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "p<utoeriksson<<anna<maria<<<<<<<<<<<<<<<<<<< l898902c36uto7408122f1204159ze184226b<<<<<10",
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6",
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<",
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<",
        "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<",
    ],
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
    "moment": ["2026-11-23", "2026-02-29T09:30:00", "2026-11-23T25:00:00"],
    "day_or_moment": ["2026-02-29", "2026-11-23T25:00:00", "2026-11", ""],
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
    "crypto_address": [
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
        "bc1Qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",  # BIP 350: no such character
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",  # BIP 350: bech32 for version 0 with a wrong length
        "0xd1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x123",
        "short",
        "",
    ],
    "imo": ["9074728", "907472", "IMO", "٩٠٧٤٧٢٩a", ""],
    "mmsi": ["21100000", "111000000", "x", ""],
    "hull_number": ["FR-EXA12345Z626", "EXA12345A6", ""],
    "mrz": [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C37UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<11",
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<7\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C5XXX4009078F9612109<<<<<<<<",
        "P<UTOERIKSSON<<ANNA<MARIA",
        "-" * 88,
        "",
    ],
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


@pytest.mark.parametrize(
    ("first", "second", "possible"),
    [(20, 30, True), (30, 30, True), (30, 20, False), (None, 20, True), (30, None, True), ("30", 20, True)],
)
def test_numbers_are_compared_where_both_are_known(first: Any, second: Any, possible: bool) -> None:
    assert number_order(first, second) is possible


@pytest.mark.parametrize("length", [0, 1, 135, 136, 137, 300])
def test_keccak_differs_from_sha3_only_in_its_padding(length: int) -> None:
    """The round function is that of hashlib's SHA-3, which pads with 6 instead of 1."""
    data = bytes(range(256)) * 2
    assert keccak_256(data[:length], padding=6) == sha3_256(data[:length]).digest()
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.skipif(not (DEFAULT / "standard.json").exists(), reason="the standard is not built")
def test_the_standard_names_only_what_exists() -> None:
    bundle = read()
    of_types = {type_.canonical for type_ in bundle.types.values()}
    of_classes = {class_.canonical for class_ in bundle.classes.values()}
    assert (of_types | of_classes) - {None} <= set(FORMS)
    assert {type_.check for type_ in bundle.types.values()} - {None} <= set(CHECKS) | set(OBJECT_CHECKS)
