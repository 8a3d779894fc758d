"""A bounded load: keep-alive connections that post prepared requests and note each answer's time.

Run as a process of its own, so that it never shares an interpreter with the server it measures.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CHUNK = 65536


class Connection(asyncio.Protocol):
    """One keep-alive connection: the next request goes out when the last one was answered."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.done = done
        self.buffer = b""
        self.sent_at = 0.0
        self.times: list[float] = []
        self.statuses: dict[str, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._post()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end]
        if len(self.buffer) < head_end + 4 + _content_length(head):
            return
        self.times.append(time.perf_counter() - self.sent_at)
        status = head[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.buffer = b""
        self._post()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))

    def _post(self) -> None:
        request = next(self.requests, None)
        if request is None:
            if not self.done.done():
                self.done.set_result(None)
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def run(host: str, port: int, requests: list[bytes], connections: int) -> dict[str, object]:
    """Posts every request once; returns seconds, rate, p50 and p99 in ms, and status counts."""
    loop = asyncio.get_running_loop()
    queue = iter(requests)
    made: list[Connection] = []
    futures: list[asyncio.Future[None]] = []
    started = time.perf_counter()
    for _ in range(connections):
        future: asyncio.Future[None] = loop.create_future()
        _, protocol = await loop.create_connection(
            lambda future=future: Connection(queue, future),  # type: ignore[misc]
            host,
            port,
        )
        made.append(protocol)
        futures.append(future)
    async with asyncio.timeout(300):
        await asyncio.gather(*futures)
    seconds = time.perf_counter() - started
    times = sorted(t for c in made for t in c.times)
    statuses: dict[str, int] = {}
    for connection in made:
        for status, count in connection.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    return {
        "seconds": seconds,
        "rate": len(times) / seconds,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
        "statuses": statuses,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("requests", type=Path, help="file of prepared requests, length-prefixed")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--core", type=int, default=None)
    options = parser.parse_args()
    if options.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    requests = list(unpack(options.requests.read_bytes()))
    try:
        import uvloop  # noqa: PLC0415 - optional, only a faster client

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    except ImportError:
        pass
    result = asyncio.run(run("127.0.0.1", options.port, requests, options.connections))
    json.dump(result, sys.stdout)


def pack(requests: list[bytes]) -> bytes:
    """Length-prefixed requests, for a file that `unpack` reads."""
    return b"".join(len(r).to_bytes(4, "big") + r for r in requests)


def unpack(data: bytes) -> Iterator[bytes]:
    """The requests that `pack` wrote."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


if __name__ == "__main__":
    main()
