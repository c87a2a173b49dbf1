"""Two things in turn, A B A B …, so that a machine that drifts drifts for both."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: ours against theirs, and the goal."""

    what: str
    ours: float
    theirs: float
    unit: str
    goal: str
    ratio: float

    def __str__(self) -> str:
        cells = (
            self.what,
            *(f"{x:.4g} {self.unit}" for x in (self.ours, self.theirs)),
            f"{self.ratio:.1f}",
            self.goal,
        )
        return f"| {' | '.join(cells)} |"


def calls(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call, over so many."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def in_turn(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int = 5
) -> tuple[float, float, float]:
    """The medians of both, and of the ratios theirs / ours, pair by pair; the first pair warms up."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratio = statistics.median(b / a for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratio


def cpu_of(command: list[str]) -> float:
    """CPU seconds of a whole process, as the operating system accounts for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
