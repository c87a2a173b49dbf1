"""A PostgreSQL server of one's own for the length of a test run, reached through a socket only."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.system_needs import find_postgres

# A test cluster may lose everything, so it need not wait for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}

# Not plain "C": there pg_trgm takes no letter outside ASCII for a letter, and Arabic has no trigrams.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"


@contextmanager
def start_postgres(data_dir: Path | None = None) -> Iterator[str]:
    """Run a temporary cluster and give its SQLAlchemy URL; the user in it is a superuser.

    Without `data_dir` it lives in a folder of its own that goes away with it. PostgreSQL refuses to run as
    root: then the cluster belongs to the user `postgres`, who must be able to reach `data_dir` (a folder
    of pytest's `tmp_path` he cannot).
    """
    programs = find_postgres()
    if programs is None:
        raise RuntimeError("No PostgreSQL server found: run `python -m tools.system_needs`.")
    # /tmp and not the system's own choice: the path of a socket has room for about 100 letters.
    home = Path(tempfile.mkdtemp(prefix="ilink-pg-", dir="/tmp"))
    data = data_dir or home / "data"
    data.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
        shutil.chown(data, "postgres")
    settings = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    pg_ctl = [str(programs / "pg_ctl"), "-D", str(data), "-s", "-w"]
    try:
        initdb = [str(programs / "initdb"), "-D", str(data), "--no-sync", "--username=postgres"]
        _run([*initdb, "--auth=trust", "--encoding=UTF8", f"--locale={LOCALE}"], home)
        start = ["-l", str(home / "log"), "-o", f"{settings} -k {home}", "start"]
        _run([*pg_ctl, *start], home)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={home}"
        finally:
            _run([*pg_ctl, "-m", "immediate", "stop"], home)
    finally:
        shutil.rmtree(home)


def _run(command: Sequence[str], home: Path) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # A file and no pipe: the server keeps its output open, and a pipe would never end.
    with (home / "out").open("ab") as out:
        done = subprocess.run(
            [*as_user, *command],
            cwd=home,
            env=env | {"LC_ALL": LOCALE},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        logs = [path for path in (home / "out", home / "log") if path.exists()]
        said = "".join(path.read_text(errors="replace") for path in logs)
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{said}")
