"""Hub: the connected screens of this process, in groups; one outbox each, newest picture wins."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from app import clock, metrics
from app.live.envelope import Message, seal
from app.live.group import Group
from app.live.outbox import Outbox, Send

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
MESSAGE_CHARACTERS = 4096
SNAP_PAUSE_SECONDS = 0.5
PARTING_SECONDS = 1.0

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Visitor:
    """Who opened a socket: which picture is shown there, and which screen it is (or none)."""

    key: Hashable
    screen_id: int | None = None
    heard: Callable[[Mapping[str, Any]], None] = lambda _message: None
    # Somebody at the desk looks at a board to see whether it is fit to be shown again.
    stays_lit: bool = False


@dataclass(eq=False)
class _Seat:
    visitor: Visitor
    outbox: Outbox
    task: "asyncio.Task[Any]"
    farewell: int | None = None
    asked_at: float = 0.0


class Hub:
    """All its methods belong to the event loop, except `tell` and `dismiss`.

    `wanted` is called with the picture's key when somebody connects: it may not be drawn yet, and
    whoever opened the socket may have lost the right to it since that was looked up.
    """

    def __init__(
        self, build: str, wanted: Callable[[Hashable], object] = lambda _key: None
    ) -> None:
        self.epoch = secrets.token_hex(4)
        self.build = build
        self.wanted = wanted
        self.groups: dict[Hashable, Group] = {}
        self._seats: set[_Seat] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Says 1012, come back, to everybody still connected."""
        if self._beating is not None:
            self._beating.cancel()
        for seat in tuple(self._seats):
            self._send_off(seat, 1012)
        tasks = [seat.task for seat in self._seats]
        if tasks:
            await asyncio.wait(tasks, timeout=PARTING_SECONDS)

    async def attend(self, visitor: Visitor, receive: Receive, send: Send) -> None:
        """Serves one accepted socket until it ends."""
        group = self.groups.setdefault(visitor.key, Group(self.epoch, self.build))
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs has a task
        seat = _Seat(visitor, Outbox(send, group.snap, task.cancel), task)
        self._seats.add(seat)
        metrics.screens.inc()
        try:
            group.join(seat.outbox)
            self.wanted(visitor.key)
            await self._listen(seat, group, receive)
        except asyncio.CancelledError:
            if not seat.outbox.is_lost and seat.farewell is None:
                raise
        finally:
            metrics.screens.dec()
            self._seats.discard(seat)
            group.leave(seat.outbox)
            seat.outbox.close()
        await _part(send, seat)

    def connected(self) -> dict[int, Hashable]:
        """The ids of the screens connected to this process, and which picture each shows."""
        seats = tuple(self._seats)
        return {
            seat.visitor.screen_id: seat.visitor.key for seat in seats if seat.visitor.screen_id
        }

    def tell(self, screen_id: int, command: Mapping[str, Any]) -> None:
        """Sends `{type: cmd, …}` to one screen; from any thread."""
        self._soon(lambda: self._command(lambda who: who.screen_id == screen_id, command))

    def tell_those(self, concerns: Callable[[Visitor], bool], command: Mapping[str, Any]) -> None:
        """The same to everybody of whom that is true; from any thread."""
        self._soon(lambda: self._command(concerns, command))

    def tell_all(self, key: Hashable, command: Mapping[str, Any]) -> None:
        """The same to everybody who shows one picture."""
        self._soon(lambda: self._command(lambda who: who.key == key, command))

    def dismiss(self, screen_id: int) -> None:
        """A revoked screen: told to unpair, then closed with 4401; from any thread."""
        unpair = {"do": "unpair"}
        self._soon(lambda: self._command(lambda who: who.screen_id == screen_id, unpair, 4401))

    def _soon(self, act: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act)

    def _command(
        self,
        concerns: Callable[[Visitor], bool],
        command: Mapping[str, Any],
        farewell: int | None = None,
    ) -> None:
        message = cmd(command)
        for seat in [seat for seat in self._seats if concerns(seat.visitor)]:
            seat.outbox.command(message)
            if farewell is not None:
                self._send_off(seat, farewell)

    def _send_off(self, seat: _Seat, code: int) -> None:
        seat.farewell = code
        seat.task.cancel()

    async def _listen(self, seat: _Seat, group: Group, receive: Receive) -> None:
        while (event := await receive())["type"] != "websocket.disconnect":
            message = _read(event.get("text"))
            if message.get("type") == "snap":
                self._resend(seat, group)
            elif message.get("type") == "report":
                seat.visitor.heard(message)

    def _resend(self, seat: _Seat, group: Group) -> None:
        """A screen that keeps asking gets an answer twice a second, not a megabyte."""
        now = clock.monotonic()
        if group.is_drawn and now - seat.asked_at >= SNAP_PAUSE_SECONDS:
            seat.asked_at = now
            metrics.frames.inc(seat.outbox.offer(group.snap()))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for group in tuple(self.groups.values()):
                if group.outboxes:
                    group.beat()


def cmd(command: Mapping[str, Any]) -> Message:
    """A command to a screen, such as `{"do": "reload"}`."""
    return seal({"type": "cmd", **command})


async def _part(send: Send, seat: _Seat) -> None:
    """The last word on a socket we end. A peer that does not read gets none."""
    if seat.outbox.is_lost:
        code, abort = 1013, {"cheerboard.abort": True}
    elif seat.farewell is not None:
        code, abort = seat.farewell, {}
    else:
        return
    try:
        message = {"type": "websocket.close", "code": code, **abort}
        async with asyncio.timeout(PARTING_SECONDS):
            await send(message)
    except Exception:  # noqa: BLE001 - it is gone already, which is what we wanted
        log.debug("a socket ended before it was closed")


def _read(text: object) -> Mapping[str, Any]:
    """What a screen says, or nothing: rubbish on a socket is nobody's error."""
    if not isinstance(text, str) or len(text) > MESSAGE_CHARACTERS:
        return {}
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
