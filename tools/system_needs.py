"""Find what the tests need from the system, Chromium and PostgreSQL, and install what is missing.

Run as `python -m tools.system_needs`; the tests import the two finding functions.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_PATHS = (
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/latest/bin",
)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


@functools.cache
def find_chromium() -> Path | None:
    """Return the first Chromium or Chrome that starts; ILINK_CHROMIUM names another one."""
    named = os.environ.get("ILINK_CHROMIUM")
    found = [named] if named else [*map(shutil.which, CHROMIUM_COMMANDS), *CHROMIUM_PATHS]
    return next((Path(path) for path in found if path and _starts(path)), None)


@functools.cache
def find_postgres() -> Path | None:
    """Return the folder of PostgreSQL's server programs; ILINK_POSTGRES_BIN names another one."""
    named = os.environ.get("ILINK_POSTGRES_BIN")
    if named:
        folders = [Path(named)]
    else:
        in_path = shutil.which("initdb")
        folders = [Path(in_path).resolve().parent] if in_path else []
        for pattern in POSTGRES_FOLDERS:
            folders += sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
    return next((folder for folder in folders if _is_server(folder)), None)


def find_font() -> bool:
    """Say whether the system has a font: Chromium draws no text at all without one."""
    if sys.platform == "darwin":
        return True
    return any(next(Path(folder).rglob("*.[ot]tf"), None) for folder in FONT_FOLDERS)


def main() -> int:
    """Install what is missing, or say in one sentence what to install."""
    if not _missing():
        return 0
    _install(_missing())
    find_chromium.cache_clear()
    find_postgres.cache_clear()
    missing = _missing()
    if missing:
        tool = "brew install" if sys.platform == "darwin" else "apt-get install"
        print(
            f"The tests need {', '.join(missing)}: run '{tool} {' '.join(_packages(missing))}', "
            "or name them in ILINK_CHROMIUM (the program) and ILINK_POSTGRES_BIN (the folder).",
            file=sys.stderr,
        )
    return 1 if missing else 0


def _starts(program: str) -> bool:
    # Ubuntu's /usr/bin/chromium-browser is a script that only says to install a snap.
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _is_server(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("initdb", "postgres", "pg_ctl"))


def _version(folder: Path) -> int:
    digits = "".join(filter(str.isdigit, folder.parent.name))
    return int(digits) if digits else 0


def _missing() -> list[str]:
    present = {
        "Chromium": find_chromium() is not None,
        "PostgreSQL": find_postgres() is not None,
        "a font": find_font(),
    }
    return [name for name, there in present.items() if not there]


def _packages(missing: list[str]) -> list[str]:
    if sys.platform == "darwin":
        names = {"Chromium": "chromium", "PostgreSQL": "postgresql@17"}
    else:
        names = {"Chromium": _chromium_package(), "PostgreSQL": "postgresql", "a font": "fonts-dejavu-core"}
    return [names[name] for name in missing]


def _chromium_package() -> str:
    release = Path("/etc/os-release")
    ubuntu = release.is_file() and "\nID=ubuntu" in "\n" + release.read_text(encoding="utf-8")
    return "chromium-browser" if ubuntu else "chromium"


def _install(missing: list[str]) -> None:
    packages = _packages(missing)
    if shutil.which("apt-get") and (root := _as_root()) is not None:
        apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        _run([*apt, "update"])
        _run([*apt, "install", "-y", "--no-install-recommends", *packages])
    elif shutil.which("brew"):
        _run(["brew", "install", *packages])


def _as_root() -> list[str] | None:
    """Return what to put before a command that needs root; None when that would ask for a password."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _run(command: list[str]) -> None:
    print(" ".join(command), flush=True)
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main())
