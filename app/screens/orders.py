"""Orders: what a lead asks of a screen, heard by whichever server process holds its socket."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import NotFoundError
from app.live.bus import announce
from app.screens.models import Screen, ScreenOrder

# Whoever is not connected within this time does not get it later: a wall that says its number
# an hour after somebody asked says nothing.
GOOD_FOR = timedelta(seconds=20)
KEPT = timedelta(hours=1)


def order(session: Session, screen_id: int, what: str) -> Screen:
    """Asks one screen to `reload` or `identify`, after commit. NotFoundError when it is none."""
    screen = find(session, screen_id)
    now = clock.now()
    session.execute(delete(ScreenOrder).where(ScreenOrder.at < now - KEPT))
    session.add(ScreenOrder(screen_id=screen_id, what=what, at=now))
    session.flush()
    announce(session, "screens")
    return screen


def find(session: Session, screen_id: int) -> Screen:
    """A screen that was not revoked. Raises NotFoundError."""
    screen = session.get(Screen, screen_id)
    if screen is None or screen.revoked_at is not None:
        raise NotFoundError("There is no such screen.")
    return screen


def number_of(at: datetime) -> int:
    """How a screen names the order of that moment when it obeys: milliseconds since 1970."""
    return int(at.timestamp() * 1000)


class Orders:
    """What this process has told its screens already. Belongs to the thread that draws."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._told: set[int] = set()

    def fresh(self, session: Session) -> list[tuple[int, dict[str, Any]]]:
        """Screen ids and commands not told yet, in order. Each is given once."""
        after = max(self._since, clock.now() - GOOD_FOR)
        rows = session.execute(
            select(
                ScreenOrder.id, ScreenOrder.screen_id, ScreenOrder.what, ScreenOrder.at, Screen.name
            )
            .join(Screen, Screen.id == ScreenOrder.screen_id)
            .where(ScreenOrder.at >= after)
            .order_by(ScreenOrder.id)
        ).all()
        fresh = [row for row in rows if row.id not in self._told]
        # Transactions may commit in another order than their numbers: known ones, not the largest.
        self._told = {row.id for row in rows}
        return [
            (
                row.screen_id,
                {
                    "do": row.what,
                    "number": str(row.screen_id),
                    "name": row.name,
                    "order": number_of(row.at),
                },
            )
            for row in fresh
        ]
