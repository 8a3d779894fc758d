"""A company at the desk: people, answers, stories in every state, boards. Texts are invented."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.board.models import Board
from app.responses.models import Response
from app.scores.models import DailyTally
from app.stories.models import Story
from tests import make

TEXT = (
    "The technician took his shoes off, found the fault two others missed, and stayed to show my "
    "mother how to reset it herself. Thank you!"
)


def northwind(session: Session) -> None:
    """The company with its first site."""
    make.company(session, timezone="Europe/Berlin")


def story(
    session: Session,
    text: str = TEXT,
    *,
    state: str = "candidate",
    score: int = 10,
    reasons: Sequence[str] = ("one concrete thing happened", "a finished sentence"),
    person: Any = None,
    **facts: Any,
) -> Story:
    """A story and the counted answer behind it."""
    now = clock.now()
    source = make.source(session, name=f"survey {_next(session)}")
    answer = Response(
        source_id=source.id,
        external_id="r",
        score=score,
        comment=text,
        attributes={},
        submitted_at=now,
        answered_on=now.date(),
        status="counted",
        stored_at=now,
        person_id=person.id if person else None,
        team_id=person.team_id if person else None,
    )
    session.add(answer)
    session.flush()
    made = Story(
        response_id=answer.id,
        state=state,
        text=text,
        language="en",
        rank=70.0,
        reasons=list(reasons),
        rule="test",
        created_at=facts.pop("created_at", now),
        released_at=now if state == "released" else None,
        recalled_at=now if state == "recalled" else None,
        **facts,
    )
    session.add(made)
    session.flush()
    return made


def voices(session: Session, promoters: int, passives: int, detractors: int) -> None:
    """What the company's customers said on one day of the window."""
    day: date = clock.now().date() - timedelta(days=1)
    session.add(
        DailyTally(
            scope="company",
            scope_id=1,
            day=day,
            segment="|",
            promoters=promoters,
            passives=passives,
            detractors=detractors,
        )
    )


def board(session: Session, slug: str, title: str, audience: str = "staff") -> None:
    session.add(Board(slug=slug, title=title, scenes=["pulse"], audience=audience, settings={}))


def _next(session: Session) -> int:
    return session.query(Story).count() + 1
