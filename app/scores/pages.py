"""/week: the weekly report for whoever reads numbers, as a page and as the text of a mail."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse

from app import web
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Team
from app.scores import tallies, weekly
from app.scores.nps import nps, shown
from app.scores.window import today

router = APIRouter(prefix="/week", include_in_schema=False)
Reader = Annotated[Actor, Depends(May("scores.read"))]


@router.get("")
def week(request: Request, db: web.Db, actor: Reader) -> Response:
    with db.read() as session:
        found = weekly.report(session, today(session, "company", tallies.COMPANY))
        names = {
            alert.scope_id: session.get_one(Team, alert.scope_id).name for alert in found.alerts
        }
    return web.page(
        request,
        "scores/week.html",
        actor=actor,
        here="week",
        report=found,
        says=weekly.says(found),
        company=nps(found.company),
        names=names,
        shown=shown,
    )


@router.get("/text", dependencies=[Depends(May("scores.read"))])
def week_as_text(db: web.Db) -> Response:
    """To be mailed by whoever likes."""
    with db.read() as session:
        found = weekly.report(session, today(session, "company", tallies.COMPANY))
    return PlainTextResponse(weekly.as_text(found) + "\n")
