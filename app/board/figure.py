"""Figure: the score of a board as it is written, with all that must stand beside it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.board import wording
from app.board.scene import Stage
from app.scores.nps import MIN_SHOWN, Shift, Tally, change, interval, nps, shown
from app.scores.tallies import rolling

# From here on a score needs no range beside it wherever it is written.
MANY = 100


@dataclass(frozen=True)
class Figure:
    """`shown` is None below ten voices. `range` is "+31 to +60", `between` the same in words.

    `direction` says up or down only when the change is beyond chance.
    """

    shown: str | None
    range: str | None
    between: str | None
    direction: str
    n: int

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
    return Figure(
        shown=shown(score),
        range=f"{low} to {high}",
        between=f"between {low} and {high}",
        direction=_direction(shift, days),
        n=tally.n,
    )


def _direction(shift: Shift | None, days: int) -> str:
    if shift is None or shift.verdict == "too_few":
        return "nothing yet to compare it with"
    earlier, points = wording.before(days), shown(shift.delta)
    if shift.verdict == "alert" and points != "0":
        return f"{'Up' if shift.delta > 0 else 'Down'} {points[1:]} on {earlier}"
    return f"about the same as {earlier}"
