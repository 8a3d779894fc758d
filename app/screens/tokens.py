"""The key in a screen's cookie: how a browser becomes a screen, stays one and ceases to be one."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.live.bus import announce
from app.people.doors import ScreenPass
from app.people.keys import digest
from app.screens.models import Screen

# Chrome keeps no cookie for longer than 400 days; it is set anew with every page of the board.
COOKIE_SECONDS = 400 * 24 * 3600


def find(session: Session, key: str) -> ScreenPass | None:
    """The screen that holds this key, unless it was revoked. create_app() hangs it at the door."""
    screen = session.scalar(
        select(Screen).where(Screen.token_hash == digest(key), Screen.revoked_at.is_(None))
    )
    return ScreenPass(screen.id, screen.name, screen.board_slug) if screen else None


def revoke(session: Session, screen_id: int) -> bool:
    """Ends a screen's right; whether there was one to end. Its socket is closed after commit."""
    done = session.execute(
        update(Screen)
        .where(Screen.id == screen_id, Screen.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(Screen.id)
    ).first()
    if done:
        announce(session, "screens")
    return done is not None


def boards_of(session: Session, screen_ids: set[int]) -> dict[int, str]:
    """Which board each of these screens may show now; a revoked one is missing."""
    rows = session.execute(
        select(Screen.id, Screen.board_slug).where(
            Screen.id.in_(screen_ids), Screen.revoked_at.is_(None)
        )
    )
    return {row.id: row.board_slug for row in rows}
