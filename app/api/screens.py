"""POST /screens/{id}/reload, identify, blank, unblank: said to a screen through its socket."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from app import web
from app.api.paging import AnyRow, Page, Turn, newest_first, page
from app.errors import NotFoundError
from app.live.hub import Hub
from app.people.doors import May
from app.screens.models import Screen

router = APIRouter()

Order = Literal["reload", "identify", "blank", "unblank"]


class ScreenItem(BaseModel):
    """A paired browser; `connected` to this server now."""

    id: str
    name: str
    board: str
    connected: bool


class Told(BaseModel):
    """What the screen was asked to do, and whether it was there to hear it."""

    id: str
    asked: Order
    connected: bool


@router.get("/screens", dependencies=[Depends(May("screens.read"))])
def list_screens(
    request: Request, db: web.Db, turn: Annotated[Turn, Depends(newest_first)]
) -> Page[ScreenItem]:
    """Newest first, without those that were revoked."""
    connected = _hub(request).connected()

    def item(row: AnyRow) -> ScreenItem:
        return ScreenItem(
            id=str(row.id), name=row.name, board=row.board_slug, connected=row.id in connected
        )

    query = select(Screen.id, Screen.name, Screen.board_slug).where(Screen.revoked_at.is_(None))
    with db.read() as session:
        return page(session, query, Screen.id, item, turn)


@router.post("/screens/{screen_id}/{what}", dependencies=[Depends(May("screens.steer"))])
def steer_screen(
    request: Request,
    db: web.Db,
    screen_id: web.Id,
    what: Order,
) -> Told:
    """Asks one screen; a second press asks again and changes nothing more.

    `identify` shows its number (its `id`) and name for 15 s; `blank` lasts until `unblank`.
    """
    with db.read() as session:
        screen = session.get(Screen, screen_id)
        if screen is None or screen.revoked_at is not None:
            raise NotFoundError("There is no such screen.")
    hub = _hub(request)
    hub.tell(screen_id, {"do": what, "number": str(screen_id), "name": screen.name})
    return Told(id=str(screen_id), asked=what, connected=screen_id in hub.connected())


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub
