"""POST /screens/{id}/reload, identify, blank, unblank: said to a screen through its socket."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from app import clock, web
from app.api.paging import AnyRow, Page, Turn, newest_first, page
from app.live.hub import Hub
from app.people import audit
from app.people.authorize import Actor
from app.people.doors import May
from app.screens import blanking, orders
from app.screens.models import Screen

router = APIRouter()

Order = Literal["reload", "identify", "blank", "unblank"]
# A screen that reported within this time is connected, maybe to another process.
HEARD_WITHIN = timedelta(seconds=30)


class ScreenItem(BaseModel):
    """A paired browser; `connected` to this server now, or heard elsewhere in the last 30 s."""

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
            id=str(row.id),
            name=row.name,
            board=row.board_slug,
            connected=row.id in connected or _heard_lately(row.seen_at),
        )

    query = select(Screen.id, Screen.name, Screen.board_slug, Screen.seen_at).where(
        Screen.revoked_at.is_(None)
    )
    with db.read() as session:
        return page(session, query, Screen.id, item, turn)


@router.post("/screens/{screen_id}/{what}")
def steer_screen(
    request: Request,
    db: web.Db,
    screen_id: web.Id,
    what: Order,
    actor: Annotated[Actor, Depends(May("screens.steer"))],
) -> Told:
    """Asks one screen; a second press asks again and changes nothing more.

    `identify` shows its number (its `id`) and name for 15 s; `blank` lasts until `unblank`.
    """
    with db.write.begin() as session:
        screen = orders.find(session, screen_id)
        if what == "blank":
            blanking.blank_screen(session, screen_id)
        elif what == "unblank":
            blanking.light_screen(session, screen_id)
        else:
            orders.order(session, screen_id, what)
        audit.record(session, actor, "screens.steer", f"screen {screen_id}", None, {"did": what})
    connected = screen_id in _hub(request).connected() or _heard_lately(screen.seen_at)
    return Told(id=str(screen_id), asked=what, connected=connected)


def _heard_lately(seen_at: datetime | None) -> bool:
    return seen_at is not None and clock.now() - seen_at <= HEARD_WITHIN


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub
