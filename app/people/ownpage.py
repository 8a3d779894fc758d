"""/account: one's own password, passkeys and signed-in browsers."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from app import mail, web
from app.errors import CheerboardError
from app.people import accounts, audit, passkeys, sessions
from app.people.authorize import Actor
from app.people.doors import May, clear_cookie, cookie_name, is_sealed
from app.people.keys import digest
from app.people.models import Account, Company
from app.people.passwords import check_password, hash_password, is_password
from app.people.signin import Brakes, Fields, address_of, let_in, spoken

router = APIRouter(prefix="/account", include_in_schema=False)
Self = Annotated[Actor, Depends(May("account.keep"))]
DONE = {
    "password": "Your password is another one. Every other browser is signed out.",
    "week": "Kept.",
    "session": "That browser is signed out.",
    "passkey": "This device signs you in from now on.",
    "removed": "That passkey signs nobody in any more.",
}


@router.get("")
def account_page(request: Request, db: web.Db, actor: Self, done: str = "") -> Response:
    return _page(request, db, actor, said=DONE.get(done, ""))


@router.post("/password")
def change_password(
    request: Request, db: web.Db, fields: Fields, actor: Self, brakes: Brakes
) -> Response:
    settings = request.app.state.settings
    account = _own(db, actor)
    wait = brakes.claim(account.email, address_of(request))
    if wait:
        return _page(request, db, actor, 429, error=f"Too many tries. Wait {spoken(wait)}.")
    old, new = fields.get("old", ""), fields.get("password", "")
    if account.password_hash is not None and not is_password(account.password_hash, old):
        return _page(request, db, actor, 403, error="The password until now is another one.")
    brakes.forgive(account.email, address_of(request))
    try:
        check_password(new, account.email)
    except CheerboardError as error:
        return _page(request, db, actor, error.status, error=error.sentence)
    kept = hash_password(new)
    with db.write.begin() as session:
        mine = session.get_one(Account, account.id)
        accounts.keep_password(session, actor, mine, kept)
    return let_in(request, db, settings, account.id, "/account?done=password")


@router.post("/week")
def week_mail(db: web.Db, fields: Fields, actor: Self) -> Response:
    """Whether the weekly report comes by mail."""
    account = _own(db, actor)
    wanted = fields.get("week_mail", "") == "on"
    with db.write.begin() as session:
        mine = session.get_one(Account, account.id)
        if mine.week_mail != wanted:
            facts = [{"week_mail": one} for one in (mine.week_mail, wanted)]
            mine.week_mail = wanted
            audit.record(session, actor, "account.keep", f"account {mine.email}", *facts)
    return RedirectResponse("/account?done=week", 303)


@router.post("/sessions/{session_id}/close")
def close_session(session_id: web.Id, db: web.Db, actor: Self) -> Response:
    account = _own(db, actor)
    with db.write.begin() as session:
        sessions.close_one(session, account.id, session_id)
    return RedirectResponse("/account?done=session", 303)


@router.post("/signout")
def sign_out_everywhere(db: web.Db, settings: web.Config, actor: Self) -> Response:
    account = _own(db, actor)
    with db.write.begin() as session:
        sessions.close_all(session, account.id)
    answer = RedirectResponse("/signin", 303)
    clear_cookie(answer, settings)
    return answer


def _own(db: web.Db, actor: Actor) -> Account:
    """The account behind this browser. Raises CheerboardError for a program."""
    if actor.account_id is None:
        raise CheerboardError("An API token has no account of its own.")
    with db.read() as session:
        return session.get_one(Account, actor.account_id)


def _page(
    request: Request,
    db: web.Db,
    actor: Actor,
    status: int = 200,
    *,
    said: str = "",
    error: str = "",
) -> Response:
    settings = request.app.state.settings
    account = _own(db, actor)
    this = digest(request.cookies.get(cookie_name(settings), ""))
    with db.read() as session:
        return web.page(
            request,
            "people/account.html",
            status=status,
            actor=actor,
            here="account",
            account=account,
            teams=accounts.team_names(session).get(account.id, []),
            browsers=sessions.live_of(session, account.id),
            zone=ZoneInfo(session.scalar(select(Company.timezone)) or "UTC"),
            this=this,
            keys=passkeys.of(session, account.id),
            mails=mail.is_set_up(settings) and account.role in ("lead", "admin"),
            passkeys_offered=is_sealed(request, settings),
            said=said,
            error=error,
        )
