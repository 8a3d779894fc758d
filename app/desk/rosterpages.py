"""/roster: teams, sites and people; what platforms call them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import web
from app.desk import following
from app.people import personalappeals, rosterbook
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Person, Site, Team
from app.people.names import fold
from app.people.signin import Fields

router = APIRouter(prefix="/roster", include_in_schema=False)
Manager = Annotated[Actor, Depends(May("roster.manage"))]
DONE = {
    "removed": "Off the roster.",
    "undone": "The file is taken back.",
}
# What answers call each of them.
KIND_OF = {"people": "employee", "teams": "team", "sites": "store"}
SHOWN = 40


@router.get("")
def roster_page(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("roster.read"))],
    q: Annotated[str, Query(max_length=200)] = "",
    done: str = "",
) -> Response:
    with db.read() as session:
        teams = session.scalars(select(Team).order_by(Team.name)).all()
        return web.page(
            request,
            "people/roster.html",
            actor=actor,
            here="roster",
            teams=teams,
            sites=session.scalars(select(Site).order_by(Site.id)).all(),
            sizes=_sizes(session),
            team_names={team.id: team.name for team in teams},
            q=q.strip(),
            found=_found(session, q) if q.strip() else [],
            appeals=personalappeals.waiting(session),
            said=DONE.get(done, ""),
        )


@router.post("/{kind}/{thing_id}/aliases")
def add_alias(
    kind: str,
    thing_id: web.Id,
    db: web.Db,
    fields: Fields,
    actor: Manager,
) -> Response:
    with db.write.begin() as session:
        thing = rosterbook.one(session, kind, thing_id)
        folded = rosterbook.add_alias(session, actor, thing, fields.get("alias", ""))
        following.begin(session, KIND_OF[kind], [folded], fields.get("alias", ""))
    return RedirectResponse(f"/roster/{kind}/{thing_id}?done=alias", 303)


@router.post("/{kind}/{thing_id}/aliases/{alias_id}/remove")
def remove_alias(
    kind: str,
    thing_id: web.Id,
    alias_id: web.Id,
    db: web.Db,
    actor: Manager,
) -> Response:
    with db.write.begin() as session:
        thing = rosterbook.one(session, kind, thing_id)
        folded = rosterbook.drop_alias(session, actor, thing, alias_id)
        if folded is not None:
            following.begin(session, KIND_OF[kind], [folded], folded)
    return RedirectResponse(f"/roster/{kind}/{thing_id}?done=alias", 303)


def _sizes(session: Session) -> dict[int | None, int]:
    """People in each team; None is those without one."""
    query = select(Person.team_id, func.count()).group_by(Person.team_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _found(session: Session, q: str) -> list[Person]:
    """People whose name has these letters, whatever their capitals."""
    wanted = fold(q)
    people = session.scalars(select(Person).order_by(Person.name, Person.id))
    return [one for one in people if wanted in fold(one.name)][:SHOWN]
