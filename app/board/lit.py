"""Lit: whether the wall at an address should be lit at a moment, by its own hours and holidays."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.board import opening, paint, whereabouts


def is_lit(session: Session, slug: str, at: datetime) -> bool:
    """False for a board that is gone. A board without hours keeps those of its site."""
    board = paint.board_of(session, slug)
    if board is None:
        return False
    site = whereabouts.site_of(session, board)
    hours = board.settings.get("hours") or (site.office_hours if site else None)
    rests = (*board.settings.get("holidays", ()), *((site.holidays if site else None) or ()))
    zone = ZoneInfo(site.timezone if site else "UTC")
    return opening.is_open(hours, rests, at.astimezone(zone))
