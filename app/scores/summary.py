"""Summary: everything one score needs beside it, so that nobody has to compute again."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import CheerboardError, NotFoundError
from app.people.models import Company, Person, Site, Team
from app.scores import cover, nps, tallies
from app.scores.models import SCOPES
from app.scores.nps import Shift, Tally
from app.scores.window import Window, today, window

_NAMED: dict[str, Any] = {"company": Company, "site": Site, "team": Team, "person": Person}


@dataclass(frozen=True, slots=True)
class Summary:
    """One scope's score over a window, with the window before it for comparison.

    `name` is the full name on the roster; what a wall may call a person is for `people.names`.
    What is hidden has empty tallies.
    """

    scope: str
    scope_id: int
    name: str
    window: Window
    tally: Tally
    before: Tally
    is_hidden: bool = False
    # Answers of a group that is hidden for having fewer than 10; 0 when others need its shelter.
    collected: int = 0

    @property
    def nps(self) -> Fraction | None:
        """Exact; None without answers."""
        return nps.nps(self.tally)

    @property
    def shown(self) -> str | None:
        """As a wall says it; None under 10 answers."""
        score = self.nps
        return None if score is None or self.tally.n < nps.MIN_SHOWN else nps.shown(score)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, in points; None without answers."""
        return nps.interval(self.tally)

    @property
    def change(self) -> Shift | None:
        """Against as many dates before; None when either window is empty."""
        return nps.change(self.tally, self.before)


def summary(
    session: Session, scope: str, scope_id: int, days: int, at: date | None = None
) -> Summary:
    """The score of the `days` local dates that end with `at` (default: today, where that is).

    Raises NotFoundError for an unknown thing, CheerboardError for an impossible window or scope.
    """
    name = name_of(session, scope, scope_id)
    asked = window(at or today(session, scope, scope_id), days)
    tally, before = (
        tallies.rolling(session, scope, scope_id, each.until, each.days)
        for each in (asked, asked.before)
    )
    return Summary(scope, scope_id, name, asked, tally, before)


def seen(session: Session, found: Summary) -> Summary:
    """The same as it may be shown: nothing of a group that is hidden, or next to one that is."""
    window = found.window
    ends = [window.until, window.before.until]
    now, before = cover.is_covered(session, found.scope, found.scope_id, ends, window.days)
    if not (now or before):
        return found
    if not now:
        return replace(found, before=Tally())
    n = found.tally.n
    few = n if n < nps.MIN_SHOWN else 0
    return replace(found, tally=Tally(), before=Tally(), is_hidden=n > 0, collected=few)


def name_of(session: Session, scope: str, scope_id: int) -> str:
    """What the roster calls it. Raises NotFoundError, or CheerboardError for an unknown scope."""
    if scope not in SCOPES:
        raise CheerboardError(f"scope is one of {', '.join(SCOPES)}, not {scope!r}.")
    table = _NAMED[scope]
    name: str | None = session.scalar(select(table.name).where(table.id == scope_id))
    if name is None:
        raise NotFoundError(f"There is no {scope} {scope_id}.")
    return name
