"""Pace: how soon a picture may follow the last; a screen gets two frames a second at most.

What a person decided, such as taking a story off, does not wait for the voices before it.
"""

from collections import deque

# What is heard while a picture is fresh waits this long, and then is drawn together.
PAUSE_SECONDS = 0.5
# Two frames in any second: one that somebody's answer made and one that the clock made.
FRAMES, SECOND = 2, 1.0
# A draw that changed nothing may be followed sooner, but takes no more than a third of the time.
SHARE = 2.0


class Pace:
    """Times are seconds of one monotonic clock. After rest nothing waits."""

    def __init__(self) -> None:
        self._sent: deque[float] = deque(maxlen=FRAMES)
        self._told_at = float("-inf")
        self._hasty_at = float("-inf")
        self._idle_until = float("-inf")

    def wait(self, now: float, *, told: bool, hasty: bool = False) -> float:
        """Seconds from now until a draw may begin; `told` when somebody asked and not the clock.

        A `hasty` one waits for the last hasty one only.
        """
        if hasty:
            return max(now, self._hasty_at + PAUSE_SECONDS) - now
        moments = [now, self._idle_until]
        if len(self._sent) == FRAMES:
            moments.append(self._sent[0] + SECOND)
        if told:
            moments.append(self._told_at + PAUSE_SECONDS)
        return max(moments) - now

    def drew(
        self, began: float, ended: float, *, told: bool, sent: bool, hasty: bool = False
    ) -> None:
        """A draw is done; `sent` when any screen was offered something."""
        if not sent:
            self._idle_until = ended + SHARE * (ended - began)
            return
        self._sent.append(ended)
        if hasty:
            self._hasty_at = ended
        if told:
            self._told_at = ended
