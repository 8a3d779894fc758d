"""/screen: a browser becomes a screen, by a link or by the code it shows."""

import logging
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from markupsafe import Markup

from app import web
from app.errors import CheerboardError
from app.language import gettext as _
from app.people.authorize import Actor
from app.people.doors import (
    OPEN,
    SCREEN_COOKIE,
    ScreenPass,
    clear_cookie,
    cookie_name,
    recognise,
    set_cookie,
)
from app.screens import notice, pairing, tokens
from app.screens.pairing import Asked
from app.settings import Settings

log = logging.getLogger(__name__)
router = APIRouter()

PAIRING_COOKIE = "cheerboard-pairing"


@router.get("/screen", dependencies=[OPEN])
def screen(
    request: Request,
    db: web.Db,
    settings: web.Config,
    actor: Annotated[Actor, Depends(recognise)],
    token: str = "",
) -> Response:
    """Takes a link's key into a cookie and leads to the board; else shows a code to pair with."""
    if not token and actor.role == "screen":
        return RedirectResponse(f"/tv/{actor.board_slug}", 303)
    with notice.speaking(request):
        try:
            return _by_link(request, db, settings, token) if token else _code(request, db, settings)
        except CheerboardError as error:
            return notice.trouble(request, error.sentence, error.status)
        except Exception:
            log.exception("no code could be shown")
            return notice.trouble(request, _("The server cannot pair a screen just now."), 503)


@router.get("/screen/state", dependencies=[OPEN])
def state(request: Request, db: web.Db, settings: web.Config) -> Response:
    """`waiting`, `paired` or `gone`: what a page with a code asks every few seconds."""
    key = request.cookies.get(cookie_name(settings, PAIRING_COOKIE), "")
    with db.read() as session:
        if key and tokens.find(session, key) is not None:
            return JSONResponse({"state": "paired"})
        waits = key and pairing.waiting(session, key) is not None
    return JSONResponse({"state": "waiting" if waits else "gone"})


def _by_link(request: Request, db: web.Db, settings: Settings, token: str) -> Response:
    with db.read() as session:
        found = tokens.find(session, token)
    if found is not None:
        return _board_of(found, token, settings)
    return web.page(request, "board/unpaired.html", status=403, asked=None)


def _code(request: Request, db: web.Db, settings: Settings) -> Response:
    """The code of this browser: the one it has while that is good, else a new one."""
    key = request.cookies.get(cookie_name(settings, PAIRING_COOKIE), "")
    with db.read() as session:
        found = tokens.find(session, key) if key else None
        asked = pairing.waiting(session, key) if key else None
    if found is not None:
        answer = _board_of(found, key, settings)
        clear_cookie(answer, settings, PAIRING_COOKIE)
        return answer
    if asked is not None:
        return _show(request, settings, asked)
    address = request.client.host if request.client else ""
    with db.write.begin() as session:
        key, asked = pairing.ask(session, address)
    answer = _show(request, settings, asked)
    age = int(pairing.GOOD_FOR.total_seconds())
    set_cookie(answer, settings, key, name=PAIRING_COOKIE, max_age=age)
    return answer


def _show(request: Request, settings: Settings, asked: Asked) -> Response:
    place = f"{(settings.base_url or str(request.base_url)).rstrip('/')}/screens/pair"
    code = segno.make(f"{place}?code={asked.code}", error="m", micro=False)
    return web.page(
        request,
        "board/unpaired.html",
        asked=asked,
        place=place.partition("://")[2],
        qr=Markup(code.svg_inline(omitsize=True, border=3)),  # noqa: S704 - squares of our own address
    )


def _board_of(found: ScreenPass, key: str, settings: Settings) -> Response:
    answer = RedirectResponse(f"/tv/{found.board_slug}", 303)
    set_cookie(answer, settings, key, name=SCREEN_COOKIE, max_age=tokens.COOKIE_SECONDS)
    return answer
