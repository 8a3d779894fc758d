"""Welcome: the wall before its first answer, with the way to it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board.scene import Scene, Stage


@dataclass(frozen=True)
class Welcome:
    """`ready` is false until the company has a name and a time zone."""

    ready: bool


def look(_session: Session, stage: Stage) -> Welcome:
    return Welcome(stage.ready)


scene = Scene(
    name="welcome",
    title="Welcome",
    topics=frozenset({"responses", "company"}),
    dwell=15,
    look=look,
    system=True,
)
