"""create_app(): routers, lifespan, wires between rooms; the only file that knows everyone."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime

from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app import clock, web
from app.api import operations
from app.api import routes as api
from app.board import routes as board
from app.board import storypreview
from app.board.lit import is_lit
from app.board.onair import Live
from app.db import connect
from app.desk import (
    boards,
    company,
    following,
    invented,
    numberpages,
    panic,
    rosterretention,
    weekmail,
)
from app.desk import pages as desk
from app.desk import rosterroutes as roster
from app.desk import screens as tvs
from app.errors import UnavailableError
from app.followups import notify, rescues
from app.followups import pages as followups
from app.heroes import pages as nominations
from app.heroes import picking as heroes
from app.heroes import pickpages
from app.intake import pages as sources
from app.intake import retention
from app.intake.reception import Reception
from app.intake.routes import PATH, Hook, hook
from app.integrity import cards
from app.integrity import pages as integrity
from app.live.bus import Bus
from app.migrations import migrate
from app.notices import outbox
from app.people import firststart
from app.people import routes as people
from app.people.sample import Sample
from app.scores import pages as scores
from app.screens import alerts, tokens
from app.screens import routes as screens
from app.settings import Settings
from app.stories import pages as stories
from app.text import gate
from app.themes import nightly as reasons
from app.themes import pages as themes

log = logging.getLogger("cheerboard")

RETRY_SECONDS = 2.0
# A week begins at each company's own midnight; this late a new hero may be.
HERO_SECONDS = 300.0
DAY_SECONDS = 86_400.0
# A tap at the desk reaches the first old answers within this.
FOLLOW_SECONDS = 1.0
# An unhappy customer's case reaches the leads within a minute, and a burst of them in one mail.
TELL_SECONDS = 20.0
# Whether a night has come is asked this often, first when the start is well over.
NIGHT_SECONDS = 60.0


class Cheerboard(FastAPI):
    """Deliveries take a short way of their own, past every middleware and the router."""

    hook: Hook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PATH):
            await self.hook(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings, sample: Sample | None = None) -> Cheerboard:
    """The whole server as one ASGI application; without a `sample` nothing invented is offered."""
    app = Cheerboard(
        title="Cheerboard",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    database = connect(settings.database)
    bus = Bus(database)
    live = Live.of(database, bus)
    reception = Reception(database, settings, bus)
    app.state.settings = settings
    app.state.database = database
    app.state.bus = bus
    app.state.live = live
    app.state.hub = live.hub
    app.state.reception = reception
    app.state.screen_door = tokens.find
    app.state.sample = sample
    web.install(app)
    for room in (
        operations,
        api,
        people,
        screens,
        board,
        desk,
        stories,
        scores,
        storypreview,
        panic,
        roster,
    ):
        app.include_router(room.router)
    for room in (boards, tvs, company, invented):
        app.include_router(room.router)
    app.include_router(integrity.router)
    app.include_router(themes.router)
    app.include_router(numberpages.router)
    app.include_router(nominations.router)
    app.include_router(pickpages.router)
    app.include_router(followups.router)
    app.include_router(sources.router)
    app.add_middleware(Gate, is_open=lambda: reception.is_open)
    app.hook = hook(reception)
    return app


class Gate:
    """Until the schema is at head everybody hears 503 with Retry-After instead of an error."""

    def __init__(self, app: ASGIApp, is_open: Callable[[], bool]) -> None:
        self.app = app
        self.is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self.is_open() or _is_early(scope["path"]):
            await self.app(scope, receive, send)
        else:
            await _say_starting(scope, receive, send)


def _is_early(path: str) -> bool:
    return path in ("/healthz", "/readyz", "/metrics") or path.startswith("/static/")


async def _say_starting(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Not accepted: the screen hears a refused handshake and knocks again.
        await send({"type": "websocket.close", "code": 1013})
        return
    error = UnavailableError("Cheerboard is starting; try again in a moment.")
    answer = await web.answer_error(Request(scope), error)
    await answer(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The server listens at once; the schema and the sweep follow behind the closed gate."""
    async with AsyncExitStack() as house:
        house.callback(app.state.database.dispose)
        opening = asyncio.create_task(_open(app, house))
        try:
            yield
        finally:
            opening.cancel()
            with suppress(asyncio.CancelledError):
                await opening


