"""Our hub and outboxes behind uvicorn as `serve` runs it, with one group and a button to draw."""

import itertools
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from app.live.hub import Hub, Visitor

hub = Hub(build="bench")
_turn = itertools.count()


async def live(socket: WebSocket) -> None:
    await socket.accept()
    await hub.attend(Visitor("wall"), socket._receive, socket._send)


async def draw(request: Request) -> JSONResponse:
    """Shows another picture of `size` bytes to everybody."""
    await hub.start() if hub._loop is None else None
    text = f"{next(_turn):08d}" + "x" * (int(request.query_params["size"]) - 8)
    group = hub.groups.get("wall")
    sent = group.show({"rail": text}, {}) if group else 0
    return JSONResponse({"sent": sent})


app = Starlette(
    routes=[
        Route("/ready", lambda _request: JSONResponse({})),
        Route("/frame", draw, methods=["POST"]),
        WebSocketRoute("/live", live),
    ]
)

if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="warning",
        http="httptools",
        ws="app.live.wire:Wire",
        ws_per_message_deflate=False,
    )
