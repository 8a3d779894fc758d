"""Whereabouts: at which site a board hangs, and so whose clock and office hours it keeps."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.board.models import Board
from app.people.models import Site, Team


def site_of(session: Session, board: Board) -> Site | None:
    """The board's own site, else its team's, else the company's first; None before there is one."""
    site_id = board.site_id
    if board.team_id is not None:
        team = session.get(Team, board.team_id)
        site_id = team.site_id if team else None
    own = session.get(Site, site_id) if site_id else None
    return own or session.scalars(select(Site).order_by(Site.id).limit(1)).first()


def slugs_at(session: Session, site_id: int) -> list[str]:
    """The boards that hang at a site."""
    found = []
    for board in session.scalars(select(Board).order_by(Board.slug)):
        site = site_of(session, board)
        if site is not None and site.id == site_id:
            found.append(board.slug)
    return found
