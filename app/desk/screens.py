"""/screens: every TV, how it is by its own word, and what a lead may ask of it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.desk import screensigns
from app.errors import CheerboardError, NotFoundError
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor
from app.people.doors import May, address_of_page
from app.screens import blanking, orders, pairing, tokens
from app.screens.models import Screen

router = APIRouter(prefix="/screens", include_in_schema=False)
Reader = Annotated[Actor, Depends(May("screens.read"))]
Steerer = Annotated[Actor, Depends(May("screens.steer"))]
Fields = Annotated[dict[str, str], Depends(web.form)]
Order = Literal["identify", "reload", "blank", "unblank"]
SAID = {
    "renamed": "It has its new name.",
    "moved": "It moves to its board.",
    "repaired": "The browser with that code is this screen now.",
    "revoked": "It shows no board any more, and a code to be paired with instead.",
    "covered": "Its board, or everything, is dark still: that has to be lit again.",
}


@router.get("")
def screens_page(request: Request, db: web.Db, actor: Reader) -> Response:
    return _list(request, db, actor, "desk/screens.html")


@router.get("/states")
def states(request: Request, db: web.Db, actor: Reader) -> Response:
    """The list alone: the page asks for it every two seconds."""
    return _list(request, db, actor, "desk/_screens.html")


@router.get("/{screen_id}")
def screen_page(
    request: Request, db: web.Db, screen_id: web.Id, actor: Reader, done: str = ""
) -> Response:
    return _screen(request, db, actor, screen_id, said=SAID.get(done, ""))


@router.get("/{screen_id}/state", dependencies=[Depends(May("screens.read"))])
def state(request: Request, db: web.Db, screen_id: web.Id) -> Response:
    """What it says of itself, alone."""
    with db.read() as session:
        sign = screensigns.signs(session, [_any(session, screen_id)])[0]
    return web.page(request, "desk/_screen.html", one=sign)


@router.post("/{screen_id}/name")
def rename(
    request: Request, db: web.Db, screen_id: web.Id, actor: Steerer, fields: Fields
) -> Response:
    try:
        with db.write.begin() as session:
            before = {"name": orders.find(session, screen_id).name}
            screen = pairing.rename(session, screen_id, fields.get("name", ""))
            _record(session, actor, screen, before, {"name": screen.name})
    except CheerboardError as error:
        return _screen(request, db, actor, screen_id, wrong={"name": error.sentence})
    return _back(screen_id, "renamed")


@router.post("/{screen_id}/board")
def move(
    request: Request, db: web.Db, screen_id: web.Id, actor: Steerer, fields: Fields
) -> Response:
    """Another board for a screen; it goes there by itself."""
    slug = fields.get("board", "")
    with db.write.begin() as session:
        screen = orders.find(session, screen_id)
        known = screensigns.is_board(session, slug)
        if known and slug != screen.board_slug:
            _record(session, actor, screen, {"board": screen.board_slug}, {"board": slug})
            screen.board_slug = slug
            announce(session, "screens")
    if not known:
        return _screen(request, db, actor, screen_id, wrong={"board": "Choose one of the boards."})
    return _back(screen_id, "moved")


@router.post("/{screen_id}/revoke")
def revoke(db: web.Db, screen_id: web.Id, actor: Steerer) -> Response:
    """Ends its right. A second press finds it ended."""
    with db.write.begin() as session:
        screen = _any(session, screen_id)
        if tokens.revoke(session, screen_id):
            _record(session, actor, screen, {"name": screen.name}, {"revoked": True})
    return _back(screen_id, "revoked")


@router.post("/{screen_id}/code")
def repair(
    request: Request, db: web.Db, screen_id: web.Id, actor: Steerer, fields: Fields
) -> Response:
    """The browser that shows a code takes this screen's place: the way for one that forgot."""
    code = fields.get("code", "")
    try:
        with db.write.begin() as session:
            pairing.count_try(session, code)
        with db.write.begin() as session:
            screen = pairing.repair(session, screen_id, code)
            _record(session, actor, screen, None, {"repaired": "by code"})
    except NotFoundError:
        raise
    except CheerboardError as error:
        return _screen(request, db, actor, screen_id, wrong={"code": error.sentence})
    return _back(screen_id, "repaired")


@router.post("/{screen_id}/link")
def renew(
    request: Request, db: web.Db, settings: web.Config, screen_id: web.Id, actor: Steerer
) -> Response:
    """A new link for players without a keyboard, shown once; the old key opens nothing any more."""
    with db.write.begin() as session:
        key = pairing.renew(session, screen_id)
        _record(session, actor, _any(session, screen_id), None, {"repaired": "by link"})
    link = address_of_page(request, settings, f"/screen?token={key}")
    return _screen(request, db, actor, screen_id, link=link)


@router.post("/{screen_id}/{what}")
def steer(db: web.Db, screen_id: web.Id, what: Order, actor: Steerer) -> Response:
    """Asks it; whether it obeyed it says itself, and the page shows that when it comes."""
    lit = True
    with db.write.begin() as session:
        screen = orders.find(session, screen_id)
        if what == "blank":
            blanking.blank_screen(session, screen_id)
        elif what == "unblank":
            lit = blanking.light_screen(session, screen_id)
        else:
            orders.order(session, screen_id, what)
        _record(session, actor, screen, None, {"asked": what})
    return _back(screen_id, "" if lit else "covered")


def _back(screen_id: int, done: str) -> Response:
    return RedirectResponse(f"/screens/{screen_id}{f'?done={done}' if done else ''}", 303)


def _any(session: Session, screen_id: int) -> Screen:
    """A screen, a revoked one too: it can be repaired."""
    screen = session.get(Screen, screen_id)
    if screen is None:
        raise NotFoundError("There is no such screen.")
    return screen


def _record(
    session: Session,
    actor: Actor,
    screen: Screen,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    audit.record(session, actor, "screens.steer", f"screen {screen.id}", before, after)


def _list(request: Request, db: web.Db, actor: Actor, template: str) -> Response:
    with db.read() as session:
        found = screensigns.every(session)
        gone = session.scalars(
            select(Screen).where(Screen.revoked_at.is_not(None)).order_by(Screen.revoked_at.desc())
        ).all()
    return web.page(request, template, actor=actor, here="screens", screens=found, gone=gone)


def _screen(  # noqa: PLR0913 - a page and what was written into it
    request: Request,
    db: web.Db,
    actor: Actor,
    screen_id: int,
    *,
    said: str = "",
    link: str = "",
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with db.read() as session:
        sign = screensigns.signs(session, [_any(session, screen_id)])[0]
        boards = screensigns.board_titles(session)
    return web.page(
        request,
        "desk/screen.html",
        status=422 if wrong else 200,
        actor=actor,
        here="screens",
        one=sign,
        boards=boards,
        said=said,
        link=link,
        wrong=wrong or {},
    )
