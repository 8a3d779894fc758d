"""/screen: a browser becomes a screen. /api/v1/screens/{id}/…: a lead steers one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app import web
from app.errors import NotFoundError
from app.live.hub import Hub
from app.people.authorize import Actor
from app.people.doors import OPEN, SCREEN_COOKIE, May, recognise, set_cookie
from app.screens import tokens
from app.screens.models import Screen

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


@router.post("/api/v1/screens/{screen_id}/{do}", status_code=202)
def steer(
    request: Request,
    db: web.Db,
    screen_id: int,
    do: Literal["reload", "identify", "blank"],
    _actor: Annotated[Actor, Depends(May("screens.steer"))],
) -> dict[str, str]:
    """Asks a connected screen to reload, to say its name, or to go dark (and back)."""
    with db.read() as session:
        found = session.get(Screen, screen_id)
        if found is None or found.revoked_at is not None:
            raise NotFoundError("There is no such screen.")
    hub: Hub = request.app.state.live.hub
    hub.tell(screen_id, {"do": do, "name": found.name})
    state = "sent" if screen_id in hub.connected() else "not connected"
    return {"id": str(screen_id), "do": do, "state": state}
