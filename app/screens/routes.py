"""/screen: a browser becomes a screen, or is told how to become one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app import web
from app.people.authorize import Actor
from app.people.doors import OPEN, SCREEN_COOKIE, recognise, set_cookie
from app.screens import tokens

router = APIRouter()


@router.get("/screen", dependencies=[OPEN])
def screen(
    request: Request,
    db: web.Db,
    settings: web.Config,
    actor: Annotated[Actor, Depends(recognise)],
    token: str = "",
) -> Response:
    """Takes a link's key into a cookie and leads to the board; says how else to get one."""
    if token:
        with db.read() as session:
            found = tokens.find(session, token)
        if found is not None:
            answer = RedirectResponse(f"/tv/{found.board_slug}", 303)
            set_cookie(answer, settings, token, name=SCREEN_COOKIE, max_age=tokens.COOKIE_SECONDS)
            return answer
    elif actor.role == "screen":
        return RedirectResponse(f"/tv/{actor.board_slug}", 303)
    return web.page(
        request, "board/unpaired.html", status=403 if token else 200, wrong_link=bool(token)
    )
