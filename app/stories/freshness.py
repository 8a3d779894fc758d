"""Freshness: what a wall has lately told, so that it tells nothing twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.responses.models import Response
from app.stories.models import Story
from app.text import likeness

# The newest stories that a new one is compared with.
COMPARED = 500
WEEK = timedelta(days=7)
# Points of rank that a colleague's story loses for each other one of the last seven days.
LESS = 10.0

_shingles = lru_cache(maxsize=2 * COMPARED)(likeness.shingles)


class Named(Protocol):
    """Anything that tells of a colleague, or of nobody in particular."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def released_at(self) -> datetime | None: ...


Told = TypeVar("Told", bound=Named)


@dataclass(slots=True)
class Recent:
    """The words of the newest stories, also of those taken down, and who was told of this week."""

    texts: list[frozenset[str]] = field(default_factory=list)
    showings: dict[int, int] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """One more story that the next ones are compared with."""
        self.texts.append(_shingles(text))

    def has(self, text: str) -> bool:
        """Whether these are (nearly) the words of a story there is; Jaccard from 0.6."""
        own = _shingles(text)
        return any(likeness.likeness(own, other) >= likeness.NEAR_COPY for other in self.texts)

    def of(self, person_id: int | None) -> int:
        """How many stories about this colleague came to a wall within seven days."""
        return self.showings.get(person_id, 0) if person_id is not None else 0


def recent(session: Session, at: datetime) -> Recent:
    """What a new story is held against. Two queries, whatever was ever told."""
    found = Recent()
    texts = select(Story.text).where(Story.state != "unread").order_by(Story.id.desc())
    for text in session.scalars(texts.limit(COMPARED)):
        found.add(text)
    shown = (
        select(Response.person_id)
        .join(Story, Story.response_id == Response.id)
        .where(Story.state == "released", Story.released_at > at - WEEK)
        .where(Response.person_id.is_not(None))
    )
    for person_id in session.scalars(shown):
        if person_id is not None:
            found.showings[person_id] = found.of(person_id) + 1
    return found


def once_a_week(stories: Iterable[Told]) -> list[Told]:
    """The newest first, without a second one about the same colleague within seven days."""
    kept: list[Told] = []
    for story in stories:
        if not _is_told_already(story, kept):
            kept.append(story)
    return kept


def _is_told_already(story: Named, kept: Sequence[Named]) -> bool:
    if story.person_id is None or story.released_at is None:
        return False
    return any(
        other.person_id == story.person_id
        and other.released_at is not None
        and abs(other.released_at - story.released_at) < WEEK
        for other in kept
    )
