"""A hub behind a real server on a loopback port, and screens that connect to it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from app.live.hub import Hub, Visitor
from tests.patience import PATIENCE


class Wall:
    """One group called `w`; `draw` shows it a picture whenever somebody needs one."""

    def __init__(self, *, ws: str = "app.live.wire:Wire", build: str = "b1") -> None:
        self.hub = Hub(build, wanted=lambda _key: self.draw())
        self.parts: dict[str, str] = {"rail": "<p>+47</p>"}
        self.plan: dict[str, Any] = {"loop_at": "2026-03-01T09:00:00.000Z", "steps": []}
        self.reports: list[Any] = []
        self._ws = ws
        self.port = 0

    def draw(self, **parts: str) -> int:
        self.parts |= parts
        return self.hub.groups["w"].show(self.parts, self.plan)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "websocket"
        await receive()
        await send({"type": "websocket.accept"})
        number = int(scope["query_string"] or 0) or None
        await self.hub.attend(Visitor("w", number, self.reports.append), receive, send)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Wall"]:
        config = uvicorn.Config(
            cast(Any, self),
            ws=cast(Any, self._ws),
            ws_per_message_deflate=False,
            lifespan="off",
            log_level="warning",
        )
        server = uvicorn.Server(config)
        plug = socket.create_server(("127.0.0.1", 0))
        self.port = plug.getsockname()[1]
        await self.hub.start()
        running = asyncio.create_task(server.serve([plug]))
        await until(lambda: server.started)
        try:
            yield self
        finally:
            server.should_exit = True
            await running
            await self.hub.stop()

    def screen(self, number: int = 0) -> connect:
        return connect(
            f"ws://127.0.0.1:{self.port}/?{number}", compression=None, open_timeout=PATIENCE
        )


async def hear(screen: ClientConnection, *, beats: bool = False) -> dict[str, Any]:
    """The next message; heartbeats, which come when they like, only for who wants to hear them."""
    async with asyncio.timeout(PATIENCE):
        while True:
            message: dict[str, Any] = json.loads(await screen.recv())
            if beats or message["type"] != "hb":
                return message


async def until(holds: Callable[[], object]) -> None:
    """Lets the loop run until something holds; the test's own time limit ends a vain wait."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)
