"""Portraits of people who do not exist: flat drawings that nobody takes for a photograph.

A drawing follows from its number alone. It is written as PNG (ISO/IEC 15948) with a palette, one
row of pixels after the other.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

WIDTH, HEIGHT = 120, 150
MEDIA_TYPE = "image/png"
_NAME = re.compile("drawing-[0-9]{6}[.]png")

#: What the numbers of the pixels stand for.
WALL, HATCH, CLOTH, SKIN, HAIR, LINE = range(6)
WALLS = ((0xDD, 0xE6, 0xEC), (0xEC, 0xE6, 0xDD), (0xE3, 0xEC, 0xDD), (0xE8, 0xE0, 0xEC))
CLOTHES = ((0x33, 0x55, 0x77), (0x6B, 0x4F, 0x3A), (0x3F, 0x6B, 0x52), (0x77, 0x3D, 0x4F), (0x55, 0x55, 0x60))
#: No human skin: nobody is to be recognised, and no group of people either.
SKINS = ((0xA9, 0xB8, 0xC6), (0xB8, 0xC0, 0xA9), (0xC6, 0xB3, 0xA9), (0xB3, 0xA9, 0xC6))
HAIRS = ((0x2B, 0x2B, 0x30), (0x5A, 0x43, 0x32), (0x8A, 0x8A, 0x90), (0x9A, 0x5F, 0x35), (0xC9, 0xB0, 0x70))
INK = (0x22, 0x2A, 0x33)
#: The hatched wall, row after row again.
WALL_ROWS = tuple(bytes(HATCH if (x + y) % 12 == 0 else WALL for x in range(WIDTH)) for y in range(12))

Colour = tuple[int, int, int]
Rows = list[bytearray]


@cache
def draw(number: int) -> bytes:
    """The portrait of a number as a PNG file."""
    random = Random(number)
    wall, skin = random.choice(WALLS), random.choice(SKINS)
    hatch: Colour = (wall[0] - 14, wall[1] - 14, wall[2] - 14)
    palette = (wall, hatch, random.choice(CLOTHES), skin, random.choice(HAIRS), INK)
    return _png(_pixels(random), palette)


def file_name(number: int) -> str:
    """The name of a drawing's file, which says its number."""
    return f"drawing-{number:06}.png"


def drawings(value: Any) -> Iterator[str]:
    """The names of the drawings' files in a message or a part of it."""
    if isinstance(value, dict):
        name = str(value.get("file_name", ""))
        if _NAME.fullmatch(name):
            yield name
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from drawings(member)


def drawn(file_name: str) -> bytes:
    """The drawing whose file has that name."""
    return draw(int(file_name.removeprefix("drawing-").removesuffix(".png")))


def _pixels(random: Random) -> Rows:
    """Head and shoulders before a hatched wall, in a frame."""
    rows = [bytearray(WALL_ROWS[y % 12]) for y in range(HEIGHT)]
    middle, eyes = WIDTH // 2, random.randint(62, 68)
    face, jaw = random.randint(23, 29), random.randint(31, 36)
    hair, long = random.randint(3, 8), random.random() < 0.4
    _ellipse(rows, middle, HEIGHT, random.randint(44, 56), random.randint(34, 42), CLOTH)
    if long:
        _ellipse(rows, middle, eyes + 14, face + 7, jaw + 12, HAIR)
    _box(rows, middle - 10, middle + 10, eyes + 20, HEIGHT - 32, SKIN)
    _ellipse(rows, middle, eyes - hair, face + 2, jaw, HAIR)
    _ellipse(rows, middle, eyes + hair, face, jaw - hair // 2, SKIN)
    apart = random.randint(9, 12)
    for side in (-apart, apart):
        _ellipse(rows, middle + side, eyes, 3, 2, LINE)
        _box(rows, middle + side - 5, middle + side + 5, eyes - 8, eyes - 6, HAIR)
    _box(rows, middle - 1, middle + 1, eyes + 4, eyes + 12, LINE)
    mouth = random.randint(6, 10)
    _box(rows, middle - mouth, middle + mouth, eyes + 19, eyes + 21, LINE)
    _frame(rows)
    return rows


def _box(rows: Rows, left: int, right: int, top: int, bottom: int, colour: int) -> None:
    for row in rows[top:bottom]:
        row[left:right] = bytes((colour,)) * (right - left)


def _ellipse(rows: Rows, x: int, y: int, half_width: int, half_height: int, colour: int) -> None:
    """An ellipse about a point, as far as it lies in the picture."""
    for at in range(max(0, y - half_height), min(HEIGHT, y + half_height + 1)):
        half = int(half_width * (1 - ((at - y) / half_height) ** 2) ** 0.5)
        _box(rows, x - half, x + half + 1, at, at + 1, colour)


def _frame(rows: Rows) -> None:
    for top, bottom in ((0, 2), (HEIGHT - 2, HEIGHT)):
        _box(rows, 0, WIDTH, top, bottom, LINE)
    for left, right in ((0, 2), (WIDTH - 2, WIDTH)):
        _box(rows, left, right, 0, HEIGHT, LINE)


def _png(rows: Rows, palette: tuple[Colour, ...]) -> bytes:
    """Pixels of a palette as a PNG file."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # 8 bits, palette
    pixels = b"".join(b"\0" + row for row in rows)  # each row unfiltered
    chunks = (
        (b"IHDR", head),
        (b"PLTE", bytes(part for colour in palette for part in colour)),
        (b"IDAT", zlib.compress(pixels, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
