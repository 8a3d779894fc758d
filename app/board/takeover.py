"""Takeover: a new hero comes between a wall's scenes, picked or nominated; when, and how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.board.celebrated import nominated, picked
from app.board.plan import Step, Takeover, Timeline
from app.board.scene import Stage

SECONDS = 10
# At most one of them in so long.
PAUSE = timedelta(minutes=1)
# Its picture travels with the news, and is shown within two seconds of a lead's press.
TRAVEL = timedelta(seconds=1)
# What is being read is not taken away.
UNINTERRUPTED = frozenset({"story"})
SCENE = "hero"


@dataclass(frozen=True)
class Watch:
    """What a board has seen: its pick, its nominations, and when the last takeover ended."""

    hero_id: int | None
    ended_at: datetime | None = None
    honours: frozenset[int] = frozenset()


def watch(
    session: Session, stage: Stage, timeline: Timeline, seen: Watch | None
) -> tuple[Timeline, Watch]:
    """The timeline with a takeover when there is a new hero since this board was last looked at.

    A board that is looked at for the first time has no news, and one that does not show heroes or
    is asleep none either.
    """
    hero = picked(session, stage)
    now_id = hero.id if hero else None
    ids = [one.id for one in nominated(session, stage)]
    if seen is None:
        return timeline, Watch(now_id, honours=frozenset(ids))
    fresh = [one for one in ids if one not in seen.honours]
    if not fresh and now_id in (None, seen.hero_id):
        return timeline, seen
    if timeline.takeover or not timeline.shows(SCENE):
        return timeline, seen
    # The pick is the last item of the scene; of two novelties the other waits its minute.
    item = ids.index(fresh[0]) if fresh else len(ids)
    found = between(timeline, stage.now, seen.ended_at, item)
    seen = replace(seen, ended_at=found.ends)
    if fresh:
        seen = replace(seen, honours=seen.honours | {fresh[0]})
    else:
        seen = replace(seen, hero_id=now_id)
    return replace(timeline, takeover=found), seen


def between(
    timeline: Timeline, now: datetime, ended_at: datetime | None, item: int = 0
) -> Takeover:
    """When a hero may come between: after what is being read, and a minute after the last one."""
    at = now + TRAVEL
    if ended_at is not None:
        at = max(at, ended_at + PAUSE)
    step, ends = timeline.on_show(at)
    if step.scene in UNINTERRUPTED:
        at = ends
    return Takeover(at, Step(SCENE, item, SECONDS, personal=True))
