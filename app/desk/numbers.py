"""/numbers: a score with everything that belongs beside it, for whoever leads or reads along."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import web
from app.board import benchmarks
from app.desk import charts, parts
from app.desk.question import WINDOWS, Asked, answered
from app.people.authorize import Actor, may
from app.people.doors import May
from app.people.models import Company
from app.responses import invitations
from app.responses.models import Response as Answer
from app.scores import cover, fairness, nps, tallies, weights
from app.scores.models import DailyTally
from app.scores.summary import Summary
from app.scores.window import Window

router = APIRouter(prefix="/numbers", include_in_schema=False)
Reader = Annotated[Actor, Depends(May("scores.read"))]
# Windows of the trend, one a week.
POINTS = 13


@router.get("")
def numbers(request: Request, db: web.Db, actor: Reader, question: Asked) -> Response:
    with db.read() as session:
        company, found = answered(session, question)
        return web.page(
            request,
            "desk/numbers.html",
            actor=actor,
            here="numbers",
            question=question,
            windows=WINDOWS if company.window_days in WINDOWS else (company.window_days, *WINDOWS),
            number=found,
            company=company,
            change=change(found),
            fair=fair(session, found),
            weighted=weighted(session, found),
            rungs=_rungs(session, company, found),
            parts=parts.parts(session, company, found),
            may_read_answers=may(actor, "answers.read"),
            shown=nps.shown,
            **_pictures(session, company, found),
        )


def fair(session: Session, found: Summary) -> fairness.Fair | None:
    """The standardised score beside the number; None when there is no need, or it is hidden."""
    if found.is_hidden:
        return None
    window = found.window
    return fairness.fair(session, found.scope, found.scope_id, window.until, window.days)


def weighted(session: Session, found: Summary) -> str:
    """The score with the company's weights, as a sentence; empty where there is none to say."""
    if found.shown is None:
        return ""
    window = found.window
    return weights.sentence(session, found.scope, found.scope_id, window.until, window.days)


def change(found: Summary) -> str:
    """The change as a sentence that claims no more than chance allows."""
    shift, days = found.change, found.window.days
    if shift is None or shift.verdict == "too_few":
        return f"Too few answers to compare with the {days} days before."
    points = nps.shown(shift.delta).lstrip("+\N{MINUS SIGN}")
    before = f"the {days} days before ({nps.shown(nps.nps(found.before) or 0)})"
    if shift.verdict == "none":
        return f"No more than chance away from {before}."
    way = "Up" if shift.delta > 0 else "Down"
    return f"{way} {points} on {before}; by chance alone that happens in {_odds(shift.p)}."


def _odds(p: float) -> str:
    """A probability in words: "2 of 100 cases"."""
    return f"{round(100 * p)} of 100 cases" if p >= 0.005 else "less than 1 of 100 cases"


def _rungs(session: Session, company: Company, found: Summary) -> list[tuple[str, str, str]]:
    """Name, value and standing of the target and the benchmarks; only for a score that is shown."""
    if found.shown is None:
        return []
    rungs = [("Target", float(company.target))] if company.target is not None else []
    rungs += [
        (f"{one.name}, {one.year} ({one.source})", one.value)
        for one in benchmarks.drawn(session)
        if one.value is not None
    ]
    return [(name, nps.shown(value), _standing(value, found)) for name, value in rungs]


def _standing(value: float, found: Summary) -> str:
    low, high = found.interval or (0.0, 0.0)
    if low > value:
        return "surely above"
    return "surely below" if high < value else "level within the uncertainty"


def _pictures(session: Session, company: Company, found: Summary) -> dict[str, Any]:
    window = found.window
    points = tallies.trend(
        session, found.scope, found.scope_id, window.until, days=window.days, points=POINTS
    )
    points = cover.uncover(session, found.scope, found.scope_id, points, window.days)
    coverage = invitations.coverage(
        session, found.scope, found.scope_id, window.start, window.until
    )
    enough = found.shown is not None
    return {
        "trend": charts.trend(points, company.target),
        "distribution": charts.bars(distribution(session, found)) if enough else [],
        "volume": charts.bars(volume(session, found), height=48),
        "coverage": coverage,
    }


def distribution(session: Session, found: Summary) -> list[tuple[str, int, str]]:
    """How many answers gave each score of 0 to 10."""
    own = [] if found.scope == "company" else [
        getattr(Answer, f"{found.scope}_id") == found.scope_id
    ]  # fmt: skip
    rows = session.execute(
        select(Answer.score, func.count())
        .where(Answer.status == "counted", *within(found.window), *own)
        .group_by(Answer.score)
    )
    counts = {row[0]: row[1] for row in rows}
    return [(str(score), counts.get(score, 0), nps.category(score)) for score in range(11)]


def within(window: Window) -> list[Any]:
    """Answers of a window; their time, which has an index, stands beside their local date."""
    day = timedelta(days=1)
    return [
        Answer.answered_on.between(window.start, window.until),
        Answer.submitted_at.between(_at(window.start - day), _at(window.end + day)),
    ]


def volume(session: Session, found: Summary) -> list[tuple[str, int, str]]:
    """Answers a day; of a long window a week, so that a phone has room for the bars."""
    n = func.sum(DailyTally.promoters + DailyTally.passives + DailyTally.detractors)
    rows = session.execute(
        select(DailyTally.day, n)
        .where(
            DailyTally.scope == found.scope,
            DailyTally.scope_id == found.scope_id,
            DailyTally.day.between(found.window.start, found.window.until),
        )
        .group_by(DailyTally.day)
    )
    daily = {row[0]: int(row[1]) for row in rows}
    step = 1 if found.window.days <= 35 else 7
    ends = [found.window.until - timedelta(days=back) for back in range(0, found.window.days, step)]
    return [(_said(end), _sum(daily, end, step), "") for end in reversed(ends)]


def _sum(daily: dict[date, int], end: date, step: int) -> int:
    return sum(daily.get(end - timedelta(days=back), 0) for back in range(step))


def _said(day: date) -> str:
    return f"{day.day} {day:%b}"


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
