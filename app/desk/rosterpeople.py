"""/roster/people: one person, what walls call them, their link and their appeals."""

from datetime import date
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.desk import following
from app.desk.rosteroptout import take_off
from app.errors import CheerboardError
from app.people import personalappeals, personallinks, rosterbook
from app.people.authorize import Actor, authorize
from app.people.doors import Checks, May, address_of_page
from app.people.models import VISIBILITIES, Person, Team
from app.people.names import shown_name
from app.people.signin import Fields

router = APIRouter(prefix="/roster", include_in_schema=False)
Manager = Annotated[Actor, Depends(May("roster.manage"))]
Reader = Annotated[Actor, Depends(May("roster.read"))]
Shower = Annotated[Actor, Depends(Checks("people.show"))]
DONE = {
    "added": "On the roster.",
    "kept": "Kept.",
    "shown": "Every wall follows within two seconds.",
    "hidden": "Off every wall within two seconds; stories, picks and nominations went too.",
    "alias": "Old answers that say this name follow now.",
    "revoked": "The link leads nowhere any more.",
    "settled": "Settled.",
}
# What a visibility does, in a lead's words.
MEANING = {
    "full": "whole name",
    "first-initial": "first name and initial",
    "first": "first name",
    "initials": "initials",
    "hidden": "not at all",
}


@router.post("/people")
def add_person(db: web.Db, fields: Fields, actor: Manager) -> Response:
    with db.write.begin() as session:
        team_id = number(fields.get("team", ""))
        made = rosterbook.new_person(session, actor, fields.get("name", ""), team_id)
    return RedirectResponse(f"/roster/people/{made.id}?done=added", 303)


@router.get("/people/{person_id}")
def person_page(
    request: Request, person_id: web.Id, db: web.Db, actor: Reader, done: str = ""
) -> Response:
    with db.read() as session:
        person = rosterbook.one(session, "people", person_id)
        return web.page(
            request,
            "people/person.html",
            actor=actor,
            here="roster",
            person=person,
            team=session.get(Team, person.team_id) if person.team_id else None,
            teams=session.scalars(select(Team).order_by(Team.name)).all(),
            aliases=rosterbook.aliases(session, person),
            link=personallinks.of(session, person),
            appeals=personalappeals.of(session, person),
            shapes=shapes_of(person),
            said=DONE.get(done, ""),
        )


@router.post("/people/{person_id}")
def change_person(person_id: web.Id, db: web.Db, fields: Fields, actor: Manager) -> Response:
    facts: dict[str, Any] = {
        "name": fields.get("name", ""),
        "email": fields.get("email", "").strip() or None,
        "team_id": number(fields.get("team", "")),
        "joined_on": _date(fields.get("joined", "")),
        "left_on": _date(fields.get("left", "")),
    }
    with db.write.begin() as session:
        person = rosterbook.one(session, "people", person_id, locked=True)
        old = person.name
        rosterbook.change_person(session, actor, person, facts)
        if person.name != old:
            # Platforms go on saying the old name.
            rosterbook.add_alias(session, actor, person, old)
    return RedirectResponse(f"/roster/people/{person_id}?done=kept", 303)


@router.post("/people/{person_id}/visibility")
def show_person(person_id: web.Id, db: web.Db, fields: Fields, actor: Shower) -> Response:
    with db.write.begin() as session:
        person = _of_a_lead(session, actor, person_id)
        show(session, actor, person, fields.get("visibility", ""))
        done = "hidden" if person.visibility == "hidden" else "shown"
    return RedirectResponse(f"/roster/people/{person_id}?done={done}", 303)


@router.post("/people/{person_id}/link")
def give_link(request: Request, person_id: web.Id, db: web.Db, actor: Shower) -> Response:
    """The one page that shows the link; it cannot be shown again."""
    with db.write.begin() as session:
        person = _of_a_lead(session, actor, person_id)
        key = personallinks.give(session, actor, person)
    link = address_of_page(request, request.app.state.settings, f"/me/{key}")
    qr = segno.make(link, error="m", micro=False)
    return web.page(
        request,
        "people/person_link.html",
        actor=actor,
        here="roster",
        person=person,
        link=link,
        picture=qr.svg_data_uri(border=4, light="#fff", dark="#000"),
    )


@router.post("/people/{person_id}/link/revoke")
def revoke_link(person_id: web.Id, db: web.Db, actor: Shower) -> Response:
    with db.write.begin() as session:
        personallinks.revoke(session, actor, _of_a_lead(session, actor, person_id))
    return RedirectResponse(f"/roster/people/{person_id}?done=revoked", 303)


@router.post("/people/{person_id}/remove")
def remove_person(person_id: web.Id, db: web.Db, actor: Manager) -> Response:
    """Answers lose the person first, a few at a time; then the roster does."""
    with db.read() as session:
        rosterbook.one(session, "people", person_id)
    following.let_go(db, person_id)
    with db.write.begin() as session:
        person = rosterbook.one(session, "people", person_id, locked=True)
        rosterbook.remove(session, actor, person)
    return RedirectResponse("/roster?done=removed", 303)


@router.post("/appeals/{appeal_id}")
def settle_appeal(appeal_id: web.Id, db: web.Db, fields: Fields, actor: Shower) -> Response:
    """`outcome`: `taken off` lets the answer be about nobody, `kept` leaves it."""
    authorize(actor, "people.show")
    with db.write.begin() as session:
        found, person = personalappeals.one(session, appeal_id)
        authorize(actor, "people.show", person)
        settled = personalappeals.settle(session, actor, found, fields.get("outcome", ""))
        if settled and found.outcome == personalappeals.TAKEN_OFF:
            following.unname(session, [found.response_id])
    return RedirectResponse(f"/roster/people/{person.id}?done=settled", 303)


def show(session: Session, actor: Actor, person: Person, visibility: str) -> None:
    """Changes what walls call a person; who hides leaves every wall at once."""
    rosterbook.show_person(session, actor, person, visibility, "people.show")
    if person.visibility == "hidden":
        take_off(session, person)


def shapes_of(person: Person) -> list[tuple[str, str, str]]:
    """Each visibility, what it means, and what a wall of colleagues would call this person."""
    return [
        (one, MEANING[one], shown_name(person.name, one, "staff") or "") for one in VISIBILITIES
    ]


def number(text: str) -> int | None:
    """An id from a form, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _of_a_lead(session: Session, actor: Actor, person_id: int) -> Person:
    authorize(actor, "people.show")
    person: Person = rosterbook.one(session, "people", person_id, locked=True)
    authorize(actor, "people.show", person)
    return person


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise CheerboardError(
            f"{text.strip()[:40]!r} is no date; write it like 2026-06-10."
        ) from None
