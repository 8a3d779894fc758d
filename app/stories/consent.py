"""Consent: whether an answer may be shown, by its customer's word or by its source's rule."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from app import clock
from app.live.bus import announce
from app.responses.models import Response
from app.stories.models import ConsentRule, Story

STORY = cast("Table", Story.__table__)
# What silence means, by source; who is not in it follows the house: inside yes, street no.
Rules = Mapping[int, bool]
NO_RULES: Rules = MappingProxyType({})
RECALLED = "recalled: the source asks for consent, and this customer gave none"


def rules(session: Session) -> Rules:
    """The rule of every source that has one."""
    rows = session.execute(select(ConsentRule.source_id, ConsentRule.silence_agrees)).all()
    return {row.source_id: row.silence_agrees for row in rows}


def may_show(answer: Mapping[str, Any], rules: Rules) -> bool:
    """Whether these words may be seen at all; `answer` has the columns of a response."""
    said: bool | None = answer["consent"]
    return rules.get(answer["source_id"], True) if said is None else said


def agreed() -> ColumnElement[bool]:
    """Whose words the street may see: who said so, or whose source says so for them."""
    agreeing = select(ConsentRule.source_id).where(ConsentRule.silence_agrees)
    return or_(
        Response.consent.is_(True),
        and_(Response.consent.is_(None), Response.source_id.in_(agreeing)),
    )


def set_rule(session: Session, source_id: int, *, silence_agrees: bool | None) -> None:
    """What silence means at a source from now on; None: no rule.

    When it means no, the stories of its silent customers leave every wall and queue at once.
    """
    before = session.get(ConsentRule, source_id)
    if (before.silence_agrees if before else None) == silence_agrees:
        return
    if before is not None and silence_agrees is None:
        session.delete(before)
    elif before is not None and silence_agrees is not None:
        before.silence_agrees = silence_agrees
    elif silence_agrees is not None:
        session.add(ConsentRule(source_id=source_id, silence_agrees=silence_agrees))
    session.flush()
    if silence_agrees is False:
        _take_off(session, source_id)
    announce(session, "stories")


def _take_off(session: Session, source_id: int) -> None:
    silent = select(Response.id).where(Response.source_id == source_id, Response.consent.is_(None))
    theirs = STORY.c.response_id.in_(silent)
    connection = session.connection()
    waiting = STORY.c.state.in_(("unread", "candidate"))
    connection.execute(delete(STORY).where(theirs, waiting))
    hanging = select(STORY.c.id, STORY.c.reasons).where(theirs, STORY.c.state == "released")
    for story in connection.execute(hanging).all():
        connection.execute(
            update(STORY)
            .where(STORY.c.id == story.id, STORY.c.state == "released")
            .values(state="recalled", recalled_at=clock.now(), reasons=[*story.reasons, RECALLED])
        )
    session.expire_all()
