"""Letters: initials as dots in a disc. Pure and always the same for the same name."""

import unicodedata
from dataclasses import dataclass
from math import floor, hypot

# Seven rows of five bits, top to bottom, each row two hexadecimal digits.
_GLYPHS = {
    "A": "0e11111f111111", "B": "1e11111e11111e", "C": "0e11101010110e", "D": "1e11111111111e",
    "E": "1f10101e10101f", "F": "1f10101e101010", "G": "0e11101711110e", "H": "1111111f111111",
    "I": "0e04040404040e", "J": "0702020202120c", "K": "11121418141211", "L": "1010101010101f",
    "M": "111b1515111111", "N": "11111915131111", "O": "0e11111111110e", "P": "1e11111e101010",
    "Q": "0e11111115120d", "R": "1e11111e141211", "S": "0f10100e01011e", "T": "1f040404040404",
    "U": "1111111111110e", "V": "11111111110a04", "W": "11111115151b11", "X": "11110a040a1111",
    "Y": "11110a04040404", "Z": "1f01020408101f",
}  # fmt: skip
# For a name that this alphabet cannot spell.
_HEART = "000a1f1f0e0400"
_KIN = {"Ø": "O", "Æ": "A", "Œ": "O", "Đ": "D", "Ð": "D", "Þ": "T", "Ł": "L", "ẞ": "S", "ß": "S"}

RADIUS = 8.7


@dataclass(frozen=True)
class Raster:
    """Middles of cells, one unit apart, round the middle of the disc: lit ones and the rest."""

    lit: tuple[tuple[float, float], ...]
    rest: tuple[tuple[float, float], ...]


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name as it is shown; one or two."""
    words = [word for word in name.split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in ends).upper()


def raster(name: str) -> Raster:
    """The portrait of someone who is shown under this name."""
    glyphs = [_glyph(letter) for letter in initials(name)] or [_HEART]
    glyphs = [_HEART] if _HEART in glyphs else glyphs
    cells = _pair(glyphs) if len(glyphs) == 2 else _large(glyphs[0])
    width, height = (11, 7) if len(glyphs) == 2 else (10, 14)
    left, top = (width - 1) / 2, (height - 1) / 2
    lit = {(column - left, row - top) for column, row in cells}
    return Raster(
        lit=tuple(sorted(lit)),
        rest=tuple(cell for cell in disc(left % 1, top % 1) if cell not in lit),
    )


def disc(shift_x: float = 0.0, shift_y: float = 0.0) -> list[tuple[float, float]]:
    """All cells of a disc whose grid is shifted by so much."""
    reach = floor(RADIUS) + 1
    steps = range(-reach, reach + 1)
    grid = [(column + shift_x, row + shift_y) for row in steps for column in steps]
    return [cell for cell in grid if hypot(*cell) <= RADIUS]


def _glyph(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", _KIN.get(letter, letter))[0]
    return _GLYPHS.get(plain, _HEART)


def _pixels(glyph: str) -> list[tuple[int, int]]:
    rows = bytes.fromhex(glyph)
    return [(at, row) for row in range(7) for at in range(5) if rows[row] >> (4 - at) & 1]


def _pair(glyphs: list[str]) -> list[tuple[int, int]]:
    right = [(column + 6, row) for column, row in _pixels(glyphs[1])]
    return _pixels(glyphs[0]) + right


def _large(glyph: str) -> list[tuple[int, int]]:
    """One letter alone fills the disc: each of its pixels is four cells."""
    corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
    return [(2 * x + right, 2 * y + down) for x, y in _pixels(glyph) for right, down in corners]