async def _open(app: FastAPI, house: AsyncExitStack) -> None:
    try:
        await asyncio.to_thread(gate.warm_up)
        while not await asyncio.to_thread(_migrated, app):  # noqa: ASYNC110 - it cannot call us
            await asyncio.sleep(RETRY_SECONDS)
        state = app.state
        await asyncio.to_thread(firststart.log_code, state.database, state.settings)
        house.push_async_callback(state.live.stop)
        await state.live.start()
        # Before the first delivery: what another process commits from now on is heard.
        house.callback(state.bus.stop)
        state.bus.start()
        house.push_async_callback(state.reception.close)
        await state.reception.open()
        ticking = asyncio.create_task(_pick_heroes(app))
        house.callback(ticking.cancel)
        retiring = asyncio.create_task(_retire_deliveries(app))
        house.callback(retiring.cancel)
        following_names = asyncio.create_task(_follow_names(app))
        house.callback(following_names.cancel)
        telling = asyncio.create_task(_tell_leads(app))
        house.callback(telling.cancel)
        looking = asyncio.create_task(_look_each_night(app))
        house.callback(looking.cancel)
    except Exception:
        # A server that can never open is better ended, so that whoever watches it is told.
        log.exception("Could not open")
        signal.raise_signal(signal.SIGTERM)
    else:
        log.info("Open")


async def _pick_heroes(app: FastAPI) -> None:
    while True:
        try:
            await asyncio.to_thread(_pick_hero, app)
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("No hero could be picked: %s", type(error).__name__)
        await asyncio.sleep(HERO_SECONDS)


async def _look_each_night(app: FastAPI) -> None:
    """What may wait until nobody looks; each work knows itself whether it is due."""
    while True:
        await asyncio.sleep(NIGHT_SECONDS)
        for work in (cards.look, reasons.look):
            try:
                await asyncio.to_thread(work, app.state.database)
            except (DBAPIError, PoolTimeoutError) as error:
                log.warning("A nightly look failed: %s", type(error).__name__)


async def _follow_names(app: FastAPI) -> None:
    """Old answers go where a matched name leads them, a little at a time."""
    while True:
        is_busy = False
        try:
            is_busy = await asyncio.to_thread(following.advance, app.state.database)
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("Old answers do not follow yet: %s", type(error).__name__)
        await asyncio.sleep(0 if is_busy else FOLLOW_SECONDS)


async def _retire_deliveries(app: FastAPI) -> None:
    days = app.state.settings.raw_retention_days
    while True:
        try:
            await asyncio.to_thread(retention.sweep, app.state.database, days)
            await asyncio.to_thread(rosterretention.sweep, app.state.database)
            await asyncio.to_thread(outbox.sweep, app.state.database)
        except (DBAPIError, PoolTimeoutError) as error:
            log.warning("Old deliveries could not be deleted: %s", type(error).__name__)
        await asyncio.sleep(DAY_SECONDS)


async def _tell_leads(app: FastAPI) -> None:
    up_since = clock.now()
    while True:
        try:
            await asyncio.to_thread(_tell_once, app, up_since)
        except Exception as error:  # noqa: BLE001 - the task outlives every outage
            log.warning("Nobody could be told: %s", type(error).__name__)
        await asyncio.sleep(TELL_SECONDS)


def _tell_once(app: FastAPI, up_since: datetime) -> None:
    database, settings = app.state.database, app.state.settings
    notify.tell(database, settings)
    alerts.watch(database, settings, is_lit, up_since)
    weekmail.tell(database, settings)
    outbox.send_due(database, settings)


def _pick_hero(app: FastAPI) -> None:
    heroes.pick(app.state.database, clock.now(), rescues.won_back)


def _migrated(app: FastAPI) -> bool:
    """False when the database does not answer yet; it is asked again."""
    try:
        migrate(app.state.database)
    except (DBAPIError, PoolTimeoutError) as error:
        log.warning("The database does not answer yet: %s", type(error).__name__)
        return False
    return True
