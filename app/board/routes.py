"""/tv/{slug}, the board, and /still/{slug} for what runs no scripts."""

import json
import logging
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from app import clock, web
from app.board import about, claiming, lookfirst, nominating, opening, paint, socket
from app.board.look import Asked, Look, Watcher
from app.board.onair import Live
from app.board.paint import RAIL, Wall
from app.board.plan import Timeline
from app.board.scene import LANDSCAPE, PORTRAIT, Stage, stage_of
from app.errors import NotFoundError
from app.language import gettext as _
from app.live.envelope import stamp
from app.people.authorize import Actor, may
from app.people.doors import OPEN, SCREEN_COOKIE, cookie_name, set_cookie
from app.screens import notice
from app.screens.tokens import COOKIE_SECONDS

log = logging.getLogger(__name__)
router = APIRouter()
for room in (about, socket, claiming, nominating, lookfirst):
    router.include_router(room.router)

LIVE, STILL = "board/live.html", "board/still.html"
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


@router.get("/tv/worker.js", dependencies=[OPEN])
def worker() -> Response:
    """What shows the last picture while the server is away; its place says for which pages."""
    return FileResponse(web.STATIC / "js/worker.js", media_type="text/javascript")


@router.get("/tv/{slug}")
def tv(
    request: Request, slug: str, db: web.Db, settings: web.Config, actor: Watcher, look: Asked
) -> Response:
    """The whole board. A picture is always the answer to those who may see one."""
    if not may(actor, "boards.watch", slug):
        return RedirectResponse(_door_of(actor), 303)
    dark = socket.must_be_dark(db, actor, slug)
    answer = _picture(request, db, slug, look, dark=dark)
    if actor.account_id is not None:  # the desk shows it in a frame of its own pages
        policy = web.CONTENT_SECURITY_POLICY.replace("ancestors 'none'", "ancestors 'self'")
        answer.headers["Content-Security-Policy"] = policy
    key = request.cookies.get(cookie_name(settings, SCREEN_COOKIE), "")
    if key and actor.role == "screen":
        set_cookie(answer, settings, key, name=SCREEN_COOKIE, max_age=COOKIE_SECONDS)
    return answer


@router.get("/still/{slug}")
def still(request: Request, slug: str, db: web.Db, actor: Watcher, look: Asked) -> Response:
    """The same picture without a script; the browser fetches it anew when it has changed."""
    if not may(actor, "boards.watch", slug):
        return RedirectResponse(_door_of(actor), 303)
    dark = socket.must_be_dark(db, actor, slug)
    return _picture(request, db, slug, look, dark=dark, template=STILL)


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


def _door_of(actor: Actor) -> str:
    """Where somebody belongs who may not see this board. Tells nobody whether it exists."""
    return f"/tv/{actor.board_slug}" if actor.role == "screen" else "/screen"


def _picture(
    request: Request, db: web.Db, slug: str, look: Look, *, dark: bool, template: str = LIVE
) -> Response:
    try:
        with db.read() as session:
            drawn = _drawn(request.app.state.live, session, slug, look)
    except NotFoundError:
        with notice.speaking(request):
            return notice.trouble(request, _("There is no board of this name."), 404)
    except Exception:
        log.exception("the page of %s could not be drawn", slug)
        with notice.speaking(request, slug):
            return notice.trouble(request, _("The board cannot be drawn just now."), 503)
    if dark:  # not even behind the black
        drawn["parts"] = dict.fromkeys(drawn["parts"], "")
    return web.page(request, template, dark=dark, **drawn)


def _drawn(on_air: Live, session: Session, slug: str, look: Look) -> dict[str, Any]:
    """What the templates of a whole page see."""
    board = paint.board_of(session, slug)
    if board is None:
        raise NotFoundError("There is no board of this name.")
    chosen = board.settings.get("orientation")
    orientation = look.orientation or (chosen if chosen == PORTRAIT else LANDSCAPE)
    wall = Wall(slug, orientation, look.scene)
    stage = stage_of(session, board, orientation)
    timeline = on_air.draw.timeline(session, wall)
    step, ends = timeline.on_show(stage.now)
    parts = paint.paint(session, stage, [RAIL, step.key])
    seconds = round((ends - stage.now).total_seconds()) + 1
    return {
        "stage": stage,
        "step": step,
        "first": step == timeline.at(stage.now).steps[0],
        "parts": {name: Markup(parts.get(name, "")) for name in (RAIL, step.key)},  # noqa: S704 - our own templates drew it
        "theme": look.theme or opening.theme_at(board.settings.get("theme", "ink"), stage.local),
        "motion": look.motion or board.settings.get("motion", "full"),
        "edge": "top" if stage.now.hour % 2 else "bottom",
        "refresh": min(max(seconds, STILL_SECONDS[0]), STILL_SECONDS[1]),
        "tv": _for_scripts(on_air, wall, stage, timeline),
    }


def _for_scripts(on_air: Live, wall: Wall, stage: Stage, timeline: Timeline) -> dict[str, Any]:
    """What `tv.js` reads from the page."""
    return {
        "epoch": on_air.hub.epoch,
        "build": web.build(),
        "at": stamp(clock.now()),
        "plan": json.dumps(timeline.told()),
        "limits": LIMITS,
        "live": f"/tv/{wall.slug}/live?{urlencode(_asked_again(wall))}",
        "still": f"/still/{wall.slug}?{urlencode(_asked_again(wall))}",
        "policy": web.CONTENT_SECURITY_POLICY,
        "turns": stage.settings.get("orientation", "auto") == "auto",
        "scale": stage.settings.get("scale", 1),
        "overscan": stage.settings.get("overscan", 0),
    }


def _asked_again(wall: Wall) -> dict[str, str]:
    pinned = {"scene": wall.pinned} if wall.pinned else {}
    return {"orientation": wall.orientation, **pinned}
