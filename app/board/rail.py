"""Rail: the line at the foot of every scene; score, last voices and clock."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import voices, wording
from app.board.figure import Figure, figure
from app.board.scene import Stage
from app.board.voices import Voice

PLACES = 20


@dataclass(frozen=True)
class Rail:
    title: str
    figure: Figure
    dots: tuple[Voice, ...]
    clock: str
    now: str

    @property
    def said(self) -> str:
        """The dots in words, for those who listen."""
        kinds = [dot.kind for dot in self.dots]
        counts = [(kinds.count(kind), kind) for kind in ("promoter", "passive", "detractor")]
        named = [f"{n} {kind}{'' if n == 1 else 's'}" for n, kind in counts if n]
        return f"Last voices: {wording.joined(named)}" if named else "No voices yet"


def look(session: Session, stage: Stage) -> Rail:
    return Rail(
        title=stage.title,
        figure=figure(session, stage),
        dots=tuple(voices.recent(session, stage, PLACES)),
        clock=wording.time(stage.local),
        now=stage.local.isoformat(timespec="minutes"),
    )
