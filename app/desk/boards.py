"""/boards: the walls there are, and one wall's page: its scenes, its look, its end."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import web
from app.board import hanging, paint
from app.board.models import Board
from app.board.options import MOST_SCENES, usual_scenes
from app.board.scene import Stage, scenes, stage_of
from app.desk import boardscenes, boardsettings
from app.errors import CheerboardError, ForbiddenError, NotFoundError
from app.live.bus import announce
from app.people import audit
from app.people.authorize import Actor, authorize, may
from app.people.doors import May
from app.people.models import Site, Team
from app.scores import cover
from app.screens.models import Screen

router = APIRouter(prefix="/boards", include_in_schema=False)
Reader = Annotated[Actor, Depends(May("boards.read"))]
Changer = Annotated[Actor, Depends(May("boards.change"))]
Fields = Annotated[dict[str, str], Depends(web.form)]
# A look at the rotation instead of at one scene.
ALL = "all"
SAID = {
    "hung": "The board hangs. Its screens show every scene; leave out what you do not want.",
    "kept": "Kept. Its screens show it already.",
    "removed": "The board is gone.",
}


@router.get("")
def boards_page(request: Request, db: web.Db, actor: Reader, done: str = "") -> Response:
    return _list(request, db, actor, said=SAID.get(done, ""))


@router.post("")
def hang(request: Request, db: web.Db, actor: Changer, fields: Fields) -> Response:
    """A new board with every scene."""
    try:
        with db.write.begin() as session:
            place = boardsettings.read_place(session, fields.get("place", ""))
            board = hanging.hang(
                session,
                fields.get("title", ""),
                audience=fields.get("audience", "staff"),
                place=place,
            )
            authorize(actor, "boards.change", board)
            audit.record(
                session, actor, "boards.change", f"board {board.slug}", after=_facts(board)
            )
            slug = board.slug
    except (ForbiddenError, NotFoundError):
        raise
    except CheerboardError as error:
        return _list(request, db, actor, fields=fields, error=error)
    return RedirectResponse(f"/boards/{slug}?done=hung", 303)


@router.get("/{slug}")
def board_page(  # noqa: PLR0913 - a page and what its address says
    request: Request,
    db: web.Db,
    slug: str,
    actor: Reader,
    *,
    done: str = "",
    look: Annotated[str, Query(max_length=64)] = "",
    moved: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """`look` is a scene to preview, or `all`; `moved` the button that was pressed last."""
    said = SAID.get(done, "")
    return _board(request, db, actor, slug, said=said, look=look, moved=moved)


@router.post("/{slug}")
def keep(request: Request, db: web.Db, slug: str, actor: Changer, fields: Fields) -> Response:
    """The settings, all at once; what is wrong is said beside its field and nothing is changed."""
    with db.write.begin() as session:
        board = _mine(session, actor, slug)
        before = _facts(board)
        wrong = boardsettings.put(session, board, fields)
        if not wrong:
            authorize(actor, "boards.change", board)
            _record(session, actor, board, before)
    if wrong:
        return _board(request, db, actor, slug, fields=fields, wrong=wrong)
    return RedirectResponse(f"/boards/{slug}?done=kept", 303)


@router.post("/{slug}/scenes")
def arrange(request: Request, db: web.Db, slug: str, actor: Changer, fields: Fields) -> Response:
    """The scenes: moved by a button or a drag, taken off or on."""
    try:
        with db.write.begin() as session:
            board = _mine(session, actor, slug)
            before = _facts(board)
            board.scenes, moved = boardscenes.arranged(board.scenes, fields)
            _record(session, actor, board, before)
    except (ForbiddenError, NotFoundError):
        raise
    except CheerboardError as error:
        return _board(request, db, actor, slug, wrong={"scenes": error.sentence})
    pressed = next((verb for verb in boardscenes.VERBS if fields.get(verb)), "up")
    address = request.url_for("board_page", slug=slug)
    return RedirectResponse(address.include_query_params(moved=f"{pressed} {moved}"), 303)


@router.post("/{slug}/remove")
def take_down(request: Request, db: web.Db, slug: str, actor: Changer, fields: Fields) -> Response:
    """Not while screens still show it, unless they are moved to another one."""
    try:
        with db.write.begin() as session:
            board = _mine(session, actor, slug)
            before, move_to = _facts(board), fields.get("move_to", "")
            hanging.take_down(session, board, move_to)
            after = {"screens moved to": move_to} if move_to else None
            audit.record(session, actor, "boards.change", f"board {slug}", before, after)
    except (ForbiddenError, NotFoundError):
        raise
    except CheerboardError as error:
        return _board(request, db, actor, slug, wrong={"remove": error.sentence})
    return RedirectResponse("/boards?done=removed", 303)


def _mine(session: Session, actor: Actor, slug: str) -> Board:
    """The board, when it is the actor's to change."""
    board = paint.board_of(session, slug)
    if board is None:
        raise NotFoundError("There is no such board.")
    authorize(actor, "boards.change", board)
    return board


