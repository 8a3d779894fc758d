"""The server process: its lock, its log, uvicorn, and an end that lets screens come back."""

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn
from sqlalchemy import make_url
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import console, filelock, logs
from app.db import SAFE_SQLITE, sqlite_is_safe
from app.errors import CheerboardError
from app.intake.doorway import Doorway
from app.main import create_app
from app.people.sample import Sample
from app.settings import Settings

log = logging.getLogger("cheerboard")


def serve(
    settings: Settings,
    *,
    on_listening: Callable[[int], None] | None = None,
    sample: Sample | None = None,
) -> None:
    """Migrates, serves until SIGTERM or Ctrl-C, and lets what is under way finish (10 s).

    `on_listening` is told the port once requests are answered; `sample` is what the first start may
    offer to invent. Raises CheerboardError when another server has this SQLite file.
    """
    lock = console.server_lock(settings.database)
    held = filelock.hold(lock) if lock else None
    if lock and held is None:
        raise CheerboardError(
            f"Another server already serves {make_url(settings.database).database}."
        )
    try:
        logs.set_up(settings.log_format)
        # uvicorn sends itself the signal once more when it has ended in good order.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        _warn_of_old_sqlite(lock)
        server = _Server(_config(settings, sample), on_listening)
        server.run()
        if not server.started:
            raise CheerboardError(f"Could not listen on {settings.host}:{settings.port}.")
    except SystemExit as ended:  # uvicorn's way of saying that the port is taken
        raise CheerboardError(f"Could not listen on {settings.host}:{settings.port}.") from ended
    except KeyboardInterrupt:
        log.info("Stopped")
    finally:
        if held:
            held.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_listening: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self.on_listening = on_listening

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.should_exit or not self.started:
            return
        # What the program is made of never becomes garbage: looking through it at every
        # collection doubled the slowest answers.
        gc.collect()
        gc.freeze()
        port = self.servers[0].sockets[0].getsockname()[1]
        log.info("Listening on port %s", port)
        if self.on_listening:
            self.on_listening(port)


def _config(settings: Settings, sample: Sample | None) -> uvicorn.Config:
    app = create_app(settings, sample)
    return uvicorn.Config(
        AccessLog(app),
        # AccessLog looks at a proxy's headers itself: deliveries do without.
        proxy_headers=False,
        host=settings.host,
        port=settings.port,
        loop="auto",  # uvloop where there is a wheel of it
        http=cast("type[asyncio.Protocol]", partial(Doorway, reception=app.state.reception)),
        ws="app.live.wire:Wire",
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        # A screen's report is a few hundred bytes; nothing larger is expected from a browser.
        ws_max_size=64 * 1024,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
    )


class AccessLog:
    """Logs each request by its route's name: a path may carry a hook's key or a token.

    Deliveries pass by: the metrics count them, and the hook itself logs those it refuses. A proxy
    on this machine may say whom it speaks for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.hooks = app
        self.app: Any = ProxyHeadersMiddleware(app)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith("/hooks/"):
            await self.hooks(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def listen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, listen)
        finally:
            route = route_name(scope)
            if status >= 400 or route not in _QUIET:
                took = round((time.perf_counter() - began) * 1000)
                facts = {"method": scope["method"], "route": route, "status": status, "ms": took}
                log.info("%s %s %s %s ms", *facts.values(), extra={"facts": facts})


_QUIET = {"/static/{path}", "/healthz", "/readyz", "/metrics"}


def route_name(scope: Scope) -> str:
    """The template of the address, such as `/hooks/{key}`; `unknown` when no route took it."""
    path = scope["path"]
    if path.startswith("/static/"):
        return "/static/{path}"
    template = getattr(scope.get("route"), "path", None)
    if template is None:
        return "unknown"
    # A route knows its path without the prefix of the router it came in with.
    before = path.count("/") - str(template).count("/")
    return "/".join(path.split("/")[: before + 1]) + str(template)


def _warn_of_old_sqlite(lock: Path | None) -> None:
    if lock and not sqlite_is_safe():
        log.warning(
            "This SQLite is older than %s: commands that write will refuse while the server runs.",
            ".".join(map(str, SAFE_SQLITE)),
        )
