"""Identify: which board this screen shows, to be read from across the room."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board.scene import Scene, Stage


@dataclass(frozen=True)
class Sign:
    """What stands at the end of this screen's address."""

    slug: str


def look(_session: Session, stage: Stage) -> Sign:
    return Sign(stage.slug)


scene = Scene(
    name="identify",
    title="Identify",
    topics=frozenset({"boards"}),
    dwell=15,
    look=look,
    system=True,
)
