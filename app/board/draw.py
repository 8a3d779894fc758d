"""Draw: who is pushed what. Topic -> scenes that listen to it -> fragments -> groups of screens."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import clock, metrics
from app.board import paint, plan, rollcall, takeover
from app.board.pace import Pace
from app.board.paint import RAIL, Wall
from app.board.plan import Timeline
from app.board.scene import stage_of
from app.db import Database
from app.live.hub import Hub, Visitor
from app.screens import blanking
from app.screens.blanking import Dark
from app.screens.orders import Orders

log = logging.getLogger(__name__)

# After trouble with the database itself.
RETRY_SECONDS = 1.0
MINUTE = timedelta(minutes=1)
# What people at the desk decide: a recall, a name that is hidden, a wall that must be dark.
HASTY = frozenset({"stories", "heroes", "people", "screens"})


@dataclass
class Picture:
    """What one wall shows: its parts, and the topics heard since each was drawn."""

    timeline: Timeline
    parts: dict[str, str] = field(default_factory=dict)
    due_at: datetime | None = None


class Draw:
    """Sleeps until a topic, a new screen, a step of the plan or a minute makes something due.

    The first topic after rest is drawn at once, what follows within half a second together. Every
    minute is drawn anew, and with it midnight, wherever a site is: windows move though nobody
    answered.
    """

    def __init__(
        self,
        database: Database,
        hub: Hub,
        oldest_arrival: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._database = database
        self._hub = hub
        self._oldest_arrival = oldest_arrival
        self._pictures: dict[Wall, Picture] = {}
        self._timelines: dict[str, Timeline] = {}
        self._seen: dict[str, takeover.Watch] = {}
        self._looking = threading.Lock()
        self._heard: set[str] = set()
        self._due = asyncio.Event()
        self._hurry = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None]
        self._minute: datetime | None = None
        self._shells: rollcall.Shells = {}
        self._pace = Pace()
        self._orders = Orders(clock.now())
        # What must be dark, as this process last told its screens.
        self.dark = Dark()
        self._doubted: set[Visitor] = set()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._hub.wanted = self._want
        # A new process knows of no darkness until it has looked.
        self._heard = {"screens"}
        self._due.set()
        self._task = asyncio.create_task(self._run())
        self._warming = asyncio.create_task(asyncio.to_thread(paint.warm_up, self._database))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            await self._warming

    def hear(self, topics: Iterable[str]) -> None:
        """Takes topics from the bus; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, frozenset(topics))

    def timeline(self, session: Session, wall: Wall) -> Timeline:
        """The plan of a wall as it stands now; the same for every wall of one board."""
        now = clock.now()
        if wall.pinned is not None:
            return paint.pinned_to(wall.pinned)
        board = paint.board_of(session, wall.slug)
        assert board is not None  # noqa: S101 - whoever asks has looked the board up
        stage = stage_of(session, board)
        loops = paint.round_of(session, board, stage)
        # Pages are opened while walls are drawn: what one look has seen is no news to the next.
        with self._looking:
            known = self._timelines.get(wall.slug)
            found = plan.follow(known, loops, now) if known else plan.first(loops, now)
            seen = self._seen.get(wall.slug)
            found, self._seen[wall.slug] = takeover.watch(session, stage, found, seen)
            self._timelines[wall.slug] = found
        return found

    def doubt(self, who: Visitor) -> None:
        """A screen is dark and need not be as far as is known, or the other way round: it may know
        better. With the next look it is told what holds.
        """
        self._doubted.add(who)
        self._note(frozenset({"screens"}))

    def _note(self, topics: frozenset[str]) -> None:
        self._heard |= topics
        self._due.set()
        if topics & HASTY:
            self._hurry.set()

    def _want(self, _key: Hashable) -> None:
        """Somebody came, who is called up with the next picture like all who are here."""
        self._heard.add("screens")
        self._due.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_until_due()):
                    await self._due.wait()
            while (pause := self._pause()) > 0:
                await self._rest(pause)
            told, hasty = self._due.is_set(), self._hurry.is_set()
            self._due.clear()
            self._hurry.clear()
            heard, self._heard = frozenset(self._heard), set()
            began = clock.monotonic()
            try:
                sent = await self._draw(heard)
                self._pace.drew(began, clock.monotonic(), told=told, sent=sent, hasty=hasty)
            except Exception:
                log.exception("the walls could not be drawn; the old picture stays")
                self._heard |= heard
                self._due.set()
                await asyncio.sleep(RETRY_SECONDS)

    def _pause(self) -> float:
        told, hasty = self._due.is_set(), self._hurry.is_set()
        return self._pace.wait(clock.monotonic(), told=told, hasty=hasty)

    async def _rest(self, seconds: float) -> None:
        """Somebody may ask meanwhile: most may wait a little longer, what is hasty may not."""
        if self._hurry.is_set():
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()

    async def _draw(self, heard: frozenset[str]) -> bool:
        """Whether any screen was offered anything."""
        walls = [key for key, group in self._hub.groups.items() if group.outboxes]
        arrival = self._oldest_arrival()
        doubted, self._doubted = frozenset(self._doubted), set()
        drawn = await asyncio.to_thread(self._paint_all, walls, heard, doubted)
        offered = 0
        for wall, picture in drawn.items():
            group = self._hub.groups[wall]
            offered += group.show(picture.parts, picture.timeline.told())
            metrics.redraws.inc()
        if arrival is not None and offered:
            metrics.drawn_after.observe(max(0.0, (clock.now() - arrival).total_seconds()))
        return offered > 0

    def _paint_all(
        self, walls: Iterable[Any], heard: frozenset[str], doubted: frozenset[Visitor]
    ) -> dict[Wall, Picture]:
        now = clock.now()
        minute = now.replace(second=0, microsecond=0)
        is_new_minute = minute != self._minute
        self._pictures = {wall: old for wall, old in self._pictures.items() if wall in set(walls)}
        with self._database.read() as session:
            if heard & {"screens", "boards"}:
                rollcall.call(session, self._hub, self._orders)
                # Known before it is told: a screen that answers at once is not contradicted.
                before, self.dark = self.dark, blanking.dark(session)
                rollcall.darken(self._hub, before, self.dark, doubted)
            self._shells = rollcall.dress(session, self._hub, walls, self._shells)
            for wall in walls:
                self._paint(session, wall, heard, everything=is_new_minute)
        self._minute = minute  # only now: what could not be drawn is tried again
        return self._pictures

    def _paint(
        self, session: Session, wall: Wall, heard: frozenset[str], *, everything: bool
    ) -> None:
        board = paint.board_of(session, wall.slug)
        if board is None:
            log.warning("a screen shows %s, a board that is gone", wall.slug)
            return
        stage = stage_of(session, board, wall.orientation)
        timeline = self.timeline(session, wall)
        steps, due_at = timeline.shown_soon(clock.now())
        old = self._pictures.get(wall, Picture(timeline)).parts
        needed = [RAIL, *(step.key for step in steps)]
        stale = [
            part
            for part in needed
            if everything or part not in old or heard & paint.topics_of(part)
        ]
        parts = {part: old[part] for part in needed if part in old}
        parts |= paint.paint(session, stage, stale)
        self._pictures[wall] = Picture(timeline, parts, due_at)

    def _seconds_until_due(self) -> float:
        """Until the next minute, or until a plan needs its next scene, whatever is first."""
        now = clock.now()
        moments = [picture.due_at for picture in self._pictures.values() if picture.due_at]
        next_minute = now.replace(second=0, microsecond=0) + MINUTE
        return max(0.01, (min([*moments, next_minute]) - now).total_seconds())
