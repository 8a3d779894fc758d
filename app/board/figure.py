"""Figure: the score of a board as it is written, with all that must stand beside it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.board import wording
from app.board.scene import Stage
from app.language import gettext as _
from app.scores.nps import MIN_SHOWN, Shift, Tally, change, interval, nps, rounded, shown
from app.scores.tallies import rolling

# From here on a score needs no range beside it wherever it is written.
MANY = 100


@dataclass(frozen=True)
class Figure:
    """`shown` is None below ten voices. `range` is "+31 to +60", `between` the same in words.

    `direction` says up or down only when the change is beyond chance; `trend` is then 1 or -1.
    `score` is in whole points, as shown.
    """

    shown: str | None
    range: str | None
    between: str | None
    direction: str
    n: int
    trend: int = 0
    score: int | None = None

    @property
    def few(self) -> bool:
        return 0 < self.n < MIN_SHOWN

    @property
    def small(self) -> bool:
        """Whether the range must be named wherever the score is."""
        return self.n < MANY and self.range is not None


def figure(session: Session, stage: Stage) -> Figure:
    """The board's rolling score at this moment.

    The change is judged for the last whole day, once for each local date: judged after every
    answer, chance alone would raise an arrow sooner or later.
    """
    days = stage.window_days
    yesterday = stage.today - timedelta(days=1)

    def counted(until_days_ago: int) -> Tally:
        until = yesterday - timedelta(days=until_days_ago)
        return rolling(session, stage.scope, stage.scope_id, until, days)

    now = rolling(session, stage.scope, stage.scope_id, stage.today, days)
    return figure_of(now, change(counted(0), counted(days)), days)


def figure_of(tally: Tally, shift: Shift | None, days: int) -> Figure:
    """The words for a tally and its change against the `days` before."""
    score, bounds = nps(tally), interval(tally)
    enough = score is not None and bounds is not None and tally.n >= MIN_SHOWN
    if score is None or bounds is None or not enough:
        return Figure(None, None, None, "", tally.n)
    low, high = shown(bounds[0]), shown(bounds[1])
    trend = _trend(shift)
    return Figure(
        shown=shown(score),
        range=wording.span(low, high),
        between=wording.between(low, high),
        direction=_direction(shift, days),
        n=tally.n,
        trend=trend,
        score=rounded(score),
    )


def _direction(shift: Shift | None, days: int) -> str:
    if shift is None or shift.verdict == "too_few":
        return _("nothing yet to compare it with")
    if not (trend := _trend(shift)):
        return wording.same(days)
    points = shown(shift.delta)[1:]
    return wording.up(points, days) if trend > 0 else wording.down(points, days)


def _trend(shift: Shift | None) -> int:
    """1 upwards, -1 downwards, 0 for what may be chance or would be shown as nothing."""
    if shift is None or shift.verdict != "alert" or shown(shift.delta) == "0":
        return 0
    return 1 if shift.delta > 0 else -1
