"""Leaderboard: the top few teams or people, with ties drawn as ties, and a reason for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.errors import CheerboardError
from app.people.models import Company, Person, Team
from app.scores import nps, ranking, tallies
from app.scores.nps import Tally
from app.scores.ranking import Shrunk, Standing

TOP = 5


@dataclass(frozen=True, slots=True)
class Contest:
    """Every visible team or person with answers in a window, and what they are measured by.

    Who is hidden or has left is not in here at all, so that no gap between ranks gives them away.
    """

    names: Mapping[int, str]
    groups: Mapping[int, Tally]
    company: Tally
    weight: float
    seed: str
    # The company's own least number of answers for a person; 10 are needed anyway.
    least: int = 1

    @property
    def differs(self) -> bool:
        return ranking.differ(self.groups.values())

    def standings(self) -> list[Standing]:
        """All with at least 10 answers, best first, whether they differ or not."""
        enough = {key: tally for key, tally in self.groups.items() if tally.n >= self.least}
        return ranking.ranked(enough, self.company, self.weight, self.seed)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a leaderboard; `rank` is None when there is no ranking."""

    rank: int | None
    id: int
    name: str
    tally: Tally
    shrunk: Shrunk
    reason: str

    @property
    def nps(self) -> Fraction:
        """The raw score; never empty, a row has 10 answers or more."""
        return nps.nps(self.tally) or Fraction(0)


@dataclass(frozen=True, slots=True)
class Board:
    """`is_off`: the company shows no personal scores, so there is nothing to see."""

    by: str
    until: date
    days: int
    company: Tally
    differs: bool
    rows: tuple[Row, ...]
    is_off: bool = False


def leaderboard(session: Session, by: str, until: date, days: int, limit: int = TOP) -> Board:
    """The top `limit` by shrunken score, `by` team or person; never a bottom.

    When nobody differs beyond chance there is no ranking: then everybody with enough answers is
    listed, in an order drawn by lot each week. People are listed only where the company shows
    individuals. Raises CheerboardError for another `by`.
    """
    if by == "person" and not session.scalar(select(Company.individuals)):
        company = tallies.rolling(session, "company", tallies.COMPANY, until, days)
        return Board(by, until, days, company, differs=False, rows=(), is_off=True)
    held = contest(session, by, until, days)
    differs = held.differs
    standings = held.standings()
    if differs:
        standings = standings[:limit]
    else:
        standings.sort(key=lambda standing: ranking.lot(held.seed, standing.id))
    rows = tuple(_row(standing, held, differs=differs) for standing in standings)
    return Board(by, until, days, held.company, differs, rows)


def contest(session: Session, by: str, until: date, days: int) -> Contest:
    """Who is measured against whom. For people it does not ask whether individuals are shown."""
    names = _names(session, by, until)
    found = tallies.rolling_by(session, by, until, days)
    least = (session.scalar(select(Company.least_personal)) or 1) if by == "person" else 1
    groups = {key: tally for key, tally in found.items() if key in names and tally.n > 0}
    year, week, _ = until.isocalendar()
    return Contest(
        names=names,
        groups=groups,
        company=tallies.rolling(session, "company", tallies.COMPANY, until, days),
        weight=ranking.weight(groups.values()),
        seed=f"{by}-{year}-{week}",
        least=least,
    )


def _names(session: Session, by: str, until: date) -> dict[int, str]:
    who: Any
    if by == "team":
        who = select(Team.id, Team.name)
    elif by == "person":
        who = select(Person.id, Person.name).where(
            Person.visibility != "hidden",
            or_(Person.left_on.is_(None), Person.left_on > until),
            or_(Person.joined_on.is_(None), Person.joined_on <= until),
        )
    else:
        raise CheerboardError(f"by is team or person, not {by!r}.")
    return {row[0]: row[1] for row in session.execute(who)}


def _row(standing: Standing, held: Contest, *, differs: bool) -> Row:
    return Row(
        rank=standing.rank if differs else None,
        id=standing.id,
        name=held.names[standing.id],
        tally=standing.tally,
        shrunk=standing.shrunk,
        reason=reason(standing.tally, standing.shrunk, held.company, differs=differs),
    )


def reason(tally: Tally, shrunk: Shrunk, company: Tally, *, differs: bool) -> str:
    """Why it stands where it stands, as a sentence with the numbers behind it."""
    raw, overall = nps.nps(tally), nps.nps(company)
    said = f"{tally.promoters} promoters and {tally.detractors} detractors in {tally.n} answers"
    said += f" give {nps.shown(raw or 0)}"
    if not differs:
        return f"{said}; the differences between all are no larger than chance."
    said += f", {nps.shown(shrunk.nps)} adjusted for the number of answers"
    if overall is not None and ranking.p_above(shrunk, float(overall)) >= ranking.SURE:
        said += f", surely above the company's {nps.shown(overall)}"
    return f"{said}."
