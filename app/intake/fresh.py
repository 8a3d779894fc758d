"""Fresh: what the hook has parsed already, so that processing need not read it once more."""

from collections.abc import Sequence

from app.intake.deliveries import Waiting
from app.intake.inbox import Arrival

# Everything beyond is read from the database, as it is after a restart.
MOST = 2_000
MOST_BYTES = 8 * 1024


class Fresh:
    """By delivery id. The writer's thread puts, the processor's thread takes; the database stays
    the truth about what waits and in which order.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, Waiting] = {}

    def put(self, ids: Sequence[int | None], arrivals: Sequence[Arrival]) -> None:
        """Remembers what was just kept; `ids` are None for repeats."""
        for number, one in zip(ids, arrivals, strict=True):
            if number is None or one.error is not None or len(one.body) > MOST_BYTES:
                continue
            if len(self._waiting) >= MOST:
                return
            self._waiting[number] = Waiting(
                number, one.source_id, one.received_at, {}, b"", one.parsed
            )

    def take(self, ids: Sequence[int]) -> list[Waiting]:
        """The first of these deliveries, as many in a row as are known; forgets them.

        What stands before them was settled by another server, or read from the database.
        """
        if len(self._waiting) > len(ids):
            for number in [known for known in tuple(self._waiting) if known < ids[0]]:
                self._waiting.pop(number, None)
        found: list[Waiting] = []
        for number in ids:
            known = self._waiting.pop(number, None)
            if known is None:
                break
            found.append(known)
        return found
