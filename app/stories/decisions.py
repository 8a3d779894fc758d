"""Decisions: what a lead does with a story, once, whoever else presses; undone within 10 s.

Every decision says what the lead saw. When the story is something else by then, somebody was first:
nothing happens, and the answer says who it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from app import clock
from app.errors import CheerboardError
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor
from app.stories import cutting, lessons, release
from app.stories.models import Story

What = Literal["release", "recall", "hold", "wait", "cut", "undo"]
Place = Literal["unread", "waiting", "held", "released", "recalled"]

# What a decision makes of a story.
_GOAL: dict[str, Place] = {
    "release": "released",
    "recall": "recalled",
    "hold": "held",
    "wait": "waiting",
}
UNDO = timedelta(seconds=10)
# A press of the tenth second takes its time through the network.
GRACE = timedelta(seconds=2)
_KEPT = ("state", "released_at", "released_by", "recalled_at", "held_at", "reasons", "cut")
_TIMES = ("released_at", "recalled_at", "held_at")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_done`: this press, or an earlier one of the same person, had its effect.

    Else `who` was first and did `what`, at `at`.
    """

    is_done: bool
    who: str = ""
    what: str = ""
    at: datetime | None = None


DONE = Outcome(is_done=True)


def place(story: Story) -> Place:
    """Where a story stands for those at the desk: a candidate waits, or is held."""
    if story.state == "candidate":
        return "held" if story.held_at else "waiting"
    known: Place = story.state  # type: ignore[assignment]  # the table allows no other
    return known


def decide(
    session: Session, actor: Actor, story_id: int, what: What, *, seen: str = "", left: str = ""
) -> Outcome:
    """Carries out what a lead decided, writes it down, and tells the walls.

    `seen` is the place the story had on the lead's page (empty: whatever it has), `left` the words
    that a cut leaves. Raises NotFoundError, ForbiddenError for another team's story, and
    CheerboardError (409) when it cannot be.
    """
    story = release.locked(session, story_id)
    release.authorize_for(session, actor, _action(what), story_id)
    before = place(story)
    if what == "undo":
        return _undo(session, actor, story)
    if before == _GOAL.get(what):
        return _again(story, actor)
    if seen and seen != before:
        return newest(story)
    kept = {name: getattr(story, name) for name in _KEPT}
    _act(session, actor, story, what, left)
    session.refresh(story)
    story.decided = _written(actor, what, kept)
    session.flush()
    _record(session, actor, story, what, kept)
    lessons.keep(session, story, actor.account_id, what)
    if "released" in (before, story.state):
        announce(session, "stories")
    return DONE


def is_undoable(story: Story, actor: Actor) -> bool:
    """Whether this actor's undo would work now."""
    decided = story.decided or {}
    return _is_by(decided, actor) and clock.now() <= _at(decided) + UNDO + GRACE


def _act(session: Session, actor: Actor, story: Story, what: What, left: str) -> None:
    match what:
        case "release":
            release.release(session, story.id, actor.account_id)
        case "recall":
            release.recall(session, story.id)
        case "cut":
            story.cut = cutting.cut(story.text, left)
        case "hold" | "wait" if story.state == "candidate":
            story.held_at = clock.now() if what == "hold" else None
        case _:
            raise CheerboardError("Only a story that waits can be held.", status=409)
    session.flush()


def _undo(session: Session, actor: Actor, story: Story) -> Outcome:
    """Puts back what was; a story goes back on a wall only if its answer still lets it."""
    decided = story.decided or {}
    if not _is_by(decided, actor):
        return newest(story) if decided else DONE
    if clock.now() > _at(decided) + UNDO + GRACE:
        raise CheerboardError("Ten seconds are over; this cannot be undone any more.", status=409)
    now = {name: getattr(story, name) for name in _KEPT}
    kept = dict(decided["kept"])
    for name in _TIMES:
        kept[name] = datetime.fromisoformat(kept[name]) if kept[name] else None
    if kept["state"] == "released" and story.state != "released":
        release.release(session, story.id, kept["released_by"])
        session.refresh(story)
    for name, value in kept.items():
        setattr(story, name, value)
    story.decided = None
    session.flush()
    _record(session, actor, story, "undo", now)
    lessons.keep(session, story, actor.account_id, "undo")
    announce(session, "stories")
    return DONE


def _again(story: Story, actor: Actor) -> Outcome:
    """A second press: the first one was this person's own, nobody's known, or somebody else's."""
    decided = story.decided
    return DONE if not decided or _is_by(decided, actor) else newest(story)


def newest(story: Story) -> Outcome:
    """The last decision about a story, for those who came second; nobody's when there is none."""
    decided, now = story.decided, place(story)
    if not decided or _GOAL.get(decided["what"], now) != now:  # its answer changed since
        return Outcome(is_done=False, what=now)
    return Outcome(is_done=False, who=decided["who"], what=decided["what"], at=_at(decided))


def _written(actor: Actor, what: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "what": what,
        "who": actor.name,
        "account_id": actor.account_id,
        "at": clock.now().isoformat(),
        "kept": {
            name: one.isoformat() if isinstance(one, datetime) else one
            for name, one in kept.items()
        },
    }


def _record(
    session: Session, actor: Actor, story: Story, what: str, before: Mapping[str, Any]
) -> None:
    """Never a customer's word: of a cut only how many words are left."""
    audit.record(
        session,
        actor,
        _action(what),
        f"story {story.id}",
        {"what": None, **_told(before["state"], before["held_at"], story.text, before["cut"])},
        {"what": what, **_told(story.state, story.held_at, story.text, story.cut)},
    )


def _told(state: str, held_at: datetime | None, text: str, cut: str | None) -> dict[str, Any]:
    words = cutting.shown(text, cut).split()
    return {"state": "held" if held_at and state == "candidate" else state, "words": len(words)}


def _action(what: str) -> str:
    return "stories.recall" if what == "recall" else "stories.release"


def _is_by(decided: Mapping[str, Any], actor: Actor) -> bool:
    mine = decided.get("account_id"), decided.get("who")
    return bool(decided) and mine == (actor.account_id, actor.name)


def _at(decided: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(decided["at"])
