"""The desk's home: what the wall says now, where it hangs and what waits for a lead."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import wording
from app.board.models import Board
from app.desk import invented
from app.desk.firststeps import first_steps
from app.desk.waiting import waiting
from app.intake import overview
from app.people import firststart
from app.people.authorize import Actor
from app.people.doors import OPEN, Acting, May
from app.people.models import Company
from app.scores import nps, tallies

router = APIRouter(include_in_schema=False)
# Below this a score is not shown, on the wall or here.
FEW = 10


@router.get("/", dependencies=[OPEN])
def root(db: web.Db, actor: Acting) -> Response:
    if actor.role == "nobody":
        with db.read() as session:
            if firststart.is_fresh(session):
                return RedirectResponse("/setup", 303)
    return RedirectResponse(f"/tv/{actor.board_slug}" if actor.board_slug else "/desk", 303)


@router.get("/desk/more")
def more(request: Request, actor: Annotated[Actor, Depends(May("desk.view"))]) -> Response:
    """Every way there is, for a phone whose bar shows only some."""
    return web.page(request, "desk/more.html", actor=actor, here="more")


@router.get("/desk")
def home(
    request: Request, db: web.Db, actor: Annotated[Actor, Depends(May("desk.view"))]
) -> Response:
    with db.read() as session:
        company = session.get(Company, 1)
        return web.page(
            request,
            "desk/home.html",
            actor=actor,
            here="home",
            company=company,
            score=_score(session, company) if company else None,
            boards=session.scalars(select(Board).order_by(Board.title)).all(),
            steps=first_steps(session, actor),
            waiting=waiting(session, actor),
            sources=overview.warnings(session),
            invented=invented.is_offered(request, session, actor),
        )


def _score(session: Session, company: Company) -> dict[str, Any]:
    """The company's rolling score as the wall says it, with its size and its interval."""
    days = company.window_days
    today = clock.day_in(company.timezone)
    tally = tallies.rolling(session, "company", 1, today, days)
    value, between = nps.nps(tally), nps.interval(tally)
    enough = tally.n >= FEW and value is not None and between is not None
    return {
        "n": tally.n,
        "voices": wording.voices(tally.n),
        "window": wording.window(days),
        "missing": FEW - tally.n,
        "shown": nps.shown(value) if enough and value is not None else None,
        "between": [nps.shown(end) for end in between] if enough and between else None,
        "tally": tally,
    }
