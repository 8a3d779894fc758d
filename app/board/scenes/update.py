"""Update: one line while a new version is put on the wall."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import wording
from app.board.scene import Scene, Stage


@dataclass(frozen=True)
class Update:
    """`since` is the local time this was drawn."""

    since: str


def look(_session: Session, stage: Stage) -> Update:
    return Update(wording.time(stage.local))


scene = Scene(
    name="update",
    title="Update",
    topics=frozenset(),
    dwell=15,
    look=look,
    system=True,
)
