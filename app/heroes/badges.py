"""Badges: what a colleague is thanked for, as a word and a figure of a few dots. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import CheerboardError
from app.people.names import fold
from app.people.wording import label_of

LONGEST = 40
MOST = 12

# Each sign is one dot of the family, its place in the picture its place in the figure:
# o a filled circle, c a ring, d a diamond, . nothing.
_PICTURES = {
    "spark": ("..o..", "..o..", "oodoo", "..o..", "..o.."),
    "repair": ("o...o", ".o.o.", "..d..", ".o.o.", "o...o"),
    "steady": (".....", "ooooo", ".....", "ccccc", "....."),
    "heart": (".o.o.", "ooooo", "ooooo", ".ooo.", "..o.."),
    "bridge": (".ooo.", "o...o", "o...o", "c...c", "....."),
    "circle": (".ccc.", "c...c", "c.o.c", "c...c", ".ccc."),
    "ladder": ("....o", "...o.", "..o..", ".o...", "o...."),
    "harbour": ("..d..", ".ooo.", "ooooo", "c.c.c", "....."),
    "seed": ("..o..", ".o.o.", "..o..", "..c..", "..c.."),
    "crown": ("d.d.d", "o.o.o", "ooooo", "ooooo", "....."),
    "wave": (".o...", "o.o.o", "...o.", ".c...", "c.c.c"),
    "square": ("ooooo", "o...o", "o.d.o", "o...o", "ooooo"),
}
_KINDS = {"o": "promoter", "c": "passive", "d": "detractor"}
# Centre to centre, in radii of a dot.
_PITCH = 2.5

FIGURES = tuple(_PICTURES)
# What a company starts with.
DEFAULTS: Mapping[str, str] = {
    "Above and beyond": "spark",
    "Mended it": "repair",
    "Kept a promise": "steady",
    "Kindness": "heart",
    "Brought people together": "bridge",
    "Learned and shared": "seed",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One dot of a badge: its shape in the sprite and its middle, in radii from the centre."""

    kind: str
    x: float
    y: float


def marks(figure: str) -> tuple[Mark, ...]:
    """The dots of a figure within 12 by 12 radii, centred; an unknown figure has none."""
    rows = _PICTURES.get(figure, ())
    return tuple(
        Mark(_KINDS[sign], (column - 2) * _PITCH, (row - 2) * _PITCH)
        for row, line in enumerate(rows)
        for column, sign in enumerate(line)
        if sign in _KINDS
    )


def with_badge(badges: Mapping[str, str], name: str, figure: str) -> dict[str, str]:
    """The list with one more badge, or with another figure for one of that name."""
    label = label_of(name, "badge's name")
    if len(label) > LONGEST:
        raise CheerboardError(f"A badge's name has at most {LONGEST} characters.")
    if figure not in _PICTURES:
        raise CheerboardError("Choose one of the figures.")
    same = next((one for one in badges if fold(one) == fold(label)), label)
    if same not in badges and len(badges) >= MOST:
        raise CheerboardError(f"A list of more than {MOST} badges is read by nobody.")
    return {**badges, same: figure}


def without_badge(badges: Mapping[str, str], name: str) -> dict[str, str]:
    """The list without a badge; who was given it keeps it."""
    return {one: figure for one, figure in badges.items() if one != name}
