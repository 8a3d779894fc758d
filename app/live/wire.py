"""Wire: uvicorn's websocket protocol, with two things a wall needs and ASGI has no words for."""

import asyncio
import socket
from collections.abc import MutableMapping
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# A screen that does not read must not collect old pictures: about two frames of the largest size
# may wait in the kernel and one with us, then it counts as slow.
KERNEL_BYTES = 32 * 1024
OWN_BYTES = 16 * 1024


class Wire(WebSocketsSansIOProtocol):
    """Serve with `ws="app.live.wire:Wire"` and `ws_per_message_deflate=False`.

    A message with `cheerboard.frame` is written as it is, instead of being framed once for each
    screen; `cheerboard.abort` ends a connection whose peer does not read, without waiting for
    what is still unsent. Everything else is uvicorn's. Under another server both keys are
    ignored and the wall works the same, at the price of a plain send.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        cast(asyncio.WriteTransport, transport).set_write_buffer_limits(high=OWN_BYTES)
        plug: socket.socket | None = transport.get_extra_info("socket")
        if plug is not None:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)

    async def send(self, message: MutableMapping[str, Any]) -> None:  # type: ignore[override]
        if "cheerboard.abort" in message:
            self.transport.abort()
            return
        frame = message.get("cheerboard.frame")
        if frame is None or not self._may_write_through():
            await super().send(message)  # type: ignore[arg-type]
            return
        self.transport.write(frame)

    def _may_write_through(self) -> bool:
        return (
            self.handshake_complete
            and self.initial_response is None
            and not self.disconnected
            and not self.close_sent
            and not self.conn.extensions
            and self.writable.is_set()
            and not self.transport.is_closing()
        )
