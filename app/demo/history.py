"""Thirteen weeks that never were: answers through the real ledger, stories, a hero."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from app import clock
from app.db import Database
from app.demo import voices
from app.demo.company import COLLEAGUES, SURVEY, Keys
from app.heroes.picking import pick_week
from app.people import roster
from app.people.roster import Roster
from app.responses import ledger
from app.responses.answer import Answer
from app.responses.ledger import Entry
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
    said = sorted(_answers(dice, clock.now()), key=lambda one: one.submitted_at or clock.now())
    waiting = iter(said)
    while batch := list(islice(waiting, BATCH)):
        _take_in(db, keys.source_id, batch, known)
    _hang_stories(db, keys)
    return len(said)


def _answers(dice: random.Random, now: datetime) -> Iterator[Answer]:
    number = 0
    for back in range(DAYS):
        # A company that slowly gets better, and is quieter at the weekend.
        drift = 0.16 * (1 - back / DAYS) - 0.09
        day = now - timedelta(days=back)
        quiet = 0.35 if day.weekday() >= 5 else 1.0
        for _ in range(round(A_DAY * quiet * dice.uniform(0.7, 1.3))):
            at = day - timedelta(minutes=dice.uniform(3, 24 * 60))
            number += 1
            yield _answer(dice, f"h-{number}", at, drift)


def _answer(dice: random.Random, response_id: str, at: datetime, drift: float) -> Answer:
    colleague = dice.choices(COLLEAGUES, [one.busy for one in COLLEAGUES])[0]
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


def _take_in(db: Database, source_id: int, batch: Sequence[Answer], known: Roster) -> None:
    recent = clock.now() - timedelta(days=STORY_DAYS)
    fresh = [one for one in batch if one.submitted_at and one.submitted_at > recent]
    with db.write.begin() as session:
        entries = [Entry(source_id, None, one.submitted_at or clock.now(), one) for one in batch]
        changes = ledger.record(session, entries, known)
        tallies.apply(session, changes)
        if fresh:
            candidates.consider(session, changes)


def _hang_stories(db: Database, keys: Keys) -> None:
    while unread.read_some(db):
        pass
    with db.write.begin() as session:
        best = select(Story.id).where(Story.state == "candidate").order_by(Story.rank.desc())
        for story_id in session.scalars(best.limit(RELEASED)).all():
            release(session, story_id, keys.lead_id)
        pick_week(session, clock.now())
