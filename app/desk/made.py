"""How a number was made: its counts, formula, window, and what does not count, by reason."""

import hashlib
import hmac
from io import BytesIO
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from app import web
from app.board import paint
from app.board.look import Watcher
from app.board.models import Board
from app.board.scene import stage_of
from app.desk.numbers import fair, weighted
from app.desk.question import Asked, answered
from app.errors import NotFoundError
from app.integrity import excluded
from app.people.authorize import Actor, authorize
from app.people.doors import OPEN, May, address_of_page
from app.scores import nps
from app.scores.summary import summary
from app.settings import Settings

router = APIRouter(include_in_schema=False)
# 60 bits: nobody guesses them, and the square that a phone scans stays coarse.
PROOF = 15


@router.get("/numbers/made")
def made(
    request: Request,
    db: web.Db,
    actor: Annotated[Actor, Depends(May("scores.read"))],
    question: Asked,
) -> Response:
    with db.read() as session:
        company, number = answered(session, question)
        return web.page(
            request,
            "desk/made.html",
            actor=actor,
            here="numbers",
            question=question,
            number=number,
            company=company,
            fair=fair(session, number),
            weighted=weighted(session, number),
            excluded=excluded.tally(
                session,
                number.scope,
                number.scope_id,
                number.window.start,
                number.window.until,
            ),
            shown=nps.shown,
        )


@router.get("/made/{key}", dependencies=[OPEN])
def made_on_a_wall(request: Request, key: str, db: web.Db, settings: web.Config) -> Response:
    """The same for whoever scans the code on a wall: what the wall shows, and no more."""
    with db.read() as session:
        board = _board(session, settings, key)
        stage = stage_of(session, board)
        number = summary(session, stage.scope, stage.scope_id, stage.window_days, stage.today)
        return web.page(
            request,
            "desk/madeopen.html",
            number=number,
            stage=stage,
            shown=nps.shown,
        )


@router.get("/tv/{slug}/made.svg")
def code(request: Request, slug: str, db: web.Db, settings: web.Config, actor: Watcher) -> Response:
    """The square on a wall that leads a phone to the page above."""
    authorize(actor, "boards.watch", slug)
    with db.read() as session:
        if paint.board_of(session, slug) is None:
            raise NotFoundError("There is no such board.")
    address = address_of_page(request, settings, f"/made/{key_of(settings, slug)}")
    drawn = BytesIO()
    square = segno.make(address, error="m")
    square.save(drawn, kind="svg", border=3, dark="#10151f", light="#ffffff", omitsize=True)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def key_of(settings: Settings, slug: str) -> str:
    """What stands in the address: the board, and the proof that its wall gave it away."""
    proof = hmac.new(settings.key, f"made {slug}".encode(), hashlib.sha256).hexdigest()
    return f"{slug}.{proof[:PROOF]}"


def _board(session: Session, settings: Settings, key: str) -> Board:
    slug = key.rpartition(".")[0]
    genuine = key_of(settings, slug).encode(errors="replace")
    board = paint.board_of(session, slug)
    if board is None or not hmac.compare_digest(genuine, key.encode(errors="replace")):
        raise NotFoundError("This code leads nowhere; scan the one on the wall again.")
    return board
