"""Generation and the bundle: the one place that finds the generators and the one that writes files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from pathlib import Path

from ilink_generators.standard import Standard


class NotABundle(ValueError):
    """The folder to write to is somebody else's."""


Generator = Callable[[Standard], dict[str, str]]


def generators() -> dict[str, Generator]:
    """Every installed generator by its name, ours among them, in alphabetical order."""
    found = entry_points(group="ilink.generators")
    return {point.name: point.load() for point in sorted(found, key=lambda point: point.name)}


def generate(standard: Standard, names: Iterable[str] | None = None) -> dict[str, str]:
    """The generated files, path to text; `names` chooses generators. KeyError for an unknown one."""
    known = generators()
    chosen = list(names) if names is not None else list(known)
    files: dict[str, str] = {}
    for name in chosen:
        for path, text in known[name](standard).items():
            if path in files:
                raise ValueError(f"two generators write {path}; the second is {name}")
            files[path] = text
    return dict(sorted(files.items()))


def differences(files: dict[str, str], out: Path) -> list[str]:
    """What a folder lacks, holds differently or holds too much, in sentences."""
    held = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    held = {name: path for name, path in held.items() if "__pycache__" not in name}
    return [
        *(f"{name} is missing" for name in files if name not in held),
        *(
            f"{name} differs"
            for name, text in files.items()
            if name in held and held[name].read_bytes() != text.encode()
        ),
        *(f"{name} is not generated any more" for name in sorted(held) if name not in files),
    ]


def write(files: dict[str, str], out: Path) -> None:
    """Writes the bundle: only what changed, and removes what is not generated any more.

    NotABundle when the folder holds other things, which would be removed.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / "standard.json").is_file():
        raise NotABundle(f"{out} holds other things than a bundle; give an empty or new folder.")
    for name, text in files.items():
        path = out / name
        if not path.is_file() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    for path in list(out.rglob("*")):
        if (
            path.is_file()
            and path.relative_to(out).as_posix() not in files
            and "__pycache__" not in path.parts
        ):
            path.unlink()
