"""Story: a customer's own words, released by a person, and nothing else."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.board import wording
from app.board.scene import Scene, Stage
from app.people.models import Site, Team
from app.responses.models import Response
from app.scores.nps import category
from app.stories.models import Story

LONGEST = 400
IN_ROTATION = 5
# The type size by the length of the words: up to so many characters, this step.
TYPE_STEPS = ((60, 1), (120, 2), (200, 3), (300, 4), (LONGEST, 5))


@dataclass(frozen=True)
class Told:
    """`step` is the type size; `line` says where the words come from, as the audience may know."""

    words: str
    language: str | None
    kind: str
    step: int
    line: str


@dataclass(frozen=True)
class Tale:
    """One released story; None while there is none."""

    told: Told | None


def look(session: Session, stage: Stage) -> Tale:
    rows = session.execute(_released(stage)).all()
    return Tale(told(rows[stage.item % len(rows)], stage.audience) if rows else None)


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    """Each story stays as long as it takes to read it from across the room."""
    rows = session.execute(_released(stage)).all()
    return tuple(reading_seconds(wording.cut(row.text, LONGEST)) for row in rows)


def told(row: Row[Any], audience: str) -> Told:
    """What a board of that audience shows of a story: visitors read neither team nor site."""
    words = wording.cut(row.text, LONGEST)
    score = row.score or 0
    facts = [f"Score {score}"]
    if audience == "staff":
        facts += [name for name in (row.team, row.site) if name]
    return Told(
        words=words,
        language=row.language,
        kind=category(score),
        step=next(step for most, step in TYPE_STEPS if len(words) <= most),
        line=" · ".join(facts),
    )


def reading_seconds(words: str) -> int:
    """140 words a minute at a distance after four seconds of finding it; 12 to 40 s."""
    return max(12, min(40, round(4 + 0.43 * len(words.split()))))


def _released(stage: Stage) -> Select[*tuple[Any, ...]]:
    """The newest released stories of the board's scope; the street sees consented ones only."""
    query = (
        select(
            Story.text,
            Story.language,
            Response.score,
            Team.name.label("team"),
            Site.name.label("site"),
        )
        .join(Response, Response.id == Story.response_id)
        .outerjoin(Team, Team.id == Response.team_id)
        .outerjoin(Site, Site.id == Response.site_id)
        .where(Story.state == "released", Response.status == "counted")
        .order_by(Story.released_at.desc(), Story.id.desc())
        .limit(IN_ROTATION)
    )
    if stage.audience == "street":
        query = query.where(Response.consent.is_(True))
    if stage.scope == "team":
        query = query.where(Response.team_id == stage.scope_id)
    if stage.scope == "site":
        query = query.where(Response.site_id == stage.scope_id)
    return query


scene = Scene(
    name="story",
    title="Customer story",
    topics=frozenset({"stories", "responses"}),
    dwell=20,
    look=look,
    steps=steps,
)
