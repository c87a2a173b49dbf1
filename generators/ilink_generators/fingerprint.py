"""Whether a bundle can be left as it is: nothing that it was made from has changed, nor the bundle itself.

Cheap to ask, so nothing of the compiler is imported here. It only saves work: `--check` compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

#: What a generator is made of.
_CODE = (".py", ".jinja")
_PACKAGES = ("ilink_generators", "ilink_runtime")


def unchanged(schema: Path, adapters: Path, out: Path) -> bool:
    """Whether the bundle in a folder is what a model made, as far as its fingerprint tells."""
    try:
        said = json.loads(_mark(out).read_bytes())
        inputs = [Path(path) for path in said["inputs"]]
        made_of_it = any(schema.resolve() in (path, path.parent) for path in inputs)
        return made_of_it and bool(said["digest"] == _digest(inputs, adapters, out))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def keep(inputs: Iterable[Path], adapters: Path, out: Path) -> None:
    """Leaves the fingerprint of a bundle that was just written, beside it."""
    paths = sorted(path.resolve() for path in inputs)
    said = {"inputs": [str(path) for path in paths], "digest": _digest(paths, adapters, out)}
    _mark(out).write_text(json.dumps(said, indent=1) + "\n", "utf-8")


def _mark(out: Path) -> Path:
    return out.parent / f".{out.name}.fingerprint"


def _digest(inputs: list[Path], adapters: Path, out: Path) -> str:
    digest = sha256(sys.version.encode())
    folders = {path.parent for path in inputs}
    for path in sorted(folders | {folder / "translations" for folder in folders}):
        # A catalogue or an overlay that comes or goes changes the bundle too.
        names = (p.name for p in path.glob("*") if p.suffix in (".yaml", ".po"))
        digest.update("\n".join(sorted(names)).encode())
    # So does a country that comes or goes.
    digest.update("\n".join(sorted(map(str, adapters.resolve().glob("*/*.yaml")))).encode())
    held = (p for p in sorted(out.rglob("*")) if p.is_file() and "__pycache__" not in p.parts)
    for path in (*inputs, *held):
        digest.update(f"\n{path}\n".encode())
        digest.update(path.read_bytes())
    for path in _code():
        stat = path.stat()
        digest.update(f"\n{path} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def _code() -> Iterator[Path]:
    """The files of every package that takes part in a build, those of other generators too."""
    others = {
        point.value.partition(".")[0].partition(":")[0] for point in entry_points(group="ilink.generators")
    }
    for name in sorted({*_PACKAGES, *others}):
        try:
            spec = find_spec(name)
        except ModuleNotFoundError:
            spec = None
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            held = (path for path in Path(folder).rglob("*") if path.suffix in _CODE)
            yield from sorted(path for path in held if "generated" not in path.parts)
        if spec is not None and spec.submodule_search_locations is None and spec.origin:
            yield Path(spec.origin)
