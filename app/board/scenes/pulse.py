"""Pulse: the score, and the last hundred voices behind it standing round it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import reading, shapes, voices, wording
from app.board.figure import Figure, figure
from app.board.scene import Scene, Stage
from app.board.shapes import Dot, Seats
from app.board.voices import KINDS, Voice
from app.language import gettext as _
from app.language import ngettext
from app.scores.nps import MIN_SHOWN

LAST = 100
# Room for so many: a place is taken or waits, but it does not move with every voice.
ROOMS = (MIN_SHOWN, 14, 20, 28, 40, 56, 76, LAST)
RADIUS = 43.0
# Few voices are large dots: they keep as far from the rail as many small ones.
FEW, RADIUS_OF_FEW = 14, 40.5


@dataclass(frozen=True)
class Pulse:
    """`radius` is a dot's, in u; `latest` is the place of the newest voice, which wears a ring.

    A dot here is a place: it keeps its name while who stands on it changes.
    """

    figure: Figure
    window: str
    voices: str
    caption: str
    counts: tuple[tuple[str, int], ...]
    dots: tuple[Dot, ...]
    ghosts: tuple[tuple[float, float], ...]
    latest: Dot | None
    newest: str
    radius: float

    @property
    def said(self) -> str:
        if not self.dots:
            return _("No voices yet")
        named = wording.joined([wording.kinds(kind, count) for kind, count in self.counts])
        return f"{self.caption}: {named}"


def look(session: Session, stage: Stage) -> Pulse:
    score = figure(session, stage)
    heard = voices.recent(session, stage, LAST, stage.window_days)
    return drawn(score, heard, stage.window_days)


def steps(_session: Session, stage: Stage) -> tuple[int, ...]:
    """By the words it has on most days; its numbers are not worth a query here."""
    days = stage.window_days
    texts = (wording.window(days), wording.same(days), wording.between("+1", "+2"))
    return (reading.seconds(_("NPS"), *texts, wording.voices(LAST), _caption(LAST)),)


def drawn(score: Figure, heard: list[Voice], days: int) -> Pulse:
    """The picture of voices, oldest first: one sector for each kind, its angle its share."""
    places = next(room for room in ROOMS if len(heard) <= room)
    seats = shapes.horseshoe(places, RADIUS if places > FEW else RADIUS_OF_FEW)
    counts = tuple((kind, sum(one.kind == kind for one in heard)) for kind in KINDS)
    dots = shapes.placed(_seated(counts), seats)
    return Pulse(
        figure=score,
        window=wording.window(days),
        voices=wording.voices(score.n),
        caption=_caption(len(heard)),
        counts=counts,
        dots=dots,
        ghosts=_empty(seats, len(dots)),
        latest=_end_of(dots, heard[-1].kind) if heard else None,
        newest=heard[-1].id if heard else "",
        radius=round(seats.radius, 2),
    )


def _caption(number: int) -> str:
    return ngettext("the first voice", "last %(n)s voices", number)


def _seated(counts: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """A sector for each kind; one voice more grows its kind's end, and nobody else moves."""
    order = [kind for kind, count in counts for _one in range(count)]
    return [(str(place), kind) for place, kind in enumerate(order)]


def _end_of(dots: Sequence[Dot], kind: str) -> Dot:
    return [dot for dot in dots if dot.kind == kind][-1]


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
    steps=steps,
)
