"""/invitations makes a link and its QR code; /invited/{key} is where the link leads."""

from typing import Annotated

import segno
from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app import mail, web
from app.errors import CheerboardError, UnavailableError
from app.people import invitations
from app.people.accounts import newcomer
from app.people.authorize import Actor
from app.people.doors import OPEN, May, address_of_page
from app.people.models import Invitation, Team
from app.people.signin import Fields, let_in
from app.settings import Settings

router = APIRouter(include_in_schema=False)
Admin = Annotated[Actor, Depends(May("accounts.manage"))]


@router.post("/invitations")
def make_invitation(
    request: Request, db: web.Db, fields: Fields, actor: Admin, after: BackgroundTasks
) -> Response:
    """The one page that shows the link; it cannot be shown again."""
    settings: Settings = request.app.state.settings
    team, email = fields.get("team", ""), fields.get("email", "").strip()
    with db.write.begin() as session:
        team_id = int(team) if team.isdecimal() and len(team) < 19 else None
        key = invitations.invite(session, actor, fields.get("role", ""), team_id, email)
    link = address_of_page(request, settings, f"/invited/{key}")
    is_mailed = bool(email) and mail.is_set_up(settings)
    if is_mailed:
        after.add_task(_mail, settings, email, link)
    qr = segno.make(link, error="m", micro=False)
    picture = qr.svg_data_uri(border=4, light="#fff", dark="#000")
    page = web.page(
        request,
        "people/invitation.html",
        actor=actor,
        here="accounts",
        link=link,
        picture=picture,
        email=email if is_mailed else "",
    )
    page.background = after
    return page


@router.post("/invitations/{invitation_id}/withdraw")
def withdraw_invitation(invitation_id: web.Id, db: web.Db, actor: Admin) -> Response:
    with db.write.begin() as session:
        invitations.withdraw(session, actor, invitation_id)
    return RedirectResponse("/accounts?done=withdrawn", 303)


@router.get("/invited/{key}", dependencies=[OPEN])
def invited_page(request: Request, key: str, db: web.Db) -> Response:
    with db.read() as session:
        found = invitations.find(session, key)
        return _form(request, found, _team(session, found), {"email": found.email or ""})


@router.post("/invited/{key}", dependencies=[OPEN])
def accept_invitation(
    request: Request, key: str, db: web.Db, settings: web.Config, fields: Fields
) -> Response:
    with db.read() as session:
        found = invitations.find(session, key)
        team = _team(session, found)
    email = found.email or fields.get("email", "")
    try:
        new = newcomer(email, fields.get("name", ""), found.role, fields.get("password", ""))
        with db.write.begin() as session:
            account_id = invitations.accept(session, found, new).id
    except CheerboardError as error:
        return _form(request, found, team, fields, error)
    return let_in(request, db, settings, account_id)


def _team(session: Session, found: Invitation) -> str:
    team = session.get(Team, found.team_id) if found.team_id is not None else None
    return team.name if team else ""


def _form(
    request: Request,
    found: Invitation,
    team: str,
    said: dict[str, str],
    error: CheerboardError | None = None,
) -> Response:
    return web.page(
        request,
        "people/invited.html",
        status=error.status if error else 200,
        role=found.role,
        team=team,
        fixed=found.email or "",
        said={name: said.get(name, "")[:320] for name in ("name", "email")},
        error=error.sentence if error else "",
    )


def _mail(settings: Settings, email: str, link: str) -> None:
    text = (
        "You are invited to Cheerboard, which shows what your customers say.\n\n"
        f"This link makes your account, once, within {invitations.GOOD_FOR.days} days:\n{link}\n"
    )
    try:
        mail.send(settings, [email], "Your invitation to Cheerboard", text)
    except UnavailableError:
        return  # logged already; the admin has the link on the screen
