"""/followups: whom to ring back, the most urgent first; a page for each case, made for one hand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, web
from app.errors import CheerboardError, NotFoundError
from app.followups import listing, steps
from app.followups.listing import Entry
from app.followups.steps import LONGEST_NOTE, STEPS
from app.people import audit
from app.people.authorize import Actor, authorize
from app.people.doors import Checks, May
from app.people.models import AuditEntry
from app.people.signin import Fields
from app.scores.nps import category

router = APIRouter(prefix="/followups", include_in_schema=False)
# One look goes into the audit log; what the same person does with the case within an hour is
# that look.
SAME_LOOK = timedelta(hours=1)

Whose = Literal["mine", "team", "all"]
Pressed = Literal["take", "try", "reach", "solve", "drop", "reopen"]
Works = Annotated[Actor, Depends(Checks("followups.work"))]


@dataclass(frozen=True, slots=True)
class Written:
    """A note that was not kept: too long, or somebody was first."""

    text: str
    trouble: str = ""

    @property
    def status(self) -> int:
        return 400 if self.trouble else 409


@router.get("")
def cases(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("followups.work"))],
    whose: Annotated[Whose, Query()] = "all",
) -> Response:
    with db.read() as session:
        return web.page(
            request,
            "followups/list.html",
            actor=actor,
            here="followups",
            whose=whose,
            has_teams=listing.has_teams(actor),
            live=listing.live(session, actor, whose),
            closed=listing.closed(session, actor),
            category=category,
        )


@router.get("/{case_id}")
def case(
    request: Request,
    case_id: web.Id,
    db: web.Db,
    actor: Annotated[Actor, Depends(Checks("followups.read"))],
    first: str = "",
) -> Response:
    with db.read() as session:
        found = _found(session, actor, "followups.read", case_id)
        is_new_look = not _has_looked(session, actor, case_id)
    if is_new_look:
        with db.write.begin() as session:
            audit.record(session, actor, "followups.read", f"case {case_id}")
    return _page(request, actor, found, None, first=bool(first))


@router.post("/{case_id}/note")
def note(request: Request, case_id: web.Id, db: web.Db, fields: Fields, actor: Works) -> Response:
    text = fields.get("note", "")
    try:
        with db.write.begin() as session:
            _found(session, actor, "followups.work", case_id)
            was_first = steps.write_note(session, actor, case_id, text, _seen(fields))
    except CheerboardError as error:
        if error.status != 400:
            raise
        return _again(request, db, actor, case_id, Written(text, error.sentence))
    if not was_first:
        return _again(request, db, actor, case_id, Written(text))
    return RedirectResponse(f"/followups/{case_id}", 303)


@router.post("/{case_id}/{step}")
def do_step(case_id: web.Id, step: Pressed, db: web.Db, fields: Fields, actor: Works) -> Response:
    with db.write.begin() as session:
        _found(session, actor, "followups.work", case_id)
        was_first = steps.step(session, actor, case_id, step, _seen(fields))
    return RedirectResponse(f"/followups/{case_id}{'' if was_first else '?first=1'}", 303)


def _seen(fields: dict[str, str]) -> int:
    """The version of the case that stood on the page."""
    text = fields.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise CheerboardError("This page is too old; reload it and try again.", status=409)
    return int(text)


def _again(request: Request, db: web.Db, actor: Actor, case_id: int, written: Written) -> Response:
    """The page once more, with what was typed: no word of it is lost."""
    with db.read() as session:
        found = _found(session, actor, "followups.read", case_id)
    return _page(request, actor, found, written)


def _page(
    request: Request, actor: Actor, found: Entry, written: Written | None, *, first: bool = False
) -> Response:
    case = found.case
    return web.page(
        request,
        "followups/case.html",
        status=written.status if written else 200,
        actor=actor,
        here="followups",
        one=found,
        case=case,
        kind=category(found.answer.score or 0),
        first=first or bool(written and not written.trouble),
        past=STEPS,
        last_at=listing.said(case.last_at, found.timezone) if case.last_at else "",
        draft=written.text if written else case.note,
        trouble=written.trouble if written else "",
        longest=LONGEST_NOTE,
    )


def _found(session: Session, actor: Actor, action: str, case_id: int) -> Entry:
    """The case, for who may see it: a lead's own teams, as its answer names them."""
    found = listing.entry(session, case_id)
    authorize(actor, action, found.answer if found else None)
    if found is None:
        raise NotFoundError("There is no such case.")
    return found


def _has_looked(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether this person's look at the case was written down a moment ago."""
    query = select(AuditEntry.id).where(
        AuditEntry.action == "followups.read",
        AuditEntry.thing == f"case {case_id}",
        AuditEntry.who == (actor.name or actor.role),
        AuditEntry.at > clock.now() - SAME_LOOK,
    )
    return session.scalars(query.limit(1)).first() is not None
