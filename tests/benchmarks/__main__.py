"""`make bench`: the table of ratios, in Markdown."""

from __future__ import annotations

import sys

from tests.benchmarks import generating, mapping, serving, starting, validating


def main() -> None:
    """Prints a line as soon as it is measured; an argument chooses one group."""
    chosen = sys.argv[1:]
    print("| what | ours | theirs | theirs / ours | goal |\n|---|---|---|---|---|")
    for group in (validating, mapping, serving, starting, generating):
        if not chosen or group.__name__.rpartition(".")[2] in chosen:
            for row in group.rows():
                print(row, flush=True)


main()
