"""Pair: how a browser becomes a screen of this board."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board.scene import Scene, Stage


@dataclass(frozen=True)
class Pairing:
    """What somebody types where Cheerboard runs; it prints the link to open on the screen."""

    command: str


def look(_session: Session, stage: Stage) -> Pairing:
    return Pairing(f"cheerboard screen add NAME --board {stage.slug}")


scene = Scene(
    name="pair",
    title="Pair",
    topics=frozenset({"boards"}),
    dwell=15,
    look=look,
    system=True,
)
