"""Milestones: what a wall celebrates once, the moment it is reached."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import wording
from app.board.figure import Figure
from app.board.scene import Stage
from app.language import gettext as _
from app.scores.nps import Tally
from app.scores.tallies import rolling, trend

EACH = 100
WEEK = 7
# A record needs a past, and more than a handful of voices.
LOOK_BACK, LEAST_WEEKS, LEAST_VOICES = 26, 4, 20


@dataclass(frozen=True)
class Milestone:
    """A screen that has seen a lower `level` under this `key` says the words once."""

    key: str
    level: int
    words: str


def milestones(session: Session, stage: Stage, figure: Figure) -> tuple[Milestone, ...]:
    """Where this board stands now: hundreds of voices this year, the target, the week's record."""
    found = [_voices(session, stage)]
    if stage.target is not None and figure.score is not None:
        reached = figure.score >= stage.target
        words = _("Target reached: %(score)s", score=wording.signed(stage.target))
        found.append(Milestone("target", 101 + stage.target if reached else 0, words))
    return (*found, _record(session, stage))


def is_record(weeks: list[Tally]) -> bool:
    """Whether the last of these weeks has more voices than any of at least four before it."""
    *earlier, now = weeks
    spoken = [week.n for week in earlier if week.n]
    return len(spoken) >= LEAST_WEEKS and now.n >= LEAST_VOICES and now.n > max(spoken)


def _voices(session: Session, stage: Stage) -> Milestone:
    days = stage.today.timetuple().tm_yday
    number = rolling(session, stage.scope, stage.scope_id, stage.today, days).n
    hundreds = number - number % EACH
    words = _("%(n)s voices this year", n=wording.grouped(hundreds))
    # A new year begins below the old one; its first hundred is news all the same.
    return Milestone(f"voices-{stage.today.year}", hundreds, words)


def _record(session: Session, stage: Stage) -> Milestone:
    """The running week against the whole weeks before it."""
    into = stage.today.isoweekday()
    now = rolling(session, stage.scope, stage.scope_id, stage.today, into)
    until = stage.today.fromordinal(stage.today.toordinal() - into)
    of = (session, stage.scope, stage.scope_id, until)
    weeks = [point.tally for point in trend(*of, days=WEEK, points=LOOK_BACK)]
    year, week, _day = stage.today.isocalendar()
    level = 100 * year + week if is_record([*weeks, now]) else 0
    return Milestone("week", level, _("More voices than in any week before"))
