"""A bounded crowd of websocket clients that read and count, in a process of its own."""

import argparse
import asyncio
import base64
import json
import os
import sys
import time

UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: {key}\r\n\r\n"
)


class Crowd:
    """What all sockets of one crowd have seen together."""

    def __init__(self) -> None:
        self.connected = 0
        self.bytes = 0
        self.lost = 0
        self.heard_at = 0.0


class Listener(asyncio.Protocol):
    """One socket: upgrades, then counts the bytes that come; answers no ping, sends nothing."""

    def __init__(self, crowd: Crowd, request: bytes) -> None:
        self.crowd = crowd
        self.request = request
        self.head = b""
        self.open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self.open:
            self.head += data
            if b"\r\n\r\n" not in self.head:
                return
            assert b" 101 " in self.head, self.head[:200]
            self.open = True
            self.crowd.connected += 1
            data = self.head.split(b"\r\n\r\n", 1)[1]
        self.crowd.bytes += len(data)
        self.crowd.heard_at = time.perf_counter()

    def connection_lost(self, _error: Exception | None) -> None:
        self.crowd.lost += 1


async def crowd(port: int, path: str, count: int) -> Crowd:
    """Opens `count` sockets, a few at a time, and returns when all are open."""
    loop = asyncio.get_running_loop()
    together = Crowd()
    key = base64.b64encode(bytes(16)).decode()
    request = UPGRADE.format(path=path, port=port, key=key).encode()
    for at in range(0, count, 50):
        batch = min(50, count - at)
        await asyncio.gather(
            *(
                loop.create_connection(lambda: Listener(together, request), "127.0.0.1", port)
                for _ in range(batch)
            )
        )
        deadline = time.perf_counter() + 30
        while together.connected < at + batch:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{together.connected} of {count} sockets opened")
            await asyncio.sleep(0.01)
    return together


async def _main(options: argparse.Namespace) -> None:
    together = await crowd(options.port, options.path, options.count)
    print("open", flush=True)
    loop = asyncio.get_running_loop()
    # The parent writes one line for each question and closes the pipe to end the crowd.
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip() == "count":
            print(json.dumps(vars(together)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--core", type=int, default=None)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    try:
        import uvloop  # noqa: PLC0415 - optional, only a faster client

        uvloop.run(_main(options))
    except ImportError:
        asyncio.run(_main(options))


if __name__ == "__main__":
    main()
