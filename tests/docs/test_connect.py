"""`docs/connect-your-country.md`, from a sample to a notice: every line is typed as it stands, in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/connect-your-country.md").read_text("utf-8")
STEPS = PAGE[: PAGE.index("## Speak the standard's JSON")]
PATIENCE_SECONDS = 30


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", STEPS, re.DOTALL)


def test_from_a_sample_to_a_notice(tmp_path: Path) -> None:
    for folder in ("schema", "national_adapters", "ilink_runtime/generated"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (sample,), (adapter,) = blocks("csv"), blocks("yaml")
    (tmp_path / "dossiers.csv").write_text(sample, "utf-8")
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "ILINK_DATABASE": f"sqlite:///{tmp_path / 'ilink.db'}",
        "ILINK_STANDARD": str(tmp_path / "ilink_runtime/generated"),
    }

    def typed(lines: str) -> str:
        done = subprocess.run(
            ["bash", "-ec", lines], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}{done.stderr}"
        return done.stdout

    proposal, trying, building, opening, sending = blocks("sh")
    typed(proposal)
    (tmp_path / "national_adapters/fr-dossiers/adapter.yaml").write_text(adapter, "utf-8")
    assert "nothing against it" in typed(trying)
    assert (tmp_path / "back.csv").read_text("utf-8").splitlines()[0].startswith("DOSSIER;NOM;PRENOM")
    assert "round-trips" in (tmp_path / "report.md").read_text("utf-8")
    typed(building)
    port = _free_port()
    before, serve = opening.rsplit("ilink serve", 1)
    env["TOKEN"] = typed(before + "echo $TOKEN").split()[-1]
    with _served(["ilink", "serve", *serve.replace("8000", str(port)).split()], env, port):
        answers = [json.loads(typed(line.replace("8000", str(port)))) for line in sending.splitlines()]
    tested, sent, known = answers
    assert [one["outcome"] for one in tested["records"]] == ["created", "created"]
    assert [one["outcome"] for one in sent["records"]] == ["created", "created"]
    assert [one["national_reference"] for one in sent["records"]] == ["2026/0417", "2026/0418"]
    assert known["reference"] == sent["records"][0]["reference"]
    assert known["status"] == "processing"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _served(command: list[str], env: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server has ended"
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(15)
