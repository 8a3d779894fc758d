"""/roster/teams and /roster/sites: renamed, moved, given hours and holidays, removed."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from app import web
from app.board import options
from app.board.opening import ALWAYS
from app.desk.rosterpeople import number
from app.people import rosterbook
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Person, Site, Team
from app.people.signin import Fields

router = APIRouter(prefix="/roster", include_in_schema=False)
Manager = Annotated[Actor, Depends(May("roster.manage"))]
Reader = Annotated[Actor, Depends(May("roster.read"))]
DONE = {
    "added": "On the roster.",
    "kept": "Kept.",
    "alias": "Old answers that say this name follow now.",
}
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@router.post("/teams")
def add_team(db: web.Db, fields: Fields, actor: Manager) -> Response:
    with db.write.begin() as session:
        site_id = number(fields.get("site", ""))
        made = rosterbook.new_team(session, actor, fields.get("name", ""), site_id)
    return RedirectResponse(f"/roster/teams/{made.id}?done=added", 303)


@router.get("/teams/{team_id}")
def team_page(
    request: Request, team_id: web.Id, db: web.Db, actor: Reader, done: str = ""
) -> Response:
    with db.read() as session:
        team = rosterbook.one(session, "teams", team_id)
        people = select(Person).where(Person.team_id == team_id).order_by(Person.name)
        return web.page(
            request,
            "people/roster_team.html",
            actor=actor,
            here="roster",
            team=team,
            sites=session.scalars(select(Site).order_by(Site.id)).all(),
            people=session.scalars(people).all(),
            aliases=rosterbook.aliases(session, team),
            said=DONE.get(done, ""),
        )


@router.post("/teams/{team_id}")
def change_team(team_id: web.Id, db: web.Db, fields: Fields, actor: Manager) -> Response:
    with db.write.begin() as session:
        team = rosterbook.one(session, "teams", team_id, locked=True)
        old = team.name
        site_id = number(fields.get("site", ""))
        rosterbook.change_team(session, actor, team, fields.get("name", ""), site_id)
        if team.name != old:
            rosterbook.add_alias(session, actor, team, old)
    return RedirectResponse(f"/roster/teams/{team_id}?done=kept", 303)


@router.post("/teams/{team_id}/remove")
def remove_team(team_id: web.Id, db: web.Db, actor: Manager) -> Response:
    return _removed(db, actor, "teams", team_id)


@router.post("/sites")
def add_site(db: web.Db, fields: Fields, actor: Manager) -> Response:
    with db.write.begin() as session:
        made = rosterbook.new_site(
            session, actor, fields.get("name", ""), fields.get("timezone", "")
        )
    return RedirectResponse(f"/roster/sites/{made.id}?done=added", 303)


@router.get("/sites/{site_id}")
def site_page(
    request: Request, site_id: web.Id, db: web.Db, actor: Reader, done: str = ""
) -> Response:
    with db.read() as session:
        site = rosterbook.one(session, "sites", site_id)
        return web.page(
            request,
            "people/roster_site.html",
            actor=actor,
            here="roster",
            site=site,
            hours=spoken_hours(site.office_hours),
            holidays=", ".join(site.holidays or ()),
            teams=session.scalars(select(Team).where(Team.site_id == site_id)).all(),
            aliases=rosterbook.aliases(session, site),
            said=DONE.get(done, ""),
        )


@router.post("/sites/{site_id}")
def change_site(site_id: web.Id, db: web.Db, fields: Fields, actor: Manager) -> Response:
    hours = fields.get("hours", "").strip()
    holidays = fields.get("holidays", "").strip()
    facts = {
        "name": fields.get("name", ""),
        "timezone": fields.get("timezone", ""),
        "office_hours": options.option("hours")(hours) if hours else None,
        "holidays": options.option("holidays")(holidays) if holidays else None,
    }
    if facts["office_hours"] == ALWAYS:
        facts["office_hours"] = None
    with db.write.begin() as session:
        site = rosterbook.one(session, "sites", site_id, locked=True)
        old = site.name
        rosterbook.change_site(session, actor, site, facts)
        if site.name != old:
            rosterbook.add_alias(session, actor, site, old)
    return RedirectResponse(f"/roster/sites/{site_id}?done=kept", 303)


@router.post("/sites/{site_id}/remove")
def remove_site(site_id: web.Id, db: web.Db, actor: Manager) -> Response:
    return _removed(db, actor, "sites", site_id)


def spoken_hours(hours: Mapping[str, Any] | None) -> str:
    """Office hours as they are typed: `mon-fri 08:00-18:00, sat 09:00-13:00`."""
    runs: list[list[Any]] = []
    for day in WEEK:
        times = (hours or {}).get(day)
        if not times:
            runs.append([])
        elif runs and runs[-1] and runs[-1][2] == times:
            runs[-1][1] = day
        else:
            runs.append([day, day, times])
    return ", ".join(
        f"{first if first == last else f'{first}-{last}'} {times[0]}-{times[1]}"
        for first, last, times in filter(None, runs)
    )


def _removed(db: web.Db, actor: Actor, kind: str, thing_id: int) -> Response:
    with db.write.begin() as session:
        thing = rosterbook.one(session, kind, thing_id, locked=True)
        rosterbook.remove(session, actor, thing)
    return RedirectResponse("/roster?done=removed", 303)
