"""What importing the server costs: bounded, and without the compiler or what only some requests need."""

from __future__ import annotations

import json
import subprocess
import sys

FORBIDDEN = {
    "ilink_generators",
    "linkml",
    "linkml_runtime",
    "phonenumbers",
    "psycopg",
    "pydantic.mypy",
    "sqlmodel",
    "stdnum",
    "yaml",
}
LOADED = "import json, sys, time; {0}; print(json.dumps([time.process_time(), sorted(sys.modules)]))"


def _loaded_by(statement: str) -> tuple[float, set[str]]:
    done = subprocess.run([sys.executable, "-c", LOADED.format(statement)], capture_output=True, check=True)
    seconds, modules = json.loads(done.stdout)
    return seconds, set(modules)


def test_importing_the_server_is_cheap() -> None:
    """1.2 s of CPU; the best of three, for the machine has other work."""
    runs = [_loaded_by("import ilink_runtime.app") for _ in range(3)]
    assert min(seconds for seconds, _modules in runs) < 1.2
    modules = runs[0][1]
    assert not {name for name in modules if name in FORBIDDEN or name.partition(".")[0] in FORBIDDEN}
    assert not {name for name in modules if name.startswith("ilink_runtime.generated")}


def test_the_command_loads_no_server_before_it_serves() -> None:
    _seconds, modules = _loaded_by("import ilink_runtime.cli")
    assert not modules & {"fastapi", "starlette", "sqlalchemy", "uvicorn"}
