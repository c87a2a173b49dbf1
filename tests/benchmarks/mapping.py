"""Compiled adapters against the same mappings by hand (`by_hand` says what each does) and by linkml-map.

Every record is another one, with dates and measures of its own; all have been met before, as most
dates and measures have that a running server meets.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from ilink_runtime.adapters.trees import Tree
from tests.adapters.linkml_map import ours, said, theirs
from tests.benchmarks.by_hand import flat_in, flat_out, nested_in, nested_out
from tests.benchmarks.measure import Row, calls, in_turn

RECORDS, TIMES = 200, 25
BY_HAND = "≤ 1.5 x the time by hand: ≥ 0.67"
LINKML_MAP = "≥ 200 x linkml-map"


def rows() -> Iterator[Row]:
    """Both mappings, both directions."""
    adapter = ours("tests/adapters/cases/flat")
    records = [_flat(number) for number in range(RECORDS)]
    messages = [adapter.to_standard(record).tree for record in records]
    assert messages == [flat_in(record) for record in records]
    assert records == [flat_out(message) for message in messages]
    assert records == [adapter.to_national(message).tree for message in messages]
    yield _row("a record of 21 places into the standard", adapter.to_standard, flat_in, records)
    yield _row("and out of it", adapter.to_national, flat_out, messages)
    yield from _linkml_map(records, messages)
    adapter = ours("national_adapters/interpol-public-red")
    records = [_nested(number) for number in range(RECORDS)]
    carried = [adapter.to_standard(record) for record in records]
    messages = [one.tree for one in carried]
    assert [(one.tree, one.leftovers["unread"], one.lost) for one in carried] == list(map(nested_in, records))
    back = [adapter.to_national(message) for message in messages]
    assert [(one.tree, one.leftovers, one.lost) for one in back] == list(map(nested_out, messages))
    yield _row("a public notice into the standard, with leftovers", adapter.to_standard, nested_in, records)
    yield _row("and out of it", adapter.to_national, nested_out, messages)


def _linkml_map(records: list[Tree], messages: list[Tree]) -> Iterator[Row]:
    """The flat mapping as linkml-map says it; it writes no two decimals, and keeps no leftovers."""
    adapter = ours("tests/adapters/cases/flat")
    into, out_of = theirs("flat", "into"), theirs("flat", "out_of")
    assert [said(into(record)) for record in records] == messages
    assert [{**out_of(message), "h": f"{out_of(message)['h']:.2f}"} for message in messages] == records
    yield _row("21 places in, by linkml-map", adapter.to_standard, into, records, 1, LINKML_MAP)
    yield _row("and out", adapter.to_national, out_of, messages, 1, LINKML_MAP)


def _row(
    what: str,
    one: Callable[[Tree], object],
    other: Callable[[Tree], object],
    trees: list[Tree],
    times: int = TIMES,
    goal: str = BY_HAND,
) -> Row:
    # What the compilers left in memory is no part of a record's cost, ours or theirs.
    gc.collect()
    gc.freeze()
    a, b, ratio = in_turn(
        partial(calls, partial(_each, one, trees), TIMES),
        partial(calls, partial(_each, other, trees), times),
    )
    return Row(what, a / RECORDS * 1e6, b / RECORDS * 1e6, "us", goal, ratio)


def _each(carry: Callable[[Tree], object], trees: list[Tree]) -> None:
    for tree in trees:
        carry(tree)


def _flat(number: int) -> Tree:
    born = date(1950, 1, 1) + timedelta(days=97 * number)
    return {
        **{"id": f"ZZ-{number}", "fam": "TEST", "g1": "ANNA", "g2": "ZOE", "famo": "Tést", "pob": "Hometown"},
        **{"born": f"{born:%d.%m.%Y}", "died": f"{born + timedelta(days=9999):%d.%m.%Y}"},
        **{"sex": "129"[number % 3], "st": "CAS"[number % 3], "eye": "CHE", "nat": "ZZ,FR", "reg": "7"},
        **{"h": f"1.{40 + number % 60}", "w": str(40 + number % 60), "occ": "clerk", "auth": "Bureau"},
        **{"ff": "A", "fg": "B", "mf": "C", "mg": "D"},
    }


def _nested(number: int) -> Tree:
    born = date(1950, 1, 1) + timedelta(days=97 * number)
    link = f"https://ws-public.example/notices/v1/red/2099-{number}"
    warrant = {"issuing_country_id": "TN", "charge": "Escroquerie", "charge_translation": "Fraud"}
    record: dict[str, Any] = {
        **{"entity_id": f"2099/{number}", "forename": "MIREILLE", "name": "TESTOUN"},
        **{"sex_id": "MFU"[number % 3], "date_of_birth": f"{born:%Y/%m/%d}"},
        **{"place_of_birth": "PORT EXEMPLE", "country_of_birth_id": "TN", "nationalities": ["TN", "FR"]},
        **{"languages_spoken_ids": ["ARA", "FRE"], "height": 1.4 + number % 60 / 100},
        **{"weight": 40 + number % 60, "eyes_colors_id": ["BRO"], "hairs_id": ["BLA"]},
        **{"distinguishing_marks": "Scar on the left forearm", "arrest_warrants": [warrant, dict(warrant)]},
        **{"_embedded": {"links": []}, "_links": {"self": {"href": link}}},
    }
    return {**record, "height": round(record["height"], 2)}
