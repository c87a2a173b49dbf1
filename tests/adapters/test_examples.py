"""Every example of every bundled adapter: what it becomes, and that it comes back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from lxml import etree

from ilink_runtime import bundle
from ilink_runtime.adapters.notes import Carried
from ilink_runtime.levels import Levels
from tests.adapters.bundled import FILES, NAMES, Example, entries, examples, format_of, module, rules, written

LEVELS = Levels(bundle.read())
EXAMPLES = [example for name in NAMES for example in examples(name)]
#: Examples of adapters that also write.
BACK = [example for example in EXAMPLES if any(rule.writes for rule in rules(example.adapter))]
#: Examples that an adapter shows at least.
FEWEST = 12


@pytest.mark.parametrize("file", FILES)
def test_an_adapter_shows_enough_examples(file: str) -> None:
    parts = [name for name in NAMES if name.partition(".")[0] == file]
    assert sum(len(examples(name)) for name in parts) >= FEWEST
    assert all(examples(name) for name in parts)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_becomes_the_expected_message(example: Example) -> None:
    there = _read(example)
    assert _told(there) == example.expected


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_message_of_an_example_can_be_recorded(example: Example) -> None:
    """But for one whose trouble its sender must mend first."""
    assert "faults" not in example.expected or example.expected["troubles"]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_record_that_is_read_and_written_again_is_the_same(example: Example) -> None:
    (entry,) = entries(example.adapter, example.national)
    assert entry.tree is not None
    assert _plain(example, written(example.adapter, [entry.tree])) == _plain(example, example.national)


@pytest.mark.parametrize("example", BACK, ids=str)
def test_an_example_comes_back_as_it_was_written(example: Example) -> None:
    (entry,) = entries(example.adapter, example.national)
    assert entry.tree is not None
    there = module(example.adapter).to_standard(entry.tree)
    back = module(example.adapter).to_national(there.tree, there.leftovers)
    dropped = {rule.places[0][0] for rule in rules(example.adapter) if rule.kind == "drop"}
    back.tree.update({name: entry.tree[name] for name in dropped & entry.tree.keys()})
    assert _plain(example, written(example.adapter, [back.tree])) == _plain(example, example.national)


@pytest.mark.parametrize("example", BACK, ids=str)
def test_without_its_leftovers_it_differs_only_where_they_say(example: Example) -> None:
    (entry,) = entries(example.adapter, example.national)
    assert entry.tree is not None
    there = module(example.adapter).to_standard(entry.tree)
    back = module(example.adapter).to_national(there.tree)
    noted = {path.split("/")[1] for path in there.lost}
    noted |= {place.split("/")[0] for place in there.leftovers.get("originals", {})}
    noted |= set(there.leftovers.get("unread", {}))
    noted |= {rule.places[0][0] for rule in rules(example.adapter) if rule.kind == "drop"}
    differing = {
        key for key in entry.tree.keys() | back.tree.keys() if entry.tree.get(key) != back.tree.get(key)
    }
    if format_of(example.adapter).type == "xml":  # there an element alone is a list of one
        differing = {key for key in differing if _alone(entry.tree.get(key)) != _alone(back.tree.get(key))}
    assert differing <= noted


def _read(example: Example) -> Carried:
    (entry,) = entries(example.adapter, example.national)
    assert entry.trouble is None
    carried: Carried = module(example.adapter).to_standard(entry.tree)
    return carried


def _told(there: Carried) -> dict[str, Any]:
    """What an example expects, blank parts left out.

    The message, what of the record it does not hold, what is wrong in the record's own terms, what a
    machine wrote, and why the message cannot be recorded.
    """
    told: dict[str, Any] = {"message": there.tree}
    if there.lost:
        told["lost"] = list(there.lost)
    if there.troubles:
        told["troubles"] = [{"code": one.code, "place": one.place} for one in there.troubles]
    if there.machine:
        told["machine"] = list(there.machine)
    if faults := LEVELS.faults(there.tree["message_type"], there.tree, "record"):
        told["faults"] = [{"code": one.code, "path": one.path} for one in faults]
    return told


def _plain(example: Example, data: bytes) -> Any:
    """A file in the form in which the format says that two are the same."""
    match format_of(example.adapter).type:
        case "json":
            found = orjson.loads(data)
            if pairs := format_of(example.adapter).option("pairs"):  # their order says nothing
                found[pairs].sort(key=lambda pair: orjson.dumps(pair, option=orjson.OPT_SORT_KEYS))
            return found
        case "xml":
            parser = etree.XMLParser(remove_blank_text=True, remove_comments=True, resolve_entities=False)
            return etree.tostring(etree.fromstring(data, parser), method="c14n2")
    return data


def _alone(value: Any) -> Any:
    if isinstance(value, list):
        return _alone(value[0]) if len(value) == 1 else [_alone(one) for one in value]
    return {key: _alone(one) for key, one in value.items()} if isinstance(value, dict) else value
