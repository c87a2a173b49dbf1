"""The laws of every bundled adapter: what goes there comes back, but for what the loss list names."""

from __future__ import annotations

import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilink_generators import load
from ilink_generators.adapters import generate
from ilink_generators.adapters.resolve import Resolved, Resolver
from ilink_generators.standard import Standard
from tests.adapters.strategies import messages, records

#: A law is tried on few records here and on ten thousand in `make torture`.
LAW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=10_000 if os.environ.get("ILINK_TORTURE") else 60,
)
ROOT = Path(__file__).parents[2]
NAMES = sorted(path.parent.name for path in ROOT.glob("national_adapters/*/adapter.yaml"))


@cache
def _standard() -> Standard:
    return load(ROOT / "schema", ROOT / "national_adapters")


@cache
def _module(name: str) -> ModuleType:
    adapter = _standard().adapters[name]
    text = generate(_standard())[f"adapters/{adapter.module}.py"]
    spec = importlib.util.spec_from_loader(f"law_{adapter.module}", None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module
    exec(compile(text, name, "exec"), module.__dict__)
    return module


@cache
def _rules(name: str) -> tuple[Resolved, ...]:
    return Resolver(_standard(), _standard().adapters[name], []).rules()


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_a_national_record_comes_back(name: str, data: st.DataObject) -> None:
    adapter, module = _standard().adapters[name], _module(name)
    nested = adapter.format.type in ("json", "xml")
    record = data.draw(records(adapter, _rules(name), nested=nested))
    there = module.to_standard(record)
    back = module.to_national(there.tree, there.leftovers)
    forgiven = {rule.places[0][0] for rule in _rules(name) if rule.kind == "drop"}
    assert _differing(record, back.tree) <= forgiven, (there, back)
    bare = module.to_national(there.tree)
    named = {path.split("/")[1] for path in there.lost} | {
        p.split("/")[0] for p in there.leftovers.get("originals", {})
    }
    blank = set(there.leftovers.get("unread", {}))
    assert _differing(record, bare.tree) <= forgiven | named | blank


@pytest.mark.parametrize("name", NAMES)
@LAW
@given(data=st.data())
def test_a_message_comes_back(name: str, data: st.DataObject) -> None:
    adapter, module = _standard().adapters[name], _module(name)
    message = data.draw(messages(_standard(), _standard().classes[adapter.message]))
    there = module.to_national(message)
    back = module.to_standard(there.tree, there.leftovers)
    assert not _differing(message, back.tree), (there, back)


def _differing(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
