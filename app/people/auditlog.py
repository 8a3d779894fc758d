"""/audit: every change, who made it, when, and what was before and after. For admins."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select

from app import web
from app.people import audit
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Company

router = APIRouter(prefix="/audit", include_in_schema=False)
SHOWN = 50
# What is written down, in words; an action without words is shown as it is called.
WORDS = {
    "account.keep": "Own account",
    "accounts.manage": "Accounts",
    "boards.change": "Board changed",
    "company.set": "Company changed",
    "dignity.set": "Dignity changed",
    "followups.read": "Follow-ups looked at",
    "followups.work": "Follow-up",
    "heroes.decide": "Pick decided",
    "integrity.dismiss": "Signal dismissed",
    "integrity.read": "Signals looked at",
    "nominations.decide": "Nomination decided",
    "nominations.make": "Nomination",
    "nominations.rule": "Rules of nominating",
    "people.show": "How a person is shown",
    "roster.manage": "Roster changed",
    "roster.match": "Name matched",
    "sample.manage": "Invented answers",
    "screens.steer": "Screen steered",
    "sources.manage": "Source",
    "stories.recall": "Story taken off",
    "stories.release": "Story decided",
    "tokens.make": "API token made",
}


@router.get("")
def audit_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("audit.read"))],
    action: Annotated[str, Query(max_length=64)] = "",
    who: Annotated[str, Query(max_length=200)] = "",
    before: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None,
) -> Response:
    # PostgreSQL knows no NUL; nothing was ever recorded with one.
    action, who = action.replace("\0", ""), who.replace("\0", "").strip()
    with db.read() as session:
        found = audit.entries(session, action=action, who=who, before=before, limit=SHOWN + 1)
        return web.page(
            request,
            "people/audit.html",
            actor=actor,
            here="audit",
            entries=found[:SHOWN],
            older=found[SHOWN - 1].id if len(found) > SHOWN else None,
            actions=audit.actions(session),
            words=WORDS,
            action=action,
            who=who,
            zone=ZoneInfo(session.scalar(select(Company.timezone)) or "UTC"),
        )
