"""A small TCP proxy that can go deaf: it keeps its connections and stops forwarding."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Proxy:
    """Listens on a loopback port in a thread of its own; `deaf` connections forward nothing."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.connections = 0
        self._target = target
        self._hears = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._pipes: set[asyncio.Task[None]] = set()
        self._deafened: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def freeze(self) -> None:
        """What is open now stays open and is never heard again; new connections work."""
        asyncio.run_coroutine_threadsafe(self._freeze(), self._loop).result(5)

    async def _freeze(self) -> None:
        self._deafened |= self._pipes

    async def _serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            server, ask = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            self._writers.append(answer)
            answer.close()
            return
        self._writers += [ask, answer]
        for source, sink in ((client, ask), (server, answer)):
            pipe = asyncio.create_task(self._pipe(source, sink))
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(65536):
                if asyncio.current_task() in self._deafened:
                    continue
                sink.write(chunk)
                await sink.drain()
        if asyncio.current_task() not in self._deafened:
            sink.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._hears.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    async def _hang_up(self) -> None:
        for pipe in self._pipes:
            pipe.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        closings = [writer.wait_closed() for writer in self._writers]
        await asyncio.gather(*closings, return_exceptions=True)

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        assert self._hears.wait(5)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(5)
