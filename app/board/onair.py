"""On air: everything that lives while the server runs and that a wall's socket needs."""

from dataclasses import dataclass

from app import web
from app.board.draw import Draw
from app.db import Database
from app.live.bus import Bus
from app.live.hub import Hub
from app.screens.reports import Reports


@dataclass(frozen=True)
class Live:
    """create_app() makes one and hangs it on `app.state.live`."""

    hub: Hub
    draw: Draw
    reports: Reports

    @classmethod
    def of(cls, database: Database, bus: Bus) -> "Live":
        hub = Hub(web.build())
        draw = Draw(database, hub, bus.oldest_arrival)
        bus.listen(draw.hear)
        return cls(hub, draw, Reports(database))

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
