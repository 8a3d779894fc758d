"""/themes: why our passives are passive; themes, phrases, and one safe example of each."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.people import roster
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Team
from app.text import themes
from app.themes import nightly
from app.themes.counting import MIN_PASSIVES

router = APIRouter(prefix="/themes", include_in_schema=False)


@router.get("")
def themes_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("themes.read"))],
    team: Annotated[int | None, Query(ge=1, le=web.BIGGEST)] = None,
) -> Response:
    with db.read() as session:
        place = ("company", 1) if team is None else ("team", team)
        report = nightly.newest(session, *place)
        return web.page(
            request,
            "desk/themes.html",
            actor=actor,
            here="themes",
            team=team,
            teams=session.execute(select(Team.id, Team.name).order_by(Team.name)).all(),
            report=report,
            days=nightly.DAYS,
            least=MIN_PASSIVES,
            themes=_themes(session, report.facts["themes"]) if report else [],
        )


def _themes(session: Session, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = roster.load(session).names
    return [
        one | {
            "name": themes.name(one["theme"]),
            "words": nightly.safe_words(session, one["example"], names) if one["example"] else None,
        }
        for one in found
    ]  # fmt: skip
