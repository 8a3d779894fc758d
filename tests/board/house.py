"""The whole server on a loopback port, in a thread of its own, for tests that open sockets."""

import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from app import web
from app.api.routes import router as api_router
from app.board.onair import Live
from app.board.routes import router as board_router
from app.db import Database, connect
from app.desk.made import router as made_router
from app.live.bus import Bus
from app.screens import tokens
from app.screens.routes import router as screens_router
from app.settings import Settings
from tests.patience import PATIENCE
from tests.ports import free_port


def settings_for(database_url: str, folder: Path, *, open_boards: bool = True) -> Settings:
    return Settings(database_url=database_url, data_dir=folder, open_boards=open_boards)


def app_of(settings: Settings) -> FastAPI:
    """Boards, screens and the API that steers them, wired as create_app() does it."""
    database = connect(settings.database)
    bus = Bus(database)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await app.state.live.start()
        bus.start()
        yield
        bus.stop()
        await app.state.live.stop()
        database.dispose()

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.state.settings = settings
    app.state.database = database
    app.state.screen_door = tokens.find
    app.state.live = Live.of(database, bus)
    app.state.hub = app.state.live.hub
    web.install(app)
    app.include_router(board_router)
    app.include_router(screens_router)
    app.include_router(api_router)
    app.include_router(made_router)
    return app


class House:
    """A running server. `app` may be looked into; `stop` and `start` are the power button."""

    def __init__(self, settings: Settings, build: Callable[[Settings], FastAPI] = app_of) -> None:
        self.settings = settings
        self.build = build
        self.port = 0
        self.app: FastAPI
        self._server: uvicorn.Server
        self._thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Database:
        found: Database = self.app.state.database
        return found

    @property
    def live(self) -> Live:
        found: Live = self.app.state.live
        return found

    def start(self) -> None:
        """On the same port as before, once it has one."""
        self.port = self.port or free_port()
        plug = socket.create_server(("127.0.0.1", self.port))
        self.app = self.build(self.settings)
        config = uvicorn.Config(
            self.app,
            ws="app.live.wire:Wire",
            ws_per_message_deflate=False,
            log_config=None,
            lifespan="on",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([plug],), daemon=True)
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(PATIENCE / 0.02)):
            if self._server.started:
                return
            waiting.wait(0.02)
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@contextmanager
def house(settings: Settings, build: Callable[[Settings], FastAPI] = app_of) -> Iterator[House]:
    """A running server of these rooms; `create_app` as `build` is all of them."""
    running = House(settings, build)
    running.start()
    try:
        yield running
    finally:
        running.stop()
