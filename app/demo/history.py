"""Weeks that never were: answers through the real ledger, stories, a hero."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.demo import voices
from app.demo.company import COLLEAGUES, SURVEY, Colleague, Keys
from app.heroes.picking import pick_week
from app.people import roster
from app.people.roster import Roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
from app.responses.models import Response
from app.scores import tallies
from app.stories import candidates, unread
from app.stories.models import Story
from app.stories.release import release

DAYS = 91
A_DAY = 36
BATCH = 500
# Words older than this are history: nobody would release them now.
STORY_DAYS = 4
RELEASED = 4


def write(db: Database, keys: Keys, dice: random.Random) -> int:
    """Tells the past of the company; how many answers it holds."""
    with db.read() as session:
        known = roster.load(session)
    said = answers(dice, DAYS, COLLEAGUES)
    waiting = iter(said)
    while batch := list(islice(waiting, BATCH)):
        with db.write.begin() as session:
            take_in(session, keys.source_id, batch, known)
    hang_stories(db, keys.source_id, keys.lead_id)
    return len(said)


def answers(dice: random.Random, days: int, staff: Sequence[Colleague]) -> list[Answer]:
    """What customers of these colleagues said in the last so many days, oldest first."""
    now = clock.now()
    said = _answers(dice, now, days, staff)
    return sorted(said, key=lambda one: one.submitted_at or now)


def _answers(
    dice: random.Random, now: datetime, days: int, staff: Sequence[Colleague]
) -> Iterator[Answer]:
    number = 0
    for back in range(days):
        # A company that slowly gets better, and is quieter at the weekend.
        drift = 0.16 * (1 - back / DAYS) - 0.09
        day = now - timedelta(days=back)
        quiet = 0.35 if day.weekday() >= 5 else 1.0
        for _ in range(round(A_DAY * quiet * dice.uniform(0.7, 1.3))):
            at = day - timedelta(minutes=dice.uniform(3, 24 * 60))
            number += 1
            yield _answer(dice, f"h-{number}", at, drift, staff)


def _answer(
    dice: random.Random, response_id: str, at: datetime, drift: float, staff: Sequence[Colleague]
) -> Answer:
    colleague = dice.choices(staff, [one.busy for one in staff])[0]
    given = voices.score(dice, colleague.warmth + drift)
    name, email = voices.customer(dice)
    return Answer(
        response_id=response_id,
        score=given,
        comment=voices.comment(dice, given, colleague.name),
        name=name,
        email=email,
        submitted_at=at,
        survey_id=SURVEY,
        channel=dice.choice(("email", "sms", "tablet")),
        attributes={"employee": colleague.name, "store": colleague.site},
    )


def take_in(session: Session, source_id: int, batch: Sequence[Answer], known: Roster) -> None:
    """Counts these answers, in the caller's transaction; fresh words wait to be read."""
    recent = clock.now() - timedelta(days=STORY_DAYS)
    entries = [Entry(source_id, None, one.submitted_at or clock.now(), one) for one in batch]
    changes = ledger.record(session, entries, known)
    tallies.apply(session, changes)
    if any(one.submitted_at and one.submitted_at > recent for one in batch):
        candidates.consider(session, changes)


def hang_stories(db: Database, source_id: int, account_id: int) -> None:
    """Reads what waits, releases the best that this source brought, and picks the week's hero."""
    while unread.read_some(db):
        pass
    with db.write.begin() as session:
        best = (
            select(Story.id)
            .join(Response, Response.id == Story.response_id)
            .where(Story.state == "candidate", Response.source_id == source_id)
            .order_by(Story.rank.desc())
            .limit(RELEASED)
        )
        for story_id in session.scalars(best).all():
            release(session, story_id, account_id)
        pick_week(session, clock.now())
