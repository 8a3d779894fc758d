"""Draft: what a giver says of somebody, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.errors import CheerboardError
from app.heroes import houserules, nominees
from app.heroes.nominationmodels import Nomination
from app.text.clean import clean

SHORTEST, LONGEST = 10, 280


@dataclass(frozen=True, slots=True)
class Draft:
    """What a giver says, checked: a reason, a badge of the company's list, words it rests on."""

    reason: str
    badge: str = ""
    figure: str = ""
    story_id: int | None = None


def draft_of(
    session: Session,
    person_id: int | None,
    fields: Mapping[str, Any],
    had: Nomination | None = None,
) -> Draft:
    """The draft in a form. Raises CheerboardError with what must be mended: 422 for what never
    does, 409 for a badge or words that are not, or not any more, to be had.

    A badge or words that an edited nomination `had` already may stay, whatever became of them.
    """
    reason = clean(str(fields.get("reason") or "")).text.strip()
    if len(reason) < SHORTEST:
        raise CheerboardError(f"Say why in {SHORTEST} characters or more.", status=422)
    if len(reason) > LONGEST:
        raise CheerboardError(
            f"Say why in {LONGEST} characters at most; these are {len(reason)}.", status=422
        )
    badge = str(fields.get("badge") or "")
    figure = houserules.load(session).badges.get(badge, "")
    if had is not None and badge == had.badge:
        figure = had.figure
    elif badge and not figure:
        raise CheerboardError("This badge is not on the company's list any more.", status=409)
    story = str(fields.get("story") or "")
    story_id = number_of(story)
    if story and not (had is not None and story_id is not None and story_id == had.story_id):
        about = story_id and person_id and nominees.is_about(session, story_id, person_id)
        if not about:
            raise CheerboardError("These words are not about this person.", status=409)
    return Draft(reason, badge, figure, story_id)


def sketch_of(session: Session, person_id: int, fields: Mapping[str, str]) -> Draft:
    """What is written so far, for a look; what would be refused is left out."""
    reason = clean(fields.get("reason", "")).text.strip()[:LONGEST]
    badge = fields.get("badge", "")
    figure = houserules.load(session).badges.get(badge, "")
    story = number_of(fields.get("story", ""))
    if story is not None and not nominees.is_about(session, story, person_id):
        story = None
    return Draft(reason, badge if figure else "", figure, story)


def number_of(text: str) -> int | None:
    """A row's id as a form says it; None for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None
