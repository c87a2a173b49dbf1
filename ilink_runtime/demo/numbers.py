"""Invented numbers, each given out once: two messages share one only where a thread is meant."""

from __future__ import annotations

from random import Random


class Numbers:
    """Fills patterns with random digits, `#` for each, and never gives the same number twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._given: set[str] = set()

    def fill(self, pattern: str) -> str:
        """A number of this pattern."""
        while True:
            number = "".join(self._random.choice("0123456789") if c == "#" else c for c in pattern)
            if self.claim(number):
                return number

    def claim(self, number: str) -> bool:
        """Gives out this number, or name, unless it was given before."""
        new = number not in self._given
        self._given.add(number)
        return new

    def iban(self, pattern: str) -> str:
        """An IBAN with the right check digits in the place of `??`: `TN?? 9999 9### …`."""
        return with_check_digits(self.fill(pattern))


def with_check_digits(iban: str) -> str:
    """Puts the check digits of ISO 13616 in the place of `??`."""
    country, account = iban[:2], iban[4:].replace(" ", "")
    number = int("".join(str(int(c, 36)) for c in f"{account}{country}00"))
    return iban.replace("??", f"{98 - number % 97:02}", 1)
