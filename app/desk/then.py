"""/numbers/then: what a wall showed at an earlier moment, and why; replayed from the ledger."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import paint
from app.board.models import Board
from app.board.scene import Stage, stage_of
from app.errors import CheerboardError, NotFoundError
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Team
from app.responses.models import LedgerEntry
from app.responses.voice import Voice
from app.scores import cover, nps, past, tallies
from app.scores.nps import Tally
from app.stories import listing
from app.stories.models import Story

router = APIRouter(prefix="/numbers", include_in_schema=False)
# Ledger steps before the moment that are told one by one, and how far back they are looked for.
TOLD, LOOKED_AT = 10, 500
STORIES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the ledger, in words."""

    at: datetime
    what: str
    score: int | None
    kind: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Then:
    """What a board said at `at`; `now` is the same window as it is known today."""

    at: datetime
    stage: Stage
    tally: Tally
    now: Tally
    steps: tuple[Step, ...]
    stories: tuple[listing.StoryView, ...]
    is_hidden: bool = False

    @property
    def shown(self) -> str | None:
        score = nps.nps(self.tally)
        return None if score is None or self.tally.n < nps.MIN_SHOWN else nps.shown(score)

    @property
    def between(self) -> tuple[str, str] | None:
        ends = nps.interval(self.tally)
        return (nps.shown(ends[0]), nps.shown(ends[1])) if ends else None


@router.get("/then")
def then(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("scores.read"))],
    board: str = "",
    at: str = "",
) -> Response:
    """`at` is a local time such as `2026-11-17T14:00`, on the clock of that board."""
    with db.read() as session:
        boards = session.scalars(select(Board).order_by(Board.title, Board.slug)).all()
        found = _then(session, actor, board, at) if board and at else None
        return web.page(
            request,
            "desk/then.html",
            actor=actor,
            here="numbers",
            boards=boards,
            board=board,
            at=at,
            then=found,
            shown=nps.shown,
        )


def _then(session: Session, actor: Actor, slug: str, text: str) -> Then:
    board = paint.board_of(session, slug)
    if board is None:
        raise NotFoundError("There is no board of this name.")
    stage = stage_of(session, board)
    at = moment(text, stage.timezone)
    until = at.astimezone(ZoneInfo(stage.timezone)).date()
    days, scope, scope_id = stage.window_days, stage.scope, stage.scope_id
    covers = cover.covers(session, [until, stage.today], days)
    teams = covers[0].teams | covers[1].teams
    dark = any(cover.is_covered(session, scope, scope_id, [until, stage.today], days))
    local = at.astimezone(ZoneInfo(stage.timezone))
    stories = _stories(session, actor, stage, at)
    if dark:
        return Then(local, stage, Tally(), Tally(), (), stories, is_hidden=True)
    return Then(
        at=local,
        stage=stage,
        tally=past.as_known(session, scope, scope_id, until=until, days=days, at=at),
        now=tallies.rolling(session, scope, scope_id, until, days),
        steps=_steps(session, stage, at, teams),
        stories=stories,
    )


def moment(text: str, zone: str) -> datetime:
    """A local time on that clock, as UTC. Raises CheerboardError for none, or one to come."""
    try:
        local = datetime.fromisoformat(text)
        at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CheerboardError("Say when, such as 2026-11-17T14:00.") from None
    if at.year < 2000 or at > clock.now():
        raise CheerboardError("No wall has shown that yet.")
    return at


def _steps(
    session: Session, stage: Stage, at: datetime, unnamed: frozenset[int]
) -> tuple[Step, ...]:
    """The last changes that this wall heard of before; teams that are hidden are not named."""
    rows = session.execute(
        select(LedgerEntry.at, LedgerEntry.before, LedgerEntry.after)
        .where(LedgerEntry.at <= at, LedgerEntry.at > at - timedelta(days=stage.window_days))
        .order_by(LedgerEntry.id.desc())
        .limit(LOOKED_AT)
    )
    named = session.execute(select(Team.id, Team.name).where(Team.id.not_in(unnamed)))
    teams = {row[0]: row[1] for row in named}
    steps = (_step(row, stage, teams) for row in rows)
    return tuple(step for step in steps if step is not None)[:TOLD]


def _step(row: Any, stage: Stage, teams: dict[int, str]) -> Step | None:
    before, after = row.before, row.after
    voice = after or before
    if voice is None or not any(_is_here(one, stage) for one in (before, after)):
        return None
    at = row.at.astimezone(ZoneInfo(stage.timezone))
    team = teams.get(voice.team_id) if voice.team_id else None
    return Step(at, _what(before, after), voice.score, nps.category(voice.score), team)


def _what(before: Voice | None, after: Voice | None) -> str:
    if before is None:
        return "came in"
    if after is None:
        return "was taken out"
    return "moved" if before.score == after.score else f"was {before.score} before"


def _is_here(voice: Voice | None, stage: Stage) -> bool:
    if voice is None:
        return False
    return stage.scope == "company" or getattr(voice, f"{stage.scope}_id") == stage.scope_id


def _stories(
    session: Session, actor: Actor, stage: Stage, at: datetime
) -> tuple[listing.StoryView, ...]:
    """Those that were out then; of a story that was out twice only the last time is known."""
    out = (
        Story.released_at <= at,
        or_(Story.recalled_at.is_(None), Story.recalled_at > at),
        Story.state.in_(("released", "recalled")),
    )
    teams = actor.team_ids if actor.role == "lead" else frozenset()
    found = listing.of_teams(
        session, teams, *out, *listing.within(stage.scope, stage.scope_id), limit=STORIES
    )
    return tuple(found)
