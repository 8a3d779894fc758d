"""/panic: one press darkens one wall, a site or everything; each screen says that it obeyed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import whereabouts
from app.board.models import Board
from app.errors import CheerboardError, NotFoundError
from app.people import audit
from app.people.authorize import Actor
from app.people.doors import May
from app.people.models import AuditEntry, Site
from app.people.signin import Fields
from app.screens import blanking
from app.screens.blanking import Dark, Obeyed

router = APIRouter(prefix="/panic", include_in_schema=False)
Steering = Annotated[Actor, Depends(May("screens.steer"))]
# A screen reports every 15 s; one that has been silent for this long is away, and shows nothing
# that we could take back.
AWAY = timedelta(seconds=45)
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """What one press can darken: `key` is `all`, `site 2` or `board hall`."""

    key: str
    name: str
    is_dark: bool


@router.get("")
def panic(request: Request, db: web.Db, actor: Steering, done: str = "") -> Response:
    with db.read() as session:
        dark = blanking.dark(session)
        return web.page(
            request,
            "desk/panic.html",
            actor=actor,
            here="panic",
            everything=dark.everything,
            sites=_sites(session, dark),
            boards=_boards(session, dark),
            newest=_newest(session),
            done=done if done in ("blank", "light") else "",
            **_screens(session),
        )


@router.get("/screens")
def acknowledged(request: Request, db: web.Db, actor: Steering) -> Response:
    """Every screen with what it says of itself, for a page that asks again and again."""
    with db.read() as session:
        return web.page(request, "desk/_obeyed.html", actor=actor, **_screens(session))


@router.post("/blank")
def blank(db: web.Db, actor: Steering, fields: Fields) -> Response:
    """The field `place` is `all`, `site 2` or `board hall`; what is dark already stays so."""
    return _turn(db, actor, fields.get("place", ""), to_dark=True)


@router.post("/light")
def light(db: web.Db, actor: Steering, fields: Fields) -> Response:
    """Takes back what darkened that place, whoever pressed."""
    return _turn(db, actor, fields.get("place", ""), to_dark=False)


def _turn(db: web.Db, actor: Actor, key: str, *, to_dark: bool) -> Response:
    with db.write.begin() as session:
        before = blanking.dark(session)
        slugs = None if key == EVERYTHING else _slugs(session, key)
        if to_dark:
            _blank(session, slugs)
        else:
            _light(session, slugs)
        if blanking.dark(session) != before:
            facts = {"dark": not to_dark}, {"dark": to_dark}
            audit.record(session, actor, "screens.steer", f"walls: {key}", *facts)
    return RedirectResponse(f"/panic?done={'blank' if to_dark else 'light'}", 303)


def _blank(session: Session, slugs: Collection[str] | None) -> None:
    if slugs is None:
        blanking.blank_all(session)
    else:
        blanking.blank_boards(session, slugs)


def _light(session: Session, slugs: Collection[str] | None) -> None:
    if slugs is None:
        blanking.light_all(session)
    else:
        blanking.light_boards(session, slugs)


def _slugs(session: Session, key: str) -> list[str]:
    """The boards of a place. Raises NotFoundError for one that is not there."""
    kind, _, name = key.partition(" ")
    if kind == "site" and name.isdecimal() and len(name) < 19:
        if session.get(Site, int(name)) is None:
            raise NotFoundError("There is no such site.")
        return whereabouts.slugs_at(session, int(name))
    if kind == "board" and "\x00" not in name:
        if session.scalar(select(Board.id).where(Board.slug == name)) is None:
            raise NotFoundError("There is no such board.")
        return [name]
    raise CheerboardError("Say which place: everything, a site or a board.")


def _sites(session: Session, dark: Dark) -> list[Place]:
    """Only where there is more than one: else everything says it."""
    sites = session.scalars(select(Site).order_by(Site.name)).all()
    if len(sites) < 2:
        return []
    found = []
    for site in sites:
        slugs = whereabouts.slugs_at(session, site.id)
        if slugs:
            is_dark = all(dark.everything or slug in dark.boards for slug in slugs)
            found.append(Place(f"site {site.id}", site.name, is_dark))
    return found


def _boards(session: Session, dark: Dark) -> list[Place]:
    boards = session.scalars(select(Board).order_by(Board.title, Board.slug))
    return [
        Place(f"board {board.slug}", board.title, dark.everything or board.slug in dark.boards)
        for board in boards
    ]


def _screens(session: Session) -> dict[str, Any]:
    screens = blanking.obeyed(session)
    return {"screens": [(one, state(one, clock.now())) for one in screens]}


def state(screen: Obeyed, now: datetime) -> str:
    """`dark`, `lit`, `asked` (it has not said so yet) or `away` (nobody has heard it lately)."""
    if screen.seen_at is None or now - screen.seen_at > AWAY:
        return "away"
    if not screen.agrees:
        return "asked" if screen.said is not None or screen.wanted else "lit"
    return "dark" if screen.wanted else "lit"


def _newest(session: Session) -> AuditEntry | None:
    """Who pressed last."""
    query = select(AuditEntry).where(
        AuditEntry.action == "screens.steer", AuditEntry.thing.startswith("walls: ")
    )
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).first()
