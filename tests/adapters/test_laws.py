"""The laws of every bundled adapter: what goes there comes back, but for what the loss list names."""

from __future__ import annotations

import copy
import importlib.util
import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_generators import load
from ilink_generators.adapters import generate
from ilink_generators.adapters.read_adapter import read_parts
from ilink_generators.adapters.resolve import Resolved, Resolver
from ilink_generators.adapters.shapes import standard_shape
from ilink_generators.model_text import ModelFault
from ilink_generators.standard import Standard
from ilink_runtime.adapters.notes import Carried, Notes
from ilink_runtime.adapters.trees import Carries, Chosen
from tests.adapters.strategies import Records, messages, records

#: A law is tried on few records here and on ten thousand in `make torture`.
LAW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=10_000 if os.environ.get("ILINK_TORTURE") == "1" else 100,
)
ROOT = Path(__file__).parents[2]
NAMES = sorted(load(ROOT / "schema", ROOT / "national_adapters").adapters)
#: Adapters of no country, which together have every word of the language.
OF_NOBODY = ("every-word", "fixed-columns", "flat")
NAMES += OF_NOBODY


@cache
def _standard() -> Standard:
    standard = load(ROOT / "schema", ROOT / "national_adapters")
    faults: list[ModelFault] = []
    cases = Path(__file__).parent / "cases"
    of_nobody = {name: read_parts(cases / name / "adapter.yaml", faults)[0] for name in OF_NOBODY}
    assert not faults
    return replace(standard, adapters={**standard.adapters, **of_nobody})


def _both_ways(name: str) -> bool:
    """Whether an adapter carries both ways: one that only reads has nothing to bring back."""
    return any(rule.writes for rule in _rules(name)) and any(rule.reads for rule in _rules(name))


@cache
def _files() -> dict[str, str]:
    return generate(_standard())


@cache
def _module(name: str) -> ModuleType:
    adapter = _standard().adapters[name]
    spec = importlib.util.spec_from_loader(f"law_{adapter.module}", None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    exec(compile(_files()[f"adapters/{adapter.module}.py"], name, "exec"), module.__dict__)
    return module


@cache
def _rules(name: str) -> tuple[Resolved, ...]:
    return Resolver(_standard(), _standard().adapters[name], []).rules()


@cache
def _records(name: str) -> Records:
    return records(_standard().adapters[name], _rules(name), _standard())


@cache
def _messages(name: str) -> Records:
    message = _standard().classes[_standard().adapters[name].message]
    return messages(_standard(), message, standard_shape(_rules(name)))


@pytest.mark.parametrize("name", [name for name in NAMES if _both_ways(name)])
@LAW
@given(data=st.data())
def test_a_national_record_comes_back(name: str, data: st.DataObject) -> None:
    module, record = _module(name), data.draw(_records(name))
    there = module.to_standard(copy.deepcopy(record))
    bare = module.to_national(copy.deepcopy(there.tree))
    back = module.to_national(there.tree, copy.deepcopy(there.leftovers))
    dropped = {"/".join(rule.places[0]) for rule in _rules(name) if rule.kind == "drop"}
    record = _without(record, dropped)
    assert not _differing(record, back.tree), (there, back)
    assert not _unnamed(_differing(record, bare.tree), there), (there, bare)


@pytest.mark.parametrize("name", [name for name in NAMES if _both_ways(name)])
@LAW
@given(data=st.data())
def test_a_message_comes_back(name: str, data: st.DataObject) -> None:
    module, message = _module(name), data.draw(_messages(name))
    if _standard().adapters[name].extract:
        message["public_extract_consent"] = True
    there = module.to_national(copy.deepcopy(message))
    bare = module.to_standard(copy.deepcopy(there.tree))
    back = module.to_standard(there.tree, copy.deepcopy(there.leftovers))
    assert not _differing(message, back.tree), (there, back)
    assert not _unnamed(_differing(message, bare.tree), there), (there, bare)


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_one_look_tells_what_the_longer_way_does(name: str, data: st.DataObject) -> None:
    module = _module(name)
    record, message = data.draw(_records(name)), data.draw(_messages(name))
    trees = ((module.CARRIED_IN, record), (module.CARRIED_OUT, message))
    made = (
        (module.CARRIED_OUT, module.standard(record, Notes())),
        (module.CARRIED_IN, module.national(message, Notes())),
    )
    for shape, tree in (*trees, *made):
        remainder = _looking_longer(shape).remainder(tree)
        assert shape.remainder(tree) == remainder
        assert not (shape.whole(tree) and remainder)


def _looking_longer(shape: Carries) -> Carries:
    """A shape that looks at each value of each tree."""
    return Carries({name: _longer(inner) for name, inner in shape.items()}, lambda tree: False)


def _longer(inner: Any) -> Any:
    if isinstance(inner, Chosen):
        return Chosen([(key, value, _looking_longer(shape)) for key, value, shape in inner.choices])
    return _looking_longer(inner) if isinstance(inner, Carries) else inner


def _without(record: dict[str, Any], dropped: set[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in dropped}


def _differing(one: Any, other: Any, path: str = "") -> set[str]:
    """The paths of objects at which two trees differ; a list that differs is one path."""
    if isinstance(one, dict) and isinstance(other, dict):
        below = [_differing(one.get(key), other.get(key), f"{path}/{key}".lstrip("/")) for key in one | other]
        return set().union(*below)
    if isinstance(one, dict | None) and isinstance(other, dict | None):
        return _differing(one or {}, other or {}, path) if one or other else set()
    return set() if one == other else {path}


def _unnamed(paths: set[str], there: Carried) -> set[str]:
    """The paths that no list of what was lost, kept as it stood or said blank names."""
    named = {path.lstrip("/") for path in there.lost} | set(there.leftovers.get("originals", {}))
    named |= {path.replace("/0/", "/") for path in named}  # an element of XML that is not repeated
    blank = set(_blank(there.leftovers.get("unread", {})))
    return {
        path
        for path in paths
        if not any(
            one == path or one.startswith(f"{path}/") or path.startswith(f"{one}/") for one in named | blank
        )
    }


def _blank(tree: Any, path: str = "") -> list[str]:
    """The paths of what a remainder holds that says nothing, a missing constant among it."""
    if isinstance(tree, dict) and "[]" not in tree and tree:
        return [found for key in tree for found in _blank(tree[key], f"{path}/{key}".lstrip("/"))]
    return [path]
