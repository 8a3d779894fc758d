"""/tv/{slug} and its socket, and /still/{slug} for what runs no scripts."""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, WebSocket
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from app import clock, web
from app.board import paint
from app.board.onair import Live
from app.board.paint import RAIL, Wall
from app.board.plan import Timeline
from app.board.scene import LANDSCAPE, PORTRAIT, scenes, stage_of
from app.db import Database
from app.errors import CheerboardError
from app.live.envelope import stamp
from app.live.hub import Visitor, cmd
from app.people.authorize import Actor, may
from app.people.doors import SCREEN_COOKIE, Checks, cookie_name, set_cookie
from app.screens.tokens import COOKIE_SECONDS

log = logging.getLogger(__name__)
router = APIRouter()

Watcher = Annotated[Actor, Depends(Checks("boards.watch"))]
STILL_SECONDS = (5, 30)
# A screen's patience, in seconds: when it says that it hears nothing, and since when; when it
# forgets people; how often it reports; over how long the reloads for another build are spread and
# when it knocks again at a server that is not well; how long it says who it is.
LIMITS = {
    "waiting": 15,
    "offline": 60,
    "forget": 600,
    "report": 15,
    "spread": 20,
    "retry": 5,
    "identify": 15,
}


@dataclass(frozen=True)
class Look:
    """How somebody wants to look at a board, as far as the address may say."""

    scene: str | None = None
    theme: str | None = None
    motion: str | None = None
    orientation: str | None = None

    @classmethod
    def asked(
        cls, scene: str = "", theme: str = "", motion: str = "", orientation: str = ""
    ) -> "Look":
        return cls(
            scene if scene in scenes() else None,
            theme if theme in ("ink", "paper") else None,
            "off" if motion == "off" else None,
            orientation if orientation in (LANDSCAPE, PORTRAIT) else None,
        )


Asked = Annotated[Look, Depends(Look.asked)]


@router.get("/tv/{slug}")
def tv(
    request: Request, slug: str, db: web.Db, settings: web.Config, actor: Watcher, look: Asked
) -> Response:
    """The whole board. A picture is always the answer to those who may see one."""
    if not may(actor, "boards.watch", slug):
        return RedirectResponse(_door_of(actor), 303)
    answer = _picture(request, db, slug, look, "board/live.html")
    key = request.cookies.get(cookie_name(settings, SCREEN_COOKIE), "")
    if key and actor.role == "screen":
        set_cookie(answer, settings, key, name=SCREEN_COOKIE, max_age=COOKIE_SECONDS)
    return answer


@router.get("/still/{slug}")
def still(request: Request, slug: str, db: web.Db, actor: Watcher, look: Asked) -> Response:
    """The same picture without a script; the browser fetches it anew when it has changed."""
    if not may(actor, "boards.watch", slug):
        return RedirectResponse(_door_of(actor), 303)
    return _picture(request, db, slug, look, "board/still.html")


@router.get("/still/{slug}/screen.css")
def still_style(slug: str, db: web.Db, actor: Watcher) -> Response:
    """What `tv.js` would set on the page: this board's own values."""
    settings: dict[str, Any] = {}
    if may(actor, "boards.watch", slug):
        with db.read() as session:
            board = paint.board_of(session, slug)
            settings = board.settings if board else {}
    values = "".join(
        f"--{name}: {float(settings[name]):g};"
        for name in ("scale", "overscan")
        if name in settings
    )
    return Response(f"html {{ {values} }}\n", media_type="text/css")


@router.websocket("/tv/{slug}/live")
async def live(socket: WebSocket, slug: str, actor: Watcher, look: Asked) -> None:
    """The hint that something changed, and the picture with it."""
    settings = socket.app.state.settings
    origin = socket.headers.get("origin")
    if origin is not None and not web.is_our_origin(origin, socket, settings):
        await socket.close(1008, "Another site's page opened this socket.")
        return
    await socket.accept()
    on_air: Live = socket.app.state.live
    if not may(actor, "boards.watch", slug):
        moved = actor.role == "screen"
        await socket.send(cmd({"do": "reload" if moved else "unpair"}))
        await socket.close(4401)
        return
    if not await asyncio.to_thread(_is_board, socket.app.state.database, slug):
        await socket.close(1013, "There is no such board.")
        return
    wall = Wall(slug, look.orientation or LANDSCAPE, look.scene)

    def heard(message: Any) -> None:
        if actor.screen_id is not None:
            on_air.reports.put(actor.screen_id, message)

    visitor = Visitor(wall, actor.screen_id, heard)
    await on_air.hub.attend(visitor, socket.receive, socket.send)


def _door_of(actor: Actor) -> str:
    """Where somebody belongs who may not see this board. Tells nobody whether it exists."""
    return f"/tv/{actor.board_slug}" if actor.role == "screen" else "/screen"


def _picture(request: Request, db: web.Db, slug: str, look: Look, template: str) -> Response:
    try:
        with db.read() as session:
            return _drawn(request, session, slug, look, template)
    except CheerboardError as error:
        return web.page(request, "board/trouble.html", status=error.status, why=error.sentence)
    except Exception:
        log.exception("the page of %s could not be drawn", slug)
        why = "The board cannot be drawn just now."
        return web.page(request, "board/trouble.html", status=503, why=why)


def _drawn(request: Request, session: Session, slug: str, look: Look, template: str) -> Response:
    board = paint.board_of(session, slug)
    if board is None:
        raise CheerboardError("There is no board of this name.", status=404)
    chosen = board.settings.get("orientation")
    orientation = look.orientation or (chosen if chosen == PORTRAIT else LANDSCAPE)
    wall = Wall(slug, orientation, look.scene)
    stage = stage_of(session, board, orientation)
    on_air: Live = request.app.state.live
    timeline = on_air.draw.timeline(session, wall)
    step, ends = timeline.at(stage.now).on_show(stage.now)
    parts = paint.paint(session, stage, [RAIL, step.key])
    seconds = round((ends - stage.now).total_seconds()) + 1
    return web.page(
        request,
        template,
        stage=stage,
        step=step,
        parts={name: Markup(parts.get(name, "")) for name in (RAIL, step.key)},  # noqa: S704 - our own templates drew it
        theme=look.theme or board.settings.get("theme", "ink"),
        motion=look.motion or board.settings.get("motion", "full"),
        refresh=min(max(seconds, STILL_SECONDS[0]), STILL_SECONDS[1]),
        tv=_for_scripts(on_air, wall, board.settings, timeline),
    )


def _for_scripts(
    on_air: Live, wall: Wall, settings: dict[str, Any], timeline: Timeline
) -> dict[str, Any]:
    """What `tv.js` reads from the page."""
    return {
        "epoch": on_air.hub.epoch,
        "build": web.build(),
        "at": stamp(clock.now()),
        "plan": json.dumps(timeline.told()),
        "limits": LIMITS,
        "live": f"/tv/{wall.slug}/live?{urlencode(_asked_again(wall))}",
        "turns": settings.get("orientation", "auto") == "auto",
        "scale": settings.get("scale", 1),
        "overscan": settings.get("overscan", 0),
    }


def _asked_again(wall: Wall) -> dict[str, str]:
    pinned = {"scene": wall.pinned} if wall.pinned else {}
    return {"orientation": wall.orientation, **pinned}


def _is_board(database: Database, slug: str) -> bool:
    with database.read() as session:
        return paint.board_of(session, slug) is not None
