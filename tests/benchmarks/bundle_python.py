"""Loads the Python of the bundle, `models` or `tables`, under a name of its own."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from types import ModuleType

from ilink_runtime.bundle import DEFAULT


@cache
def load(name: str) -> ModuleType:
    """The module, executed once."""
    spec = importlib.util.spec_from_file_location(f"ilink_bundle_{name}", DEFAULT / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
