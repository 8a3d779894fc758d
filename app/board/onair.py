"""On air: everything that lives while the server runs and that a wall's socket needs."""

import logging
from dataclasses import dataclass

from sqlalchemy import select

from app import web
from app.board import paint
from app.board.draw import Draw
from app.board.models import Board
from app.db import Database
from app.live.bus import Bus
from app.live.hub import Hub
from app.screens.reports import Reports

log = logging.getLogger(__name__)

BOARDS = select(Board.settings).order_by(Board.id)


@dataclass(frozen=True)
class Live:
    """create_app() makes one and hangs it on `app.state.live`."""

    hub: Hub
    draw: Draw
    reports: Reports
    database: Database

    @classmethod
    def of(cls, database: Database, bus: Bus) -> "Live":
        hub = Hub(web.build())
        draw = Draw(database, hub, bus.oldest_arrival)
        bus.listen(draw.hear)
        return cls(hub, draw, Reports(database), database)

    def language(self, slug: str = "") -> str | None:
        """What this board speaks; of no board, the first that says. None when nobody can tell."""
        try:
            with self.database.read() as session:
                board = paint.board_of(session, slug)
                settings = [board.settings] if board else session.scalars(BOARDS)
                return next((one["language"] for one in settings if "language" in one), None)
        except Exception:
            log.exception("nobody can tell which language is spoken here")
            return None

    async def start(self) -> None:
        """In the event loop, once the schema is at head and before the bus is started."""
        await self.hub.start()
        await self.draw.start()
        await self.reports.start()

    async def stop(self) -> None:
        """Says 1012 to screens still connected and stores the last reports; never raises twice."""
        await self.draw.stop()
        await self.hub.stop()
        await self.reports.stop()
