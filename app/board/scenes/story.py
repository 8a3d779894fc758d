"""Story: a customer's own words, released by a person, and nothing else."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import reading, wording
from app.board.scene import Scene, Stage
from app.language import gettext as _
from app.scores.nps import category
from app.stories.freshness import once_a_week
from app.stories.listing import StoryView, released

LONGEST = 400
IN_ROTATION = 5
# The newest, of which nobody's second one within a week is shown.
LOOKED_AT = 20
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
    stories = _released(session, stage)
    return Tale(told(stories[stage.item % len(stories)], _room(stage)) if stories else None)


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    """Each story stays as long as it takes to read it from across the room."""
    tales = [told(story, _room(stage)) for story in _released(session, stage)]
    return tuple(reading.seconds(tale.words, tale.line) for tale in tales)


def _room(stage: Stage) -> int:
    """The characters there is room for in type that grows with the wall's scale."""
    return int(LONGEST / stage.scale**1.7)


def told(story: StoryView, room: int = LONGEST) -> Told:
    """A story as drawn; who may not know team and site has none in the view."""
    words = wording.cut(story.text, room)
    score = story.score or 0
    return Told(
        words=words,
        language=story.language,
        kind=category(score),
        step=next(step for most, step in TYPE_STEPS if len(words) <= most),
        line=" · ".join(filter(None, (_("Score %(score)s", score=score), story.team, story.site))),
    )


def _released(session: Session, stage: Stage) -> list[StoryView]:
    newest = released(
        session, stage.audience, scope=stage.scope, scope_id=stage.scope_id, limit=LOOKED_AT
    )
    return once_a_week(newest)[:IN_ROTATION]


scene = Scene(
    name="story",
    title="Customer story",
    topics=frozenset({"stories", "responses", "people"}),
    dwell=20,
    look=look,
    steps=steps,
)
