"""Tide: the voices of each week in piles, and the rolling score above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app import language
from app.board import reading, tidemarks, wording
from app.board.figure import Figure, figure
from app.board.scene import Scene, Stage
from app.board.tidemarks import Curve, Pile
from app.language import gettext as _
from app.language import ngettext
from app.scores.nps import MIN_SHOWN, nps, rounded
from app.scores.tallies import Point, trend

WEEKS_LANDSCAPE = 13
WEEKS_PORTRAIT = 8
# A young wall shows no more past than it has, but never fewer weeks than these.
WEEKS_AT_LEAST = 6
# The air on the right of a font's last letter.
SPAN = 0.5
# How far back a headline may look.
YEAR = 52


@dataclass(frozen=True)
class Mark:
    """A week's first day under its pile."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Tide:
    figure: Figure
    voices: str
    window: str
    headline: str
    weeks: int
    each: int
    width: float
    height: float
    waterline: float
    radius: float
    piles: tuple[Pile, ...]
    silent: str
    curve: Curve
    marks: tuple[Mark, ...]

    @property
    def level(self) -> int:
        """How far down the line ends, in steps of 1.5 u from its highest place."""
        return round((self.curve.end[1] - tidemarks.HIGHEST) / 1.5) if self.curve.end else 0

    @property
    def empty(self) -> bool:
        return not self.piles


def look(session: Session, stage: Stage) -> Tide:
    weeks = WEEKS_PORTRAIT if stage.portrait else WEEKS_LANDSCAPE
    of = (session, stage.scope, stage.scope_id, stage.today)
    return drawn(
        stage,
        figure(session, stage),
        trend(*of, days=7, points=weeks),
        trend(*of, days=stage.window_days, points=YEAR),
    )


def steps(_session: Session, stage: Stage) -> tuple[int, ...]:
    """By the words it has on most days; its numbers are not worth a query here."""
    note = _("Each week’s voices: promoters above the line, detractors below.")
    each = ngettext("One dot is one voice.", "One dot is %(each)s voices.", 1, each=1)
    headline = ngettext("Steady for a week", "Steady for %(n)s weeks", WEEKS_LANDSCAPE)
    return (reading.seconds(headline, note, each, wording.window(stage.window_days)),)


def drawn(stage: Stage, score: Figure, weekly: list[Point], yearly: list[Point]) -> Tide:
    """The picture of `weekly` tallies, and of the last of `yearly`, the rolling ones."""
    full, weekly = len(weekly), _since_the_first(weekly)
    weeks = len(weekly)
    frame = tidemarks.PORTRAIT if stage.portrait else tidemarks.LANDSCAPE
    scores = [_score(point) for point in yearly[-weeks:]]
    if sum(score is not None for score in scores) < 2:
        frame = frame.lineless
    if any(point.tally.n for point in weekly):
        heap = tidemarks.heap([point.tally for point in weekly], frame)
    else:
        frame = tidemarks.CALM_PORTRAIT if stage.portrait else tidemarks.CALM
        heap = tidemarks.calm(weeks, frame)
    return Tide(
        figure=score,
        voices=wording.voices(score.n),
        window=wording.window(stage.window_days),
        headline=headline(yearly, full),
        weeks=weeks,
        each=heap.each,
        width=frame.width,
        height=frame.height,
        waterline=round(heap.waterline, 2),
        radius=heap.radius,
        piles=heap.piles,
        silent=heap.silent,
        curve=tidemarks.curve(scores, frame, heap.half),
        marks=_marks(weekly, frame.middles(weeks, heap.half), frame.width),
    )


def _since_the_first(weekly: list[Point]) -> list[Point]:
    """Without the weeks before the first voice."""
    spoken = next((at for at, point in enumerate(weekly) if point.tally.n), 0)
    return weekly[min(spoken, len(weekly) - WEEKS_AT_LEAST) :]


def headline(yearly: Sequence[Point], weeks: int) -> str:
    """One true sentence about the rolling score, oldest point first.

    "Highest since March": no point after that one was as high, rounded as it is shown.
    """
    known = [(point, score) for point in yearly if (score := _score(point)) is not None]
    if len(known) < 3 or _score(yearly[-1]) is None:
        return _("A few weeks more, and this will be a tide")
    *earlier, (last, now) = known
    above = [point for point, score in earlier if score >= now]
    if not above:
        return ngettext("Highest so far", "Highest of the %(n)s weeks so far", len(known))
    if (last.until - above[-1].until).days >= 28:
        return _("Highest since %(month)s", month=_month(above[-1], last))
    scores = [score for _, score in known[-weeks:]]
    if max(scores) - min(scores) <= 3:
        return ngettext("Steady for a week", "Steady for %(n)s weeks", len(scores))
    low, high = wording.signed(min(scores)), wording.signed(max(scores))
    return ngettext(
        "Between %(low)s and %(high)s in a week",
        "Between %(low)s and %(high)s in %(n)s weeks",
        len(scores),
        low=low,
        high=high,
    )


def _month(then: Point, now: Point) -> str:
    return language.month(then.until, year=then.until.year != now.until.year)


def _score(point: Point) -> int | None:
    """Whole points, as shown; None while there are too few voices."""
    exact = nps(point.tally)
    if exact is None or point.tally.n < MIN_SHOWN:
        return None
    return rounded(exact)


def _marks(weekly: list[Point], middles: list[float], width: float) -> tuple[Mark, ...]:
    """The first day of the first and the middle column; the last column is now."""
    half = len(weekly) // 2

    def first_day(at: int) -> str:
        return wording.day(weekly[at].until - timedelta(days=6))

    return (
        Mark(0, first_day(0), "start"),
        Mark(round(middles[half], 2), first_day(half), "middle"),
        Mark(width - SPAN, wording.window(7), "end"),
    )


scene = Scene(
    name="tide",
    title="Tide",
    topics=frozenset({"responses", "company"}),
    dwell=15,
    look=look,
    steps=steps,
)
