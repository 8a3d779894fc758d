"""Leaderboard: teams that customers tell apart; when they do not, one score for all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.board import places, reading, voices, wording
from app.board.figure import Figure, figure
from app.board.places import Place
from app.board.scene import Scene, Stage
from app.board.voices import Voice
from app.language import gettext as _
from app.people.models import Person
from app.people.names import shown_name
from app.responses.models import Response
from app.scores.leaderboard import Row, leaderboard

LAST = 10
# Three or fewer rows of a wide wall have room for more.
LAST_OF_FEW = 20
FEW = 3
SECONDS = 15
# To know where the upper half ends.
EVERYBODY = 10_000
COLUMNS = {"team": Response.team_id, "person": Response.person_id}


@dataclass(frozen=True)
class Standing:
    """`differs`: customers tell them apart by more than chance, so there are ranks.

    Where they do not, `shown` is the score of all, or None while there is none. A row has room for
    `last` voices.
    """

    headline: str
    note: str
    differs: bool
    places: tuple[Place, ...]
    shown: str | None = None
    last: int = LAST

    @property
    def roomy(self) -> bool:
        return len(self.places) <= FEW


def look(session: Session, stage: Stage) -> Standing:
    by = "person" if stage.item and _shows_people(stage) else "team"
    if stage.audience != "staff":
        return together(figure(session, stage), [])
    board = leaderboard(session, by, stage.today, stage.window_days, limit=EVERYBODY)
    rows = _nameable(session, board.rows, by)
    differs = board.differs and len(rows) > 1
    most = stage.rows(places.MOST)
    chosen = places.top(rows, most) if differs else rows[:most]
    last = LAST_OF_FEW if differs and len(chosen) <= FEW and not stage.portrait else LAST
    drawn = [places.place(row, _last(session, by, row.id, last), differs=differs) for row in chosen]
    if differs:
        return replace(ranked(drawn, stage.window_days), last=last)
    return together(figure(session, stage), drawn)


def steps(session: Session, stage: Stage) -> tuple[int, ...]:
    """Left out while there is no team to name, and before strangers, who see no ranking."""
    if stage.audience != "staff":
        return ()
    views = [look(session, replace(stage, item=item)) for item in range(1 + _shows_people(stage))]
    return tuple(_seconds(view) for view in views) if views[0].places else ()


def ranked(drawn: Sequence[Place], days: int) -> Standing:
    ranks = [one.rank for one in drawn]
    window = wording.window(days)
    note = window[:1].upper() + window[1:]
    if len(set(ranks)) < len(ranks):
        note += " · " + _("equal ranks are too close to tell apart")
    return Standing(places.headline(drawn), note, differs=True, places=tuple(drawn))


def together(score: Figure, drawn: Sequence[Place]) -> Standing:
    """Nobody is better than chance: then the score is everybody's."""
    if not drawn:
        note = _("Teams will stand here after their first ten voices.")
    else:
        note = _("Too close to rank: the differences are no larger than chance")
    places = tuple(drawn)
    return Standing(_("All of us together"), note, differs=False, places=places, shown=score.shown)


def _seconds(view: Standing) -> int:
    return reading.seconds(view.headline, view.note, *(one.name for one in view.places))


def _shows_people(stage: Stage) -> bool:
    return stage.individuals and stage.audience == "staff"


def _nameable(session: Session, rows: Sequence[Row], by: str) -> list[Row]:
    """People under the names they chose to show; who is hidden is not in a leaderboard at all."""
    if by == "team":
        return list(rows)
    ids = [row.id for row in rows]
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
    names = {id_: shown_name(one.name, one.visibility, "staff") for id_, one in people.items()}
    return [replace(row, name=name) for row in rows if (name := names.get(row.id))]


def _last(session: Session, by: str, id_: int, last: int) -> list[Voice]:
    """A person's single answers are between them and their customers: dots are for teams."""
    return voices.newest(session, [COLUMNS[by] == id_], last) if by == "team" else []


scene = Scene(
    name="leaderboard",
    title="Teams",
    topics=frozenset({"responses", "people", "company"}),
    dwell=SECONDS,
    look=look,
    steps=steps,
)
