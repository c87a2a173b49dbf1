"""Strict JSON: the same values as the json module for what is taken, and never more than it takes."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ilink_runtime import strict_json
from ilink_runtime.problems import Problem

LARGEST = 2**53 - 1

_texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8
) | st.sampled_from(['"', "\\", '\\"', '\\\\"', "\\u0000", "{[", "0e0", "9" * 20, "\n"])
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(-1e15, 1e15, allow_nan=False)
    | _texts
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4)
)


@given(_values, st.booleans(), st.sampled_from([None, 1]))
def test_what_json_writes_is_read_the_same(value: Any, ascii_only: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert strict_json.read(raw) == json.loads(raw)


class _Repeated(Exception):
    pass


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise _Repeated
    return dict(pairs)


def _objects(names: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """JSON text with objects whose names may repeat, spelled plainly or escaped."""

    def spelled(name: str, escaped: bool) -> str:
        return '"' + "".join(f"\\u{ord(c):04x}" for c in name) + '"' if escaped else json.dumps(name)

    def pair(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        member = st.builds(lambda n, e, v: f"{spelled(n, e)}: {v}", names, st.booleans(), inner)
        return st.lists(member, max_size=4).map(lambda members: "{" + ",".join(members) + "}")

    return st.recursive(_scalars.map(json.dumps), pair)


@given(_objects(st.sampled_from(["a", "b", '"', "\\", "é", "\\u0061"])))
@example('{"a": "\\"", "\\u0061": 1}')
@example('{"\\\\": 1, "\\\\\\\\": 2}')
def test_a_repeated_name_is_refused_however_it_is_spelled(text: str) -> None:
    try:
        wanted = json.loads(text, object_pairs_hook=_without_repeats)
    except _Repeated:
        with pytest.raises(Problem) as refused:
            strict_json.read(text.encode())
        assert refused.value.detail == strict_json.REPEATED
    else:
        assert strict_json.read(text.encode()) == wanted


@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode(errors="surrogatepass")))
def test_nothing_but_a_problem_comes_of_rubbish(raw: bytes) -> None:
    with suppress(Problem):
        assert strict_json.read(raw) == json.loads(raw)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_not_exact_everywhere_is_refused(number: float) -> None:
    raw = json.dumps([{"n": number}]).encode()
    if abs(number) <= LARGEST:
        assert strict_json.read(raw) == json.loads(raw)
    else:
        with pytest.raises(Problem):
            strict_json.read(raw)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", strict_json.BROKEN),
        (b"{", strict_json.BROKEN),
        (b"[1,]", strict_json.BROKEN),
        (b"NaN", strict_json.BROKEN),
        (b"[-Infinity]", strict_json.BROKEN),
        (b"1e999", strict_json.BROKEN),
        (b'"\\ud800"', strict_json.BROKEN),
        (b'"\\udc00\\ud800"', strict_json.BROKEN),
        (b"\xef\xbb\xbf{}", strict_json.BROKEN),
        ("{}".encode("utf-16"), strict_json.NOT_UTF8),
        (b'"\xff"', strict_json.NOT_UTF8),
        (b'"\xed\xa0\x80"', strict_json.NOT_UTF8),
        (b'"\\u0000"', strict_json.NUL),
        (b'{"\\u0000": 1}', strict_json.NUL),
        (b'{"a": 1, "a": 1}', strict_json.REPEATED),
        (b'[{"a": {"b": "\\\\"}, "a": null}]', strict_json.REPEATED),
        (b"9007199254740992", strict_json.TOO_LARGE),
        (b"-9007199254740992", strict_json.TOO_LARGE),
        (b"9007199254740993.0", strict_json.TOO_LARGE),
        (b"9" * 5000, strict_json.BROKEN),
        (b"1E16", strict_json.TOO_LARGE),
        (b"1.5e+300", strict_json.TOO_LARGE),
        (b"[" * 65 + b"]" * 65, strict_json.TOO_DEEP),
        (b'{"a":' * 65 + b"1" + b"}" * 65, strict_json.TOO_DEEP),
        (b"[" * 300 + b"]" * 300, strict_json.TOO_DEEP),
        (b"[" * 200_000, strict_json.TOO_DEEP),
    ],
)
def test_refused(raw: bytes, detail: str) -> None:
    with pytest.raises(Problem) as refused:
        strict_json.read(raw)
    assert (refused.value.status, refused.value.code, refused.value.detail) == (400, "bad_json", detail)


@pytest.mark.parametrize(
    "raw",
    [
        b'"\\\\u0000"',
        b"9007199254740991",
        b'{"a": {"a": 1}}',
        b'"{[{[{["',
        b"[" * 64 + b"]" * 64,
        b'"1e999 9007199254740999"',
        '"\\ud83d\\ude00 😀"'.encode(),
        b"[" + b"[]," * 100 + b"[]]",
    ],
)
def test_taken(raw: bytes) -> None:
    assert strict_json.read(raw) == json.loads(raw)


def test_a_problem_says_the_place() -> None:
    with pytest.raises(Problem) as refused:
        strict_json.read(b'{"a": 1,\n  "b": }')
    assert refused.value.more == {"line": 2, "column": 8}


def test_the_values_of_a_body_are_bounded() -> None:
    text = json.dumps("," * 50_000)
    assert strict_json.read(text.encode()) == "," * 50_000
    for fits in ([0] * 19_999, {"a": [[], [0] * 19_996]}):
        assert strict_json.read(json.dumps(fits).encode()) == fits
    for large in ([0] * 20_000, {"a": [[], [0] * 19_997]}):
        with pytest.raises(Problem) as refused:
            strict_json.read(json.dumps(large).encode())
        assert (refused.value.status, refused.value.detail) == (413, strict_json.TOO_MANY)


def test_a_body_is_bounded() -> None:
    assert strict_json.read(b'"12345678"', limit=10) == "12345678"
    with pytest.raises(Problem) as refused:
        strict_json.read(b'"123456789"', limit=10)
    assert (refused.value.status, refused.value.code) == (413, "too_large")