def _record(session: Session, actor: Actor, board: Board, before: Mapping[str, Any]) -> None:
    """Writes down what became different, and tells the walls; a press that changed nothing is
    no news.
    """
    after = _facts(board)
    if after != before:
        audit.record(session, actor, "boards.change", f"board {board.slug}", before, after)
        announce(session, "boards")


def _facts(board: Board) -> dict[str, Any]:
    return boardsettings.shown(board) | {"scenes": ", ".join(board.scenes)}


def _list(
    request: Request,
    db: web.Db,
    actor: Actor,
    *,
    said: str = "",
    fields: Mapping[str, str] | None = None,
    error: CheerboardError | None = None,
) -> Response:
    with db.read() as session:
        boards = session.scalars(select(Board).order_by(Board.title)).all()
        counted = session.execute(
            select(Screen.board_slug, func.count(Screen.id))
            .where(Screen.revoked_at.is_(None))
            .group_by(Screen.board_slug)
        ).all()
        places = _places(session)
    return web.page(
        request,
        "desk/boards.html",
        status=error.status if error else 200,
        actor=actor,
        here="boards",
        boards=boards,
        screens={row[0]: row[1] for row in counted},
        places=places,
        place_of=boardsettings.place_of,
        audience=boardsettings.AUDIENCE,
        fields=fields or {},
        error=error.sentence if error else "",
        said=said,
    )


def _board(  # noqa: PLR0913 - a page and what was written into it
    request: Request,
    db: web.Db,
    actor: Actor,
    slug: str,
    *,
    said: str = "",
    look: str = "",
    moved: str = "",
    fields: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> Response:
    with db.read() as session:
        board = paint.board_of(session, slug)
        if board is None:
            raise NotFoundError("There is no such board.")
        stage = stage_of(session, board)
        shown = [name for name in board.scenes if name in scenes()]
        drawn: dict[str, Any] = {
            "board": board,
            "is_mine": may(actor, "boards.change", board),
            "listed": [scenes()[name] for name in shown],
            "others": [scenes()[name] for name in usual_scenes() if name not in shown],
            "is_full": len(board.scenes) >= MOST_SCENES,
            "asleep": stage.asleep,
            "tells": _tells(session, stage),
            "screens": hanging.screens_of(session, slug),
            "elsewhere": session.scalars(
                select(Board).where(Board.slug != slug).order_by(Board.title)
            ).all(),
            "places": _places(session),
        }
        fields = boardsettings.shown(board) | dict(fields or {})
    answer = web.page(
        request,
        "desk/board.html",
        status=422 if wrong else 200,
        actor=actor,
        here="boards",
        form=boardsettings,
        fields=fields,
        wrong=wrong or {},
        said=said,
        look=look if look == ALL or look in shown else "",
        moved=moved,
        **drawn,
    )
    # The preview is the wall itself, in a frame.
    policy = f"{web.CONTENT_SECURITY_POLICY}; frame-src 'self'"
    answer.headers["Content-Security-Policy"] = policy
    return answer


def _tells(session: Session, stage: Stage) -> bool:
    """Whether this wall's number is one that the desk does not show now.

    A wall shows its voices one by one, so hiding their sum would hide nothing: whoever hangs it
    decides, and is told.
    """
    ends, days = [stage.today], stage.window_days
    return stage.ready and cover.is_covered(session, stage.scope, stage.scope_id, ends, days)[0]


def _places(session: Session) -> list[tuple[str, str]]:
    """Whose numbers a board can show, and how each is called."""
    sites = session.execute(select(Site.id, Site.name).order_by(Site.name)).all()
    teams = session.execute(select(Team.id, Team.name).order_by(Team.name)).all()
    return [
        (boardsettings.COMPANY, "The company"),
        *((f"site {row.id}", f"Site {row.name}") for row in sites),
        *((f"team {row.id}", f"Team {row.name}") for row in teams),
    ]
