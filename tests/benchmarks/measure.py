"""Two things in turn, A B A B …, so that a machine that drifts drifts for both."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


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
            f"{self.ratio:.2f}",
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
    """The medians of both, and of the ratios theirs / ours."""
    return medians(pairs(ours, theirs, rounds))


def pairs(ours: Callable[[], T], theirs: Callable[[], T], rounds: int = 5) -> list[tuple[T, T]]:
    """What both gave, turn by turn; the first turn warms up."""
    return [(ours(), theirs()) for _ in range(rounds + 1)][1:]


def medians(found: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The medians of both, and of the ratios theirs / ours, pair by pair."""
    ours, theirs = zip(*found, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(b / a for a, b in found)


def cpu_of(command: list[str]) -> float:
    """CPU seconds of a whole process, as the operating system accounts for it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
