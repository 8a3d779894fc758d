"""Pulse: the score, and the last hundred voices behind it standing round it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import shapes, voices, wording
from app.board.figure import Figure, figure
from app.board.scene import Scene, Stage
from app.board.shapes import Dot, Seats
from app.board.voices import KINDS, Voice
from app.scores.nps import MIN_SHOWN

LAST = 100
RADIUS = 43.0
# Few voices are large dots: they keep as far from the rail as many small ones.
FEW, RADIUS_OF_FEW = 14, 40.5


@dataclass(frozen=True)
class Pulse:
    """`radius` is a dot's, in u; `latest` is the newest voice, which wears a ring."""

    figure: Figure
    window: str
    voices: str
    caption: str
    counts: tuple[tuple[str, int], ...]
    dots: tuple[Dot, ...]
    ghosts: tuple[tuple[float, float], ...]
    latest: Dot | None
    radius: float

    @property
    def said(self) -> str:
        named = wording.joined([f"{count} {kind}s" for kind, count in self.counts])
        return f"{self.caption}: {named}" if self.dots else "No voices yet"


def look(session: Session, stage: Stage) -> Pulse:
    score = figure(session, stage)
    heard = voices.recent(session, stage, LAST, stage.window_days)
    return drawn(score, heard, stage.window_days)


def drawn(score: Figure, heard: list[Voice], days: int) -> Pulse:
    """The picture of voices, oldest first: one sector for each kind, its angle its share."""
    places = max(len(heard), MIN_SHOWN)
    seats = shapes.horseshoe(places, RADIUS if places > FEW else RADIUS_OF_FEW)
    dots = shapes.placed(_by_kind(heard), seats)
    return Pulse(
        figure=score,
        window=wording.window(days),
        voices=wording.voices(score.n),
        caption=f"last {wording.voices(len(heard))}" if len(heard) > 1 else "the first voice",
        counts=tuple((kind, sum(one.kind == kind for one in heard)) for kind in KINDS),
        dots=dots,
        ghosts=_empty(seats, len(dots)),
        latest=next((dot for dot in dots if dot.id == heard[-1].id), None),
        radius=round(seats.radius, 2),
    )


def _by_kind(heard: list[Voice]) -> list[tuple[str, str]]:
    """Sorted into sectors; the newest of the outer two kinds stands at the open end of the arc."""
    order = [one for kind in KINDS for one in _sector(heard, kind)]
    return [(one.id, one.kind) for one in order]


def _sector(heard: list[Voice], kind: str) -> list[Voice]:
    those = [one for one in heard if one.kind == kind]
    return those if kind == "detractor" else those[::-1]


def _empty(seats: Seats, taken: int) -> tuple[tuple[float, float], ...]:
    return tuple(
        (shapes.in_radii(x, seats.radius), shapes.in_radii(y, seats.radius))
        for x, y in seats.places[taken:]
    )


scene = Scene(
    name="pulse",
    title="Pulse",
    topics=frozenset({"responses", "company"}),
    dwell=15,
    look=look,
)
