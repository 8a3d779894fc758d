"""A lead's decision: release a story to the walls, or recall it. Compare-and-set."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people.authorize import Actor, authorize
from app.responses.models import Response
from app.stories import candidates
from app.stories.candidates import RECALLED
from app.stories.models import Story

BY_A_LEAD = "a lead took it off"


def release(session: Session, story_id: int, account_id: int | None = None) -> None:
    """Lets walls show a story, from now on; a second press changes nothing.

    Raises NotFoundError for an unknown id, and a 409 when the answer behind it may not be shown:
    it was withdrawn, does not count, or its words or score are no story any more.
    """
    story = locked(session, story_id)
    if story.state == "released":
        return
    if reason := _why_not(session, story):
        raise CheerboardError(f"This story cannot be released: {reason}.", status=409)
    moved = session.connection().execute(
        update(candidates.STORY)
        .where(candidates.STORY.c.id == story_id, candidates.STORY.c.state == story.state)
        .values(
            state="released",
            released_at=clock.now(),
            released_by=account_id,
            recalled_at=None,
            reasons=[one for one in story.reasons if not one.startswith(RECALLED)],
        )
    )
    session.expire(story)
    if moved.rowcount:
        announce(session, "stories")


def recall(session: Session, story_id: int, reason: str = BY_A_LEAD) -> None:
    """Takes a story off every wall, or turns a candidate down; a second press changes nothing.

    Raises NotFoundError for an unknown id.
    """
    story = locked(session, story_id)
    moved = session.connection().execute(
        update(candidates.STORY)
        .where(candidates.STORY.c.id == story_id, candidates.STORY.c.state != "recalled")
        .values(
            state="recalled",
            recalled_at=clock.now(),
            reasons=[*story.reasons, f"{RECALLED}{reason}"],
        )
    )
    session.expire(story)
    if moved.rowcount:
        announce(session, "stories")


def authorize_for(session: Session, actor: Actor, action: str, story_id: int) -> None:
    """Whether this actor may do that to this story: a lead's own teams, as its answer names them.

    Raises ForbiddenError for another team's; an unknown story is nobody's, and is not found later.
    """
    answer = select(Response).join(Story, Story.response_id == Response.id)
    authorize(actor, action, session.scalar(answer.where(Story.id == story_id)))


def locked(session: Session, story_id: int) -> Story:
    """The story as it is now; the answer behind it cannot take its words back meanwhile."""
    story = session.get(Story, story_id, with_for_update=True, populate_existing=True)
    if story is None or story.state == "unread":
        raise NotFoundError("There is no such story.")
    return story


def _why_not(session: Session, story: Story) -> str | None:
    answer = session.get_one(Response, story.response_id, populate_existing=True)
    row = {column.name: getattr(answer, column.name) for column in Response.__table__.columns}
    return candidates.refusal(session, row)
