"""Takeover: a new hero comes between the scenes of a wall; when it may, and for how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.board.plan import Step, Takeover, Timeline
from app.board.scene import Stage
from app.heroes.listing import current

SECONDS = 10
# At most one of them in so long.
PAUSE = timedelta(minutes=1)
# Its picture travels before it is shown.
TRAVEL = timedelta(seconds=4)
# What is being read is not taken away.
UNINTERRUPTED = frozenset({"story"})
SCENE = "hero"


@dataclass(frozen=True)
class Watch:
    """What a board has seen: its hero, and when the last takeover ended."""

    hero_id: int | None
    ended_at: datetime | None = None


def watch(
    session: Session, stage: Stage, timeline: Timeline, seen: Watch | None
) -> tuple[Timeline, Watch]:
    """The timeline with a takeover when there is a new hero since this board was last looked at.

    A board that is looked at for the first time has no news, and one that does not show heroes or
    is asleep none either.
    """
    hero = current(session, stage.today, stage.audience, scope=stage.scope, scope_id=stage.scope_id)
    now_id = hero.id if hero else None
    if seen is None:
        return timeline, Watch(now_id)
    if now_id is None or now_id == seen.hero_id:
        return timeline, replace(seen, hero_id=now_id or seen.hero_id)
    if timeline.takeover or not _shows_heroes(timeline, stage.now):
        return timeline, seen
    found = between(timeline, stage.now, seen.ended_at)
    return replace(timeline, takeover=found), Watch(now_id, found.ends)


def between(timeline: Timeline, now: datetime, ended_at: datetime | None) -> Takeover:
    """When a hero may come between: after what is being read, and a minute after the last one."""
    at = now + TRAVEL
    if ended_at is not None:
        at = max(at, ended_at + PAUSE)
    step, ends = timeline.on_show(at)
    if step.scene in UNINTERRUPTED:
        at = ends
    return Takeover(at, Step(SCENE, 0, SECONDS, personal=True))


def _shows_heroes(timeline: Timeline, now: datetime) -> bool:
    plans = (timeline.at(now), timeline.coming)
    return any(step.scene == SCENE for plan in plans if plan for step in plan.steps)
