"""/screens/pair: on a phone, a TV's code, a name and a board; then the TV moves on by itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock, web
from app.board import hanging
from app.board.models import Board
from app.errors import CheerboardError
from app.people import audit
from app.people.authorize import Actor
from app.people.doors import May
from app.people.throttle import Throttle
from app.screens import pairing
from app.screens.models import Screen

router = APIRouter(prefix="/screens/pair", include_in_schema=False)
Steerer = Annotated[Actor, Depends(May("screens.steer"))]
Fields = Annotated[dict[str, str], Depends(web.form)]
# What a select's value must be to name a screen.
LONGEST_ID = 18


async def _throttle(request: Request) -> Throttle:
    """Counts wrong codes, apart from wrong passwords; made on the event loop, once."""
    state = request.app.state
    if not hasattr(state, "pairing_throttle"):
        state.pairing_throttle = Throttle()
    throttle: Throttle = state.pairing_throttle
    return throttle


Brakes = Annotated[Throttle, Depends(_throttle)]


@router.get("")
def pair_page(
    request: Request,
    db: web.Db,
    actor: Steerer,
    brakes: Brakes,
    code: str = "",
    done: str = "",
) -> Response:
    """Asks for the code; with one, shows the dots of its screen and asks what it shall be."""
    if not code:
        return web.page(request, "screens/code.html", actor=actor, here="", done=done, error="")
    return _claim(request, db, actor, brakes, code)


@router.post("")
def pair(request: Request, db: web.Db, actor: Steerer, fields: Fields, brakes: Brakes) -> Response:
    """Makes it a screen, or gives it the place of one that lost its storage."""
    code = fields.get("code", "")
    try:
        _look_up(db, actor, request, brakes, code)
        with db.write.begin() as session:
            pairing.count_try(session, code)
        with db.write.begin() as session:
            name = _make(session, actor, code, fields)
    except CheerboardError as error:
        return _claim(request, db, actor, brakes, code, error=error, fields=fields)
    shown = "".join(letter for letter in name if letter.isprintable())
    return RedirectResponse(request.url_for("pair_page").include_query_params(done=shown), 303)


def _make(session: Session, actor: Actor, code: str, fields: dict[str, str]) -> str:
    old = fields.get("screen", "")
    if old:
        number = int(old) if old.isdecimal() and len(old) <= LONGEST_ID else 0
        screen = pairing.repair(session, number, code)
    else:
        slug = fields.get("board", "") or hanging.first(session).slug
        known = "\x00" not in slug and session.scalar(select(Board.id).where(Board.slug == slug))
        if not known:
            raise CheerboardError("Choose one of the boards.")
        screen = pairing.pair(session, code, fields.get("name", ""), slug)
    facts = {"name": screen.name, "board": screen.board_slug}
    audit.record(session, actor, "screens.steer", f"screen {screen.id}", after=facts)
    return screen.name


def _look_up(
    db: web.Db, actor: Actor, request: Request, brakes: Throttle, code: str
) -> pairing.Asked:
    """Who shows the code. A wrong one costs its sender a longer and longer wait."""
    who = f"account {actor.account_id}"
    address = request.client.host if request.client else ""
    wait = brakes.claim(who, address)
    if wait:
        raise CheerboardError(f"Too many wrong codes. Try again in {wait} seconds.", status=429)
    with db.read() as session:
        asked = pairing.find(session, code)
    brakes.forgive(who, address)
    return asked


def _claim(  # noqa: PLR0913 - a page and what was filled into it
    request: Request,
    db: web.Db,
    actor: Actor,
    brakes: Throttle,
    code: str,
    *,
    error: CheerboardError | None = None,
    fields: dict[str, str] | None = None,
) -> Response:
    """The form for one code; without a screen that shows it, the form for another code."""
    try:
        asked = _look_up(db, actor, request, brakes, code)
    except CheerboardError as wrong:
        return web.page(
            request,
            "screens/code.html",
            status=wrong.status,
            actor=actor,
            here="",
            done="",
            error=(error or wrong).sentence,
        )
    with db.read() as session:
        boards = session.execute(select(Board.slug, Board.title).order_by(Board.title)).all()
        screens = session.execute(
            select(Screen.id, Screen.name, Screen.revoked_at).order_by(Screen.name)
        ).all()
        number = (session.scalar(select(func.max(Screen.id))) or 0) + 1
    return web.page(
        request,
        "screens/claim.html",
        status=error.status if error else 200,
        actor=actor,
        here="",
        asked=asked,
        minutes=int((clock.now() - asked.created_at).total_seconds() // 60),
        boards=boards,
        screens=screens,
        fields=fields or {"name": f"Screen {number}"},
        error=error.sentence if error else "",
    )
