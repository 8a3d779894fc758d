"""Lessons: what was decided about which words, kept for a rule that may learn from it one day."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.stories.models import Story, StoryDecision
from app.text import gate

AUTOMATIC = "automatic"


def keep(session: Session, story: Story, account_id: int | None, decision: str) -> None:
    """Writes one decision down, with the words it was about; erased with the customer's answer.

    `decision` is release, recall, hold, wait, cut or undo, or `automatic` without an account.
    """
    session.add(
        StoryDecision(
            response_id=story.response_id,
            account_id=account_id,
            at=clock.now(),
            decision=decision,
            text=story.text,
            rule=story.rule,
            features=features(story),
        )
    )


def features(story: Story) -> dict[str, Any]:
    """What can be measured of a story's words, and what the gate said of them."""
    return {
        "language": story.language,
        "rank": story.rank,
        "characters": len(story.text),
        "words": gate.words(story.text),
        "is_against_score": story.is_against_score,
        "reasons": [one for one in story.reasons if not one.startswith("recalled: ")],
    }


def count(session: Session) -> dict[str, int]:
    """How many decisions of each kind there are."""
    rows = session.execute(
        select(StoryDecision.decision, func.count()).group_by(StoryDecision.decision)
    )
    return {row[0]: row[1] for row in rows}
