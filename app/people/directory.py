"""/accounts: who signs in here, as what, and who is invited. For admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from app import mail, web
from app.errors import NotFoundError
from app.people import accounts, invitations
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import Account, AccountTeam, Team
from app.people.signin import Fields

router = APIRouter(prefix="/accounts", include_in_schema=False)
Admin = Annotated[Actor, Depends(May("accounts.manage"))]
DONE = {
    "role": "The role is another one, at once.",
    "closed": "Closed: signed out everywhere, and nobody signs in with it.",
    "opened": "Open again.",
    "withdrawn": "That link opens nothing any more.",
}


@router.get("")
def directory(request: Request, db: web.Db, actor: Admin, done: str = "") -> Response:
    with db.read() as session:
        people = session.scalars(select(Account).order_by(Account.name, Account.id)).all()
        led = {(row.account_id, row.team_id) for row in session.scalars(select(AccountTeam))}
        return web.page(
            request,
            "people/accounts.html",
            actor=actor,
            here="accounts",
            people=people,
            led=led,
            teams=session.scalars(select(Team).order_by(Team.name)).all(),
            team_names=accounts.team_names(session),
            waiting=invitations.waiting(session),
            roles=("lead", "viewer", "admin"),
            by_mail=mail.is_set_up(request.app.state.settings),
            said=DONE.get(done, ""),
        )


@router.post("/{account_id}/role")
def change_role(account_id: web.Id, db: web.Db, fields: Fields, actor: Admin) -> Response:
    """The field `team` is one team's id, empty for all teams."""
    team, role = fields.get("team", ""), fields.get("role", "")
    teams = (int(team),) if team.isdecimal() and len(team) < 19 else ()
    with db.write.begin() as session:
        account = _one(session.get(Account, account_id, with_for_update=True))
        accounts.set_role(session, actor, account, role, teams)
    return RedirectResponse("/accounts?done=role", 303)


@router.post("/{account_id}/close")
def close_account(account_id: web.Id, db: web.Db, actor: Admin) -> Response:
    with db.write.begin() as session:
        account = _one(session.get(Account, account_id, with_for_update=True))
        accounts.set_closed(session, actor, account, is_closed=True)
    return RedirectResponse("/accounts?done=closed", 303)


@router.post("/{account_id}/open")
def open_account(account_id: web.Id, db: web.Db, actor: Admin) -> Response:
    with db.write.begin() as session:
        account = _one(session.get(Account, account_id, with_for_update=True))
        accounts.set_closed(session, actor, account, is_closed=False)
    return RedirectResponse("/accounts?done=opened", 303)


def _one(account: Account | None) -> Account:
    if account is None:
        raise NotFoundError("There is no such account.")
    return account
