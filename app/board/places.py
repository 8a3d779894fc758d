"""Places: which rows of a ranking a wall may show, and what stands above them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.board import wording
from app.board.voices import Voice
from app.language import gettext as _
from app.language import ngettext
from app.scores.leaderboard import Row
from app.scores.nps import shown

MOST = 5
# Names longer than this together do not fit into one headline.
HEADLINE = 36


@dataclass(frozen=True)
class Place:
    """One row as drawn, with its last voices. `value` is the score, or None without ranks."""

    id: str
    rank: int | None
    name: str
    voices: str
    value: str | None
    dots: tuple[Voice, ...] = ()


def top(rows: Sequence[Row], room: int = MOST) -> list[Row]:
    """The upper half, as far as there is room, never cut through equals; its end is nobody's.

    When the best are equal beyond the cut, all of them are shown as far as there is room.
    """
    most = min(room, (len(rows) + 1) // 2)
    chosen = list(rows[:most])
    if most < len(rows) and rows[most].rank == rows[most - 1].rank:
        whole = [row for row in chosen if row.rank != rows[most].rank]
        chosen = whole or [row for row in rows if row.rank == rows[0].rank][:room]
    return chosen


def place(row: Row, dots: Sequence[Voice], *, differs: bool) -> Place:
    """A row as drawn; where nobody differs it has neither rank nor score."""
    return Place(
        id=str(row.id),
        rank=row.rank if differs else None,
        name=row.name,
        voices=wording.voices(row.tally.n),
        value=shown(row.nps) if differs else None,
        dots=tuple(dots),
    )


def headline(places: Sequence[Place]) -> str:
    """Who leads, said as far as the numbers say it."""
    leaders = [one.name for one in places if one.rank == 1]
    if len(leaders) == 1:
        short = len(leaders[0]) <= HEADLINE
        return _("%(name)s leads", name=leaders[0]) if short else _("One leads clearly")
    if len(leaders) == 2 and sum(map(len, leaders)) <= HEADLINE:
        return _("%(names)s, level at the top", names=wording.joined(leaders))
    return ngettext("One at the top", "%(n)s level at the top", len(leaders))
