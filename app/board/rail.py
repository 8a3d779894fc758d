"""Rail: the line at the foot of every scene; score, last voices and clock."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.board import milestones, voices, wording
from app.board.figure import Figure, figure
from app.board.milestones import Milestone
from app.board.scene import Stage
from app.board.voices import KINDS, Voice
from app.language import gettext as _

PLACES = 20


@dataclass(frozen=True)
class Rail:
    title: str
    figure: Figure
    dots: tuple[Voice, ...]
    clock: str
    now: str
    milestones: tuple[Milestone, ...]

    @property
    def said(self) -> str:
        """The dots in words, for those who listen."""
        kinds = [dot.kind for dot in self.dots]
        named = [wording.kinds(kind, n) for kind in KINDS if (n := kinds.count(kind))]
        return (
            _("Last voices: %(voices)s", voices=wording.joined(named))
            if named
            else _("No voices yet")
        )


def look(session: Session, stage: Stage) -> Rail:
    score = figure(session, stage)
    return Rail(
        title=stage.title,
        figure=score,
        dots=tuple(voices.recent(session, stage, PLACES)),
        clock=wording.time(stage.local),
        now=stage.local.isoformat(timespec="minutes"),
        milestones=milestones.milestones(session, stage, score),
    )
