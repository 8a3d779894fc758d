"""A look before a nomination is sent: the real scene of a real board, for a frame of the desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import web
from app.board import opening, paint
from app.board.models import Board
from app.board.paint import RAIL
from app.board.scene import Stage, stage_of
from app.board.scenes import hero
from app.errors import NotFoundError
from app.heroes import drafts, honours, nominees
from app.heroes.honours import Honour
from app.language import speaking
from app.people.authorize import Actor, authorize
from app.people.doors import May
from app.people.models import Person

router = APIRouter(include_in_schema=False)

# Our own pages may frame it, and nobody else's.
FRAMED = web.CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
SCENE, STEP = "hero", "hero-0"


@router.get("/look/nomination")
def look_first(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("nominations.make"))],
) -> Response:
    """What a board for staff would show of the nomination in the address, half written or not."""
    asked = request.query_params
    with db.read() as session:
        person = nominees.find(session, drafts.number_of(asked.get("person", "")) or 0)
        authorize(actor, "nominations.make", person)
        board = _board(session, person)
        stage = stage_of(session, board)
        honour = honours.drafted(session, person, drafts.sketch_of(session, person.id, asked))
        parts = _parts(session, stage, honour)
    theme = opening.theme_at(board.settings.get("theme", "ink"), stage.local)
    context: dict[str, Any] = {
        "stage": stage,
        "theme": theme,
        "edge": "bottom",
        "parts": parts,
        "scene": STEP,
    }
    answer = web.page(request, "board/lookfirst.html", **context)
    answer.headers["Content-Security-Policy"] = FRAMED
    return answer


def _board(session: Session, person: Person) -> Board:
    """Where it will hang: a board for staff that shows heroes, of the person's team before all."""
    boards = session.scalars(select(Board).where(Board.audience == "staff").order_by(Board.id))
    found = sorted(boards, key=lambda one: (SCENE not in one.scenes, one.team_id != person.team_id))
    if not found:
        raise NotFoundError("There is no board for staff yet that could show it.")
    return found[0]


def _parts(session: Session, stage: Stage, honour: Honour | None) -> dict[str, Any]:
    with speaking(stage.settings.get("language")):
        view = hero.Spotlight(hero.kudos(honour) if honour else None)
        scene = web.fragment("board/scenes/hero.html", stage=stage, view=view)
    parts = {STEP: scene, RAIL: "", **paint.paint(session, stage, [RAIL])}
    return {name: Markup(html) for name, html in parts.items()}  # noqa: S704 - our own templates drew it
