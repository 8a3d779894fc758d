"""/passkey: how a device becomes a key, and signs in. Offered on https and localhost only."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from app import web
from app.errors import CheerboardError, NotFoundError
from app.people import ceremony, passkeys
from app.people.authorize import Actor
from app.people.doors import OPEN, May, is_sealed
from app.people.models import Account
from app.people.passkeys import Place
from app.people.signin import Fields, browser_of, let_in
from app.settings import Settings

router = APIRouter(include_in_schema=False)
Self = Annotated[Actor, Depends(May("account.keep"))]


def _place(request: Request, settings: web.Config) -> Place:
    """Raises NotFoundError on plain http, where no browser would make or use a passkey."""
    if not is_sealed(request, settings):
        raise NotFoundError("Passkeys need https.")
    if web.is_https(settings):
        public = urlsplit(settings.base_url)
        return Place(public.hostname or "", f"https://{public.netloc.lower()}")
    return Place("localhost", f"http://{request.url.netloc}")


Here = Annotated[Place, Depends(_place)]


@router.post("/account/passkeys/begin")
def begin_adding(request: Request, db: web.Db, actor: Self, place: Here) -> Response:
    settings = request.app.state.settings
    if actor.account_id is None:
        raise CheerboardError("An API token has no account of its own.")
    with db.read() as session:
        options = passkeys.offer(session, place, session.get_one(Account, actor.account_id))
    return _asked(settings, f"add for {actor.account_id}", options)


@router.post("/account/passkeys")
def add_passkey(request: Request, db: web.Db, fields: Fields, actor: Self, place: Here) -> Response:
    settings = request.app.state.settings
    challenge = _challenge(request, settings, f"add for {actor.account_id}")
    told = fields.get("credential", ""), browser_of(request)
    with db.write.begin() as session:
        passkeys.add(session, place, actor, challenge, told)
    return RedirectResponse("/account?done=passkey", 303)


@router.post("/account/passkeys/{passkey_id}/remove")
def remove_passkey(passkey_id: web.Id, db: web.Db, actor: Self) -> Response:
    with db.write.begin() as session:
        passkeys.remove(session, actor, passkey_id)
    return RedirectResponse("/account?done=removed", 303)


@router.post("/signin/passkey/begin", dependencies=[OPEN])
def begin_signing_in(settings: web.Config, place: Here) -> Response:
    return _asked(settings, "sign in", passkeys.ask(place))


@router.post("/signin/passkey", dependencies=[OPEN])
def sign_in(request: Request, db: web.Db, fields: Fields, place: Here) -> Response:
    settings = request.app.state.settings
    challenge = _challenge(request, settings, "sign in")
    with db.write.begin() as session:
        account_id = passkeys.check(session, place, challenge, fields.get("credential", ""))
    return let_in(request, db, settings, account_id, fields.get("next", ""))


def _asked(settings: Settings, purpose: str, options: dict[str, object]) -> Response:
    answer = JSONResponse(options)
    ceremony.remember(answer, settings, purpose, {"challenge": options["challenge"]})
    return answer


def _challenge(request: Request, settings: Settings, purpose: str) -> str:
    facts = ceremony.recall(request, settings, purpose)
    if facts is None:
        raise CheerboardError("This took too long: try again.", status=409)
    return str(facts["challenge"])
