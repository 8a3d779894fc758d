"""Hanging: a wall is put up and taken down."""

import re
import unicodedata

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.board import options
from app.board.models import Board
from app.errors import CheerboardError
from app.live.bus import announce
from app.people.models import Company
from app.people.wording import label_of
from app.screens import blanking
from app.screens.models import Screen

LONGEST_SLUG = 40
# For a title in letters that no address has.
UNNAMED = "wall"


def hang(
    session: Session,
    title: str,
    *,
    slug: str = "",
    audience: str = "staff",
    place: tuple[str, int] | None = None,
) -> Board:
    """A new board with every scene; its address is made from the title unless it is given.

    `place` is ("site" or "team", its id); without one it shows the company. Raises CheerboardError.
    """
    title = label_of(title, "board's title")
    slug = options.check_slug(slug.strip()) if slug.strip() else _free_slug(session, title)
    if session.scalar(select(Board.id).where(Board.slug == slug)) is not None:
        raise CheerboardError(f"There is a board at /tv/{slug} already.", status=409)
    board = Board(slug=slug, title=title, scenes=options.usual_scenes(), settings={})
    options.change(board, {"audience": audience})
    if place is not None:
        setattr(board, f"{place[0]}_id", place[1])
    session.add(board)
    session.flush()
    announce(session, "boards")
    return board


def first(session: Session) -> Board:
    """The very first board, named after the company: whoever pairs a TV need not make one before.

    Raises CheerboardError when there is one already.
    """
    if session.scalar(select(func.count(Board.id))):
        raise CheerboardError("Choose one of the boards.")
    company = session.get(Company, 1)
    return hang(session, company.name if company else "Wall")


def screens_of(session: Session, slug: str) -> list[Screen]:
    """The screens that show a board, those that were revoked aside."""
    query = select(Screen).where(Screen.board_slug == slug, Screen.revoked_at.is_(None))
    return list(session.scalars(query.order_by(Screen.name)))


def take_down(session: Session, board: Board, move_to: str = "") -> None:
    """Removes a board; its screens show another one then, `move_to`, which they need.

    Raises CheerboardError (409) when screens would be left without a board.
    """
    names = [screen.name for screen in screens_of(session, board.slug)]
    if names and not _is_other(session, move_to, board):
        raise CheerboardError(f"Say where {_some(names)} shall go.", status=409)
    if names:
        session.execute(
            update(Screen).where(Screen.board_slug == board.slug).values(board_slug=move_to)
        )
        announce(session, "screens")
    blanking.light_boards(session, [board.slug])
    session.delete(board)
    session.flush()
    announce(session, "boards")


def _is_other(session: Session, slug: str, board: Board) -> bool:
    if "\x00" in slug or slug == board.slug:
        return False
    return session.scalar(select(Board.id).where(Board.slug == slug)) is not None


def _some(names: list[str]) -> str:
    more = len(names) - 1
    others = f" and {more} other screen{'s' if more > 1 else ''}" if more else ""
    return f"the screen {names[0]!r}{others}"


def _free_slug(session: Session, title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or UNNAMED
    taken = set(session.scalars(select(Board.slug).where(Board.slug.startswith(slug))))
    names = (slug if number == 1 else f"{slug}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
