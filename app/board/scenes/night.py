"""Night: black, and one dot that stands somewhere else every minute."""

from dataclasses import dataclass
from math import cos, pi, sin

from sqlalchemy.orm import Session

from app.board.scene import Scene, Stage

HOUR = 60


@dataclass(frozen=True)
class Night:
    """Where the dot is, in percent of the screen."""

    x: float
    y: float


def look(_session: Session, stage: Stage) -> Night:
    return drifted(stage.local.hour * HOUR + stage.local.minute)


def drifted(minute: int) -> Night:
    """A slow eight that takes an hour, so that no point of the screen is lit for long."""
    turn = 2 * pi * (minute % HOUR) / HOUR
    return Night(x=round(50 + 30 * sin(turn), 2), y=round(50 + 25 * sin(turn) * cos(turn), 2))


scene = Scene(
    name="night",
    title="Night",
    topics=frozenset(),
    dwell=60,
    look=look,
    system=True,
)
