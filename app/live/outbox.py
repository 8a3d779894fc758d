"""Outbox: what one screen has yet to be sent. One message under way, one pending, newest wins."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from functools import partial
from types import coroutine
from typing import Any

from app import metrics
from app.live.envelope import Message

SEND_SECONDS = 5.0
COMMANDS = 8

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Outbox:
    """Never waits and never makes others wait.

    A send is stepped at once: while the socket is writable it ends there, and no task is woken.
    Only when it blocks does a task carry it on, for five seconds at most; then `lost` is called,
    once. Whatever is offered meanwhile is not queued: `catch_up` says what the screen gets when
    it can take something again.
    """

    def __init__(
        self, send: Send, catch_up: Callable[[], Message | None], lost: Callable[[], object]
    ) -> None:
        self._send = send
        self._catch_up = catch_up
        self._lost = lost
        self._carrier: asyncio.Task[None] | None = None
        self._behind = False
        self._commands: list[Message] = []
        self._is_closed = False
        self.is_lost = False

    @property
    def is_busy(self) -> bool:
        """Whether a message is under way that the socket did not take at once."""
        return self._carrier is not None

    def offer(self, message: Message) -> bool:
        """Sends now (true), or remembers that this screen missed something."""
        if self._carrier is not None:
            self._behind = True
            return False
        return self.hint(message)

    def hint(self, message: Message) -> bool:
        """Sends now or never: a heartbeat that comes late says nothing."""
        if self._carrier is not None or self.is_lost or self._is_closed:
            return False
        sending = self._send(message)
        steps = sending if isinstance(sending, Coroutine) else _awaited(sending)
        try:
            waiting_for = steps.send(None)
        except StopIteration:
            return True
        except Exception:  # noqa: BLE001 - however a server reports a lost peer, it is lost
            self.lose()
        else:
            self._carrier = asyncio.create_task(self._carry(_rest(steps, waiting_for)))
        return False

    def command(self, message: Message) -> None:
        """Sends now or as soon as the socket can; the oldest are forgotten beyond eight."""
        if self._carrier is not None:
            self._commands = [*self._commands[1 - COMMANDS :], message]
        else:
            self.hint(message)

    def lose(self) -> None:
        """From now on nothing is sent: the peer is too slow, or gone."""
        if not self.is_lost:
            self.is_lost = True
            self._lost()

    def close(self) -> None:
        """Its connection has ended: nothing is carried on."""
        self._is_closed = True
        if self._carrier is not None:
            self._carrier.cancel()

    async def _carry(self, sending: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await sending
            metrics.frames.inc()
            while message := self._next():
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send(message)
                metrics.frames.inc()
        except Exception:  # noqa: BLE001 - too slow or lost: the same to everybody else
            self.lose()
        finally:
            self._carrier = None

    def _next(self) -> Message | None:
        if self._commands:
            return self._commands.pop(0)
        if self._behind:
            self._behind = False
            return self._catch_up()
        return None


async def _awaited(sending: Awaitable[None]) -> None:
    await sending


@coroutine
def _rest(steps: Coroutine[Any, Any, None], waiting_for: Any) -> Generator[Any, Any, None]:
    """What is left of a coroutine that was stepped once, to be awaited by a task."""
    while True:
        try:
            value = yield waiting_for
        except BaseException as error:  # noqa: BLE001 - a cancellation belongs inside, too
            step = partial(steps.throw, error)
        else:
            step = partial(steps.send, value)
        try:
            waiting_for = step()
        except StopIteration:
            return
