"""Colours of the voices: told apart by all eyes, on ink and on paper."""

import re
from itertools import combinations
from math import dist

import pytest

from app.web import STATIC

Colour = tuple[float, float, float]
THEMES = ("ink", "paper")
VOICES = ("blue", "sand", "coral")
# Machado and others 2009, for linear light, of those who lack one kind of cone altogether.
EYES = {
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_XYZ = (
    (0.4124, 0.3576, 0.1805),
    (0.2126, 0.7152, 0.0722),
    (0.0193, 0.1192, 0.9505),
)
WHITE = (0.9505, 1.0, 1.089)


def tokens(theme: str) -> dict[str, Colour]:
    """The raw colours of a theme in linear light."""
    sheet = (STATIC / "css/tokens.css").read_text()
    part = re.search(rf"raw: {theme} \*/(.*?)\}}", sheet, re.S)
    assert part
    found = re.findall(r"--([\w-]+): #(\w\w)(\w\w)(\w\w);", part[1])
    return {name: (_light(r), _light(g), _light(b)) for name, r, g, b in found}


def _light(byte: str) -> float:
    share = int(byte, 16) / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    r, g, b = (
        max(0.0, sum(share * part for share, part in zip(row, colour, strict=True)))
        for row in matrix
    )
    return r, g, b


def lab(colour: Colour) -> Colour:
    x, y, z = (
        t ** (1 / 3) if (t := part / white) > 216 / 24389 else t * 841 / 108 + 4 / 29
        for part, white in zip(times(TO_XYZ, colour), WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(a: Colour, b: Colour) -> float:
    """CIE 1976."""
    return dist(lab(a), lab(b))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_three_voices_differ_for_all_eyes(theme: str, eyes: str) -> None:
    colour = tokens(theme)
    seen = {name: times(EYES[eyes], colour[name]) for name in VOICES}
    apart = {pair: distance(seen[pair[0]], seen[pair[1]]) for pair in combinations(VOICES, 2)}
    assert min(apart.values()) >= 20, apart
