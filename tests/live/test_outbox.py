"""A slow screen costs the others nothing: real sockets that do not read."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.live import outbox as outbox_module
from tests.live.wall import Wall, hear, until

BIG = 12_000


@asynccontextmanager
async def deaf(port: int) -> AsyncIterator[socket.socket]:
    """A screen with a tiny receive buffer that says hello and never reads a frame."""
    with socket.socket() as plug:
        await asyncio.to_thread(_greet, plug, port)
        yield plug


def _greet(plug: socket.socket, port: int) -> None:
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plug.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    hello = (
        "GET /?9 HTTP/1.1\r\nHost: wall\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    plug.sendall(hello.encode())


@pytest.mark.parametrize("ws", ["app.live.wire:Wire", "websockets-sansio"])
def test_a_slow_screen_is_dropped_and_the_others_do_not_notice(
    ws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outbox_module.SEND_SECONDS == 5
    monkeypatch.setattr(outbox_module, "SEND_SECONDS", 0.5)

    async def story() -> None:
        async with Wall(ws=ws).serving() as wall, wall.screen(1) as quick, deaf(wall.port):
            await hear(quick)
            await until(lambda: 9 in wall.hub.connected())
            group = wall.hub.groups["w"]
            number = 0
            while not any(outbox.is_busy for outbox in group.outboxes):
                number += 1
                wall.draw(rail=f"{number} " + "x" * BIG)
                assert f"{number} x" in (await hear(quick))["content"]
                assert number < 2000
            for more in range(5):
                wall.draw(rail=f"more {more} " + "x" * BIG)
                assert f"more {more}" in (await hear(quick))["content"]
            await until(lambda: wall.hub.connected() == {1: "w"})

    asyncio.run(story())


def test_little_waits_for_a_screen_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernel and server together hold a few pictures, not a history of them."""
    monkeypatch.setattr(outbox_module, "SEND_SECONDS", 60.0)

    async def story() -> None:
        async with Wall().serving() as wall, deaf(wall.port):
            await until(lambda: 9 in wall.hub.connected())
            (outbox,) = wall.hub.groups["w"].outboxes
            number = 0
            while not outbox.is_busy:
                number += 1
                wall.draw(rail=f"{number} " + "x" * BIG)
            assert number < 12
            for more in range(500):
                wall.draw(rail=f"more {more} " + "x" * BIG)
            assert outbox._commands == []

    asyncio.run(story())


def test_a_screen_that_was_slow_gets_the_newest_picture_and_none_between() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, deaf(wall.port) as slow:
            await until(lambda: 9 in wall.hub.connected())
            (outbox,) = wall.hub.groups["w"].outboxes
            number = 0
            while not outbox.is_busy:
                number += 1
                wall.draw(rail=f"frame {number}! " + "x" * BIG)
            missed = [f"missed {more}!" for more in range(20)]
            for words in missed:
                wall.draw(rail=words + "x" * BIG)
            wall.hub.tell(9, {"do": "identify"})
            slow.settimeout(10)
            heard = await asyncio.to_thread(read_until, slow, b"missed 19!")
            assert b'"do":"identify"' in heard
            for words in missed[:-1]:
                assert words.encode() not in heard
            assert heard.count(b'"type":"snap"') == 2

    asyncio.run(story())


def read_until(plug: socket.socket, words: bytes) -> bytes:
    heard = b""
    while words not in heard:
        chunk = plug.recv(65536)
        assert chunk
        heard += chunk
    return heard


def test_a_peer_that_vanished_is_no_error() -> None:
    async def story() -> None:
        async with Wall().serving() as wall, wall.screen(1) as quick:
            await hear(quick)
            gone = await wall.screen(2)
            await hear(gone)
            gone.transport.abort()
            for number in range(20):
                wall.draw(rail=f"<p>{number}</p>")
                assert f"<p>{number}</p>" in (await hear(quick))["content"]
            await until(lambda: wall.hub.connected() == {1: "w"})

    asyncio.run(story())
