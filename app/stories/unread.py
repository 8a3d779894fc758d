"""Unread: the customers' words that wait to be read become candidates, or no stories."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import clock
from app.db import Database
from app.live.bus import announce
from app.people import roster
from app.people.models import Company, Person
from app.responses.models import Response
from app.stories import candidates, consent, freshness, lessons
from app.stories.candidates import STORY
from app.stories.freshness import Recent
from app.stories.models import Story
from app.text import known, unsafe
from app.text.gate import Verdict

TOGETHER = 20
# How far back words of begging about a colleague keep the automatic lane shut for them.
BEGGING = timedelta(days=60)
MOST_BEGGING = 200
UNASKED = "released without a reader, as the company has decided"

Row = Mapping[str, Any]
log = logging.getLogger("cheerboard.stories")

_COLUMNS = ("score", "comment", "name", "email", "attributes", "consent", "status", "source_id",
            "person_id")  # fmt: skip
_ANSWER = [Response.__table__.c[name] for name in _COLUMNS]


@dataclass(frozen=True, slots=True)
class Judged:
    """An unread story, its answer as it was read, and what becomes of it; `told` None: nothing."""

    story_id: int
    answer: Row
    told: Mapping[str, Any] | None


def count(session: Session) -> int:
    """How many wait to be read."""
    waiting = select(func.count()).select_from(Story).where(Story.state == "unread")
    return session.scalar(waiting) or 0


def read_some(database: Database, most: int = TOGETHER) -> int:
    """Reads the oldest that wait; how many were looked at.

    The reading needs no lock; what it found is written in one short transaction, and only where
    the answer is still as it was read. May run in several processes at once.
    """
    with database.read() as session:
        rows: Sequence[Any] = session.execute(
            select(STORY.c.id.label("story_id"), *_ANSWER)
            .join(Response, Response.id == STORY.c.response_id)
            .where(STORY.c.state == "unread")
            .order_by(STORY.c.id)
            .limit(most)
        ).mappings().all()  # fmt: skip
        if not rows:
            return 0
        judged = _judge(session, rows)
    with database.write.begin() as session:
        _settle(session, judged)
    return len(rows)


def _judge(session: Session, rows: Sequence[Row]) -> list[Judged]:
    names = roster.load(session).names
    rules, recent = consent.rules(session), freshness.recent(session, clock.now())
    is_open = bool(session.scalar(select(Company.automatic_stories)))
    judged = []
    for row in rows:
        answer = {name: row[name] for name in _COLUMNS}
        verdict = _verdict(answer, names)
        told = None
        if verdict and not candidates.why_no_candidate(answer, verdict, rules):
            told = _told(verdict, answer, recent)
        if told and verdict and is_open and _may_go_alone(session, verdict, answer, recent):
            told |= {"state": "released", "reasons": [*told["reasons"], UNASKED]}
            recent.showings[answer["person_id"]] = 1
        judged.append(Judged(row["story_id"], answer, told))
    return judged


def _verdict(answer: Row, names: Sequence[str]) -> Verdict | None:
    if not candidates.is_worth_reading(answer["comment"], answer["score"]):
        return None
    try:
        return candidates.read(candidates.facts_of(answer), names)
    except Exception as error:  # noqa: BLE001 - one comment must never hold up all others
        log.error("a comment could not be read: %s", type(error).__name__)
        return None


def _told(verdict: Verdict, answer: Row, recent: Recent) -> dict[str, Any] | None:
    """The candidate's columns; None when a wall has (nearly) these words already."""
    told = {"state": "candidate", **candidates.told(verdict)}
    if recent.has(told["text"]):
        return None
    recent.add(told["text"])
    if times := recent.of(answer["person_id"]):
        less = times * freshness.LESS
        told["rank"] = max(0.0, told["rank"] - less)
        told["reasons"].append(
            f"this colleague had {_stories(times)} on a wall this week: {less:.0f} points less"
        )
    return told


def _may_go_alone(session: Session, verdict: Verdict, answer: Row, recent: Recent) -> bool:
    """The strict conditions of the automatic lane; that a company opened it is asked before.

    The gate's own (praise, 60 points, a certain language, nothing hidden but order numbers), and:
    the answer was tagged with a colleague who is named in it, may be named, is not told of on a
    wall this week, and about whom no customer was begged within 60 days.
    """
    if verdict.gate != "automatic" or verdict.text is None or answer["person_id"] is None:
        return False
    person = session.get(Person, answer["person_id"])
    if person is None or person.visibility in ("hidden", "initials") or _has_left(person):
        return False
    if not known.mentions(verdict.text, (person.name,)) or recent.of(person.id):
        return False
    return not _is_begged_for(session, person.id, verdict.language)


def _has_left(person: Person) -> bool:
    return person.left_on is not None and person.left_on <= clock.now().date()


def _is_begged_for(session: Session, person_id: int, language: str | None) -> bool:
    comments = (
        select(Response.comment)
        .where(Response.person_id == person_id, Response.status == "counted")
        .where(Response.submitted_at > clock.now() - BEGGING, Response.comment.is_not(None))
        .order_by(Response.submitted_at.desc())
        .limit(MOST_BEGGING)
    )
    return any(
        "begging" in unsafe.read(one or "", language).unsafe for one in session.scalars(comments)
    )


def _settle(session: Session, judged: Sequence[Judged]) -> None:
    connection = session.connection()
    rows = connection.execute(
        select(STORY.c.id.label("story_id"), *_ANSWER)
        .join(Response, Response.id == STORY.c.response_id)
        .where(STORY.c.id.in_([one.story_id for one in judged]), STORY.c.state == "unread")
        .order_by(STORY.c.id)
        .with_for_update()
    ).mappings()
    now = {row["story_id"]: {name: row[name] for name in _COLUMNS} for row in rows}
    # What changed meanwhile is read again, as it is now.
    same = [one for one in judged if now.get(one.story_id) == one.answer]
    gone = [one.story_id for one in same if one.told is None]
    if gone:
        connection.execute(delete(STORY).where(STORY.c.id.in_(gone)))
    for one in same:
        if one.told is not None:
            _keep(session, one.story_id, one.told)


def _keep(session: Session, story_id: int, told: Mapping[str, Any]) -> None:
    is_shown = told["state"] == "released"
    session.connection().execute(
        update(STORY)
        .where(STORY.c.id == story_id)
        .values({**told, "released_at": clock.now() if is_shown else None})
    )
    if is_shown:
        lessons.keep(session, session.get_one(Story, story_id), None, lessons.AUTOMATIC)
        announce(session, "stories")


def _stories(times: int) -> str:
    return "a story" if times == 1 else f"{times} stories"
