"""First steps: what an empty desk still needs before its wall says anything, each with its page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.intake.models import Source
from app.people.authorize import Actor, may
from app.people.models import Person
from app.screens.models import Screen


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do once, and where."""

    words: str
    page: str


# In the order in which a wall comes to life: the table that is empty, who may fill it, and how.
_STEPS: tuple[tuple[type[Any], str, Step], ...] = (
    (Screen, "screens.steer", Step("Pair a TV", "/screens/pair")),
    (Source, "sources.manage", Step("Connect your surveys", "/sources/new")),
    (Person, "roster.manage", Step("Put people on the roster", "/roster#add")),
)


def first_steps(session: Session, actor: Actor) -> list[Step]:
    """What nobody has done yet and this person may do."""
    return [
        step
        for table, action, step in _STEPS
        if may(actor, action) and session.scalar(select(table.id).limit(1)) is None
    ]
