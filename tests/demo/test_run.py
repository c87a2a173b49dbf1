"""`ilink demo` as a process: it says where it is, lets officers in, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import httpx
import pytest

from ilink_runtime.demo import OFFICERS
from ilink_runtime.demo.server import run, tour
from ilink_runtime.problems import Problem
from ilink_runtime.serving import listen

START = "from ilink_runtime.demo import run; run(port=0)"


def address(output: IO[str]) -> str:
    found = re.search(r"http://\S+", output.readline())
    assert found
    return found[0]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", START],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        assert process.stderr
        try:
            base = address(process.stdout)
            assert [path.name for path in tmp_path.glob("ilink-demo-*/demo.sqlite3")] == ["demo.sqlite3"]
            for officer in OFFICERS:
                with httpx.Client(base_url=base, follow_redirects=True) as browser:
                    page = browser.get("/sign-in")
                    assert officer.name in page.text
                    page = browser.post("/demo/sign-in", data={"username": officer.username, "next": "/"})
                    assert page.status_code == 200
                    assert f'lang="{officer.language}"' in page.text
        finally:
            process.send_signal(end)
            process.wait(20)
        assert (process.returncode, process.stderr.read()) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_said_at_once() -> None:
    with (
        listen("127.0.0.1", 0) as taken,
        pytest.raises(Problem, match="Cannot listen"),
    ):
        run(port=taken.getsockname()[1])


def test_the_tour_has_an_address_and_three_steps() -> None:
    lines = tour("http://127.0.0.1:8000").splitlines()
    assert "http://127.0.0.1:8000" in lines[0]
    assert [line.strip()[0] for line in lines if re.match(r"  \d", line)] == ["1", "2", "3"]
    assert ["Tunis" in lines[2], "Lyon" in lines[3], "Madrid" in lines[4]] == [True, True, True]


def test_the_server_does_not_load_the_demonstration() -> None:
    loaded = (
        "import sys, ilink_runtime.app; print([n for n in sys.modules if n.startswith('ilink_runtime.demo')])"
    )
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
