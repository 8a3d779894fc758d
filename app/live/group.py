"""Group: all screens that show the very same picture, and that picture."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from app import clock, metrics
from app.live.envelope import FRAME_BYTES, SNAP_BYTES, Message, partials, seal, size, stamp
from app.live.outbox import Outbox

log = logging.getLogger(__name__)

# A cached snap is sealed anew after this, because screens set their clock by its `at`.
FRESH_SECONDS = 1.0


class Group:
    """Draws nothing itself: it is shown parts (slot name -> HTML) and a plan, and tells screens.

    `v` grows by one with every frame, for the life of the server, also while nobody is connected.
    """

    def __init__(self, epoch: str, build: str) -> None:
        self._epoch = epoch
        self._build = build
        self._parts: dict[str, str] = {}
        self._plan: Mapping[str, Any] = {}
        self._snap: Message | None = None
        self._sealed_at = 0.0
        self._waiting: set[Outbox] = set()
        self.v = 0
        self.outboxes: set[Outbox] = set()
        # False until it was drawn since somebody is connected; then every draw keeps it so.
        self.is_drawn = False

    def join(self, outbox: Outbox) -> None:
        """The whole picture first; when there is none yet, as soon as there is."""
        self.outboxes.add(outbox)
        if self.is_drawn:
            self._offer(outbox, self.snap())
        else:
            self._waiting.add(outbox)

    def leave(self, outbox: Outbox) -> None:
        self.outboxes.discard(outbox)
        self._waiting.discard(outbox)
        self.is_drawn = self.is_drawn and bool(self.outboxes)

    def snap(self) -> Message:
        """The whole picture with its plan, from the cache when it is fresh."""
        if self._snap is None or clock.monotonic() - self._sealed_at > FRESH_SECONDS:
            content = partials(self._parts)
            self._snap = self._seal("snap", content=content, plan=self._plan)
            self._sealed_at = clock.monotonic()
        return self._snap

    def show(self, parts: Mapping[str, str], plan: Mapping[str, Any]) -> int:
        """The picture from now on. Says how many screens were sent something at once.

        Unchanged parts are not sent. A part too large for a frame is refused and logged, the old
        one stays. A new plan goes out with a snap.
        """
        parts = self._bearable(parts)
        changed = {name: html for name, html in parts.items() if self._parts.get(name) != html}
        is_new_plan = plan != self._plan
        self._parts, self._plan = dict(parts), plan
        self.is_drawn = True
        offered = 0
        if is_new_plan or changed:
            self._snap = None
            offered = self._tell(changed, is_new_plan=is_new_plan)
        waiting, self._waiting = self._waiting, set()
        return offered + sum(self._offer(outbox, self.snap()) for outbox in waiting)

    def beat(self) -> None:
        """A heartbeat to everybody who is not behind."""
        message = self._seal("hb")
        for outbox in tuple(self.outboxes):
            outbox.hint(message)

    def _tell(self, changed: Mapping[str, str], *, is_new_plan: bool) -> int:
        if is_new_plan:
            self.v += 1
            messages = [self.snap()]
        else:
            messages = [self._frame(parts) for parts in _portions(changed)]
        return sum(self._broadcast(message) for message in messages)

    def _frame(self, parts: Mapping[str, str]) -> Message:
        self.v += 1
        return self._seal("frame", content=partials(parts))

    def _broadcast(self, message: Message) -> int:
        listening = self.outboxes - self._waiting
        sent = sum(outbox.offer(message) for outbox in listening)
        metrics.frames.inc(sent)
        return sent

    def _offer(self, outbox: Outbox, message: Message) -> int:
        sent = int(outbox.offer(message))
        metrics.frames.inc(sent)
        return sent

    def _bearable(self, parts: Mapping[str, str]) -> dict[str, str]:
        """Without the parts that no frame could carry; the old picture stays in their place."""
        kept: dict[str, str] = {}
        room = SNAP_BYTES - 2048
        for name, html in parts.items():
            weight = _weight(name, html)
            if weight > min(FRAME_BYTES, room):
                log.error("%s is too large for a frame: %d bytes", name, weight)
                metrics.failed_parts.inc()
                kept[name] = self._parts.get(name, "")
            else:
                kept[name] = html
            room -= _weight(name, kept[name])
        return kept

    def _seal(self, kind: str, **more: Any) -> Message:
        return seal(
            {
                "type": kind,
                "v": self.v,
                "epoch": self._epoch,
                "build": self._build,
                "at": stamp(clock.now()),
                **more,
            }
        )


def _weight(name: str, html: str) -> int:
    """Bytes that a frame with this part alone would have."""
    return size(seal({"content": partials({name: html})})) + 200


def _portions(parts: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """As few frames as the limit of a frame's size allows."""
    portion: dict[str, str] = {}
    filled = 0
    for name, html in parts.items():
        weight = _weight(name, html)
        if portion and filled + weight > FRAME_BYTES:
            yield portion
            portion, filled = {}, 0
        portion[name] = html
        filled += weight
    if portion:
        yield portion
