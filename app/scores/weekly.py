"""The weekly report: every team against its weeks before, and what of it may be chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.models import Company, Team
from app.scores import alerts, chance, cover, fairness, nps, tallies
from app.scores.alerts import Alert
from app.scores.fairness import Fair
from app.scores.nps import MIN_CHANGE, MIN_SHOWN, Shift, Tally

# What is too small for four weeks is looked at over eight, then thirteen.
WIDER = (28, 56, 91)


@dataclass(frozen=True, slots=True)
class Line:
    """One team. `shown` is None when it is hidden or too small; `believed`: hardly chance.

    `days` is the window that was large enough; `note` says what a reader must know.
    """

    id: int
    name: str
    n: int | None
    days: int
    shown: str | None
    interval: tuple[float, float] | None
    shift: Shift | None
    fair: Fair | None
    believed: bool
    note: str

    @property
    def moved(self) -> str:
        """Such as +12, only where the change is clear by itself and believed among all teams."""
        return nps.shown(self.shift.delta) if self.believed and self.shift else ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything as of `until`, a Sunday, so that one week has one report."""

    until: date
    days: int
    company: Tally
    lines: tuple[Line, ...]
    looked_at: int
    alerts: tuple[Alert, ...]


def report(session: Session, today: date) -> Report:
    """The report of the week that ended before `today`."""
    until = today - timedelta(days=today.isoweekday())
    days = session.scalar(select(Company.window_days)) or WIDER[0]
    names = {row[0]: row[1] for row in session.execute(select(Team.id, Team.name))}
    books = [_book(session, until, width) for width in sorted({days, *WIDER}) if width >= days]
    company = books[0].company
    drafts = [_draft(key, name, books) for key, name in names.items()]
    tested = {
        draft.id: draft.shift.p
        for draft in drafts
        if draft.shift and draft.shift.verdict != "too_few"
    }
    sure = chance.believed(tested)
    lines = [_told(session, draft, until, believed=draft.id in sure) for draft in drafts]
    lines.sort(key=lambda line: line.name.casefold())
    raised = _raised(session, today, days, books[0].gone)
    return Report(until, days, company[0], tuple(lines), len(tested), raised)


def _raised(session: Session, today: date, days: int, gone: frozenset[int]) -> tuple[Alert, ...]:
    """The alerts of teams that are shown on Sunday's report and as of the alerts' own last date."""
    standing = alerts.standing(session, "team", today, days)
    if not standing:
        return ()
    ends = [standing[0].until, standing[0].until - timedelta(days=days)]
    dark = gone.union(*(one.teams for one in cover.covers(session, ends, days)))
    return tuple(one for one in standing if one.scope_id not in dark)


def as_text(found: Report) -> str:
    """The report as a mail would say it, one team a line."""
    score = nps.nps(found.company)
    head = f"Week to {found.until:%d %b %Y}, {found.days} days against the {found.days} before"
    enough = score is not None and found.company.n >= MIN_SHOWN
    company = (
        f"Company: {nps.shown(score or 0) if enough else 'collecting'}, {found.company.n} answers"
    )
    return "\n".join(
        [head, company, "", *(_as_text(line) for line in found.lines), "", says(found)]
    )


def says(found: Report) -> str:
    """What became of all the comparisons, in one sentence."""
    moved = sum(1 for line in found.lines if line.moved)
    if not found.looked_at:
        return "No team has 20 answers in both windows yet, so nothing is compared."
    teams = "1 team was" if found.looked_at == 1 else f"{found.looked_at} teams were"
    what = "none moved" if not moved else "1 moved" if moved == 1 else f"{moved} moved"
    return f"{teams} compared; {what} beyond what chance does to that many."


def _as_text(line: Line) -> str:
    parts = [f"{line.name}: {line.shown or 'not shown'}"]
    if line.n is not None:
        parts.append(f"{line.n} answers")
    parts += [f"moved {line.moved}"] if line.moved else []
    parts += [line.note] if line.note else []
    parts += [line.fair.sentence] if line.fair else []
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Book:
    """Two windows side by side, the later first: of every team, and of the company."""

    days: int
    teams: tuple[dict[int, Tally], dict[int, Tally]]
    company: tuple[Tally, Tally]
    gone: frozenset[int]

    def pair(self, team_id: int) -> tuple[Tally, Tally]:
        return self.teams[0].get(team_id, Tally()), self.teams[1].get(team_id, Tally())


def _book(session: Session, until: date, days: int) -> _Book:
    ends = (until, until - timedelta(days=days))
    now, before = (tallies.rolling_by(session, "team", end, days) for end in ends)
    one, two = (tallies.rolling(session, "company", tallies.COMPANY, end, days) for end in ends)
    now_gone, then_gone = cover.covers(session, ends, days)
    return _Book(days, (now, before), (one, two), now_gone.teams | then_gone.teams)


@dataclass(frozen=True, slots=True)
class _Draft:
    id: int
    name: str
    days: int
    tally: Tally
    shift: Shift | None
    hidden: bool
    base: int


def _draft(key: int, name: str, books: Sequence[_Book]) -> _Draft:
    """In the smallest window in which the team can be compared, else in the company's own."""
    fit = [one for one in books if min(tally.n for tally in one.pair(key)) >= MIN_CHANGE]
    book = fit[0] if fit else books[0]
    now, before = book.pair(key)
    hidden = key in book.gone
    shift = None if hidden else nps.change(now, before)
    return _Draft(key, name, book.days, now, shift, hidden, books[0].days)


def _told(session: Session, draft: _Draft, until: date, *, believed: bool) -> Line:
    n, score = draft.tally.n, nps.nps(draft.tally)
    is_shown = score is not None and n >= MIN_SHOWN and not draft.hidden
    clear = draft.shift is not None and draft.shift.verdict in ("clear", "alert")
    return Line(
        id=draft.id,
        name=draft.name,
        n=None if draft.hidden and n >= MIN_SHOWN else n,
        days=draft.days,
        shown=nps.shown(score) if is_shown and score is not None else None,
        interval=nps.interval(draft.tally) if is_shown else None,
        shift=draft.shift,
        fair=fairness.fair(session, "team", draft.id, until, draft.days) if is_shown else None,
        believed=believed and clear,
        note=_note(draft, believed=believed, clear=clear),
    )


def _note(draft: _Draft, *, believed: bool, clear: bool) -> str:
    n = draft.tally.n
    if n < MIN_SHOWN:
        return nps.collecting(n)
    if draft.hidden:
        return "not shown: a team too small to show could be computed from it"
    if clear and not believed:
        return "a clear change for one team, but among so many teams chance makes one"
    wide = f"over {draft.days} days, because {draft.base} had too few answers"
    return wide if draft.days > draft.base else ""
