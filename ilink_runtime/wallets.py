"""Checksums of crypto addresses that no library of ours knows: bech32m, and Ethereum's capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32, _BECH32M = 1, 0x2BC830A3
_ETHEREUM = re.compile("0[xX][0-9A-Fa-f]{40}")


def is_segwit(address: str) -> bool:
    """Whether a Bitcoin address that begins with `bc1` carries its checksum (BIP 173, BIP 350).

    Version 0 uses bech32, every later version bech32m.
    """
    small = address.lower()
    if address not in (small, address.upper()):
        return False
    values = [_CHARACTERS.find(c) for c in small[3:]]
    if -1 in values or not 11 <= len(values) <= 74 or (values[0] == 0 and len(values) not in (39, 59)):
        return False
    expanded = [ord(c) >> 5 for c in "bc"] + [0] + [ord(c) & 31 for c in "bc"]
    return values[0] <= 16 and _polymod(expanded + values) == (_BECH32M if values[0] else _BECH32)


def is_ethereum(address: str) -> bool:
    """Whether an address of `0x` and 40 digits is written with the right capitals (EIP-55).

    All small or all capital letters say nothing and are right.
    """
    if not _ETHEREUM.fullmatch(address):
        return False
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return True
    nibbles = keccak_256(digits.lower().encode()).hex()
    return all(
        c.isdigit() or c.isupper() == (int(nibble, 16) >= 8)
        for c, nibble in zip(digits, nibbles, strict=False)
    )


def _polymod(values: Iterable[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            total ^= generator if top >> place & 1 else 0
    return total


# --- Keccak-256 as Ethereum uses it: SHA-3 (FIPS 202) with the padding of the contest, which hashlib lacks

_RATE, _LANES, _MASK = 136, 5, (1 << 64) - 1


def keccak_256(data: bytes, padding: int = 1) -> bytes:
    """The Keccak-256 hash of a text, 32 bytes; with padding 6 it is SHA3-256."""
    filled = bytearray(data) + bytes([padding])
    filled += bytes(-len(filled) % _RATE)
    filled[-1] |= 0x80
    state = [[0] * _LANES for _ in range(_LANES)]  # state[x][y]
    for block in range(0, len(filled), _RATE):
        for lane in range(_RATE // 8):
            start = block + 8 * lane
            state[lane % 5][lane // 5] ^= int.from_bytes(filled[start : start + 8], "little")
        state = _permuted(state)
    return b"".join(state[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))


def _permuted(state: list[list[int]]) -> list[list[int]]:
    """Keccak-f[1600]: 24 rounds of theta, rho and pi, chi, iota (FIPS 202, section 3)."""
    register = 1
    for _ in range(24):
        parity = [column[0] ^ column[1] ^ column[2] ^ column[3] ^ column[4] for column in state]
        mixed = [parity[x - 1] ^ _turned(parity[(x + 1) % 5], 1) for x in range(5)]
        state = [[lane ^ mixed[x] for lane in state[x]] for x in range(5)]
        x, y, current = 1, 0, state[1][0]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            state[x][y], current = _turned(current, (step + 1) * (step + 2) // 2), state[x][y]
        state = [
            [state[x][y] ^ (~state[(x + 1) % 5][y] & state[(x + 2) % 5][y]) for y in range(5)]
            for x in range(5)
        ]
        for step in range(7):
            state[0][0] ^= (register & 1) << ((1 << step) - 1)
            register = register << 1 ^ (0x171 if register >> 7 else 0)
    return state


def _turned(lane: int, places: int) -> int:
    places %= 64
    return (lane << places | lane >> (64 - places)) & _MASK
